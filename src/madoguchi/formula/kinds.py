"""Kinds of value in formulas, and how the values of fields come in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import Enum, StrEnum
from typing import Any, TypeAlias

FormulaValue: TypeAlias = Any
"""``Decimal | str | bool | date | time | datetime | tuple`` (of values, or of rows) or None for blank."""


class Blank(Enum):
    """A blank that is known to be a date: adding days to it must not give a number."""

    DATE = "date"


class Kind(StrEnum):
    """What a part of a formula yields, as known before it is computed."""

    NUMBER = "number"
    TEXT = "text"
    BOOL = "bool"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    LIST = "list"
    TABLE = "table"
    BLANK = "blank"
    NUMBER_COLUMN = "number_column"
    TEXT_COLUMN = "text_column"
    DATE_COLUMN = "date_column"
    OTHER_COLUMN = "other_column"

    @property
    def ja(self) -> str:
        """As people read it."""
        return _JA[self]


ResultType: TypeAlias = Kind

_JA = {
    Kind.NUMBER: "数値", Kind.TEXT: "文字", Kind.BOOL: "条件（TRUE/FALSE）", Kind.DATE: "日付", Kind.TIME: "時刻",
    Kind.DATETIME: "日時", Kind.LIST: "複数の値", Kind.TABLE: "表", Kind.BLANK: "空欄",
    Kind.NUMBER_COLUMN: "表の数値の列", Kind.TEXT_COLUMN: "表の文字の列", Kind.DATE_COLUMN: "表の日付の列",
    Kind.OTHER_COLUMN: "表の列",
}  # fmt: skip

DATES = frozenset({Kind.DATE, Kind.DATETIME})
TIMES = frozenset({Kind.DATE, Kind.DATETIME, Kind.TIME})
COLUMNS = frozenset({Kind.NUMBER_COLUMN, Kind.TEXT_COLUMN, Kind.DATE_COLUMN, Kind.OTHER_COLUMN})
MANY = COLUMNS | {Kind.LIST, Kind.TABLE}


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a table as seen from outside its rows: ``table`` is the table's code, ``type`` the field's type."""

    table: str
    type: str


FieldType: TypeAlias = str | Column
"""A field type of ``definition`` ("text", "number", "date" …); a formula field counts as its format."""

_KIND_OF = {
    "number": Kind.NUMBER, "money": Kind.NUMBER, "consent": Kind.BOOL, "date": Kind.DATE, "time": Kind.TIME,
    "datetime": Kind.DATETIME, "choices": Kind.LIST, "file": Kind.LIST, "photo": Kind.LIST, "table": Kind.TABLE,
}  # fmt: skip
_COLUMN_OF = {Kind.NUMBER: Kind.NUMBER_COLUMN, Kind.TEXT: Kind.TEXT_COLUMN, Kind.DATE: Kind.DATE_COLUMN}


def kind_of(field_type: FieldType) -> Kind:
    """The kind of a field's value; names, addresses, choices and the like are text."""
    if isinstance(field_type, Column):
        return _COLUMN_OF.get(kind_of(field_type.type), Kind.OTHER_COLUMN)
    return _KIND_OF.get(field_type, Kind.TEXT)


def from_plain(field_type: FieldType, value: Any) -> FormulaValue:
    """A stored answer (``definition.values``) as formulas take it; what cannot be read is blank.

    A blank is None, for dates and date-times ``Blank.DATE``.
    """
    if isinstance(field_type, Column):
        return tuple(from_plain(field_type.type, item) for item in value or ())
    blank = Blank.DATE if kind_of(field_type) in DATES else None
    if value in (None, "", [], {}, blank):
        return blank
    try:
        return _READ[kind_of(field_type)](value)
    except (ValueError, TypeError, InvalidOperation):
        return blank


def _number(value: Any) -> Decimal | None:
    number = Decimal(value) if isinstance(value, str | int | Decimal) else Decimal(str(value))
    return number if number.is_finite() else None


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(value)


def _time(value: Any) -> time:
    return value if isinstance(value, time) else time.fromisoformat(value)


def _datetime(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _text(value: Any) -> str | None:
    if isinstance(value, Mapping):
        # A name is its two parts, an address its lines, a place its label; readings and codes are left out.
        shown = ("family", "given", "prefecture", "city", "town", "street", "building", "label")
        separator = " " if "family" in value else ""
        return separator.join(str(value[part]) for part in shown if value.get(part)) or None
    return str(value)


_READ: Mapping[Kind, Callable[[Any], FormulaValue]] = {
    Kind.NUMBER: _number, Kind.BOOL: bool, Kind.DATE: _date, Kind.TIME: _time, Kind.DATETIME: _datetime,
    Kind.LIST: tuple, Kind.TABLE: tuple, Kind.TEXT: _text,
}  # fmt: skip
