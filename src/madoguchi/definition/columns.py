"""Which columns of a table feed which field, and how their texts become what is typed into a form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import COMPUTED_TYPES, FILE_TYPES, VALUELESS_TYPES
from madoguchi.definition.values import ADDRESS_PARTS, LOCATION_PARTS, NAME_PARTS
from madoguchi.definition.world import Town
from madoguchi.lib.text import fold, normalise_spaces

NOT_FROM_TABLES = VALUELESS_TYPES | COMPUTED_TYPES | FILE_TYPES | {"table"}
"""Types of field that no column can fill."""

PARTS: Mapping[str, frozenset[str]] = {
    "name": frozenset({"full", "full_kana", *NAME_PARTS}),
    "address": frozenset({"full", *ADDRESS_PARTS}),
    "location": frozenset(LOCATION_PARTS),
}
"""What a column may hold of a composite field; ``full`` and ``full_kana`` hold several parts in one text."""

_JOINT = {"choices": "、", "textarea": "\n"}
_LOST_ZERO = {9: re.compile(r"[1-9]\d{8}"), 10: re.compile(r"[7-9]0\d{8}")}
_SERIAL = re.compile(r"([1-9]\d{3,4})(?:\.0+)?")
_FIRST_SERIAL, _LAST_SERIAL = 3654, 73_415  # 1910-01-01 to 2100-12-31
_STREET = re.compile(r"(\S+?)[\s　]+(.+)")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Field ``code`` is read from ``columns`` (0 is the first); ``parts`` says what each holds, ``""`` the whole."""

    code: str
    columns: tuple[int, ...]
    parts: tuple[str, ...] = ("",)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ColumnMap:
        """The inverse of ``as_json``."""
        return cls(str(data["code"]), tuple(data["columns"]), tuple(data["parts"]))

    def as_json(self) -> dict[str, Any]:
        """In the form in which an import keeps it."""
        return {"code": self.code, "columns": list(self.columns), "parts": list(self.parts)}


def map_problems(defn: AppDefinition, maps: Sequence[ColumnMap], *, width: int) -> list[str]:
    """What is wrong with a choice of columns, in Japanese; empty if it can be used."""
    return list(_map_problems(defn, maps, width))


def _map_problems(defn: AppDefinition, maps: Sequence[ColumnMap], width: int) -> Iterator[str]:
    if not maps:
        yield "読み込む列がありません。少なくとも1つの列に、入れ先のフィールドを選んでください。"
    seen: set[str] = set()
    for one in maps:
        field = defn.by_code.get(one.code)
        if field is None or field.type in NOT_FROM_TABLES:
            name = field.label if field else one.code
            yield f"「{name}」には表から読み込めません。ほかのフィールドを選んでください。"
            continue
        if one.code in seen:
            yield f"「{field.label}」が2回選ばれています。1つにしてください。"
        seen.add(one.code)
        if not one.columns or len(one.parts) not in (1, len(one.columns)) or max(one.columns) >= width:
            yield f"「{field.label}」の列がファイルにありません。列を選び直してください。"
        if not set(one.parts) <= (PARTS.get(field.type) or {""}):
            yield f"「{field.label}」の列が何を表すか（姓、郵便番号など）を選び直してください。"


def raw_of(field: Any, one: ColumnMap, cells: Sequence[str], towns: Sequence[Town] = ()) -> Any:
    """What would be typed into the form: text, or a mapping of parts. ``towns`` are those of the row's postal code."""
    if field.type not in PARTS:
        words = [cells[column] for column in one.columns]
        text = words[0] if len(words) == 1 else _JOINT.get(field.type, " ").join(w for w in words if w.strip())
        return mended(field.type, text)
    boxes = {part: cells[column] for part, column in zip(one.parts, one.columns, strict=True)}
    if field.type == "name":
        return name_boxes(boxes)
    return address_boxes(boxes, towns) if field.type == "address" else boxes


def mended(field_type: str, text: str) -> str:
    """``text`` with what a spreadsheet took away: a leading zero, a date that has become its serial number."""
    if field_type == "phone" and text.isascii() and text.isdigit():
        lost = _LOST_ZERO.get(len(text))
        return f"0{text}" if lost and lost.fullmatch(text) else text
    if field_type == "date" and (found := _SERIAL.fullmatch(text)):
        return date_of_serial(int(found[1])) or text
    return text


def date_of_serial(serial: int) -> str | None:
    """The ISO date that Excel counts as ``serial``; None for numbers that hardly are one."""
    if not _FIRST_SERIAL <= serial <= _LAST_SERIAL:
        return None
    return (date(1899, 12, 30) + timedelta(days=serial)).isoformat()


def name_boxes(boxes: Mapping[str, str]) -> Any:
    """The four boxes of a name; the text itself where it cannot be divided, for the message about it."""
    found = {part: text for part, text in boxes.items() if part in NAME_PARTS}
    for whole, parts in (("full", NAME_PARTS[:2]), ("full_kana", NAME_PARTS[2:])):
        words = boxes.get(whole, "").split(maxsplit=1)
        if len(words) == 1:
            return normalise_spaces(" ".join(boxes.values()))
        found |= dict(zip(parts, words, strict=False))
    return found


def postal_digits(text: str) -> str:
    """A postal code with the zeros that a spreadsheet dropped (``600001`` is 060-0001)."""
    return text.zfill(7) if text.isascii() and text.isdigit() and 5 <= len(text) < 7 else text


def address_boxes(boxes: Mapping[str, str], towns: Sequence[Town]) -> dict[str, str]:
    """The boxes of an address; one long text is divided at the town that belongs to its postal code."""
    found = {part: text for part, text in boxes.items() if part in ADDRESS_PARTS}
    found["postal_code"] = postal_digits(boxes.get("postal_code", "").strip())
    if "full" not in boxes:
        return found
    divided = divide_address(boxes["full"], towns)
    return found | (divided or {"town": boxes["full"]})


def divide_address(text: str, towns: Sequence[Town]) -> dict[str, str] | None:
    """City, town, street and building out of one line; None where none of ``towns`` is in it.

    >>> divide_address("千葉県市川市八幡1丁目1番1号 コーポ窓口 203", towns)
    {"city": "市川市", "town": "八幡", "street": "1丁目1番1号", "building": "コーポ窓口 203"}
    """
    line = normalise_spaces(text)
    for town in sorted(towns, key=lambda one: -len(one.town)):
        rest = _without(_without(line, town.prefecture), town.city, town.city.partition("郡")[2])
        after = _without(rest, town.town) if town.town else rest
        if town.town and after == rest:
            after = _without(rest.removeprefix("大字").removeprefix("字"), town.town)
        if after != rest or (not town.town and rest != line):
            return {"city": town.city, "town": town.town, **street_and_building(after)}
    return None


def _without(text: str, *beginnings: str) -> str:
    """``text`` without the first of ``beginnings`` that it has, however its kana and variants are written."""
    for begin in beginnings:
        if begin and (text.startswith(begin) or fold(text[: len(begin)]) == fold(begin)):
            return text[len(begin) :].lstrip()
    return text


def street_and_building(text: str) -> dict[str, str]:
    """Divided at the first space: ``1丁目1番1号 コーポ窓口 203``."""
    divided = _STREET.fullmatch(text)
    return {"street": divided[1], "building": divided[2]} if divided else {"street": text, "building": ""}
