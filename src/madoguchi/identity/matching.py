"""Whether what the card says equals what the resident typed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from madoguchi.lib.text import fold, same_address

Match = Literal["same", "variant", "differs", "missing"]
"""same: to the letter; variant: only width, kana or variant kanji differ; missing: one side says nothing."""

DECISIVE = ("name", "birth_date")
"""A different name or birth date is another person's card. A different address may be a recent move: staff decide."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What the resident typed: full name without space, whole address in one line, ISO birth date."""

    name: str
    address: str = ""
    birth_date: str = ""


def matches(typed: Typed, claims: Mapping[str, str]) -> dict[str, Match]:
    """How each item compares; ``claims`` as the card service gives them (birthdate as YYYYMMDD or ISO)."""
    return {
        "name": _name(typed.name, claims.get("name", "")),
        "address": _address(typed.address, claims.get("address", "")),
        "birth_date": _birth_date(typed.birth_date, claims.get("birthdate", "")),
    }


def same_person(found: Mapping[str, Match]) -> bool:
    """Whether the card may vouch for the applicant: nothing decisive differs or is missing."""
    return all(found.get(item) in {"same", "variant"} for item in DECISIVE)


def _name(typed: str, claimed: str) -> Match:
    if not typed or not claimed:
        return "missing"
    if _unspaced(typed) == _unspaced(claimed):
        return "same"
    return "variant" if fold(typed) == fold(claimed) else "differs"


def _unspaced(name: str) -> str:
    return "".join(name.split())


def _address(typed: str, claimed: str) -> Match:
    if not typed or not claimed:
        return "missing"
    if _unspaced(typed) == _unspaced(claimed):
        return "same"
    return "variant" if same_address(typed, claimed) else "differs"


def _birth_date(typed: str, claimed: str) -> Match:
    one, other = _as_date(typed), _as_date(claimed)
    if one is None or other is None:
        return "missing"
    return "same" if one == other else "differs"


def _as_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
