"""What is new in an app, asked often: both statements walk the primary key."""

from __future__ import annotations

from django.db import connection
from psycopg import sql

from madoguchi.catalog.tables import table_name
from madoguchi.records.lists import count_sql
from madoguchi.records.permissions import Access


def newest_id(access: Access) -> int:
    """The id of the newest record that may be viewed, 0 if there is none."""
    newest = sql.SQL("SELECT coalesce((SELECT id FROM {} WHERE {} ORDER BY id DESC LIMIT 1), 0)")
    return _number(newest.format(_table(access), access.where("view")))


def count_newer(access: Access, record_id: int, *, cap: int = 99) -> int:
    """How many records that may be viewed came after ``record_id``, counting no further than ``cap`` + 1."""
    newer = sql.SQL("id > {}").format(sql.Literal(record_id))
    return _number(count_sql(access, where=[newer], cap=cap + 1))


def _table(access: Access) -> sql.Identifier:
    return sql.Identifier(table_name(access.app.app_id))


def _number(statement: sql.Composed) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchone()
    return int(found[0]) if found else 0
