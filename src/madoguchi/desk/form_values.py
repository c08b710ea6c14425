"""Between the boxes of the record form and values.

*Typed* is what the boxes of one field hold, exactly as somebody left them: text, a list, boxes by part, or rows. *Raw*
is what ``definition.checking`` takes. Boxes are named by the ids of fields (``f.12``, ``f.12.family``,
``f.8.0.9`` for a cell), so that no code of a field can clash with anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from django.http import QueryDict

from madoguchi.definition.fields import COMPUTED_TYPES, FILE_TYPES, AnyField, NameField, SubField, TableField
from madoguchi.definition.values import ADDRESS_PARTS, LOCATION_PARTS, NAME_PARTS, ROW_ID, Value

Typed: TypeAlias = Any
PEOPLE_TYPES = frozenset({"staff", "department", "group"})
LIST_TYPES = frozenset({"choices"}) | PEOPLE_TYPES | FILE_TYPES
_CODES = re.compile(r"[\s,、，;；]+")
ROW_KEY = "$row"
"""Where a typed row keeps the number by which its boxes are named."""


def name_of(field: Any) -> str:
    """The name of a field's box."""
    return f"f.{field.id}"


def parts_of(field: AnyField) -> tuple[str, ...]:
    """The boxes of a field that has several, else nothing."""
    if isinstance(field, NameField):
        return NAME_PARTS if field.kana else NAME_PARTS[:2]
    return {"address": ADDRESS_PARTS, "location": LOCATION_PARTS, "datetime": ("date", "time")}.get(field.type, ())


def columns(table: TableField) -> tuple[SubField, ...]:
    """The columns of a table that are typed, not calculated."""
    return tuple(sub for sub in table.fields if sub.type not in COMPUTED_TYPES)


def typed_in(field: AnyField, post: QueryDict, name: str) -> Typed:
    """What the form holds for ``field``."""
    if isinstance(field, TableField):
        return _rows_in(field, post, name)
    if field.type in PEOPLE_TYPES:
        return [code for typed in post.getlist(name) for code in _CODES.split(typed) if code]
    if field.type in LIST_TYPES:
        return [value for value in post.getlist(name) if value]
    if parts := parts_of(field):
        return {part: post.get(f"{name}.{part}", "") for part in parts}
    return post.get(name, "").replace("\r\n", "\n")


def _rows_in(table: TableField, post: QueryDict, name: str) -> list[dict[str, Typed]]:
    """The rows in the order in which they stand on the page."""
    keys = [key for key in dict.fromkeys(post.getlist(f"{name}.row")) if key.isascii() and key.isdigit()]
    return [
        {
            ROW_KEY: key, ROW_ID: post.get(f"{name}.{key}.id", ""),
            **{sub.code: typed_in(sub, post, f"{name}.{key}.{sub.id}") for sub in columns(table)},
        }
        for key in keys[: table.max_rows * 2]
    ]


def raw_of(field: AnyField, typed: Typed) -> Any:
    """What the checks are given. A row that is wholly blank stays in its place as a blank."""
    if isinstance(field, TableField):
        return [_raw_row(field, row) for row in typed]
    if field.type == "consent":
        return True if typed == "yes" else None
    if field.type == "datetime":
        return f"{typed['date']} {typed['time']}".strip()
    return typed


def _raw_row(table: TableField, typed: Mapping[str, Typed]) -> dict[str, Any]:
    raw = {sub.code: raw_of(sub, typed.get(sub.code, "")) for sub in columns(table)}
    return {ROW_ID: typed[ROW_ID], **raw} if typed.get(ROW_ID) and not is_blank(raw) else raw


def is_blank(raw: Any) -> bool:
    """Whether nothing was typed, in none of the boxes."""
    if isinstance(raw, Mapping):
        return all(is_blank(one) for one in raw.values())
    return raw in (None, "", []) or (isinstance(raw, str) and not raw.strip())


def typed_of(field: AnyField, value: Value) -> Typed:
    """A stored value as the boxes show it; blank boxes for None."""
    if isinstance(field, TableField):
        return [_typed_row(field, row, str(n)) for n, row in enumerate(value or ())]
    if field.type in LIST_TYPES:
        return [str(one) for one in value or ()]
    if field.type == "consent":
        return "yes" if value else ""
    if field.type == "datetime":
        return {"date": value[:10], "time": value[11:16]} if value else {"date": "", "time": ""}
    if parts := parts_of(field):
        return {part: _text((value or {}).get(part)) for part in parts}
    return _text(value)


def _typed_row(table: TableField, row: Mapping[str, Value], key: str) -> dict[str, Typed]:
    cells = {sub.code: typed_of(sub, row.get(sub.code)) for sub in columns(table)}
    return {ROW_KEY: key, ROW_ID: str(row.get(ROW_ID) or ""), **cells}


def blank_row(table: TableField, rows: list[dict[str, Typed]]) -> dict[str, Typed]:
    """One more row, nothing typed, under a number that none of ``rows`` has."""
    return _typed_row(table, {}, str(max((int(row[ROW_KEY]) for row in rows), default=-1) + 1))


def same(field: AnyField, one: Typed, other: Typed) -> bool:
    """Whether two fillings of a field's boxes say the same; the names of rows' boxes do not matter."""
    return bool(_without_keys(field, one) == _without_keys(field, other))


def _without_keys(field: AnyField, typed: Typed) -> Typed:
    if not isinstance(field, TableField):
        return typed
    rows = [{code: cell for code, cell in row.items() if code != ROW_KEY} for row in typed]
    return [row for row in rows if not is_blank({code: cell for code, cell in row.items() if code != ROW_ID})]


def _text(value: Value) -> str:
    return "" if value is None else str(value)
