"""Where in an interview a page stands: any question that is asked may be opened by its address, changing nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.world import World
from madoguchi.intake import actions as intake
from madoguchi.intake.interviews import revision_of, world_of
from madoguchi.interview import engine
from madoguchi.interview.types import Back, Change, Question, State


@dataclass(frozen=True, slots=True)
class Opened:
    """One question as its page shows it. ``before``: the question before it; ``changing``: opened from the summary."""

    definition: AppDefinition
    question: Question
    before: str | None
    changing: bool


def open_question(turn: intake.Turn, code: str) -> Opened | None:
    """The question ``code``; None where it is not asked (any more)."""
    return opened_in(revision_of(turn.interview).definition, turn.state, code, world_of(turn.interview))


def opened_in(definition: AppDefinition, state: State, code: str, world: World) -> Opened | None:
    """The same, of an interview that stands nowhere but in ``state``."""
    here, prompt = engine.step(definition, state, Change(code), world)
    if not isinstance(prompt, Question) or prompt.field.code != code:
        return None
    return Opened(definition, prompt, None if here.changing else _before(definition, here, world), here.changing)


def _before(definition: AppDefinition, here: State, world: World) -> str | None:
    _state, prompt = engine.step(definition, here, Back(), world)
    before = prompt.field.code if isinstance(prompt, Question) else here.current
    return None if before == here.current else before


def path_of(turn: intake.Turn, token: str) -> str:
    """The page to show now: the open question, the summary, or what follows sending."""
    if isinstance(turn.prompt, Question):
        return reverse("web:question", args=[token, turn.prompt.field.code])
    return reverse("web:check" if turn.state.phase == "checking" else "web:next", args=[token])
