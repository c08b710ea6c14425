"""How many applications a procedure still takes: ``Procedure.capacity`` of the revision that is published now."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from psycopg import sql

from madoguchi.catalog import queries as catalog
from madoguchi.catalog.models import App
from madoguchi.catalog.queries import AppRevision
from madoguchi.catalog.tables import table_name
from madoguchi.definition.app import AppDefinition, StatusKind

FREED: frozenset[StatusKind] = frozenset({"rejected", "cancelled", "expired"})
"""Kinds of status in which an application no longer takes a place."""


def is_full(app: AppRevision) -> bool:
    """Whether nobody more can apply in the opening period of now; never true without a capacity."""
    procedure = app.definition.procedure
    if procedure is None or procedure.capacity is None:
        return False
    return taken(app.app_id, app.definition, procedure.opens_at) >= procedure.capacity


def taken(app_id: int, defn: AppDefinition, since: datetime | None) -> int:
    """The places taken by applications filed from ``since`` on (None: ever)."""
    freed = [status.code for status in defn.process.statuses if status.kind in FREED] if defn.process else []
    statement = sql.SQL(
        "SELECT count(*) FROM intake_application a JOIN {table} r ON r.id = a.record_id"
        " WHERE a.app_id = %s AND (%s::timestamptz IS NULL OR a.created_at >= %s)"
        " AND NOT coalesce(r.status = ANY(%s), false)"
    ).format(table=sql.Identifier(table_name(app_id)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [app_id, since, since, freed])
        return int(cursor.fetchone()[0])


def no_place_left(app_id: int) -> bool:
    """As ``is_full``, within a transaction: whoever asks next waits, so that the last place is given once.

    False for an app that is no longer published: what was begun there is finished.
    """
    try:
        app = catalog.published_by_id(app_id)
    except catalog.AppNotFound:
        return False
    procedure = app.definition.procedure
    if procedure is None or procedure.capacity is None:
        return False
    App.objects.select_for_update(no_key=True).get(pk=app_id)
    return is_full(app)
