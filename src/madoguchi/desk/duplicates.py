"""What of a record stands in the boxes when somebody adds another one like it."""

from __future__ import annotations

from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.fields import FILE_TYPES
from madoguchi.definition.values import ROW_ID, Value
from madoguchi.desk.saving import values_in
from madoguchi.records.read import Record


def duplicate(app: AppRevision, record: Record) -> dict[str, Value]:
    """The record's values without files, without what may be there only once, and with new rows in tables."""
    found = values_in(app, record)
    fields = app.definition.by_code
    return {
        code: _without_numbers(value) if fields[code].type == "table" else value
        for code, value in found.items()
        if fields[code].type not in FILE_TYPES and not getattr(fields[code], "unique", False)
    }


def _without_numbers(rows: list[dict[str, Value]]) -> list[dict[str, Value]]:
    return [{code: cell for code, cell in row.items() if code != ROW_ID} for row in rows]
