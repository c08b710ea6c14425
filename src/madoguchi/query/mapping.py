"""The names an app's definition gives to queries. Codes of its own fields come before the words of the system."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.text import Text
from madoguchi.query.fields import Kind, QueryField

AGREE = "同意する"
_KINDS: Mapping[str, Kind] = {
    "text": "SINGLE_LINE_TEXT", "email": "SINGLE_LINE_TEXT", "phone": "SINGLE_LINE_TEXT", "lookup": "SINGLE_LINE_TEXT",
    "serial": "SINGLE_LINE_TEXT", "link": "LINK", "textarea": "MULTI_LINE_TEXT", "richtext": "RICH_TEXT",
    "number": "NUMBER", "money": "NUMBER", "date": "DATE", "time": "TIME",
    "datetime": "DATETIME", "file": "FILE", "photo": "FILE",
    "staff": "USER_SELECT", "department": "ORGANIZATION_SELECT", "group": "GROUP_SELECT",
}  # fmt: skip
_WIDGETS: Mapping[str, Kind] = {
    "radio": "RADIO_BUTTON", "dropdown": "DROP_DOWN", "checkbox": "CHECK_BOX", "list": "MULTI_SELECT",
}  # fmt: skip
_FORMULA_KINDS: Mapping[str, Kind] = {
    "text": "SINGLE_LINE_TEXT", "date": "DATE", "time": "TIME", "datetime": "DATETIME",
}  # fmt: skip
_NAME_PARTS = {"姓": "family", "名": "given", "セイ": "family_kana", "メイ": "given_kana"}
_ADDRESS_PARTS = {
    "郵便番号": "postal_code", "都道府県": "prefecture", "市区町村": "city", "町名": "town", "番地": "street",
    "建物名": "building",
}  # fmt: skip
_CHANNELS = {"LINE": "line", "Web": "web", "窓口": "counter"}


class _Itself:
    """A definition as a key of the cache: the same object, as comparing definitions would cost more than it saves."""

    __slots__ = ("defn",)

    def __init__(self, defn: AppDefinition) -> None:
        self.defn = defn

    def __hash__(self) -> int:
        return id(self.defn)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and other.defn is self.defn


def fields_of(defn: AppDefinition) -> Mapping[str, QueryField]:
    """Every name that queries on the app may use. Remembered, as every list asks for it."""
    return _fields(_Itself(defn))


@lru_cache(maxsize=256)
def _fields(key: _Itself) -> Mapping[str, QueryField]:
    defn = key.defn
    own = [named for field in defn.fields for named in _named(field)]
    in_tables = [named for field in defn.fields if field.type == "table" for named in _sub_fields(field)]
    system = {field.code: field for field in _system(defn)}
    return MappingProxyType(system | {field.code: field for field in (*in_tables, *own)})


def _sub_fields(table: Any) -> Iterator[QueryField]:
    for field in table.fields:
        yield from _named(field, table=table.code)


def _named(field: Any, table: str | None = None) -> Iterator[QueryField]:
    """The names of one field; none for headings, tables, related records and totals of other apps."""
    code: str = field.code
    match field.type:
        case "name":
            yield QueryField(code, "SINGLE_LINE_TEXT", code, ("family", "given"), table=table)
            yield from _parts(code, _NAME_PARTS, table)
        case "address":
            whole = ("prefecture", "city", "town", "street", "building")
            yield QueryField(code, "SINGLE_LINE_TEXT", code, whole, table=table)
            yield from _parts(code, _ADDRESS_PARTS, table)
        case "location":
            yield QueryField(code, "SINGLE_LINE_TEXT", code, ("label",), table=table)
            yield QueryField(f"{code}_緯度", "NUMBER", code, ("lat",), table=table)
            yield QueryField(f"{code}_経度", "NUMBER", code, ("lon",), table=table)
        case "formula":
            yield QueryField(code, _FORMULA_KINDS.get(field.format, "CALC"), code, table=table)
        case "choice" | "choices":
            options = _by_text([(option.value, option.text) for option in field.options])
            yield QueryField(code, _WIDGETS[field.widget], code, table=table, options=options)
        case "consent":
            yield QueryField(code, "CHECK_BOX", code, table=table, options={AGREE: ("true",)})
        case known if known in _KINDS:
            yield QueryField(code, _KINDS[known], code, table=table)


def _parts(code: str, parts: Mapping[str, str], table: str | None) -> Iterator[QueryField]:
    for suffix, part in parts.items():
        yield QueryField(f"{code}_{suffix}", "SINGLE_LINE_TEXT", code, (part,), table=table)


def _by_text(pairs: list[tuple[str, Text]]) -> dict[str, tuple[str, ...]]:
    """Options by value and, where no value is written so, by label in any language."""
    found: dict[str, tuple[str, ...]] = {}
    for value, text in pairs:
        for label in dict.fromkeys(text.root.values()):
            found[label] = (*found.get(label, ()), value)
    return found | {value: (value,) for value, _ in pairs}


def _system(defn: AppDefinition) -> Iterator[QueryField]:
    statuses = defn.process.statuses if defn.process else ()
    yield QueryField("$id", "ID", system="id")
    yield QueryField("レコード番号", "RECORD_NUMBER", system="id")
    names = _by_text([(status.code, status.name) for status in statuses])
    yield QueryField("ステータス", "STATUS", system="status", options=names)
    yield QueryField("作業者", "STATUS_ASSIGNEE", system="assignee_id")
    yield QueryField("作成者", "CREATOR", system="created_by_id")
    yield QueryField("更新者", "MODIFIER", system="updated_by_id")
    yield QueryField("作成日時", "CREATED_TIME", system="created_at")
    yield QueryField("更新日時", "UPDATED_TIME", system="updated_at")
    yield QueryField("受付番号", "SINGLE_LINE_TEXT", system="receipt_number")
    yield QueryField("受付日時", "DATETIME", system="submitted_at")
    channels = {word: (code,) for name, code in _CHANNELS.items() for word in (name, code)}
    yield QueryField("経路", "DROP_DOWN", system="channel", options=channels)
