"""What a fee comes to for made-up answers: the fields its formulas read, and its lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from madoguchi.accounts.language import in_words
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.checking import Ok, parse_answer
from madoguchi.definition.compute import fee_lines, visible_values
from madoguchi.definition.fields import COMPUTED_TYPES, AnyField
from madoguchi.definition.formulas import compiled, references
from madoguchi.definition.values import Value
from madoguchi.formula import FormulaError
from madoguchi.studio.samples import MadeUpWorld, sample_values

_TYPED = frozenset({"text", "number", "money", "date", "choice"})
"""Fields that a builder may set here; the rest keep their made-up value."""


def sample(defn: AppDefinition, typed: Mapping[str, Any]) -> dict[str, Any]:
    """``{fields, lines, total, error}``; ``typed`` are what the builder wrote, by field code."""
    world = MadeUpWorld("web")
    try:
        fields = _read_fields(defn)
    except FormulaError as wrong:
        return {"fields": [], "lines": [], "total": 0, "error": wrong.message}
    values = sample_values(defn, world)
    problems = []
    for field in fields:
        if field.code in typed:
            checked = parse_answer(field, typed[field.code], world)
            if isinstance(checked, Ok):
                values[field.code] = checked.value
            else:
                problems.append(f"「{in_words(field.label)}」の値を読めません。")
    rows = fee_lines(defn, visible_values(defn, values, world), world)
    return {
        "fields": [_field(field, values.get(field.code), typed) for field in fields],
        "lines": [{"label": in_words(row.label), "amount": row.amount} for row in rows],
        "total": sum(row.amount for row in rows), "error": " ".join(problems),
    }


def _read_fields(defn: AppDefinition) -> list[AnyField]:
    """The fields on which the fee depends, through formulas and conditions too."""
    fee = defn.procedure.fee if defn.procedure else None
    todo = [line.amount for line in fee.lines] if fee else []
    found: dict[str, AnyField] = {}
    while todo:
        source = todo.pop()
        compiled(source)
        for code in references(source):
            field = defn.by_code.get(code)
            if field is None or code in found:
                continue
            found[code] = field
            todo += [one for one in (field.show_if, getattr(field, "formula", None)) if one]
    return [field for field in defn.fields if field.code in found and _may_be_typed(field)]


def _may_be_typed(field: AnyField) -> bool:
    return field.type in _TYPED and field.type not in COMPUTED_TYPES


def _field(field: AnyField, value: Value, typed: Mapping[str, Any]) -> dict[str, Any]:
    options = [[option.value, in_words(option.text)] for option in getattr(field, "options", ())]
    shown = typed.get(field.code, "" if value is None else str(value))
    return {
        "code": field.code, "label": in_words(field.label), "type": field.type, "options": options, "value": shown,
    }
