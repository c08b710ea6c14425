"""Between a record's values and the columns of its row, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from madoguchi.catalog.tables import Column, columns_of
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import AnyField
from madoguchi.definition.values import Value, Values

_TIME = sql.SQL("to_char({}, 'HH24:MI')")
_MOMENT = sql.SQL("to_char({} AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD\"T\"HH24:MI:SS') || '+09:00'")
_TEXT = sql.SQL("{}::text")
_EXPRESSIONS = {"time without time zone": _TIME, "timestamp with time zone": _MOMENT, "numeric": _TEXT}


def json_expression(field: AnyField) -> sql.Composed:
    """``json_value``, named ``f<id>``."""
    return sql.SQL("{} AS {}").format(json_value(field), sql.Identifier(f"f{field.id}"))


def json_value(field: AnyField) -> sql.Composed:
    """SQL that yields the field's canonical value as PostgreSQL's JSON would hold it."""
    columns = columns_of(field)
    if columns[0].part is None:
        return _EXPRESSIONS.get(columns[0].sql_type, sql.SQL("{}")).format(sql.Identifier(columns[0].name))
    return _composite(columns)


def _composite(columns: tuple[Column, ...]) -> sql.Composed:
    names = sql.SQL(", ").join(sql.Identifier(c.name) for c in columns)
    pairs = sql.SQL(", ").join(
        sql.SQL("{}, {}").format(sql.Literal(c.part), sql.Identifier(c.name)) for c in columns
    )
    return sql.SQL("CASE WHEN num_nonnulls({}) > 0 THEN json_strip_nulls(json_build_object({})) END").format(
        names, pairs
    )


def assignments(field: AnyField, value: Value) -> list[tuple[sql.Identifier, sql.Composed]]:
    """The columns of ``field`` and the SQL literals that store ``value``; blank becomes NULL."""
    return [(sql.Identifier(c.name), _literal(c, value)) for c in columns_of(field)]


def _literal(column: Column, value: Value) -> sql.Composed:
    part = (value or {}).get(column.part) if column.part else value
    if part in ("", [], {}):
        part = None
    if column.sql_type == "jsonb" and part is not None:
        part = Jsonb(part)
    return sql.SQL("{}::{}").format(sql.Literal(part), sql.SQL(column.sql_type))


def values_of(defn: AppDefinition, row: Mapping[str, Any]) -> dict[str, Value]:
    """Values by code of a row whose keys are ``f<id>``; blanks are left out."""
    found = ((field.code, row.get(f"f{field.id}")) for field in defn.value_fields)
    return {code: value for code, value in found if value is not None}


def by_field_id(defn: AppDefinition, values: Values) -> dict[str, Value]:
    """Values keyed by field id (as text), the form that events keep; codes that the app does not have are left out."""
    return {str(defn.by_code[code].id): value for code, value in values.items() if code in defn.by_code}
