"""What every parser of answers needs: its surroundings, and plain text out of whatever came."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from madoguchi.definition.formulas import FormulaValues
from madoguchi.definition.problems import refuse
from madoguchi.definition.values import Value
from madoguchi.definition.world import World
from madoguchi.lib.text import nfc, normalise_spaces

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Neither PostgreSQL nor UTF-8 takes NUL and lone surrogates; nobody types the others on purpose."""


@dataclass(frozen=True, slots=True)
class Context:
    """The world, the other answers as formulas see them, and the way to check a field inside this one."""

    world: World
    values: FormulaValues
    check: Callable[[Any, Any, Context], Value]


def is_blank(raw: Any) -> bool:
    """Nothing was typed: None, white space, or a form in which every box is empty."""
    if isinstance(raw, str):
        return not normalise_spaces(raw)
    if isinstance(raw, Mapping):
        return all(is_blank(item) for item in raw.values())
    return raw is None or (isinstance(raw, (list, tuple)) and all(is_blank(item) for item in raw))


def lines_of(field: Any, raw: Any) -> str:
    """Text with its line breaks, in NFC; numbers are taken as text."""
    if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str):
        raise refuse("unreadable", field.label, example=field.example)
    return nfc(_CONTROL.sub("", raw.replace("\r\n", "\n").replace("\r", "\n"))).strip()


def line_of(field: Any, raw: Any) -> str:
    """Text on one line, in NFC, single spaces."""
    return normalise_spaces(lines_of(field, raw))


def check_length(field: Any, text: str, *, limit: int, part: str | None = None) -> str:
    """``text``, or a refusal where it has more than ``limit`` characters."""
    if len(text) > limit:
        raise refuse("too_long", field.label, part=part, limit=limit, count=len(text))
    return text


def box(raw: Mapping[str, Any], key: str) -> Any:
    """One box of a form; None where it is missing."""
    value = raw.get(key)
    return value if isinstance(value, (str, int, float)) else None
