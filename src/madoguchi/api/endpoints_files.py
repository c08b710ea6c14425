"""Files up and down."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse

from madoguchi.api import uploads
from madoguchi.api.call import Call
from madoguchi.api.errors import ApiError, file_missing, invalid_at
from madoguchi.api.models import AppState, Upload
from madoguchi.api.params import NEEDED
from madoguchi.records import files
from madoguchi.records.models import AccessLog, StoredFile
from madoguchi.records.permissions import Access


def upload(call: Call) -> dict[str, Any]:
    """POST file: the part ``file``."""
    sent = call.params.values.get("file")
    if not isinstance(sent, UploadedFile):
        raise invalid_at("file", NEEDED)
    if (sent.size or 0) > uploads.MAX_BYTES:
        words = ("ファイルは50MB以下にしてください。", "Files may have at most 50 MB.")
        raise ApiError(413, "CB_VA01", words)
    row = uploads.save(
        owner=call.caller.owner, data=sent.read(), content_type=sent.content_type or "", name=sent.name or ""
    )
    return {"fileKey": str(row.pk)}


def download(call: Call) -> HttpResponse:
    """GET file: an attachment of a record that may be seen, or one's own upload or customization."""
    key = call.params.text("fileKey")
    stored = StoredFile.objects.filter(pk=uploads.as_uuid(key), record_id__isnull=False, deleted_at=None).first()
    if stored is not None:
        return _attachment(call, stored)
    return _upload(call, key)


def _attachment(call: Call, stored: StoredFile) -> HttpResponse:
    assert stored.record_id is not None
    access = call.access(call.caller.app(stored.app_id), "view")
    field = next((f for f in access.app.definition.fields if f.id == stored.field_id), None)
    hidden = field is None or not access.sees_field(field)
    if hidden or not access.allows(stored.record_id, "view") or (stored.identity and not access.has("identity")):
        raise file_missing(stored.pk)
    try:
        content = files.read_file(stored)
    except FileNotFoundError as gone:
        raise file_missing(stored.pk) from gone
    if field is not None and field.personal:
        _note(access, stored)
    return _answer(content, stored.content_type, stored.original_name)


def _note(access: Access, stored: StoredFile) -> None:
    viewer = access.viewer
    AccessLog.objects.create(
        app_id=stored.app_id, record_ids=[stored.record_id], staff=viewer.staff, purpose="file",
        token_id=viewer.token.id if viewer.token else None, field_ids=[stored.field_id],
    )


def _upload(call: Call, key: str) -> HttpResponse:
    row = Upload.objects.filter(pk=uploads.as_uuid(key)).first()
    if row is None or (row.owner != call.caller.owner and not _is_customization(call, key)):
        raise file_missing(key)
    return _answer(uploads.read(row), row.content_type, row.name)


def _is_customization(call: Call, key: str) -> bool:
    """Whether an app that the caller manages keeps it among its scripts and styles."""
    for state in AppState.objects.filter(live__customize__icontains=key):
        access = call.access(call.caller.app(state.app_id), "manage")
        return access.has("manage")
    return False


def _answer(content: bytes, content_type: str, name: str) -> HttpResponse:
    # Whatever it is, a browser that opens it runs nothing of it.
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name or 'file')}"
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
