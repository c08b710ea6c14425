"""Which questions there are just now: visible, in order, and which of them still want an answer (pure)."""

from __future__ import annotations

from functools import cached_property

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.checking import Ok, parse_answer
from madoguchi.definition.compute import formula_values, visible_codes
from madoguchi.definition.fields import VALUELESS_TYPES, AnyField
from madoguchi.definition.formulas import FormulaValues, references
from madoguchi.definition.world import World
from madoguchi.interview.types import State


class Questions:
    """The questions of ``state``. In chat (``by_part``) headings are no screens of their own."""

    def __init__(self, defn: AppDefinition, state: State, world: World, *, by_part: bool) -> None:
        self._defn, self._state, self._world, self._by_part = defn, state, world, by_part

    @cached_property
    def values(self) -> FormulaValues:
        """The answers as formulas see them."""
        return formula_values(self._defn, self._state.answers, self._world)

    @cached_property
    def shown(self) -> tuple[AnyField, ...]:
        """Every visible question and heading, in the procedure's order."""
        visible = visible_codes(self._defn, self._state.answers, self._world)
        return tuple(field for field in self._defn.question_fields if field.code in visible)

    @cached_property
    def screens(self) -> tuple[AnyField, ...]:
        """What is asked one after another: in a correction only what staff asked for and what follows from it."""
        fields = (field for field in self.shown if not is_heading(field) or self._is_screen(field))
        return tuple(field for field in fields if self.may_change(field))

    @cached_property
    def pending(self) -> tuple[AnyField, ...]:
        """The screens that still want an answer: unanswered, no longer valid, or to be corrected."""
        return tuple(field for field in self.screens if not self._is_settled(field))

    def find(self, code: str | None) -> AnyField | None:
        """The screen with that code, if there is one now."""
        return next((field for field in self.screens if field.code == code), None)

    def before(self, field: AnyField) -> AnyField | None:
        """The screen before ``field``."""
        position = self.screens.index(field)
        return self.screens[position - 1] if position else None

    def headings_before(self, field: AnyField) -> tuple[AnyField, ...]:
        """The headings between ``field`` and the question before it."""
        position = self.shown.index(field)
        start = position
        while start and is_heading(self.shown[start - 1]):
            start -= 1
        return self.shown[start:position]

    def may_change(self, field: AnyField) -> bool:
        """In a correction only the fields that staff asked for and those that depend on them."""
        return self._state.only is None or field.code in self._reach

    @cached_property
    def _reach(self) -> frozenset[str]:
        reach, before = frozenset(self._state.only or ()), frozenset[str]()
        while reach != before:
            before = reach
            reach |= {field.code for field in self._defn.fields if reads(field) & before}
        return reach

    def _is_screen(self, field: AnyField) -> bool:
        return field.type == "heading" and field.body is not None and not self._by_part and self._state.only is None

    def _is_settled(self, field: AnyField) -> bool:
        state = self._state
        if field.code in (state.only or ()) and field.code not in state.revised:
            return False
        if is_heading(field):
            return field.code in state.skipped
        if state.answers.get(field.code) is None:
            return not field.required and (field.code in state.skipped or state.only is not None)
        return isinstance(parse_answer(field, state.answers[field.code], self._world, values=self.values), Ok)


def is_heading(field: AnyField) -> bool:
    """Whether the field is only read."""
    return field.type in VALUELESS_TYPES


def reads(field: AnyField) -> frozenset[str]:
    """The codes that decide whether and what of ``field`` is shown: its condition, its options' and its formula."""
    sources = [field.show_if, *(option.show_if for option in getattr(field, "options", ()))]
    if field.type == "formula":
        sources.append(field.formula)
    return frozenset().union(*(references(source) for source in sources))
