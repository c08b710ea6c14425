"""What PostgreSQL says about an app's table as it is now."""

from __future__ import annotations

from django.db import connection
from psycopg import sql

LARGE_TABLE = 10_000
"""Above so many rows an index is built by a job without locking writers out (about 0.1 s a btree at this size)."""


def existing_columns(table: str) -> dict[str, str]:
    """Columns and their types as PostgreSQL prints them; empty if there is no such table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        return dict(cursor.fetchall())


def existing_indexes(table: str) -> set[str]:
    """Usable indexes that publishing made (named ``<table>_<12 hex digits>``); half-built ones are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE i.indrelid = to_regclass(%s) AND i.indisvalid AND c.relname ~ %s",
            [table, f"^{table}_[0-9a-f]{{12}}$"],
        )
        return {name for (name,) in cursor.fetchall()}


def has_more_rows_than(table: str, limit: int) -> bool:
    """Counts at most ``limit`` + 1 rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT {}) t").format(
                sql.Identifier(table), sql.Literal(limit + 1)
            )
        )
        row = cursor.fetchone()
        return bool(row and row[0] > limit)


def estimated_rows(table: str) -> int:
    """How many rows the table has: exact up to ``LARGE_TABLE``, beyond that as PostgreSQL last estimated."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)", [table])
        row = cursor.fetchone()
        if row is None or row[0] > LARGE_TABLE:
            return int(row[0]) if row else 0
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
        counted = cursor.fetchone()
        return int(counted[0]) if counted else 0
