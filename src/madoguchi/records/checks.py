"""Values checked before they are written, and readable words for what the database refuses."""

from __future__ import annotations

from django.db import DataError, IntegrityError
from psycopg import errors

from madoguchi.catalog.indexes import unique_index
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.checking import Ok, lookup_copies, parse_answer
from madoguchi.definition.compute import formula_values, visible_codes
from madoguchi.definition.fields import COMPUTED_TYPES, VALUELESS_TYPES
from madoguchi.definition.problems import Problem
from madoguchi.definition.text import Text
from madoguchi.definition.values import Value, Values
from madoguchi.definition.world import World
from madoguchi.records.errors import InvalidValues


def checked(defn: AppDefinition, changes: Values, world: World, *, values: Values | None = None) -> dict[str, Value]:
    """``changes`` in canonical form; raises InvalidValues with every problem found. ``values`` are those stored now."""
    others = formula_values(defn, {**(values or {}), **changes}, world)
    good: dict[str, Value] = {}
    problems: dict[str, list[Problem]] = {}
    for code, raw in changes.items():
        field = defn.by_code.get(code)
        if field is None or field.type in VALUELESS_TYPES | COMPUTED_TYPES:
            problems[code] = [_problem("この項目は入力できません。", "This item cannot be filled in.")]
            continue
        answer = parse_answer(field, raw, world, values=others)
        if isinstance(answer, Ok):
            # What the other app's row says, unless it was given here too.
            good = lookup_copies(defn, field, answer.value, world) | good | {code: answer.value}
        else:
            problems[code] = answer
    if problems:
        raise InvalidValues(problems)
    return good


def checked_whole(defn: AppDefinition, values: Values, world: World) -> dict[str, Value]:
    """``checked`` for a new record: what is required and visible must be there, what is hidden does not matter."""
    visible = visible_codes(defn, values, world)
    required = {field.code: None for field in defn.value_fields if field.required and field.code in visible}
    given = {code: raw for code, raw in values.items() if code in visible or code not in defn.by_code}
    return checked(defn, {**required, **given}, world)


def _problem(japanese: str, english: str) -> Problem:
    return Problem(Text({"ja": japanese, "en": english}))


def taken(label: Text) -> Problem:
    """What to say where a value that may be there once is there already."""
    return _problem(
        f"「{label}」に同じ値のレコードがすでにあります。別の値を入力してください。",
        f"Another record already has this value for “{label.in_language('en')}”. Enter a different one.",
    )


def readable(app: AppRevision, refusal: DataError | IntegrityError) -> Exception:
    """InvalidValues for values that the database refused; any other refusal unchanged."""
    cause = refusal.__cause__
    if isinstance(cause, errors.UniqueViolation):
        for field in app.definition.fields:
            if cause.diag.constraint_name == unique_index(app.app_id, field.id).name:
                return InvalidValues({field.code: [taken(field.label)]})
    if isinstance(refusal, DataError):
        message = _problem(
            "保存できない値があります（数が大きすぎるか、使えない文字が入っています）。入力を見直してください。",
            "A value cannot be stored: a number is too large or a character cannot be used. Check what you entered.",
        )
        return InvalidValues({"": [message]})
    return refusal
