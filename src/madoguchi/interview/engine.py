"""The question engine: from a state and an input to the next state and what to show (pure, never raises).

An answer leads to the first question that still wants one, so changing an earlier answer asks again only what became
newly visible or invalid; when none is left, the summary is shown. Answers of hidden questions stay in the state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.checking import Ok, lookup_copies, missing, parse_answer, parse_part
from madoguchi.definition.fields import AnyField
from madoguchi.definition.parts import Part, assemble, next_part
from madoguchi.definition.text import Language
from madoguchi.definition.world import World
from madoguchi.interview.prompts import UNTYPED, can_skip, open_part, question, summary
from madoguchi.interview.questions import Questions, is_heading
from madoguchi.interview.types import (
    Answer,
    Back,
    Change,
    Confirm,
    Confirmed,
    Input,
    Problem,
    Prompt,
    Restart,
    Skip,
    Start,
    State,
)

Turn = tuple[State, Prompt]


def begin(defn: AppDefinition, *, language: Language = "ja", by_part: bool = False) -> State:
    """The state before the first question."""
    return State(language=language)


def step(defn: AppDefinition, state: State, input: Input, world: World, *, by_part: bool = False) -> Turn:
    """One input taken. ``by_part`` (chat) asks names, addresses and tables part by part.

    An input that does not fit (a question hidden by now, an old button) changes nothing and shows what is open.
    """
    walk = _Walk(defn, state, world, by_part)
    if state.phase == "confirmed" and not isinstance(input, (Start, Back, Change)):
        return state, Confirmed()
    handlers: Mapping[type, Callable[[Any], Turn]] = {
        Start: walk.start, Answer: walk.answer, Skip: walk.skip, Back: walk.back, Change: walk.change,
        Restart: walk.restart, Confirm: walk.confirm,
    }  # fmt: skip
    return handlers.get(type(input), walk.start)(input)


def progress(defn: AppDefinition, state: State, world: World) -> tuple[int, int]:
    """How many of the questions visible now are settled, and how many there are."""
    questions = Questions(defn, state, world, by_part=True)
    return len(questions.screens) - len(questions.pending), len(questions.screens)


@dataclass(frozen=True)
class _Walk:
    """One step from ``state``; every method returns the next state with its prompt."""

    defn: AppDefinition
    state: State
    world: World
    by_part: bool

    @cached_property
    def questions(self) -> Questions:
        return Questions(self.defn, self.state, self.world, by_part=self.by_part)

    @cached_property
    def open(self) -> AnyField | None:
        """The question that is open, or the first that still wants an answer; None when all are settled."""
        return self.questions.find(self.state.current) or next(iter(self.questions.pending), None)

    # --- inputs ---

    def start(self, _: object) -> Turn:
        if self.state.phase != "asking" or self.open is None:
            return self._checking()
        return self._ask(self.open)

    def answer(self, given: Answer) -> Turn:
        field = self.questions.find(given.field)
        if field is None:
            return self.start(given)
        walk = self._at(field)
        if is_heading(field):
            return walk._settled(replace(walk.state, skipped=walk.state.skipped | {field.code}))
        part = walk._part_for(field, given)
        if part is None and given.part is not None:
            return self.start(given)
        return walk._take_part(field, part, given.raw) if part else walk._take(field, given.raw)

    def skip(self, given: Skip) -> Turn:
        field = self.questions.find(given.field)
        if field is None:
            return self.start(given)
        if is_heading(field):
            return self.answer(Answer(given.field, None))
        walk = self._at(field)
        part = open_part(field, walk.state, walk.questions, self.world, by_part=self.by_part)
        if not can_skip(field, part, walk.state):
            return walk._ask(field, problems=[missing(field)])
        if part and (walk.state.partial or field.required):
            return walk._advance_part(field, part, None)
        return walk._store(field, None)

    def back(self, _: object) -> Turn:
        if self.state.phase == "confirmed":
            return self._checking()
        if self.state.phase == "checking":
            screens = self.questions.screens
            return self._change(screens[-1]) if screens else self._checking()
        if self.open is None or (self.state.changing and not self.questions.pending and not self.state.partial):
            return self._checking()
        if self.by_part and self.state.partial and self.open.code == self.state.current:
            return self._without_last_part(self.open)
        return self._ask(self.questions.before(self.open) or self.open)

    def change(self, wanted: Change) -> Turn:
        field = self.questions.find(wanted.field)
        return self._change(field) if field else self.start(wanted)

    def restart(self, _: object) -> Turn:
        # A correction keeps what was filed; it only asks again.
        kept = self.state.answers if self.state.only is not None else {}
        fresh = State(answers=kept, only=self.state.only, language=self.state.language)
        return self._on(fresh).start(Start())

    def confirm(self, given: Confirm) -> Turn:
        if self.state.phase == "asking" and self.open is not None:
            return self._ask(self.open)
        if self.questions.pending:
            state = replace(self.state, changing=True)
            return self._on(state)._ask(self.questions.pending[0])
        return replace(self.state, phase="confirmed", current=None, changing=False), Confirmed()

    # --- steps ---

    def _on(self, state: State) -> _Walk:
        return _Walk(self.defn, state, self.world, self.by_part)

    def _at(self, field: AnyField) -> _Walk:
        """This walk with ``field`` as the open question; parts given of another one are dropped."""
        state = self.state
        partial = state.partial if state.current == field.code else {}
        changing = state.changing or state.phase != "asking"
        return self._on(replace(state, phase="asking", current=field.code, partial=partial, changing=changing))

    def _change(self, field: AnyField) -> Turn:
        walk = self._at(field)
        return self._on(replace(walk.state, partial={}))._ask(field)

    def _ask(self, field: AnyField, *, problems: list[Problem] | None = None, typed: Any = UNTYPED) -> Turn:
        state = self._at(field).state
        prompt = question(
            self.defn, field, state, self.world, by_part=self.by_part, problems=problems or (), typed=typed
        )
        return state, prompt

    def _checking(self) -> Turn:
        state = replace(self.state, phase="checking", current=None, partial={}, changing=False)
        return state, summary(self.defn, state, self.world)

    def _settled(self, state: State) -> Turn:
        """On to the first question that still wants an answer, or to the summary."""
        walk = self._on(replace(state, current=None, partial={}))
        return walk._ask(walk.open) if walk.open else walk._checking()

    def _part_for(self, field: AnyField, given: Answer) -> Part | None:
        """The open part if the answer is meant for it: by name, or as plain text in chat."""
        if given.part is None and not (self.by_part and isinstance(given.raw, str)):
            return None
        part = next_part(field, self.state.partial, self.world, self.questions.values)
        return part if part and given.part in (None, part.code) else None

    def _take(self, field: AnyField, raw: Any) -> Turn:
        checked = parse_answer(field, raw, self.world, values=self.questions.values)
        if not isinstance(checked, Ok):
            return self._ask(field, problems=checked, typed=raw)
        return self._store(field, checked.value)

    def _take_part(self, field: AnyField, part: Part, raw: Any) -> Turn:
        checked = parse_part(field, part, raw, self.world, partial=self.state.partial, values=self.questions.values)
        if not isinstance(checked, Ok):
            return self._ask(field, problems=checked, typed=raw)
        return self._advance_part(field, part, checked.value)

    def _advance_part(self, field: AnyField, part: Part, value: Any) -> Turn:
        partial = {**self.state.partial, part.code: value}
        if next_part(field, partial, self.world, self.questions.values):
            return self._on(replace(self.state, partial=partial))._ask(field)
        return self._on(replace(self.state, partial={}))._take(field, assemble(field, partial, self.world))

    def _without_last_part(self, field: AnyField) -> Turn:
        kept = dict(list(self.state.partial.items())[:-1])
        return self._on(replace(self.state, partial=kept))._ask(field)

    def _store(self, field: AnyField, value: Any) -> Turn:
        state = self.state
        others = {code: answer for code, answer in state.answers.items() if code != field.code}
        copies = lookup_copies(self.defn, field, value, self.world)
        answers = {**others, **copies} | ({} if value is None else {field.code: value})
        skipped = state.skipped | {field.code} if value is None else state.skipped - {field.code}
        revised = state.revised | {field.code} if state.only is not None else state.revised
        return self._settled(replace(state, answers=answers, skipped=skipped, revised=revised))
