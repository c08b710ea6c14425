"""Values as COPY takes them: text, one line a row, tabs between columns, nothing for NULL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connection
from psycopg import sql

from madoguchi.catalog.tables import Column, columns_of
from madoguchi.definition.fields import AnyField
from madoguchi.definition.values import Value, Values

LINES_AT_ONCE = 250
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def copy_lines(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """Adds ``lines`` to ``table``, over Django's connection and in its transaction; they are made as PostgreSQL reads.

    Raises Django's DataError and IntegrityError.
    """
    waiting = iter(lines)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT text, NULL '')").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        while piece := "".join(islice(waiting, LINES_AT_ONCE)):
            copy.write(piece.encode())


def json_cell(value: Any) -> str:
    """A JSON value as a cell."""
    text = _to_json(value)
    return text.replace("\\", "\\\\") if "\\" in text else text


def escaped(text: str) -> str:
    """A text as a cell."""
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        return text.translate(_ESCAPES)
    return text


_LINE_TYPES = frozenset({"text", "phone", "email", "date", "time", "datetime", "number", "lookup", "serial"})
"""Their values are text on one line, without tabs, as checking leaves it: only backslashes may need care."""


class RowEncoder:
    """Writes the cells of some fields, one row after another."""

    def __init__(self, fields: Iterable[AnyField]) -> None:
        self._fields = [(f.code, *_encoding(f)) for f in fields]
        self.columns = [column.name for f in self._fields for column in f[1]]

    def cells(self, values: Values) -> list[str]:
        """The cells of a row, escaped; blank values are NULL."""
        cells: list[str] = []
        for code, columns, encode in self._fields:
            value = values.get(code)
            if value is None:
                cells += [""] * len(columns)
            elif encode is None:
                cells.append(value.replace("\\", "\\\\") if "\\" in value else value)
            else:
                cells += encode(value)
        return cells


def _encoding(field: AnyField) -> tuple[tuple[Column, ...], Callable[[Value], list[str]] | None]:
    columns = columns_of(field)
    if field.type in _LINE_TYPES:
        return columns, None
    if columns[0].part is None:
        encode = _encoder(columns[0])
        return columns, lambda value: [encode(value)]
    parts = [str(column.part) for column in columns]
    return columns, lambda value: [_cell(value.get(part)) for part in parts]


def _encoder(column: Column) -> Callable[[Value], str]:
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
