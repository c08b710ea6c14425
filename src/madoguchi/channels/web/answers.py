"""Between a web form and an answer: what was typed, what the engine is given, and a stored value shown again.

*Typed* is what the boxes of one question hold, exactly as the resident left them, so that nothing is lost when an
answer is not taken: text, a list (checkboxes), boxes by part, or rows. *Raw* is what ``interview.Answer`` takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeAlias

from django.http import QueryDict

from madoguchi.definition.fields import COMPUTED_TYPES, AnyField, NameField, SubField, TableField
from madoguchi.definition.values import ADDRESS_PARTS, LOCATION_PARTS, NAME_PARTS, Value
from madoguchi.lib import eras

Typed: TypeAlias = Any
DATE_PARTS = ("era", "year", "month", "day")
WESTERN = "西暦"
ERA_NAMES = tuple(era.name for era in reversed(eras.ERAS))
ANSWER = "a"
"""Name of the answer's box in the form; parts and rows follow with dots: ``a.family``, ``a.0.品目``."""


def parts_of(field: AnyField) -> tuple[str, ...]:
    """The boxes of a field that has several, else nothing."""
    if isinstance(field, NameField):
        return NAME_PARTS if field.kana else NAME_PARTS[:2]
    return {
        "address": ADDRESS_PARTS, "location": LOCATION_PARTS, "date": DATE_PARTS, "datetime": (*DATE_PARTS, "time"),
    }.get(field.type, ())


def asked(field: TableField) -> tuple[SubField, ...]:
    """The columns of a table that are typed, not calculated."""
    return tuple(sub for sub in field.fields if sub.type not in COMPUTED_TYPES)


def typed_in(field: AnyField, post: QueryDict, name: str = ANSWER) -> Typed:
    """What the form holds for ``field``."""
    if isinstance(field, TableField):
        return [
            {sub.code: typed_in(sub, post, f"{name}.{row}.{sub.code}") for sub in asked(field)}
            for row in range(_row_count(field, post, name))
        ]
    if field.type == "choices":
        return post.getlist(name)
    if parts := parts_of(field):
        return {part: post.get(f"{name}.{part}", "") for part in parts}
    return post.get(name, "")


def raw_of(field: AnyField, typed: Typed) -> Any:
    """What the engine is given. Rows left wholly blank are left out."""
    if isinstance(field, TableField):
        return [row for row in (_raw_row(field, row) for row in typed) if any(row.values())]
    if field.type == "consent":
        return typed == "yes"
    if field.type == "date":
        return _date_text(typed)
    if field.type == "datetime":
        return f"{_date_text(typed)} {typed['time']}".strip()
    return typed


def typed_of(field: AnyField, value: Value) -> Typed:
    """A stored value as the boxes show it; blank boxes for None."""
    if isinstance(field, TableField):
        return [{sub.code: typed_of(sub, row.get(sub.code)) for sub in asked(field)} for row in value or ()]
    special: dict[str, Callable[[Value], Typed]] = {
        "choices": list, "consent": lambda agreed: "yes" if agreed else "", "date": _date_boxes,
        "datetime": _datetime_boxes,
    }
    if value is None:
        parts = parts_of(field)
        return [] if field.type == "choices" else dict.fromkeys(parts, "") if parts else ""
    if field.type in special:
        return special[field.type](value)
    if parts := parts_of(field):
        return {part: _text(value.get(part)) for part in parts}
    return _text(value)


def blank_row(field: TableField) -> dict[str, Typed]:
    """One more row, nothing typed."""
    return {sub.code: typed_of(sub, None) for sub in asked(field)}


def _raw_row(field: TableField, typed: Mapping[str, Typed]) -> dict[str, Any]:
    raw = {sub.code: raw_of(sub, typed[sub.code]) for sub in asked(field)}
    return {code: None if isinstance(one, dict) and not any(one.values()) else one for code, one in raw.items()}


def _row_count(field: TableField, post: QueryDict, name: str) -> int:
    count = post.get(f"{name}.rows", "0")
    return min(int(count), field.max_rows) if count.isascii() and count.isdigit() else 0


def _date_text(typed: Mapping[str, str]) -> str:
    """``令和8年11月23日`` or ``2026年11月23日``; a four-digit year needs no era, a missing part stays missing."""
    era, year, month, day = (typed.get(part, "").strip() for part in DATE_PARTS)
    if not (year or month or day):
        return ""
    named = era if era in ERA_NAMES and len(year) < 4 else ""
    return f"{named}{year}年{month}月{day}日"


def _date_boxes(value: str) -> dict[str, str]:
    d = date.fromisoformat(value)
    era = eras.era_of(d)
    name, year = (era.name, era.year(d)) if era else (WESTERN, d.year)
    return dict(zip(DATE_PARTS, (name, str(year), str(d.month), str(d.day)), strict=True))


def _datetime_boxes(value: str) -> dict[str, str]:
    at = datetime.fromisoformat(value)
    return {**_date_boxes(at.date().isoformat()), "time": f"{at:%H:%M}"}


def _text(value: Value) -> str:
    return "" if value is None else str(value)
