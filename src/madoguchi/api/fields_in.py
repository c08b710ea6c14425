"""Properties of kintone's forms as fields of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from madoguchi.api.errors import ENUM, NUMBER, REQUIRED, invalid_at
from madoguchi.api.properties import NOW
from madoguchi.definition.fields import CODE_PATTERN

Props = Mapping[str, Any]
Field = dict[str, Any]
LINE_LENGTH, LINES_LENGTH = 4000, 20_000
_PEOPLE = {"USER_SELECT": "staff", "ORGANIZATION_SELECT": "department", "GROUP_SELECT": "group"}
_PROTOCOLS = {"WEB": "web", "CALL": "tel", "MAIL": "mail"}
_TEXT_FORMATS = frozenset({"DATE", "NUMBER", "NUMBER_DIGIT"})
IN_TABLES = frozenset({
    "SINGLE_LINE_TEXT", "MULTI_LINE_TEXT", "NUMBER", "CALC", "RADIO_BUTTON", "DROP_DOWN", "CHECK_BOX", "MULTI_SELECT",
    "DATE", "TIME", "DATETIME", "LINK",
})  # fmt: skip


class Reader:
    """Reads properties; ``app_codes`` leads from ids of other apps to their codes, ``next_id`` gives field ids."""

    def __init__(self, app_codes: Mapping[int, str], next_id: Callable[[], int]) -> None:
        self._app_codes, self._next_id = app_codes, next_id

    def field(
        self, code: str, props: Props, path: str, *, field_id: int | None = None, in_table: bool = False
    ) -> Field:
        """One field as its definition is stored. Raises ApiError for what we have no field for."""
        kind = props.get("type")
        maker = _MAKERS.get(str(kind)) if not in_table or kind in IN_TABLES else None
        if maker is None:
            raise invalid_at(f"{path}.type", ENUM)
        if not CODE_PATTERN.fullmatch(code):
            words = (
                "フィールドコードは、文字で始まり、文字・数字・_・・だけにしてください（64文字まで）。",
                "A field code begins with a letter and has letters, digits, _ and ・ only, at most 64.",
            )
            raise invalid_at(f"{path}.code", words)
        label = str(props.get("label") or code)
        base: Field = {"id": field_id or self._next_id(), "code": code, "label": label}
        if "required" in props and kind not in ("CALC", "SUBTABLE", "REFERENCE_TABLE"):
            base["required"] = bool(props["required"])
        return base | maker(self, props, path)

    def _other_app(self, related: Any, path: str) -> str:
        given = related if isinstance(related, Mapping) else {}
        if given.get("code"):
            return str(given["code"])
        number = str(given.get("app") or "")
        found = self._app_codes.get(int(number)) if number.isdigit() else None
        if found is None:
            raise invalid_at(f"{path}.relatedApp", REQUIRED)
        return found

    def _line(self, props: Props, path: str) -> Field:
        if props.get("lookup"):
            return self._lookup(props["lookup"], f"{path}.lookup")
        if props.get("expression"):
            return {"type": "formula", "formula": str(props["expression"]), "format": "text"}
        found: Field = {"type": "text", "max_length": _whole(props, "maxLength", path) or LINE_LENGTH}
        found["min_length"] = _whole(props, "minLength", path) or 0
        return found | _unique(props) | _default(props)

    def _lookup(self, lookup: Props, path: str) -> Field:
        mappings = lookup.get("fieldMappings") or []
        return {
            "type": "lookup", "app": self._other_app(lookup.get("relatedApp"), path),
            "key": str(lookup.get("relatedKeyField") or ""),
            "copies": {str(each["field"]): str(each["relatedField"]) for each in mappings},
            "picker": [str(code) for code in lookup.get("lookupPickerFields") or ()],
            "filter": lookup.get("filterCond") or None,
        }  # fmt: skip

    def _lines(self, props: Props, path: str) -> Field:
        return {"type": "textarea", "max_length": LINES_LENGTH} | _default(props)

    def _rich(self, props: Props, path: str) -> Field:
        return {"type": "richtext"} | _default(props)

    def _number(self, props: Props, path: str) -> Field:
        if props.get("lookup"):
            return self._lookup(props["lookup"], f"{path}.lookup")
        low, high = _decimal(props, "minValue", path), _decimal(props, "maxValue", path)
        found: Field = {"type": "number", "min": low, "max": high, "decimals": 10}
        found |= {"unit": str(props["unit"])} if props.get("unit") else {}
        default = _decimal(props, "defaultValue", path)
        return found | _unique(props) | ({"default": default} if default is not None else {})

    def _calc(self, props: Props, path: str) -> Field:
        kind = str(props.get("format") or "NUMBER")
        if kind not in _TEXT_FORMATS:
            words = (
                "計算の表示形式は数値（NUMBER、NUMBER_DIGIT）か日付（DATE）だけです。",
                "The format of a calculation is NUMBER, NUMBER_DIGIT or DATE.",
            )
            raise invalid_at(f"{path}.format", words)
        places = _whole(props, "displayScale", path)
        shape = "date" if kind == "DATE" else "number"
        decimals = 4 if places is None else min(places, 10)
        return {"type": "formula", "formula": str(props.get("expression") or ""), "format": shape, "decimals": decimals}

    def _choice(self, props: Props, path: str) -> Field:
        widget = "radio" if props["type"] == "RADIO_BUTTON" else "dropdown"
        return {"type": "choice", "widget": widget, "options": _options(props, path)} | _default(props)

    def _choices(self, props: Props, path: str) -> Field:
        widget = "checkbox" if props["type"] == "CHECK_BOX" else "list"
        default = [str(item) for item in props.get("defaultValue") or ()]
        return {"type": "choices", "widget": widget, "options": _options(props, path), "default": default}

    def _moment(self, props: Props, path: str) -> Field:
        kind = str(props["type"]).lower()
        default = NOW if props.get("defaultNowValue") in (True, "true") else props.get("defaultValue") or None
        return {"type": kind, "default": default} | (_unique(props) if kind != "time" else {})

    def _link(self, props: Props, path: str) -> Field:
        protocol = _PROTOCOLS.get(str(props.get("protocol") or "WEB"))
        if protocol is None:
            raise invalid_at(f"{path}.protocol", ENUM)
        return {"type": "link", "protocol": protocol} | _unique(props) | _default(props)

    def _file(self, props: Props, path: str) -> Field:
        return {"type": "file", "max_files": 20, "max_megabytes": 50}

    def _people(self, props: Props, path: str) -> Field:
        default = [str(item.get("code", "")) for item in props.get("defaultValue") or () if isinstance(item, Mapping)]
        kind = _PEOPLE[str(props["type"])]
        return {"type": kind} | ({"default": default} if default else {})

    def _related(self, props: Props, path: str) -> Field:
        table = props.get("referenceTable") or {}
        condition = table.get("condition") or {}
        sort, _, direction = str(table.get("sort") or "").strip().partition(" ")
        return {
            "type": "related", "app": self._other_app(table.get("relatedApp"), f"{path}.referenceTable"),
            "here": str(condition.get("field") or ""), "there": str(condition.get("relatedField") or ""),
            "filter": table.get("filterCond") or None, "columns": [str(c) for c in table.get("displayFields") or ()],
            "sort": sort or None, "descending": direction.strip().lower() == "desc",
            "size": int(table.get("size") or 5),
        }  # fmt: skip

    def _table(self, props: Props, path: str) -> Field:
        fields = props.get("fields") or {}
        rows = [
            self.field(str(inner.get("code") or code), inner, f"{path}.fields.{code}", in_table=True)
            for code, inner in fields.items()
        ]
        return {"type": "table", "fields": rows, "max_rows": 200}


def _default(props: Props) -> Field:
    value = props.get("defaultValue")
    return {} if value in (None, "", []) else {"default": str(value)}


def _unique(props: Props) -> Field:
    return {"unique": props.get("unique") in (True, "true")}


def _whole(props: Props, name: str, path: str) -> int | None:
    found = _decimal(props, name, path)
    return None if found is None else int(Decimal(found))


def _decimal(props: Props, name: str, path: str) -> str | None:
    value = props.get(name)
    if value in (None, ""):
        return None
    try:
        return f"{Decimal(str(value)):f}"
    except InvalidOperation:
        raise invalid_at(f"{path}.{name}", NUMBER) from None


def _options(props: Props, path: str) -> list[Any]:
    """Options in the order of their index; one whose label differs from its key keeps both."""
    given = props.get("options")
    if not isinstance(given, Mapping) or not given:
        raise invalid_at(f"{path}.options", REQUIRED)
    ordered = sorted(given.items(), key=lambda item: int(str(item[1].get("index") or 0)))
    found: list[Any] = []
    for key, option in ordered:
        label = str(option.get("label") or key)
        found.append(label if label == key else {"value": str(key), "label": label})
    return found


_MAKERS: Mapping[str, Callable[[Reader, Props, str], Field]] = {
    "SINGLE_LINE_TEXT": Reader._line, "MULTI_LINE_TEXT": Reader._lines, "RICH_TEXT": Reader._rich,
    "NUMBER": Reader._number, "CALC": Reader._calc, "RADIO_BUTTON": Reader._choice, "DROP_DOWN": Reader._choice,
    "CHECK_BOX": Reader._choices, "MULTI_SELECT": Reader._choices, "DATE": Reader._moment, "TIME": Reader._moment,
    "DATETIME": Reader._moment, "LINK": Reader._link, "FILE": Reader._file, "USER_SELECT": Reader._people,
    "ORGANIZATION_SELECT": Reader._people, "GROUP_SELECT": Reader._people, "REFERENCE_TABLE": Reader._related,
    "SUBTABLE": Reader._table,
}  # fmt: skip
