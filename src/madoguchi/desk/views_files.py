"""Attachments: only to who may see the record (and, for ID photos, who checks them), and never kept on the way."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.catalog import queries as catalog
from madoguchi.records import files
from madoguchi.records.access import log_access
from madoguchi.records.models import StoredFile
from madoguchi.records.permissions import staff_access

ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
SHOWN = frozenset({"image/jpeg", "image/png", "application/pdf"})
"""Types a browser shows by itself; everything else is downloaded."""


@staff_required
@require_safe
def file(request: StaffRequest, file_id: uuid.UUID) -> HttpResponse:
    """The attachment itself; noted in the access log."""
    stored = _permitted(request, file_id)
    app = catalog.published_by_id(stored.app_id)
    assert stored.record_id is not None
    log_access(
        app=app, record_ids=[stored.record_id], staff=request.user, purpose="file", field_ids=[stored.field_id]
    )
    return _answer(stored, files.read_file, stored.content_type)


@staff_required
@require_safe
def thumbnail(request: StaffRequest, file_id: uuid.UUID) -> HttpResponse:
    """The small picture on a record page whose visit is noted already."""
    return _answer(_permitted(request, file_id), files.read_thumbnail, "image/jpeg")


def _permitted(request: StaffRequest, file_id: uuid.UUID) -> StoredFile:
    """404 for who may not see it, as if it were not there."""
    stored = StoredFile.objects.filter(pk=file_id, record_id__isnull=False, deleted_at=None).first()
    if stored is None:
        raise Http404(_("このファイルはありません。保存期間が過ぎて消去したものは見られません。"))
    access = staff_access(catalog.published_by_id(stored.app_id), request.user)
    hidden = stored.field_id in access.hidden or (stored.identity and not access.has("identity"))
    assert stored.record_id is not None
    if hidden or not access.allows(stored.record_id, "view"):
        raise Http404(_("このファイルはありません。保存期間が過ぎて消去したものは見られません。"))
    return stored


def _answer(stored: StoredFile, read: Callable[[StoredFile], bytes], content_type: str) -> HttpResponse:
    try:
        content = read(stored)
    except FileNotFoundError as error:
        raise Http404(_("このファイルはありません。保存期間が過ぎて消去したものは見られません。")) from error
    response = HttpResponse(content, content_type=content_type)
    manner = "inline" if content_type in SHOWN else "attachment"
    # A neutral name: what residents call their files may be personal, and downloads folders are shared.
    name = f"file-{stored.pk.hex[:8]}.{ENDINGS.get(content_type, 'bin')}"
    response["Content-Disposition"] = f'{manner}; filename="{name}"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    # A document opened in its own tab may run nothing, whatever is in it.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox"
    return response
