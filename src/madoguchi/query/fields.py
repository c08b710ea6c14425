"""What a query may say about which kind of field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from madoguchi.query.nodes import Operator

Kind = Literal[
    "RECORD_NUMBER", "ID", "NUMBER", "CALC", "SINGLE_LINE_TEXT", "LINK", "MULTI_LINE_TEXT", "RICH_TEXT", "FILE",
    "CHECK_BOX", "RADIO_BUTTON", "DROP_DOWN", "MULTI_SELECT", "STATUS", "STATUS_ASSIGNEE", "DATE", "TIME", "DATETIME",
    "CREATED_TIME", "UPDATED_TIME", "CREATOR", "MODIFIER", "USER_SELECT", "ORGANIZATION_SELECT", "GROUP_SELECT",
]  # fmt: skip
"""kintone's names."""

NUMBERS: frozenset[Kind] = frozenset({"RECORD_NUMBER", "ID", "NUMBER", "CALC"})
LINES: frozenset[Kind] = frozenset({"SINGLE_LINE_TEXT", "LINK"})
CHOICES: frozenset[Kind] = frozenset({"CHECK_BOX", "RADIO_BUTTON", "DROP_DOWN", "MULTI_SELECT"})
MOMENTS: frozenset[Kind] = frozenset({"DATETIME", "CREATED_TIME", "UPDATED_TIME"})
USERS: frozenset[Kind] = frozenset({"CREATOR", "MODIFIER", "USER_SELECT", "STATUS_ASSIGNEE"})
ORDERED: frozenset[Kind] = (
    NUMBERS | LINES | MOMENTS | {"DATE", "TIME", "RADIO_BUTTON", "DROP_DOWN", "STATUS", "CREATOR", "MODIFIER"}
)
"""Kinds that ``order by`` takes."""

_EQUAL: frozenset[Operator] = frozenset({"=", "!="})
_COMPARE: frozenset[Operator] = _EQUAL | {">", "<", ">=", "<="}
_AMONG: frozenset[Operator] = frozenset({"in", "not in"})
_LIKE: frozenset[Operator] = frozenset({"like", "not like"})
_EMPTY: frozenset[Operator] = frozenset({"is empty", "is not empty"})


def operators(kind: Kind) -> frozenset[Operator]:
    """The operators a field of that kind takes, as in kintone."""
    if kind in NUMBERS:
        return _COMPARE | _AMONG
    if kind in LINES:
        return _EQUAL | _AMONG | _LIKE
    if kind in ("MULTI_LINE_TEXT", "RICH_TEXT", "FILE"):
        return _LIKE | _EMPTY
    if kind == "STATUS":
        return _EQUAL | _AMONG
    return _COMPARE if kind in MOMENTS or kind in ("DATE", "TIME") else _AMONG


@dataclass(frozen=True, slots=True)
class QueryField:
    """One name a query may use, and where its value is found.

    The value is that of the app's field ``source`` (within each row of ``table``, if it has one), or the system column
    ``system``. ``parts``: of a composite value that part; several are read one after the other, without spaces.
    ``options`` lead from what may be written to the values stored for it.
    """

    code: str
    kind: Kind
    source: str = ""
    parts: tuple[str, ...] = ()
    system: str = ""
    table: str | None = None
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
