"""Walking through interviews in tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from madoguchi.definition.app import AppDefinition
from madoguchi.interview.engine import begin, step
from madoguchi.interview.types import Answer, Input, Prompt, Question, Skip, Start, State, World
from tests.samples import FixedWorld

WORLD = FixedWorld()
MANY = 200
"""More steps than any interview here needs; a walk that takes longer goes round in circles."""


class Walk:
    """One resident: remembers the state and what is shown."""

    def __init__(
        self, defn: AppDefinition, *, state: State | None = None, by_part: bool = False, world: World = WORLD
    ) -> None:
        self.defn, self.by_part, self.world = defn, by_part, world
        self.state = state or begin(defn)
        self.prompt: Prompt = self.send(Start())

    def send(self, input: Input) -> Prompt:
        """Takes one step; the state must survive being stored."""
        self.state, self.prompt = step(self.defn, self.state, input, self.world, by_part=self.by_part)
        assert State.from_json(self.state.to_json()) == self.state
        return self.prompt

    def say(self, *texts: str) -> Prompt:
        """Answers the open question or part with each text in turn."""
        for text in texts:
            assert isinstance(self.prompt, Question), self.prompt
            self.send(Answer(self.prompt.field.code, text, self.prompt.part))
        return self.prompt

    def finish(self, answer_for: Callable[[Any], Any]) -> list[str]:
        """Answers until nothing is asked any more; the codes that were asked, in order."""
        asked: list[str] = []
        while isinstance(self.prompt, Question):
            assert len(asked) < MANY
            asked.append(self.prompt.field.code)
            value = answer_for(self.prompt.field)
            self.send(Skip(asked[-1]) if value is None else Answer(asked[-1], value))
        return asked
