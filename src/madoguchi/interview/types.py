"""What goes into the question engine and what comes out: plain immutable data, no channel, no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, TypeAlias

from madoguchi.definition.fields import AnyField
from madoguchi.definition.text import Language, Text
from madoguchi.definition.values import Value

Phase = Literal["asking", "checking", "confirmed"]
"""asking: a question is open; checking: all answered, the summary is shown; confirmed: the resident sent it."""


@dataclass(frozen=True, slots=True)
class State:
    """Where one resident is in one procedure.

    ``answers`` keeps every answer given, also of fields hidden just now, so that it returns when the condition
    flips back; ``interview.visible_values`` leaves those out. ``current`` is the code of the open question.
    ``partial`` holds the parts already given of a composite field that is asked part by part (in chat).
    ``changing`` is true while the resident goes back to one answer from the summary. ``only`` limits a correction to
    the fields that staff asked for (and what becomes visible through them).
    """

    phase: Phase = "asking"
    current: str | None = None
    answers: Mapping[str, Value] = field(default_factory=dict)
    partial: Mapping[str, Value] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()
    changing: bool = False
    only: frozenset[str] | None = None
    language: Language = "ja"

    def to_json(self) -> dict[str, Any]:
        """A JSON object from which ``from_json`` makes the same state."""
        return {
            "phase": self.phase, "current": self.current, "answers": dict(self.answers),
            "partial": dict(self.partial), "skipped": sorted(self.skipped), "changing": self.changing,
            "only": None if self.only is None else sorted(self.only), "language": self.language,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> State:
        """The state that ``to_json`` wrote; unknown keys are ignored, missing ones take their default."""
        known = {name: data[name] for name in cls.__slots__ if name in data}
        known["skipped"] = frozenset(known.get("skipped", ()))
        if known.get("only") is not None:
            known["only"] = frozenset(known["only"])
        return cls(**known)


# --- inputs ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """Show where we are: the first question, or on resuming the open one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to ``field``, as it came: text typed, a mapping from a web form, or a list of file ids.

    ``part`` names the part of a composite field when it is asked part by part.
    """

    field: str
    raw: Any
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """Leave an optional question (or optional part) unanswered."""

    field: str


@dataclass(frozen=True, slots=True)
class Back:
    """To the question before the open one; keeps every answer."""


@dataclass(frozen=True, slots=True)
class Change:
    """From the summary: answer ``field`` anew, then return to the summary."""

    field: str


@dataclass(frozen=True, slots=True)
class Restart:
    """Forget every answer and begin again."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """Send what the summary shows."""


Input: TypeAlias = Start | Answer | Skip | Back | Change | Restart | Confirm

# --- prompts -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer was not taken: what is wrong and how to mend it. ``part`` points into composite fields."""

    text: Text
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing the resident may tap or tick."""

    value: str
    label: Text
    help: Text | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Ask ``field``. ``part`` is set when only that part of it is asked (chat); ``choices`` are the visible ones.

    ``value`` is what was answered before (or typed wrongly: nothing is lost), ``position``/``total`` count the
    questions visible now.
    """

    field: AnyField
    choices: Sequence[Choice] = ()
    part: str | None = None
    value: Value = None
    problems: Sequence[Problem] = ()
    position: int = 1
    total: int = 1
    can_skip: bool = False
    can_go_back: bool = False


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One answer of the summary, ready to read. ``changeable`` is false for fields outside a correction."""

    field: AnyField
    value: Value
    display: str
    changeable: bool = True


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One line of the fee in whole yen."""

    label: Text
    amount: int


@dataclass(frozen=True, slots=True)
class Summary:
    """All answers, the fee if it is known now, and the button to send."""

    rows: Sequence[SummaryRow]
    fee: Sequence[FeeRow] = ()
    total_fee: int = 0


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Everything is answered and the resident has sent it; identity, submission and payment follow outside."""


Prompt: TypeAlias = Question | Summary | Confirmed


# --- what the engine needs to know of the world -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Town:
    """One row of the postal table."""

    postal_code: str
    prefecture: str
    city: str
    town: str
    city_code: str


class World(Protocol):
    """Facts from outside that answers are checked against; given by the caller so that the engine stays pure."""

    @property
    def now(self) -> datetime:
        """This moment, aware, in Asia/Tokyo."""

    def towns(self, postal_code: str) -> Sequence[Town]:
        """Towns of a 7-digit postal code; empty if it does not exist."""

    def lookup(self, app: str, key: str, value: str) -> Mapping[str, Value] | None:
        """The row of ``app`` whose ``key`` is ``value``, or None."""
