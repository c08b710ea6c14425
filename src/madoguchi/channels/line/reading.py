"""What a button or a word answers, given the question that is open."""

from __future__ import annotations

from madoguchi.channels.line.commands import WHOLE
from madoguchi.definition.fields import AnyField, ChoiceField, ChoicesField
from madoguchi.interview.types import Prompt, Question
from madoguchi.lib.text import fold

CONSENT = ("はい", "いいえ")


def is_choice(text: str, question: Question) -> bool:
    """Whether the words are one of the question's choices, in any language."""
    labels = {fold(label) for choice in question.choices for label in (choice.value, *choice.label.root.values())}
    return fold(text) in labels


def values_of(prompt: Prompt, field: AnyField, part: str) -> list[str]:
    """What the numbers of buttons stand for: the field's options, or the choices of the part that is open."""
    if part != WHOLE:
        is_open = isinstance(prompt, Question) and prompt.field.id == field.id and prompt.part == part
        return [choice.value for choice in prompt.choices] if is_open and isinstance(prompt, Question) else []
    if isinstance(field, ChoiceField | ChoicesField):
        return [option.value for option in field.options]
    return list(CONSENT) if field.type == "consent" else []


def picked(params: object) -> str:
    """The date or time from LINE's picker; empty if there is none."""
    given = params if isinstance(params, dict) else {}
    return next((str(given[mode]) for mode in ("date", "time", "datetime") if mode in given), "")
