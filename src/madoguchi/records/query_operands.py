"""Where the database holds what a query's names stand for: a column, some columns together, or part of a table's row.

Rows of tables are JSON. What is read from them may be older than the field's type, so nothing is cast that could fail:
dates, times and moments are compared as ISO texts, and only what looks like a number becomes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from psycopg import sql

from madoguchi.catalog.tables import columns_of
from madoguchi.definition.app import AppDefinition
from madoguchi.query.fields import CHOICES, MOMENTS, NUMBERS, QueryField
from madoguchi.query.texts import SPACES, TAG

Storage = Literal[
    "text", "iso", "numeric", "bigint", "double precision", "date", "time without time zone",
    "timestamp with time zone", "boolean", "text[]", "uuid[]", "json", "staff",
]  # fmt: skip

ROW = sql.SQL("line.item")
"""One row of a table, within the subquery that walks them."""
_SYSTEM_STORAGE: dict[str, Storage] = {
    "id": "bigint", "assignee_id": "staff", "created_by_id": "staff", "updated_by_id": "staff",
    "created_at": "timestamp with time zone", "updated_at": "timestamp with time zone",
    "submitted_at": "timestamp with time zone",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operand:
    """SQL that yields the value (NULL for a blank) and how it is stored."""

    expression: sql.Composable
    storage: Storage


def operand(field: QueryField, defn: AppDefinition) -> Operand:
    """The value of a field of the record, or of the row at hand for a field in a table."""
    if field.system:
        return Operand(sql.Identifier(field.system), _SYSTEM_STORAGE.get(field.system, "text"))
    if field.table is not None:
        return _in_row(field)
    columns = {column.part or "": column for column in columns_of(defn.by_code[field.source])}
    if len(field.parts) > 1:
        return Operand(_joined([sql.Identifier(columns[part].name) for part in field.parts]), "text")
    column = columns[field.parts[0] if field.parts else ""]
    if field.kind == "RICH_TEXT":
        text = sql.SQL("nullif(regexp_replace({}, {}, '', 'g'), '')")
        return Operand(text.format(sql.Identifier(column.name), sql.Literal(TAG)), "text")
    return Operand(sql.Identifier(column.name), column.sql_type)  # type: ignore[arg-type]


def rows(field: QueryField, defn: AppDefinition) -> sql.Composable:
    """The column that holds the rows of the table in which the field is."""
    assert field.table is not None
    return sql.Identifier(columns_of(defn.by_code[field.table])[0].name)


def _joined(parts: list[sql.Composable]) -> sql.Composable:
    return sql.SQL("nullif(translate(concat({}), {}, ''), '')").format(sql.SQL(", ").join(parts), sql.Literal(SPACES))


def _in_row(field: QueryField) -> Operand:
    value = sql.SQL("{}->{}").format(ROW, sql.Literal(field.source))
    if len(field.parts) > 1:
        return Operand(_joined([_text(value, part) for part in field.parts]), "text")
    if field.parts:
        return Operand(_text(value, field.parts[0]), "text")
    if field.kind in ("CHECK_BOX", "MULTI_SELECT") and list(field.options.values()) != [("true",)]:
        return Operand(sql.SQL("({})").format(value), "json")
    text = _text(ROW, field.source)
    if field.kind in CHOICES and list(field.options.values()) == [("true",)]:
        return Operand(sql.SQL("nullif({}, 'false')").format(text), "text")
    if field.kind in NUMBERS:
        number = "CASE WHEN {0} ~ '^-?[0-9]{{1,255}}([.][0-9]{{1,255}})?$' THEN ({0})::numeric END"
        return Operand(sql.SQL(number).format(text), "numeric")
    return Operand(text, "iso" if field.kind in MOMENTS or field.kind in ("DATE", "TIME") else "text")


def _text(value: sql.Composable, key: str) -> sql.Composable:
    return sql.SQL("nullif({}->>{}, '')").format(value, sql.Literal(key))
