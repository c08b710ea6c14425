"""Rows of tables get a number when they are first stored and keep it, so that programs know them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.values import ROW_ID, Value, Values


def new_numbers(count: int) -> list[str]:
    """``count`` numbers that no row had before, in one statement."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('records_row_number')::text FROM generate_series(1, %s)", [count])
        return [number for (number,) in cursor.fetchall()]


def numbered(defn: AppDefinition, values: Values, *, before: Values | None = None) -> dict[str, Value]:
    """``values`` with a number in every row. Forms know none: their rows keep those of the rows that stood there."""
    tables = [field.code for field in defn.fields if field.type == "table" and values.get(field.code)]
    found = dict(values)
    for code in tables:
        rows = _in_place(values[code], (before or {}).get(code) or ())
        fresh = iter(new_numbers(sum(ROW_ID not in row for row in rows)))
        found[code] = [row if ROW_ID in row else {ROW_ID: next(fresh), **row} for row in rows]
    return found


def _in_place(rows: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    if any(ROW_ID in row for row in rows):
        return list(rows)
    known = [row.get(ROW_ID) for row in before] + [None] * len(rows)
    return [{ROW_ID: number, **row} if number else row for row, number in zip(rows, known, strict=False)]
