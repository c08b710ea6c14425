"""What is new in an app, asked often: both statements read the primary key only."""

from __future__ import annotations

from django.db import connection
from psycopg import sql

from madoguchi.catalog.queries import AppRevision
from madoguchi.catalog.tables import table_name


def newest_id(app: AppRevision) -> int:
    """The id of the newest record, 0 if there is none."""
    return _number(sql.SQL("SELECT coalesce(max(id), 0) FROM {}").format(_table(app)))


def count_newer(app: AppRevision, record_id: int, *, cap: int = 99) -> int:
    """How many records came after ``record_id``, counting no further than ``cap`` + 1."""
    return _number(
        sql.SQL("SELECT count(*) FROM (SELECT 1 FROM {} WHERE id > {} LIMIT {}) t").format(
            _table(app), sql.Literal(record_id), sql.Literal(cap + 1)
        )
    )


def _table(app: AppRevision) -> sql.Identifier:
    return sql.Identifier(table_name(app.app_id))


def _number(statement: sql.Composed) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchone()
    return int(found[0]) if found else 0
