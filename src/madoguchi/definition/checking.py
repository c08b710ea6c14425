"""What residents and staff type becomes canonical values: generous in what is taken, exact in what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from madoguchi.definition import checking_composite as composite
from madoguchi.definition import checking_simple as simple
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.checking_base import Context, is_blank
from madoguchi.definition.fields import COMPUTED_TYPES, FILE_TYPES, VALUELESS_TYPES, FieldBase, LookupField
from madoguchi.definition.formulas import FormulaValues
from madoguchi.definition.parts import Part
from madoguchi.definition.problems import Problem, Refused, problem, refuse
from madoguchi.definition.values import Value
from madoguchi.definition.world import World


@dataclass(frozen=True, slots=True)
class Ok:
    """The answer in its canonical form; None where an optional field was left blank."""

    value: Value


Checked: TypeAlias = Ok | list[Problem]


def parse_answer(field: FieldBase, raw: Any, world: World, *, values: FormulaValues | None = None) -> Checked:
    """``raw`` (text typed, a mapping from a form, a list of file ids, a canonical value) as a value of ``field``.

    ``values`` are the other answers as formulas see them (``compute.formula_values``); limits and conditions of
    options may speak of them. Never raises.
    """
    context = Context(world, values or {}, _check_field)
    try:
        return Ok(_check_field(field, raw, context))
    except Refused as refusal:
        return list(refusal.problems)


def parse_part(
    field: FieldBase,
    part: Part,
    raw: Any,
    world: World,
    *,
    partial: Mapping[str, Value],
    values: FormulaValues | None = None,
) -> Checked:
    """``raw`` as one part of a composite field that is asked part by part; ``partial`` are the parts before it."""
    context = Context(world, values or {}, _check_field)
    try:
        return Ok(_check_part(field, part, raw, partial, context))
    except Refused as refusal:
        return [Problem(found.text, part.code) for found in refusal.problems]


def _check_part(field: Any, part: Part, raw: Any, partial: Mapping[str, Value], context: Context) -> Value:
    if part.field is not None:
        own_row = {**context.values, **composite.row_values(field, part, partial)}
        return _check_field(part.field, raw, Context(context.world, own_row, _check_field))
    if is_blank(raw):
        if part.required:
            raise refuse("required", part.label, example=part.example)
        return None
    return composite.PART_PARSERS[part.kind](field, part, raw, partial, context)


def _check_field(field: Any, raw: Any, context: Context) -> Value:
    if field.type in VALUELESS_TYPES | COMPUTED_TYPES:
        raise refuse("not_asked", field.label)
    if field.type == "consent":
        return simple.consent(field, raw, context)
    if is_blank(raw):
        if field.required:
            raise Refused(missing(field))
        return None
    value = _PARSERS[field.type](field, raw, context)
    if value is None and field.required:
        raise Refused(missing(field))
    return value


def missing(field: Any) -> Problem:
    """What to say where a required answer is missing."""
    if field.type in FILE_TYPES:
        return problem(f"required_{field.type}", field.label)
    if field.type in ("choice", "choices"):
        return problem("required_choice", field.label)
    return problem("required", field.label, example=field.example)


Parser = Callable[[Any, Any, Context], Value]
_PARSERS: Mapping[str, Parser] = {
    "text": simple.text,
    "textarea": simple.textarea,
    "number": simple.number,
    "money": simple.money,
    "choice": simple.choice,
    "choices": simple.choices,
    "date": simple.date_,
    "time": simple.time_,
    "datetime": simple.datetime_,
    "phone": simple.phone,
    "email": simple.email,
    "richtext": simple.richtext,
    "link": simple.link,
    "staff": simple.known_codes,
    "department": simple.known_codes,
    "group": simple.known_codes,
    "lookup": simple.lookup,
    "name": composite.name,
    "address": composite.address,
    "location": composite.location,
    "table": composite.table,
    "file": composite.files,
    "photo": composite.files,
}


def parse_all(
    fields: Sequence[FieldBase], raws: Mapping[str, Any], world: World, *, values: FormulaValues | None = None
) -> tuple[dict[str, Value], dict[str, list[Problem]]]:
    """Values and problems by field code of a whole form, as staff send it at the counter."""
    checked = {field.code: parse_answer(field, raws.get(field.code), world, values=values) for field in fields}
    good = {code: result.value for code, result in checked.items() if isinstance(result, Ok)}
    return good, {code: result for code, result in checked.items() if not isinstance(result, Ok)}


def lookup_copies(defn: AppDefinition, field: FieldBase, value: Value, world: World) -> dict[str, Value]:
    """What choosing the row ``value`` in a lookup copies into other fields; blank where it does not fit there."""
    if not isinstance(field, LookupField):
        return {}
    row = (world.lookup(field.app, field.key, value) if value is not None else None) or {}
    targets = ((defn.by_code[here], row.get(there)) for here, there in field.copies.items() if here in defn.by_code)
    checked = {target.code: parse_answer(target, found, world) for target, found in targets}
    return {code: result.value if isinstance(result, Ok) else None for code, result in checked.items()}
