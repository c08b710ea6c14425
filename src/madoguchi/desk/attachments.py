"""Files on a record's form: sent before the form is, given to the record when it is saved.

Until then a file is known by a signed name, so that nobody can put somebody else's loose file into a record.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature, Signer

from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.fields import AnyField
from madoguchi.records import files
from madoguchi.records.models import StoredFile


def signed(staff: Staff, file: StoredFile) -> str:
    """The name of a loose file on this person's forms."""
    return _signer(staff).sign(str(file.pk))


def _signer(staff: Staff) -> Signer:
    return Signer(salt=f"desk-upload-{staff.pk}")


def ids(staff: Staff, typed: Sequence[str], stored: Iterable[str]) -> list[str]:
    """The ids that the boxes of a file field name: files the record has, and loose ones of this person."""
    known = set(stored)
    found = [name if name in known else _loose(staff, name) for name in typed]
    return list(dict.fromkeys(name for name in found if name))


def _loose(staff: Staff, name: str) -> str:
    try:
        return _signer(staff).unsign(name)
    except BadSignature:
        return ""


def keep(app: AppRevision, field: AnyField, upload: UploadedFile[bytes]) -> StoredFile:
    """Stores what was sent; no record has it yet. Raises FileRefused."""
    return files.store_as_sent(
        app=app, field=field, data=upload.read(), content_type=upload.content_type or "application/octet-stream",
        name=upload.name or "",
    )


def attach(app: AppRevision, record_id: int, fields: Iterable[AnyField], values: Mapping[str, Any]) -> None:
    """Gives the new files in ``fields`` to their record."""
    for field in fields:
        loose = StoredFile.objects.filter(
            pk__in=values.get(field.code) or (), app_id=app.app_id, field_id=field.id, record_id=None,
            interview_id=None, deleted_at=None,
        )
        loose.update(record_id=record_id, delete_after=None)


def drop(fields: Iterable[AnyField], before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Deletes the files that a change took out of ``fields``."""
    for field in fields:
        gone = set(before.get(field.code) or ()) - set(after.get(field.code) or ())
        for file in StoredFile.objects.filter(pk__in=gone, deleted_at=None):
            files.delete_file(file)


def copies(app: AppRevision, field: AnyField, file_ids: Sequence[str]) -> list[str]:
    """Loose copies of a record's files, for another one; those that are deleted are left out."""
    found = StoredFile.objects.in_bulk([uuid.UUID(one) for one in file_ids])
    alive = [file for file in found.values() if file.app_id == app.app_id and file.deleted_at is None]
    return [str(_copy(app, field, file).pk) for file in alive]


def _copy(app: AppRevision, field: AnyField, file: StoredFile) -> StoredFile:
    return files.store_as_sent(
        app=app, field=field, data=files.read_file(file), content_type=file.content_type, name=file.original_name
    )
