"""What the database knows about an app that its definition does not say: how much each field and status is used."""

from __future__ import annotations

from django.db import connection
from psycopg import sql

from madoguchi.accounts.queries import known_people
from madoguchi.catalog.models import App
from madoguchi.catalog.schema import existing_columns
from madoguchi.catalog.tables import columns_of, table_name
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import AnyField
from madoguchi.definition.review import Facts, named_people


def facts(app: App, defn: AppDefinition, published: AppDefinition | None) -> Facts:
    """What ``definition.review`` needs to know about rows, people and other apps."""
    named = {kind: list(codes) for kind, codes in named_people(defn).items()}
    kept = {field.id for field in defn.fields}
    removed = [field for field in published.fields if field.id not in kept] if published else []
    return Facts(
        used=counts(app, removed), statuses=statuses(app) if published else {},
        staff=known_people("staff", named["staff"]),
        departments=known_people("department", named["department"]),
        groups=known_people("group", named["group"]),
        apps=frozenset(App.objects.exclude(published=None).values_list("code", flat=True)),
    )


def counts(app: App, fields: list[AnyField]) -> dict[int, int]:
    """How many records hold a value, by field id."""
    table = table_name(app.pk)
    there = existing_columns(table)
    found = [(f.id, names) for f in fields if (names := [c.name for c in columns_of(f) if c.name in there])]
    if not found:
        return {}
    parts = [
        sql.SQL("count(*) FILTER (WHERE num_nonnulls({}) > 0)").format(
            sql.SQL(", ").join(map(sql.Identifier, names))
        )
        for _, names in found
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(parts), sql.Identifier(table)))
        row = cursor.fetchone() or ()
    return {number: count for (number, _), count in zip(found, row, strict=True)}


def statuses(app: App) -> dict[str, int]:
    """How many records are in each status."""
    table = table_name(app.pk)
    if "status" not in existing_columns(table):
        return {}
    statement = sql.SQL("SELECT status, count(*) FROM {} WHERE status IS NOT NULL GROUP BY status")
    with connection.cursor() as cursor:
        cursor.execute(statement.format(sql.Identifier(table)))
        return dict(cursor.fetchall())
