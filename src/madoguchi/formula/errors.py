"""What is wrong with a formula, told to the person who wrote it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class FormulaError(ValueError):
    """The formula cannot be used. ``message`` says in Japanese what is wrong and how to mend it.

    ``position`` counts the characters before the spot in question.
    """

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class EvaluationError(Exception):
    """Nothing can be computed from these values; becomes ``Result.error``. Never leaves this room."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``「単価」ではありませんか。`` for the known name most like ``name``; empty if none is."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"「{close[0]}」ではありませんか。" if close else ""
