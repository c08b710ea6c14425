"""What goes into the question engine and what comes out: plain immutable data, no channel, no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from madoguchi.definition.compute import FeeRow
from madoguchi.definition.fields import AnyField
from madoguchi.definition.problems import Problem
from madoguchi.definition.text import Language, Text
from madoguchi.definition.values import Value
from madoguchi.definition.world import Town, World

__all__ = (
    "Answer", "Back", "Change", "Choice", "Confirm", "Confirmed", "FeeRow", "Input", "Phase", "Problem", "Prompt",
    "Question", "Restart", "Skip", "Start", "State", "Summary", "SummaryRow", "Town", "World",
)  # fmt: skip

Phase = Literal["asking", "checking", "confirmed"]
"""asking: a question is open; checking: all answered, the summary is shown; confirmed: the resident sent it."""


@dataclass(frozen=True, slots=True)
class State:
    """Where one resident is in one procedure.

    ``answers`` keeps every answer given, also of fields hidden just now, so that it returns when the condition
    flips back; ``definition.compute.visible_values`` leaves those out. ``current`` is the code of the open question.
    ``partial`` holds the parts already given of a composite field that is asked part by part (in chat).
    ``skipped`` are the optional questions left unanswered and the headings read. ``changing`` is true while the
    resident goes back to one answer from the summary. ``only`` limits a correction to the fields that staff asked for
    (and what becomes visible through them); ``revised`` are those of them already answered again.
    """

    phase: Phase = "asking"
    current: str | None = None
    answers: Mapping[str, Value] = field(default_factory=dict)
    partial: Mapping[str, Value] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()
    changing: bool = False
    only: frozenset[str] | None = None
    revised: frozenset[str] = frozenset()
    language: Language = "ja"

    def to_json(self) -> dict[str, Any]:
        """A JSON object from which ``from_json`` makes the same state."""
        return {
            "phase": self.phase, "current": self.current, "answers": dict(self.answers),
            "partial": dict(self.partial), "skipped": sorted(self.skipped), "changing": self.changing,
            "only": None if self.only is None else sorted(self.only), "revised": sorted(self.revised),
            "language": self.language,
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> State:
        """The state that ``to_json`` wrote; unknown keys are ignored, missing ones take their default."""
        known = {name: data[name] for name in cls.__slots__ if name in data}
        known |= {name: frozenset(known.get(name, ())) for name in ("skipped", "revised")}
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
class Choice:
    """One thing the resident may tap or tick."""

    value: str
    label: Text
    help: Text | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Ask ``field``. ``choices`` are the ones visible now; more than one may be chosen where ``kind`` is choices.

    ``kind`` is the type of what is asked: the field's, or that of the part. ``part`` (with its label and example) is
    set when only that part is asked (chat). ``intro`` are headings and explanations to show before (chat).
    ``value`` is what was answered before (or typed wrongly: nothing is lost), ``position``/``total`` count the
    questions visible now.
    """

    field: AnyField
    kind: str
    choices: Sequence[Choice] = ()
    part: str | None = None
    part_label: Text | None = None
    part_example: Text | None = None
    intro: Sequence[Text] = ()
    value: Value = None
    problems: Sequence[Problem] = ()
    position: int = 1
    total: int = 1
    can_skip: bool = False
    can_go_back: bool = False


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One answer of the summary, ready to read. ``changeable`` is false for fields outside a correction.

    ``problem`` says why something in it could not be calculated; empty if all is well.
    """

    field: AnyField
    value: Value
    display: str
    changeable: bool = True
    problem: str = ""


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
