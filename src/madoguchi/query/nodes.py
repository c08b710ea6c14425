"""The tree of a query. Positions count the characters before the node in the source; they make no difference in ``==``.

Build conditions with ``all_of`` and ``any_of``: they keep the tree flat, so that equal queries are equal trees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as described
from typing import Literal, TypeAlias

Operator = Literal[
    "=", "!=", ">", "<", ">=", "<=", "in", "not in", "like", "not like", "is empty", "is not empty"
]  # fmt: skip
NEGATIVE: frozenset[Operator] = frozenset({"!=", "not in", "not like", "is not empty"})


@dataclass(frozen=True, slots=True)
class Word:
    """A text in double quotes, escapes resolved."""

    text: str
    position: int = described(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written."""

    text: str
    position: int = described(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function such as ``FROM_TODAY(5, DAYS)``; name and words are in capitals."""

    name: str
    arguments: tuple[str, ...] = ()
    position: int = described(default=0, compare=False)


Value: TypeAlias = Word | Number | Call


@dataclass(frozen=True, slots=True)
class Predicate:
    """One comparison. ``in`` and ``not in`` have one or more values, ``is empty`` none, all others exactly one."""

    field: str
    operator: Operator
    values: tuple[Value, ...] = ()
    position: int = described(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more parts, none of them an ``And`` itself."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of two or more parts, none of them an ``Or`` itself."""

    parts: tuple[Condition, ...]


Condition: TypeAlias = Predicate | And | Or


@dataclass(frozen=True, slots=True)
class OrderBy:
    field: str
    descending: bool = False
    position: int = described(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Query:
    """A condition (None: every record), the order (empty: newest first), how many records and from where."""

    condition: Condition | None = None
    order_by: tuple[OrderBy, ...] = ()
    limit: int | None = None
    offset: int | None = None


def all_of(parts: Iterable[Condition]) -> Condition:
    """The conjunction of one or more conditions."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,)))
    return flat[0] if len(flat) == 1 else And(flat)


def any_of(parts: Iterable[Condition]) -> Condition:
    """The disjunction of one or more conditions."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,)))
    return flat[0] if len(flat) == 1 else Or(flat)


def predicates(condition: Condition | None) -> Iterator[Predicate]:
    """Every comparison in a condition, from left to right."""
    match condition:
        case Predicate():
            yield condition
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from predicates(part)


def references(query: Query | Condition | None) -> frozenset[str]:
    """Codes of the fields that a query or condition reads."""
    if not isinstance(query, Query):
        return frozenset(predicate.field for predicate in predicates(query))
    return references(query.condition) | {order.field for order in query.order_by}
