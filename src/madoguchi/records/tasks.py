"""Jobs of the records room."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from madoguchi.catalog.queries import published_by_id
from madoguchi.lib.jobs import RETRY, app, daily_in_japan
from madoguchi.records import exports, files, import_run, imports, recalculate, search_fill
from madoguchi.records.actor import SYSTEM
from madoguchi.records.models import StoredFile
from madoguchi.records.read import RecordNotFound
from madoguchi.records.write import add_event


@app.periodic(cron=daily_in_japan(3, 15))
@app.task(name="records.delete_due_files", retry=RETRY, pass_context=False)
def delete_due_files(timestamp: int) -> None:
    """Deletes the files whose day has come: ID pictures of finished records, files of abandoned interviews."""
    del timestamp
    due = StoredFile.objects.filter(deleted_at=None, delete_after__lte=timezone.now())
    for file in due.iterator():
        _delete(file)


@transaction.atomic
def _delete(file: StoredFile) -> None:
    files.delete_file(file)
    if file.record_id is None:
        return
    data = {"file": str(file.pk), "field_id": file.field_id, "reason": "due"}
    with suppress(RecordNotFound):  # A record that was deleted has said so in its last event.
        app_revision = published_by_id(file.app_id)
        add_event(app=app_revision, record_id=file.record_id, kind="file_deleted", actor=SYSTEM, data=data)


@app.periodic(cron=daily_in_japan(3, 45))
@app.task(name="records.sweep_orphans", retry=RETRY, pass_context=False)
def sweep_orphans(timestamp: int) -> None:
    """Removes content that no row wants, a day old at least so that no upload under way is hit."""
    del timestamp
    files.sweep_orphans(older_than=timezone.now() - timedelta(days=1))


@app.task(name="records.run_import", retry=RETRY, pass_context=False)
def run_import(import_id: str) -> None:
    """Works off an import of a table; run again after a failure or a crash, it goes on where it was."""
    import_run.run(UUID(import_id))


@app.periodic(cron=daily_in_japan(3, 55))
@app.task(name="records.forget_imports", retry=RETRY, pass_context=False)
def forget_imports(timestamp: int) -> None:
    """Deletes the files and error lists of imports that ended long enough ago, and uploads that became none."""
    del timestamp
    imports.forget_old(now=timezone.now())
    imports.sweep_orphans(older_than=timezone.now() - timedelta(days=2))


@app.task(name="records.write_export", retry=RETRY, pass_context=False)
def write_export(export_id: str) -> None:
    """Writes a whole app for somebody to download; run again after a failure or a crash, it begins anew."""
    exports.run(UUID(export_id))


@app.periodic(cron="25 * * * *")
@app.task(name="records.forget_exports", retry=RETRY, pass_context=False)
def forget_exports(timestamp: int) -> None:
    """Deletes written-out apps that were there for a day, and what interrupted writing left."""
    del timestamp
    exports.forget_old(now=timezone.now())


@app.task(name="records.fill_search", retry=RETRY, pass_context=False)
def fill_search(app_id: int) -> None:
    """Prepares the rows of an app for the search; run again after a failure or a crash, it goes on where it was."""
    search_fill.run(app_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="records.resume_searches", retry=RETRY, pass_context=False)
def resume_searches(timestamp: int) -> None:
    """Sees to it that every app's rows get prepared for the search."""
    del timestamp
    search_fill.resume()


@app.task(name="records.recalculate", retry=RETRY, pass_context=False)
def recalculate_records(app_id: int) -> None:
    """Calculates an app's records anew; run again after a failure or a crash, it goes on where it was."""
    recalculate.run(app_id)
