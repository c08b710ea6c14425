"""Our fields as the properties in which kintone describes a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from madoguchi.api.shapes import AGREE, CHANNELS, PROCESS_CODES, Shape, rows_of, shapes_in
from madoguchi.definition.app import AppDefinition, Group
from madoguchi.definition.fields import LookupField, Option, RelatedField
from madoguchi.definition.text import Text

Property = dict[str, Any]
NOW = "now"
FUNCTIONS = frozenset({"LOGINUSER()", "PRIMARY_ORGANIZATION()"})
_FORMATS = {"number": "NUMBER", "money": "NUMBER_DIGIT", "date": "DATE"}
_PROTOCOLS = {"web": "WEB", "tel": "CALL", "mail": "MAIL"}


class Describer:
    """Describes fields in ``language``; ``app_ids`` leads from codes of other apps to their ids."""

    def __init__(self, language: str, app_ids: Mapping[str, int]) -> None:
        self._language = "en" if language == "en" else "ja"
        self._app_ids = app_ids

    def form(self, defn: AppDefinition) -> dict[str, Property]:
        """Every property of a form by code."""
        found = {shape.code: self.of(shape) for shape in shapes_in(defn).values()}
        if defn.process is None:
            # As kintone: what is switched off is listed all the same.
            kinds = {"ステータス": "STATUS", "作業者": "STATUS_ASSIGNEE"}
            found |= {code: _plain(code, kinds[code]) | {"enabled": False} for code in sorted(PROCESS_CODES)}
        found["カテゴリー"] = _plain("カテゴリー", "CATEGORY") | {"enabled": False}
        groups = {str(group.title): group for group in defn.layout}
        return found | {title: self._group(group) for title, group in groups.items() if title not in found}

    def _group(self, group: Group) -> Property:
        label = self._words(group.title)
        return {"type": "GROUP", "code": str(group.title), "label": label, "noLabel": False, "openGroup": True}

    def _words(self, text: Text) -> str:
        return text.in_language(self._language)  # type: ignore[arg-type]

    def of(self, shape: Shape) -> Property:
        """One property."""
        if shape.system:
            return self._system(shape)
        field = shape.field
        assert field is not None
        ending = f" {shape.code.removeprefix(f'{field.code}_')}" if shape.part else ""
        found: Property = {
            "type": shape.type, "code": shape.code, "label": self._words(field.label) + ending, "noLabel": False,
        }  # fmt: skip
        if shape.part:
            return found | _part(shape)
        found |= {"required": field.required} if shape.type not in ("REFERENCE_TABLE", "SUBTABLE") else {}
        maker = _MAKERS.get(shape.type)
        return found | (maker(self, field) if maker else {})

    def _system(self, shape: Shape) -> Property:
        found = _plain(shape.code, shape.type)
        match shape.code:
            case "ステータス" | "作業者":
                return found | {"enabled": True}
            case "経路":
                options = {name: {"label": name, "index": str(n)} for n, name in enumerate(CHANNELS.values())}
                return found | {"required": False, "defaultValue": "", "options": options}
            case "受付番号":
                return found | _text_limits("", "") | {"required": False, "unique": True, "defaultValue": ""}
            case "受付日時":
                return found | {"required": False, "unique": False, "defaultValue": "", "defaultNowValue": False}
        return found

    def _options(self, field: Any) -> Property:
        def label(option: Option) -> str:
            return option.value if self._language == "ja" else self._words(option.text)

        return {"options": {o.value: {"label": label(o), "index": str(n)} for n, o in enumerate(field.options)}}

    # --- a maker for each type -------------------------------------------------------------------------------------

    def _line(self, field: Any) -> Property:
        if isinstance(field, LookupField):
            return self._lookup(field)
        found = {"unique": getattr(field, "unique", field.type == "serial"), "defaultValue": _text(field)}
        shortest, longest = getattr(field, "min_length", 0), getattr(field, "max_length", None)
        found |= _text_limits(str(shortest or ""), str(longest or ""))
        expression = field.formula if field.type == "formula" else ""
        return found | {"expression": expression, "hideExpression": False}

    def _lookup(self, field: LookupField) -> Property:
        mappings = [{"field": here, "relatedField": there} for here, there in field.copies.items()]
        return {"lookup": {
            "relatedApp": self._related_app(field.app), "relatedKeyField": field.key, "fieldMappings": mappings,
            "lookupPickerFields": list(field.picker), "filterCond": field.filter or "", "sort": "",
        }}  # fmt: skip

    def _related_app(self, code: str) -> Property:
        return {"app": str(self._app_ids.get(code, "")), "code": code}

    def _related(self, field: RelatedField) -> Property:
        sort = f"{field.sort} {'desc' if field.descending else 'asc'}" if field.sort else ""
        return {"referenceTable": {
            "relatedApp": self._related_app(field.app),
            "condition": {"field": field.here, "relatedField": field.there}, "filterCond": field.filter or "",
            "displayFields": list(field.columns), "sort": sort, "size": str(field.size),
        }}  # fmt: skip

    def _number(self, field: Any) -> Property:
        unit = getattr(field, "unit", None)
        places = getattr(field, "decimals", 0)
        return {
            "unique": field.unique, "defaultValue": _text(field), "minValue": _limit(field.min),
            "maxValue": _limit(field.max), "digit": field.type == "money", "displayScale": str(places or ""),
            "unit": "円" if field.type == "money" else self._words(unit) if unit else "", "unitPosition": "AFTER",
        }  # fmt: skip

    def _calc(self, field: Any) -> Property:
        unit = getattr(field, "unit", None)
        return {
            "expression": getattr(field, "formula", ""), "hideExpression": False,
            "format": _FORMATS.get(getattr(field, "format", "number"), "NUMBER"),
            "displayScale": str(field.decimals or ""), "unit": self._words(unit) if unit else "",
            "unitPosition": "AFTER",
        }  # fmt: skip

    def _choice(self, field: Any) -> Property:
        align = {"align": "HORIZONTAL"} if field.widget == "radio" else {}
        return {"defaultValue": field.default or "", **self._options(field), **align}

    def _choices(self, field: Any) -> Property:
        if field.type == "consent":
            options = {AGREE: {"label": AGREE, "index": "0"}}
            return {"defaultValue": [], "options": options, "align": "HORIZONTAL"}
        align = {"align": "HORIZONTAL"} if field.widget == "checkbox" else {}
        return {"defaultValue": list(field.default), **self._options(field), **align}

    def _moment(self, field: Any) -> Property:
        default = field.default or ""
        unique = {"unique": field.unique} if field.type != "time" else {}
        return unique | {"defaultValue": "" if default == NOW else default, "defaultNowValue": default == NOW}

    def _link(self, field: Any) -> Property:
        base = {"unique": field.unique, "defaultValue": _text(field), "protocol": _PROTOCOLS[field.protocol]}
        return base | {"minLength": "", "maxLength": ""}

    def _file(self, field: Any) -> Property:
        return {"thumbnailSize": "150"}

    def _long_text(self, field: Any) -> Property:
        return {"defaultValue": _text(field)}

    def _people(self, field: Any) -> Property:
        kind = {"staff": "USER", "department": "ORGANIZATION", "group": "GROUP"}[field.type]
        default = [
            {"code": code, "type": "FUNCTION" if code in FUNCTIONS else kind} for code in getattr(field, "default", ())
        ]
        return {"defaultValue": default, "entities": []}

    def _table(self, field: Any) -> Property:
        return {"fields": {code: self.of(shape) for code, shape in rows_of(field).items()}}


def _plain(code: str, kind: str) -> Property:
    return {"type": kind, "code": code, "label": code, "noLabel": False}


def _part(shape: Shape) -> Property:
    optional = shape.part in ("building", "lat", "lon", "label")
    required = shape.field is not None and shape.field.required and not optional
    found: Property = {"required": required, "unique": False, "defaultValue": ""}
    if shape.type == "NUMBER":
        return found | {
            "minValue": "", "maxValue": "", "digit": False, "displayScale": "", "unit": "", "unitPosition": "AFTER",
        }  # fmt: skip
    return found | _text_limits("", "") | {"expression": "", "hideExpression": False}


def _text_limits(shortest: str, longest: str) -> Property:
    return {"minLength": shortest, "maxLength": longest}


def _limit(number: Any) -> str:
    return "" if number is None else f"{number:f}" if hasattr(number, "as_tuple") else str(number)


def _text(field: Any) -> str:
    default = getattr(field, "default", None)
    return "" if default is None else str(default)


_MAKERS: Mapping[str, Callable[[Describer, Any], Property]] = {
    "SINGLE_LINE_TEXT": Describer._line, "MULTI_LINE_TEXT": Describer._long_text,
    "RICH_TEXT": Describer._long_text, "NUMBER": Describer._number, "CALC": Describer._calc,
    "RADIO_BUTTON": Describer._choice, "DROP_DOWN": Describer._choice, "CHECK_BOX": Describer._choices,
    "MULTI_SELECT": Describer._choices, "DATE": Describer._moment, "TIME": Describer._moment,
    "DATETIME": Describer._moment, "LINK": Describer._link, "FILE": Describer._file, "USER_SELECT": Describer._people,
    "ORGANIZATION_SELECT": Describer._people, "GROUP_SELECT": Describer._people,
    "REFERENCE_TABLE": Describer._related, "SUBTABLE": Describer._table,
}  # fmt: skip
