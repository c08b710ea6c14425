"""Jobs of the catalog."""

from __future__ import annotations

from django.db import connection
from psycopg import sql

from madoguchi.catalog import publishing
from madoguchi.catalog.indexes import Index, SortKey
from madoguchi.catalog.schema import existing_indexes
from madoguchi.lib.jobs import RETRY, app


@app.task(name="catalog.publish_revision", retry=RETRY, pass_context=False)
def publish_revision(revision_id: int, at: str | None) -> None:
    """Publishes an approved revision, at its date or after its values were converted."""
    publishing.run(revision_id, at)


@app.task(name="catalog.build_index", retry=RETRY, pass_context=False)
def build_index(table: str, keys: list[tuple[str, bool, bool]]) -> None:
    """Builds an index of a large table while people keep working; what an interrupted build left is replaced."""
    index = Index(table, tuple(SortKey(*key) for key in keys))
    if index.name in existing_indexes(table):
        return
    with connection.cursor() as cursor:
        drop = sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(index.name))
        cursor.execute(drop)
        cursor.execute(index.create(concurrently=True))
