"""Bringing a record to the published revision of its app, so that fields added since can be filled in."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from psycopg import sql

from madoguchi.catalog.queries import AppRevision
from madoguchi.catalog.tables import table_name
from madoguchi.records.read import Record


def needs_rebase(app: AppRevision, record: Record, codes: Iterable[str]) -> bool:
    """Whether ``codes`` of ``app`` cannot be written as the revision says under which the record was filed.

    An application keeps the rules under which the resident applied for as long as that works; what staff added follows
    the app as it is now. A status that the new process does not know keeps the record where it is.
    """
    if record.app.revision_id == app.revision_id or not _fits(app, record):
        return False
    if record.interview_id is None:
        return True
    before = {field.id: field for field in record.app.definition.fields}
    wanted = [app.definition.by_code[code] for code in codes if code in app.definition.by_code]
    return any(before.get(field.id) is None or before[field.id].code != field.code for field in wanted)


def _fits(app: AppRevision, record: Record) -> bool:
    process = app.definition.process
    return record.status is None or (process is not None and record.status in {s.code for s in process.statuses})


def rebase(app: AppRevision, record: Record) -> None:
    """Writes which revision the record follows from now on; the change that needs it makes the event."""
    statement = sql.SQL("UPDATE {} SET app_revision_id = {} WHERE id = {}").format(
        sql.Identifier(table_name(app.app_id)), sql.Literal(app.revision_id), sql.Literal(record.id)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
