"""What the resident is shown for a state (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.compute import computed, fee_lines
from madoguchi.definition.display import display
from madoguchi.definition.fields import AnyField, ChoiceField, ChoicesField, ConsentField, FieldBase
from madoguchi.definition.formulas import FormulaValues, holds
from madoguchi.definition.parts import Part, assemble, next_part
from madoguchi.definition.problems import Problem
from madoguchi.definition.text import Text
from madoguchi.definition.values import Value
from madoguchi.definition.world import World
from madoguchi.interview.questions import Questions, is_heading
from madoguchi.interview.types import Choice, Question, State, Summary, SummaryRow

UNTYPED = object()
"""Stands for: nothing was typed just now, show what was answered before."""
_CONSENT = (
    Choice("はい", Text({"ja": "同意する", "en": "I agree"})),
    Choice("いいえ", Text({"ja": "同意しない", "en": "I do not agree"})),
)


def open_part(field: AnyField, state: State, questions: Questions, world: World, *, by_part: bool) -> Part | None:
    """The part of ``field`` that is asked now; None where it is asked whole."""
    return next_part(field, state.partial, world, questions.values) if by_part else None


def question(
    defn: AppDefinition,
    field: AnyField,
    state: State,
    world: World,
    *,
    by_part: bool,
    problems: Sequence[Problem] = (),
    typed: Any = UNTYPED,
) -> Question:
    """The prompt that asks ``field`` (or its next part)."""
    questions = Questions(defn, state, world, by_part=by_part)
    part = open_part(field, state, questions, world, by_part=by_part)
    counted = [f for f in questions.screens if not is_heading(f)]
    return Question(
        field=field,
        kind=part.kind if part else field.type,
        choices=_choices(field, part, questions.values, world),
        part=part.code if part else None,
        part_label=part.label if part else None,
        part_example=part.example if part else None,
        intro=_intro(field, state, questions) if by_part and not problems else (),
        value=_value(field, part, state, world) if typed is UNTYPED else typed,
        problems=problems,
        position=sum(1 for f in questions.screens[: questions.screens.index(field)] if not is_heading(f)) + 1,
        total=len(counted),
        can_skip=can_skip(field, part, state),
        can_go_back=state.changing or bool(state.partial) or questions.before(field) is not None,
    )


def can_skip(field: AnyField, part: Part | None, state: State) -> bool:
    """An optional part, or an optional field of which nothing has been given yet."""
    if part is not None and not part.required:
        return True
    return not field.required and not is_heading(field) and not state.partial


def summary(defn: AppDefinition, state: State, world: World) -> Summary:
    """Every visible answer, and the fee where it is owed at once."""
    questions = Questions(defn, state, world, by_part=False)
    found = computed(defn, state.answers, world)
    rows = [
        SummaryRow(
            field=field, value=found.values.get(field.code), changeable=questions.may_change(field),
            display=display(field, found.values.get(field.code), language=state.language),
            problem=found.errors.get(field.code, ""),
        )
        for field in questions.shown if not is_heading(field)
    ]  # fmt: skip
    fee = _fee(defn, state, world)
    return Summary(rows=rows, fee=fee, total_fee=sum(row.amount for row in fee))


def _fee(defn: AppDefinition, state: State, world: World) -> list[Any]:
    fee = defn.procedure.fee if defn.procedure else None
    return fee_lines(defn, state.answers, world) if fee and fee.when == "at_application" else []


def _intro(field: AnyField, state: State, questions: Questions) -> tuple[Text, ...]:
    if state.partial:
        return ()
    texts = ((f.label, getattr(f, "body", None)) for f in questions.headings_before(field))
    return tuple(text for pair in texts for text in pair if text is not None)


def _value(field: AnyField, part: Part | None, state: State, world: World) -> Value:
    if part is not None:
        return None
    before = state.answers.get(field.code)
    if state.partial and state.current == field.code:
        return assemble(field, state.partial, world)
    return field.default if before is None and isinstance(field, ChoiceField) else before


def _choices(field: AnyField, part: Part | None, values: FormulaValues, world: World) -> tuple[Choice, ...]:
    if part is not None and part.choices:
        return tuple(Choice(value, label) for value, label in part.choices)
    asked: FieldBase | None = part.field if part else field
    if isinstance(asked, ConsentField):
        return _CONSENT
    if not isinstance(asked, (ChoiceField, ChoicesField)):
        return ()
    options = (option for option in asked.options if holds(option.show_if, values, world.now))
    return tuple(Choice(option.value, option.text, option.help) for option in options)
