"""Values as COPY takes them: text, one line a row, tabs between columns, nothing for NULL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

from madoguchi.catalog.tables import Column, columns_of
from madoguchi.definition.fields import AnyField
from madoguchi.definition.values import Value

LINES_AT_ONCE = 500
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Encode = Callable[[Value], str]


def copy_lines(table: str, columns: Sequence[str], lines: Sequence[str]) -> None:
    """Adds ``lines`` to ``table``, over Django's connection and in its transaction."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT text, NULL '')").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for start in range(0, len(lines), LINES_AT_ONCE):
            copy.write("".join(lines[start : start + LINES_AT_ONCE]).encode())


def line(cells: Iterable[str | None]) -> str:
    """One row; the cells are escaped already."""
    return "\t".join([cell or "" for cell in cells]) + "\n"


def json_cell(value: Any) -> str:
    """A JSON value as a cell."""
    text = _to_json(value)
    return text.replace("\\", "\\\\") if "\\" in text else text


def escaped(text: str) -> str:
    """A text as a cell."""
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        return text.translate(_ESCAPES)
    return text


def encoders(field: AnyField) -> list[tuple[Column, Encode]]:
    """The columns of a field, and what writes a canonical value (not blank) into each."""
    return [(column, _encoder(column)) for column in columns_of(field)]


def _encoder(column: Column) -> Encode:
    if column.part is not None:
        part = column.part
        return lambda value: _cell(value.get(part))
    if column.sql_type == "boolean":
        return lambda value: "t" if value else "f"
    if column.sql_type.endswith("[]"):
        return _array
    if column.sql_type == "jsonb":
        return json_cell
    return _cell


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return escaped(value) if isinstance(value, str) else str(value)


def _array(values: Sequence[str]) -> str:
    quoted = ('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    return escaped("{" + ",".join(quoted) + "}")
