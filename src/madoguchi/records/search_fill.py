"""Prepares tables for the search: at once where there is nothing to do yet, else by a job that people do not notice."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from madoguchi.catalog.queries import AppRevision, published_apps, published_by_id
from madoguchi.catalog.schema import LARGE_TABLE, has_more_rows_than
from madoguchi.catalog.tables import table_name
from madoguchi.lib.jobs import app as jobs
from madoguchi.records.search_columns import GRAMS, digest, fill_of, read, refresh
from madoguchi.records.search_models import SearchFill
from madoguchi.records.search_text import form_of

TASK = "records.fill_search"
ROWS_AT_ONCE = 500
"""Locked for about 0.1 s."""


def prepare(app: AppRevision) -> None:
    """Has the rows of a newly published revision hold what its search looks for; part of the publish's transaction."""
    before = SearchFill.objects.filter(pk=app.app_id).first()
    if before is not None and before.form == digest(form_of(app.definition)):
        return
    if not has_more_rows_than(table_name(app.app_id), LARGE_TABLE):
        _build_index(app, concurrently=False)
    last = _last_id(app)
    now = timezone.now()
    SearchFill.objects.update_or_create(
        pk=app.app_id,
        defaults={
            "form": digest(form_of(app.definition)),
            "position": 0,
            "last": last,
            "started_at": now,
            "finished_at": None if last else now,
        },
    )
    if last:
        defer(app.app_id)


def defer(app_id: int) -> None:
    """Has a worker fill the app's rows, one job at a time."""
    jobs.configure_task(TASK, lock=f"records-search-{app_id}").defer(app_id=app_id)


def run(app_id: int) -> None:
    """Goes on where the last run stopped, builds the index, and lets queries rely on both."""
    app = published_by_id(app_id)
    while _next_rows(app):
        pass
    fill = fill_of(app)
    if fill is None or fill.finished_at is not None:
        return  # Published anew meanwhile, which has a job of its own.
    _build_index(app, concurrently=not connection.in_atomic_block)
    with connection.cursor() as cursor:
        # Which pairs are common decides how PostgreSQL searches.
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table_name(app_id))))
    SearchFill.objects.filter(pk=app_id, form=fill.form).update(finished_at=timezone.now())


@transaction.atomic
def _next_rows(app: AppRevision) -> bool:
    """Fills some rows; False if there are no more, or another revision's words are wanted by now."""
    fill = SearchFill.objects.select_for_update().filter(pk=app.app_id, form=digest(form_of(app.definition))).first()
    if fill is None or fill.finished_at is not None:
        return False
    rows = read(app, after=fill.position, limit=ROWS_AT_ONCE)
    if not rows:
        return False
    refresh(app, rows)
    fill.position = rows[-1][0]
    fill.save(update_fields=("position",))
    return True


def resume() -> None:
    """Prepares what no publish prepared (after an update of the product) and restarts what stopped."""
    running = _at_work()
    for app in published_apps():
        fill = fill_of(app)
        if fill is None:
            with transaction.atomic():
                prepare(app)
        elif fill.finished_at is None and app.app_id not in running:
            defer(app.app_id)


def _at_work() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (args->>'app_id')::bigint FROM procrastinate_jobs"
            " WHERE task_name = %s AND status IN ('todo', 'doing')", [TASK],
        )  # fmt: skip
        return {app_id for (app_id,) in cursor.fetchall()}


def _last_id(app: AppRevision) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT max(id) FROM {}").format(sql.Identifier(table_name(app.app_id))))
        (last,) = cursor.fetchone() or (None,)
        return int(last or 0)


def _build_index(app: AppRevision, *, concurrently: bool) -> None:
    """The index over the pairs; what an interrupted build left is replaced."""
    table, name = table_name(app.app_id), f"{table_name(app.app_id)}_search"
    way = sql.SQL("CONCURRENTLY " if concurrently else "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [name])
        found = cursor.fetchone()
        if found == (True,):
            return
        if found is not None:
            cursor.execute(sql.SQL("DROP INDEX {}{}").format(way, sql.Identifier(name)))
        cursor.execute(sql.SQL("CREATE INDEX {}IF NOT EXISTS {} ON {} USING gin ({})").format(
            way, sql.Identifier(name), sql.Identifier(table), sql.Identifier(GRAMS)
        ))  # fmt: skip
