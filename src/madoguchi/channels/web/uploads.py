"""Files of one question: those uploaded now, and those a corrected application already has."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.http import HttpRequest
from django.utils.translation import gettext as _

from madoguchi.channels.web import limits
from madoguchi.definition.fields import AnyField, FileField, PhotoField
from madoguchi.definition.text import Text
from madoguchi.intake import actions as intake
from madoguchi.intake.models import Interview
from madoguchi.records.files import FileRefused
from madoguchi.records.models import StoredFile

NOTHING_CHOSEN = Text({
    "ja": "ファイルを選んでから、添付のボタンを押してください。",
    "en": "Choose a file first, then press the button to attach it.",
})
MEGABYTE = 1024 * 1024
_FORM = 1 * MEGABYTE


def is_file_field(field: AnyField) -> bool:
    """Whether the question takes files."""
    return isinstance(field, FileField | PhotoField)


def too_big(request: HttpRequest, field: AnyField) -> bool:
    """Whether the request is longer than any allowed answer: found before a byte of it is read."""
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    allowed = field.max_files * field.max_megabytes * MEGABYTE if isinstance(field, FileField | PhotoField) else 0
    return length > allowed + _FORM


def shown_files(
    interview: Interview, field: AnyField, value: Sequence[str] | None, dropped: Sequence[str]
) -> list[StoredFile]:
    """The question's files in order: kept from the record being corrected (less ``dropped``), then new ones.

    ``value`` is the answer as stored.
    """
    new = list(intake.files_of(interview.id, field.code))
    known = {str(file.id) for file in new}
    kept_ids = [f for f in value or () if f not in known and f not in dropped]
    kept = StoredFile.objects.in_bulk([uuid.UUID(f) for f in kept_ids])
    owned = [f for f in kept.values() if f.record_id == interview.corrects_record_id and f.app_id == interview.app_id]
    return [*(f for f in owned if f.record_id is not None and f.deleted_at is None), *new]


def add_files(request: HttpRequest, interview: Interview, field: AnyField) -> str:
    """Stores what was chosen; returns why not, in words, or an empty string."""
    visitor = limits.address_of(request)
    for upload in request.FILES.getlist("file"):
        if not (limits.UPLOADS_FROM.allows(visitor) and limits.UPLOADS.allows(str(interview.id))):
            return _("短い時間にたくさんのファイルが送られました。10分ほど待ってから、もう一度お試しください。")
        try:
            intake.add_file(
                interview_id=interview.id, field_code=field.code, data=upload.read(),
                content_type=upload.content_type or "", name=upload.name or "",
            )
        except FileRefused as refused:
            return str(refused)
    return ""


def remove_file(interview: Interview, file_id: str) -> None:
    """Removes one upload; ids that are none are ignored."""
    try:
        identifier = uuid.UUID(file_id)
    except ValueError:
        return
    intake.remove_file(interview_id=interview.id, file_id=identifier)
