"""A whole app for somebody to download: begun by them, written by a job, sealed, gone after a day."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import BinaryIO

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.models import Staff
from madoguchi.catalog.manifest import Manifest
from madoguchi.catalog.queries import AppNotFound, AppRevision, published_by_id
from madoguchi.lib.bundles import Listed, Zip
from madoguchi.lib.jobs import app as jobs
from madoguchi.records.arrivals import count_newer
from madoguchi.records.export_models import AppExport
from madoguchi.records.permissions import Access, staff_access
from madoguchi.records.portable_out import Content, log_export, write_pack
from madoguchi.records.sealed_files import SealedFolder

KEPT_HOURS = 24
TASK = "records.write_export"
PIECE = 1024 * 1024
_FILES = SealedFolder("exports", "export")
_EVERY_SECONDS = 0.5
COUNTED = 10_000_000


def may_export(access: Access) -> bool:
    """Whether somebody may take the whole app out."""
    return access.has("view") and access.has("export") and access.has("manage")


def begin(*, app: AppRevision, staff: Staff, with_rows: bool, with_files: bool) -> AppExport:
    """Has a worker write the app as ``staff`` may see it; one at a time for each app. Raises PermissionDenied."""
    access = _allowed(app, staff)
    with transaction.atomic():
        row = AppExport.objects.create(
            app_id=app.app_id, staff=staff, with_rows=with_rows, with_files=with_rows and with_files,
            total=count_newer(access, 0, cap=COUNTED) if with_rows else 0,
        )
        jobs.configure_task(TASK, lock=f"export:{app.app_id}").defer(export_id=str(row.pk))
    return row


def _allowed(app: AppRevision, staff: Staff) -> Access:
    access = staff_access(app, staff)
    if not may_export(access):
        raise PermissionDenied(_("アプリを丸ごと書き出すには、「書き出し」と「アプリの管理」の両方の権限が必要です。"))
    return access


def run(export_id: uuid.UUID) -> None:
    """Writes the file, from the beginning; what was written is there as a whole or not at all."""
    row = AppExport.objects.select_related("staff").get(pk=export_id)
    if not row.is_open:
        return
    try:
        app = published_by_id(row.app_id)
        content = Content(app, row.with_rows, row.with_files, _allowed(app, row.staff))
    except (PermissionDenied, AppNotFound) as refusal:
        _end(row, AppExport.State.FAILED, message=str(refusal))
        return
    AppExport.objects.filter(pk=row.pk).update(state=AppExport.State.RUNNING, done=0)
    if row.with_rows:
        # Before anything is written: better noted and not taken than taken and not noted.
        log_export(content, staff_id=row.staff_id)
    row.size, manifest = _write(row, content)
    rows = manifest.apps[app.code].rows
    row.whole, row.done = manifest.whole, rows.count if rows else 0
    row.total = row.done
    _end(row, AppExport.State.DONE)


def _write(row: AppExport, content: Content) -> tuple[int, Manifest]:
    with _FILES.writing(row.pk) as out, _telling(row) as tell:
        archive = Zip(out)  # type: ignore[arg-type]
        manifest = write_pack(Listed(archive), [content], name=content.app.code, progress=tell)
        archive.close()
    return out.size, manifest


@contextmanager
def _telling(row: AppExport) -> Iterator[Callable[[int], None]]:
    """Notes how many records are written, on a connection of its own: the other one only reads, at one moment."""
    other, last = connection.copy(), [time.monotonic()]

    def tell(done: int) -> None:
        if time.monotonic() - last[0] < _EVERY_SECONDS:
            return
        last[0] = time.monotonic()
        with other.cursor() as cursor:
            cursor.execute("UPDATE records_appexport SET done = %s WHERE id = %s", [done, row.pk])

    try:
        yield tell
    finally:
        other.close()


def _end(row: AppExport, state: AppExport.State, *, message: str = "") -> None:
    row.state, row.message, row.finished_at = state, message, timezone.now()
    row.delete_after = row.finished_at + timedelta(hours=KEPT_HOURS)
    row.save()


def latest(*, app_id: int, staff: Staff) -> list[AppExport]:
    """What somebody had written of an app and can still be downloaded or is being written, the newest first."""
    found = AppExport.objects.filter(app_id=app_id, staff=staff, deleted_at=None)
    return list(found.order_by("-created_at")[:5])


def take(*, row: AppExport, staff: Staff) -> BinaryIO:
    """The .zip for whoever had it written, if they still may; noted in the access log.

    Raises PermissionDenied, FileNotFoundError once it was deleted.
    """
    app = published_by_id(row.app_id)
    access = _allowed(app, staff)
    if row.staff_id != staff.pk or row.state != AppExport.State.DONE:
        raise PermissionDenied(_("この書き出しは、書き出した本人だけがダウンロードできます。"))
    if row.deleted_at or (row.delete_after and row.delete_after < timezone.now()):
        raise FileNotFoundError(row.pk)
    file = _FILES.opened(row.pk, row.size)
    if row.with_rows:
        log_export(Content(app, rows=True, access=access), staff_id=staff.pk, purpose="export_download")
    return file


def forget_old(*, now: datetime) -> int:
    """Deletes the files whose time is over; returns how many."""
    due = AppExport.objects.filter(deleted_at=None, delete_after__lte=now)
    for row in due:
        _FILES.delete(row.pk)
        AppExport.objects.filter(pk=row.pk).update(deleted_at=now)
    for path, file_id in _FILES.kept(older_than=now - timedelta(hours=2 * KEPT_HOURS)):
        if file_id is None or not AppExport.objects.filter(pk=file_id, deleted_at=None).exists():
            path.unlink(missing_ok=True)
    return len(due)
