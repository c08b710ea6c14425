"""Which comparisons of an ``and`` speak of the same row of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from madoguchi.query.fields import QueryField
from madoguchi.query.nodes import NEGATIVE, Condition, all_of, predicates


@dataclass(frozen=True, slots=True)
class Group:
    """A condition on one and the same row of ``table``; on the record as a whole if it is None."""

    table: str | None
    condition: Condition


def grouped(parts: Iterable[Condition], fields: Mapping[str, QueryField]) -> list[Group]:
    """The parts of an ``and``: those that ask for a row of the same table are joined, as one row must meet them all.

    Negative comparisons stand alone: they speak of every row anyway.
    """
    found: list[Group] = []
    joined: dict[str, list[Condition]] = {}
    for part in parts:
        table = row_table(part, fields)
        if table is None:
            found.append(Group(None, part))
        else:
            joined.setdefault(table, []).append(part)
    return [*found, *(Group(table, all_of(conditions)) for table, conditions in joined.items())]


def row_table(condition: Condition, fields: Mapping[str, QueryField]) -> str | None:
    """The table of whose rows the condition asks that some row be so; None if it speaks of anything else."""
    inner = list(predicates(condition))
    tables = {fields[predicate.field].table for predicate in inner}
    return tables.pop() if len(tables) == 1 and not any(p.operator in NEGATIVE for p in inner) else None
