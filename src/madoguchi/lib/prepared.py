"""Statements sent so often that PostgreSQL should parse and plan them once a connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection

AT_ONCE = 0
"""psycopg prepares a statement from its first execution on."""


def execute_prepared(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Runs ``statement`` as a prepared one on Django's connection, in its transaction; its rows, or none.

    Django's own cursors put values into the text, so that it is parsed and planned anew each time. Raises Django's
    database errors. A pooler between us and PostgreSQL must keep prepared statements (PgBouncer 1.21 does).
    """
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    raw.prepare_threshold = AT_ONCE
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        cursor.execute(statement.encode(), parameters)
        return cursor.fetchall() if cursor.description else []
