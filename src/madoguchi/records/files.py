"""Attachments: what may be kept, encrypted at rest, deleted when due."""

from __future__ import annotations

import hashlib
import os
import tempfile
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path, PurePath

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.fields import AnyField, FileField, PhotoField
from madoguchi.lib import vault
from madoguchi.lib.text import nfc
from madoguchi.records import images
from madoguchi.records.images import FileRefused
from madoguchi.records.models import StoredFile

__all__ = (
    "FileRefused", "attach_files", "delete_file", "read_file", "read_thumbnail", "schedule_all",
    "schedule_deletion", "store_as_sent", "store_upload",
)

MAX_PER_INTERVIEW = 60
"""Nobody needs more pictures for one application; keeps one visitor from filling the disk."""
UNATTACHED_DAYS = 60
"""Files of an interview that never became an application; interviews live 30 days."""


def store_upload(
    *, app: AppRevision, field: AnyField, data: bytes, content_type: str, name: str,
    interview_id: uuid.UUID | None = None, record_id: int | None = None,
) -> StoredFile:
    """Keeps an upload for an interview or a record; raises FileRefused with a text for whoever sent it.

    What it is follows from its first bytes: ``content_type`` and the ending of ``name`` are not believed. Pictures
    are encoded anew as JPEG: turned upright, at most 4096 pixels a side, nothing left of EXIF.
    """
    del content_type
    if not isinstance(field, (FileField, PhotoField)):
        raise FileRefused(_("この項目にはファイルを送れません。"))
    _refuse_too_many(interview_id)
    kind = images.sniff(data, limit=field.max_megabytes * 1024 * 1024, pdf=field.type == "file")
    content, thumbnail = (data, None) if kind == images.PDF else images.reencode(data, kind)
    row = StoredFile(
        app_id=app.app_id, record_id=record_id, interview_id=interview_id, field_id=field.id,
        identity=field.type == "photo" and field.identity,
        content_type=images.PDF if kind == images.PDF else images.JPEG,
        original_name=_safe_name(name) if field.type == "file" else "",
        size=len(content), sha256=hashlib.sha256(content).hexdigest(), has_thumbnail=thumbnail is not None,
        delete_after=None if record_id else timezone.now() + timedelta(days=UNATTACHED_DAYS),
    )
    # The content is on the disk before the row is: a crash between leaves an orphan, which a job sweeps.
    keep_content(row, content, thumbnail)
    row.save(force_insert=True)
    return row


def store_as_sent(*, app: AppRevision, field: AnyField, data: bytes, content_type: str, name: str) -> StoredFile:
    """Keeps an attachment of staff or of a program byte by byte, whatever it is; no record has it yet.

    Pictures for photo fields are still encoded anew. Raises FileRefused.
    """
    if not isinstance(field, FileField):
        return store_upload(app=app, field=field, data=data, content_type=content_type, name=name)
    if len(data) > field.max_megabytes * 1024 * 1024:
        words = _("ファイルが大きすぎます。%(limit)dMB 以下にして送ってください。")
        raise FileRefused(words % {"limit": field.max_megabytes})
    row = StoredFile(
        app_id=app.app_id, field_id=field.id, content_type=content_type[:100], original_name=_safe_name(name),
        size=len(data), sha256=hashlib.sha256(data).hexdigest(),
        delete_after=timezone.now() + timedelta(days=UNATTACHED_DAYS),
    )
    _write(_path(row.id), vault.seal(data, context=_context(row.id)))
    row.save(force_insert=True)
    return row


def keep_content(row: StoredFile, content: bytes, thumbnail: bytes | None) -> None:
    """Seals what another instance kept, under the id of ``row``; the caller saves that afterwards."""
    _write(_path(row.id), vault.seal(content, context=_context(row.id)))
    if thumbnail is not None:
        _write(_thumbnail_path(row.id), vault.seal(thumbnail, context=_context(row.id, "thumbnail")))


def _refuse_too_many(interview_id: uuid.UUID | None) -> None:
    if interview_id is None:
        return
    if StoredFile.objects.filter(interview_id=interview_id, deleted_at=None).count() >= MAX_PER_INTERVIEW:
        raise FileRefused(_("送られたファイルが多すぎます。不要なファイルを消してから、もう一度送ってください。"))


def _safe_name(name: str) -> str:
    """The last part of the name without control characters, at most 200 characters."""
    base = PurePath(nfc(name).replace("\\", "/")).name
    return "".join(c for c in base if c.isprintable())[:200]


def read_file(file: StoredFile) -> bytes:
    """The content; raises FileNotFoundError once it was deleted, VaultError if it was tampered with."""
    return vault.unseal(_path(file.id).read_bytes(), context=_context(file.id))


def read_thumbnail(file: StoredFile) -> bytes:
    """A JPEG of at most 480 pixels a side; raises FileNotFoundError if there is none."""
    return vault.unseal(_thumbnail_path(file.id).read_bytes(), context=_context(file.id, "thumbnail"))


def attach_files(interview_id: uuid.UUID, record_id: int, *, keep: Iterable[str] | None = None) -> None:
    """Gives an interview's files to its record. With ``keep`` (file ids), the others are deleted: replaced ones and
    those of fields that ended up hidden."""
    loose = StoredFile.objects.filter(interview_id=interview_id, record_id=None, deleted_at=None)
    if keep is not None:
        for file in loose.exclude(pk__in=list(keep)):
            delete_file(file)
        loose = loose.filter(pk__in=list(keep))
    loose.update(record_id=record_id, delete_after=None)


def schedule_deletion(*, app: AppRevision, record_id: int, closed: bool) -> None:
    """Marks a record's ID pictures for deletion as the procedure says, or unmarks them when it is opened again."""
    procedure = app.definition.procedure
    days = procedure.identity_photo_days if procedure else 0
    pictures = StoredFile.objects.filter(app_id=app.app_id, record_id=record_id, identity=True, deleted_at=None)
    pictures.update(delete_after=timezone.now() + timedelta(days=days) if closed else None)


def schedule_all(*, app_id: int, record_id: int) -> None:
    """Marks every file of a record that is deleted: the daily job removes them."""
    StoredFile.objects.filter(app_id=app_id, record_id=record_id, deleted_at=None).update(delete_after=timezone.now())


@transaction.atomic
def delete_file(file: StoredFile) -> None:
    """Removes the content; the row stays as proof that there was a file. Deleting twice has no effect."""
    StoredFile.objects.filter(pk=file.pk, deleted_at=None).update(deleted_at=timezone.now())
    # After the commit: what a crash leaves on the disk is swept, because its row says deleted.
    transaction.on_commit(lambda: _unlink(file.id))


def sweep_orphans(*, older_than: datetime) -> int:
    """Removes content that no row wants: left by a crash or a rolled-back transaction. Returns how many files."""
    swept = 0
    for folder in sorted(path for path in _root().glob("??") if path.is_dir()):
        old = [path for path in folder.iterdir() if path.stat().st_mtime < older_than.timestamp()]
        ids = {path: file_id for path in old if (file_id := _id_of(path))}
        wanted = set(
            StoredFile.objects.filter(pk__in=set(ids.values()), deleted_at=None).values_list("pk", flat=True)
        )
        for path in old:
            if ids.get(path) not in wanted:
                path.unlink(missing_ok=True)
                swept += 1
    return swept


def _id_of(path: Path) -> uuid.UUID | None:
    try:
        return uuid.UUID(path.name.removesuffix(".thumbnail"))
    except ValueError:
        return None  # a temporary file of an interrupted write


def _unlink(file_id: uuid.UUID) -> None:
    _path(file_id).unlink(missing_ok=True)
    _thumbnail_path(file_id).unlink(missing_ok=True)


def _root() -> Path:
    return Path(settings.FILES_DIR)


def _path(file_id: uuid.UUID) -> Path:
    return _root() / file_id.hex[:2] / str(file_id)


def _thumbnail_path(file_id: uuid.UUID) -> Path:
    return _path(file_id).with_suffix(".thumbnail")


def _context(file_id: uuid.UUID, what: str = "content") -> str:
    return f"file:{file_id}:{what}"


def _write(path: Path, content: bytes) -> None:
    """All or nothing, and on the disk when it returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
