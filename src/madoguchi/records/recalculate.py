"""After a formula changed: existing records are calculated anew by a job that goes on where it stopped."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from madoguchi.catalog.models import App
from madoguchi.catalog.queries import AppRevision, published_by_id
from madoguchi.catalog.schema import estimated_rows
from madoguchi.catalog.tables import table_name
from madoguchi.lib.jobs import app as jobs
from madoguchi.records.actor import SYSTEM
from madoguchi.records.recalculation_models import Recalculation
from madoguchi.records.write import recalculate_record

TASK = "records.recalculate"
ROWS_AT_ONCE = 100


def prepare(app: AppRevision) -> None:
    """Has the records calculated anew if the revision being published has other formulas than the one before."""
    later = App.objects.values_list("conversions", flat=True).get(pk=app.app_id)
    now = [field for one in later if one["number"] == app.number for field in one["fields"]]
    if not any(field["type"] == "formula" for field in now):
        return
    total = estimated_rows(table_name(app.app_id))
    fresh = {
        "number": app.number, "position": 0, "done": 0, "changed": 0, "total": total,
        "finished_at": None if total else timezone.now(),
    }
    Recalculation.objects.update_or_create(pk=app.app_id, defaults=fresh)
    if total:
        jobs.configure_task(TASK, lock=f"records-recalculate-{app.app_id}").defer(app_id=app.app_id)


def progress_of(app_id: int) -> Recalculation | None:
    """The run that is under way, or None."""
    return Recalculation.objects.filter(pk=app_id, finished_at=None).first()


def run(app_id: int) -> None:
    """Goes on where the last run stopped."""
    while _next_rows(app_id):
        pass


@transaction.atomic
def _next_rows(app_id: int) -> bool:
    state = Recalculation.objects.select_for_update().filter(pk=app_id, finished_at=None).first()
    if state is None:
        return False
    app = published_by_id(app_id)
    ids = _ids(app, state.position)
    state.changed += sum(recalculate_record(app=app, record_id=one, actor=SYSTEM) is not None for one in ids)
    state.done += len(ids)
    state.position = ids[-1] if ids else state.position
    state.finished_at = timezone.now() if len(ids) < ROWS_AT_ONCE else None
    state.save()
    return state.finished_at is None


def _ids(app: AppRevision, after: int) -> list[int]:
    statement = sql.SQL("SELECT id FROM {} WHERE id > {} ORDER BY id LIMIT {}").format(
        sql.Identifier(table_name(app.app_id)), sql.Literal(after), sql.Literal(ROWS_AT_ONCE)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [found for (found,) in cursor.fetchall()]
