"""The columns of a row that are neither the app's fields nor part of its life: computed from values and actor.

The one place for them: whoever writes rows, one by one or by COPY, asks here.
"""

from __future__ import annotations

from collections.abc import Sequence

from madoguchi.catalog.queries import AppRevision
from madoguchi.records import search_columns
from madoguchi.records.actor import Actor

ON_INSERT = ("created_by_id", "updated_by_id", search_columns.TEXT, search_columns.GRAMS)
ON_UPDATE = ("updated_by_id", search_columns.TEXT, search_columns.GRAMS)
Row = search_columns.Row


def of_new(app: AppRevision, rows: Sequence[Row], actor: Actor) -> list[tuple[str, ...]]:
    """The columns ``ON_INSERT`` of each new row, as COPY writes them: escaped, ``""`` for NULL."""
    by = "" if actor.staff_id is None else str(actor.staff_id)
    return [(by, by, *found) for found in search_columns.cells_for(app, rows)]


def of_changed(app: AppRevision, rows: Sequence[Row], actor: Actor) -> list[tuple[str, ...]]:
    """The columns ``ON_UPDATE`` of each changed row; ``rows`` are the values after the change."""
    by = "" if actor.staff_id is None else str(actor.staff_id)
    return [(by, *found) for found in search_columns.cells_for(app, rows)]
