"""Files on their way: sent first, put into a record later by their key; what no record takes goes after three days."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from madoguchi.api.errors import ApiError, file_missing
from madoguchi.api.models import Upload
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.fields import AnyField
from madoguchi.lib import vault
from madoguchi.lib.text import nfc
from madoguchi.records import files
from madoguchi.records.models import StoredFile

MAX_BYTES = 50 * 1024 * 1024
KEEP = timedelta(days=3)
_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")
UNKNOWN_TYPE = "application/octet-stream"


def save(*, owner: str, data: bytes, content_type: str, name: str) -> Upload:
    """Keeps an upload, sealed. Raises ApiError over 50 MB."""
    if len(data) > MAX_BYTES:
        words = ("ファイルは50MB以下にしてください。", "Files may have at most 50 MB.")
        raise ApiError(413, "CB_VA01", words)
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    row = Upload(
        name=_safe(name), content_type=kind if _TYPE.fullmatch(kind) else UNKNOWN_TYPE, size=len(data), owner=owner
    )
    path = _path(row.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(vault.seal(data, context=f"upload:{row.id}"))
    unfinished.replace(path)
    row.save(force_insert=True)
    return row


def _safe(name: str) -> str:
    base = nfc(name).replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in base if c.isprintable())[:200] or "file"


def read(row: Upload) -> bytes:
    """The content; raises ApiError once it is gone."""
    try:
        return vault.unseal(_path(row.id).read_bytes(), context=f"upload:{row.id}")
    except FileNotFoundError as gone:
        raise file_missing(row.id) from gone


def find(owner: str, key: str) -> Upload:
    """An upload of this caller; raises ApiError 404."""
    row = Upload.objects.filter(pk=as_uuid(key), owner=owner, created_at__gt=timezone.now() - KEEP).first()
    if row is None:
        raise file_missing(key)
    return row


def as_uuid(key: str) -> uuid.UUID:
    """The key as an id; for what is none, one that nothing has."""
    try:
        return uuid.UUID(key)
    except ValueError:
        return uuid.UUID(int=0)


def take(
    owner: str, app: AppRevision, field: AnyField, keys: Sequence[str], *, kept: Sequence[str]
) -> list[str]:
    """Ids of stored files for a record: those it has already stay, uploads become attachments. Raises ApiError."""
    return [key if key in kept else _stored(owner, app, field, key) for key in dict.fromkeys(keys) if key]


def _stored(owner: str, app: AppRevision, field: AnyField, key: str) -> str:
    row = find(owner, key)
    return str(
        files.store_as_sent(
            app=app, field=field, data=read(row), content_type=row.content_type, name=row.name
        ).pk
    )


def attach(app_id: int, record_id: int, values: Mapping[str, Any], codes: Mapping[str, Any]) -> None:
    """Gives the files in the fields ``codes`` to their record."""
    ids = [key for code in codes for key in values[code]]
    if ids:
        StoredFile.objects.filter(pk__in=ids, app_id=app_id).update(record_id=record_id, delete_after=None)


def drop(before: Mapping[str, Any], values: Mapping[str, Any], codes: Mapping[str, Any]) -> None:
    """Deletes the files that a change took out of their field."""
    gone = {key for code in codes for key in before.get(code) or ()} - {key for code in codes for key in values[code]}
    for file in StoredFile.objects.filter(pk__in=gone, deleted_at=None):
        files.delete_file(file)


def sweep() -> int:
    """Removes uploads that no record took within three days; returns how many."""
    old = list(Upload.objects.filter(created_at__lt=timezone.now() - KEEP, kept=False))
    for row in old:
        _path(row.id).unlink(missing_ok=True)
    Upload.objects.filter(pk__in=[row.pk for row in old]).delete()
    return len(old)


def _path(upload_id: uuid.UUID) -> Path:
    # A name of more than two letters: the sweep of attachments looks at folders of two.
    return Path(settings.FILES_DIR) / "uploads" / str(upload_id)
