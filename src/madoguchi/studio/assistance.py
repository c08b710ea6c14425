"""Help while a formula or query is written: whether it fits, and what may come next, by the product's own parsers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from madoguchi import formula, query
from madoguchi.accounts.language import current, in_words
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import AnyField, FormulaField, TableField
from madoguchi.definition.formulas import compiled, formula_type
from madoguchi.definition.validation_formulas import EXPECTED, formula_types
from madoguchi.formula import FUNCTIONS, FieldType, FormulaError
from madoguchi.query import QueryError
from madoguchi.studio.wire import NotUnderstood, problem

Kind = Literal["formula", "condition", "fee", "query"]
KINDS: frozenset[str] = frozenset({"formula", "condition", "fee", "query"})
MAX_ITEMS = 60
_WORD = re.compile(r"[\w・$]*$")
_LEFT_OF_VALUE = re.compile(r"([\w・]+)\s*(?:=|<>|!=|not\s+in\s*\(|in\s*\(|,)[^=<>()]*$")
_QUERY_WORDS = ("and", "or", "in", "not in", "like", "not like", "is empty", "is not empty")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the designer asks about. ``field`` is the code of the field it belongs to, ``position`` where one types."""

    kind: Kind
    source: str
    field: str | None = None
    position: int = 0

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Asked:
        """From the JSON; raises NotUnderstood."""
        kind, source, position = data.get("kind"), data.get("source"), data.get("position", 0)
        if kind not in KINDS or not isinstance(source, str) or not isinstance(position, int):
            wrong = problem(("kind",), "何を調べるかが分かりません。", "画面を読み込みなおしてください。")
            raise NotUnderstood([wrong])
        field = data.get("field")
        return cls(cast(Kind, kind), source, field if isinstance(field, str) else None, max(0, position))


def check(defn: AppDefinition, asked: Asked) -> dict[str, Any]:
    """``{ok, type, error: {message, position} | null}``."""
    try:
        found = _check_query(defn, asked) if asked.kind == "query" else _check_formula(defn, asked)
    except FormulaError as wrong:
        return _wrong(wrong.message, wrong.position)
    except QueryError as wrong:
        return _wrong(wrong.message_en if current() == "en" else wrong.message_ja, wrong.position)
    return found


def _wrong(message: str, position: int) -> dict[str, Any]:
    return {"ok": False, "type": None, "error": {"message": message, "position": position}}


def _check_query(defn: AppDefinition, asked: Asked) -> dict[str, Any]:
    query.check(query.parse(asked.source), query.fields_of(defn))
    return {"ok": True, "type": "condition", "error": None}


def _check_formula(defn: AppDefinition, asked: Asked) -> dict[str, Any]:
    result = formula.check(compiled(asked.source), _readable(defn, asked.field))
    expected, mend = EXPECTED[_wanted(defn, asked)]
    if result not in expected:
        return _wrong(f"この式の結果は{result.ja}になります。{mend}", 0)
    return {"ok": True, "type": result.ja, "error": None}


def _wanted(defn: AppDefinition, asked: Asked) -> str:
    if asked.kind in ("condition", "fee"):
        return "condition" if asked.kind == "condition" else "amount"
    field = _field(defn, asked.field)
    return field.format if isinstance(field, FormulaField) else "text"


def _field(defn: AppDefinition, code: str | None) -> Any:
    return next((field for field, _ in _all(defn) if field.code == code), None)


def _all(defn: AppDefinition) -> Iterator[tuple[Any, TableField | None]]:
    for field in defn.fields:
        yield field, None
        if isinstance(field, TableField):
            yield from ((sub, field) for sub in field.fields)


def _readable(defn: AppDefinition, code: str | None) -> dict[str, FieldType]:
    """What the formula may read; in a table the cells before it in its own row count as single values."""
    types = formula_types(defn)
    table = next((table for field, table in _all(defn) if field.code == code and table), None)
    for sub in table.fields if table else ():
        if sub.code == code:
            break
        types[sub.code] = formula_type(sub)
    return types


def complete(defn: AppDefinition, asked: Asked) -> dict[str, Any]:
    """``{from, items: [{insert, label, detail}]}``: an item replaces what stands from ``from`` to the position."""
    before = asked.source[: asked.position]
    if before.count('"') % 2:
        return _options(defn, asked, before)
    word = _WORD.search(before)
    typed = word[0] if word else ""
    items = _query_items(defn) if asked.kind == "query" else _formula_items(defn, asked)
    return {"from": len(before) - len(typed), "items": _matching(items, typed)}


def _matching(items: Iterable[dict[str, str]], typed: str) -> list[dict[str, str]]:
    """What begins with ``typed`` first, then what has it anywhere."""
    low = typed.lower()
    found = [item for item in items if low in item["insert"].lower() or low in item["label"].lower()]
    return sorted(found, key=lambda item: not item["insert"].lower().startswith(low))[:MAX_ITEMS]


def _options(defn: AppDefinition, asked: Asked, before: str) -> dict[str, Any]:
    """Within quotes: the values of the field that stands before the comparison."""
    start = before.rindex('"') + 1
    left = _LEFT_OF_VALUE.search(before[: start - 1].rstrip())
    contains = re.search(r"CONTAINS\(\s*([\w・]+)\s*,\s*$", before[: start - 1], re.IGNORECASE)
    code = contains[1] if contains else left[1] if left else None
    if asked.kind == "query" and code and code in (named := query.fields_of(defn)):
        items = [{"insert": value, "label": value, "detail": ""} for value in named[code].options]
    else:
        options = getattr(_field(defn, code), "options", ())
        items = [{"insert": o.value, "label": in_words(o.text), "detail": o.value} for o in options]
    return {"from": start, "items": _matching(items, before[start:])}


def _formula_items(defn: AppDefinition, asked: Asked) -> Iterator[dict[str, str]]:
    labels = {field.code: in_words(field.label) for field, _ in _all(defn)}
    for code, kind in _readable(defn, asked.field).items():
        if code != asked.field:
            yield {"insert": code, "label": labels.get(code, code), "detail": _type_words(kind)}
    for name, function in FUNCTIONS.items():
        yield {"insert": f"{name}(", "label": function.usage, "detail": "関数"}


def _type_words(kind: FieldType) -> str:
    return kind if isinstance(kind, str) else f"表「{kind.table}」"


def _query_items(defn: AppDefinition) -> Iterator[dict[str, str]]:
    labels: dict[str, str] = {field.code: in_words(_labelled(field)) for field, _ in _all(defn)}
    for code, named in sorted(query.fields_of(defn).items(), key=lambda pair: bool(pair[1].system)):
        detail = " ".join(sorted(query.operators(named.kind)))
        yield {"insert": code, "label": labels.get(named.source, code), "detail": detail}
    for word in _QUERY_WORDS:
        yield {"insert": word, "label": word, "detail": ""}
    for name in query.FUNCTIONS:
        yield {"insert": f"{name}(", "label": f"{name}()", "detail": "関数"}


def _labelled(field: AnyField) -> Any:
    return field.label
