"""The syntax tree of a formula. ``position`` counts the characters before the node in the source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text or TRUE/FALSE."""

    value: Decimal | str | bool
    position: int


@dataclass(frozen=True, slots=True)
class Reference:
    """The value of a field."""

    code: str
    position: int


@dataclass(frozen=True, slots=True)
class Sign:
    """``+`` or ``-`` before an operand."""

    operator: str
    operand: Node
    position: int


@dataclass(frozen=True, slots=True)
class Step:
    """An operator and the operand on its right."""

    operator: str
    operand: Node
    position: int


@dataclass(frozen=True, slots=True)
class Chain:
    """``a + b - c``: operators of one strength, from left to right.

    A flat chain instead of nested pairs keeps the tree shallow however long the formula is.
    """

    first: Node
    steps: tuple[Step, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; ``name`` is in capitals."""

    name: str
    arguments: tuple[Node, ...]
    position: int


Node: TypeAlias = Literal | Reference | Sign | Chain | Call


@dataclass(frozen=True)
class Expression:
    """A parsed formula."""

    source: str
    root: Node

    @cached_property
    def references(self) -> frozenset[str]:
        """Codes of the fields it reads."""
        return frozenset(node.code for node in _walk(self.root) if isinstance(node, Reference))


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in _children(node):
        yield from _walk(child)


def _children(node: Node) -> tuple[Node, ...]:
    match node:
        case Sign(operand=operand):
            return (operand,)
        case Chain(first=first, steps=steps):
            return (first, *(step.operand for step in steps))
        case Call(arguments=arguments):
            return arguments
    return ()
