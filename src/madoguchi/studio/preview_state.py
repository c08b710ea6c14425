"""A preview's interview travels with the request: what the page sends back is taken only as far as it fits."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

from madoguchi.definition.app import AppDefinition, Applicant, Procedure
from madoguchi.definition.checking import Ok, parse_answer
from madoguchi.definition.fields import AnyField, ChannelName, TextField
from madoguchi.definition.text import LANGUAGES, Language, japanese
from madoguchi.interview import engine
from madoguchi.interview.types import Phase, State
from madoguchi.studio.samples import MadeUpWorld

TOKEN = "preview"  # noqa: S105 - stands where an interview's token stands in addresses


@dataclass(frozen=True, slots=True)
class Sent:
    """What the page asks for. ``state`` is what it was given last time, ``event`` what was pressed or typed since."""

    state: Mapping[str, Any]
    event: Mapping[str, Any]
    language: Language

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Sent:
        """From the JSON; what is not understood is left out."""
        language = data.get("language")
        return cls(
            _mapping(data.get("state")), _mapping(data.get("event")),
            cast(Language, language) if language in LANGUAGES else "ja",
        )


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """An interview that nobody stores."""

    definition: AppDefinition
    state: State
    world: MadeUpWorld

    def to_json(self) -> dict[str, Any]:
        """What the page sends back with the next request."""
        return {**self.state.to_json(), "asked": _print_of(self.definition, self.state.current)}


def rehearsal(defn: AppDefinition, sent: Sent, channel: ChannelName) -> Rehearsal:
    """The interview as the page knows it; answers that no longer fit their field are asked again."""
    world = MadeUpWorld(channel)
    asked = playable(defn)
    return Rehearsal(asked, _state(asked, sent, world), world)


def playable(defn: AppDefinition) -> AppDefinition:
    """The draft as far as it can be played: what its findings say is broken is left out, a procedure stands in."""
    fields = tuple(_playable_field(field) for field in defn.fields)
    layout = tuple(
        group.model_copy(update={"fields": tuple(code for code in group.fields if code in defn.by_code)})
        for group in defn.layout
    )
    return defn.model_copy(update={"fields": fields, "layout": layout, "procedure": _procedure(defn)})


def _playable_field(field: AnyField) -> AnyField:
    if not isinstance(field, TextField) or not field.pattern:
        return field
    try:
        re.compile(field.pattern)
    except re.error:
        return field.model_copy(update={"pattern": None})
    return field


def _procedure(defn: AppDefinition) -> Procedure:
    """The app's own procedure, or a stand-in where it has none yet."""
    if defn.procedure is not None:
        return defn.procedure
    return Procedure(
        prefix="XX", title=defn.name, summary=defn.description or defn.name, office=japanese("担当課"), phone="",
        applicant=Applicant(name=next((field.code for field in defn.fields if field.type == "name"), "")),
    )


def procedure_of(defn: AppDefinition) -> Procedure:
    """The procedure that ``playable`` gave it."""
    assert defn.procedure is not None
    return defn.procedure


def _state(defn: AppDefinition, sent: Sent, world: MadeUpWorld) -> State:
    fresh = engine.begin(defn, language=sent.language)
    data = sent.state
    current, phase = data.get("current"), data.get("phase")
    if phase not in get_args(Phase) or not isinstance(current, str | None):
        return fresh
    answers = _fitting(defn, _mapping(data.get("answers")), world)
    same = data.get("asked") == _print_of(defn, current)
    skipped = data["skipped"] if isinstance(data.get("skipped"), list) else []
    return replace(
        fresh, phase=cast(Literal["asking", "checking", "confirmed"], phase), answers=answers,
        current=current if current in defn.by_code else None,
        partial=_mapping(data.get("partial")) if same else {},
        skipped=frozenset(code for code in skipped if isinstance(code, str)),
        changing=data.get("changing") is True,
    )


def _fitting(defn: AppDefinition, answers: Mapping[str, Any], world: MadeUpWorld) -> dict[str, Any]:
    known = {code: value for code, value in answers.items() if code in defn.by_code}
    checked = {code: parse_answer(defn.by_code[code], value, world) for code, value in known.items()}
    return {code: found.value for code, found in checked.items() if isinstance(found, Ok) and found.value is not None}


def _print_of(defn: AppDefinition, code: str | None) -> int:
    """Changes when the field does: a name of which half is given is not gone on with as an address."""
    field = defn.by_code.get(code or "")
    return zlib.crc32(field.model_dump_json().encode()) if field else 0


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
