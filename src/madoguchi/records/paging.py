"""Keyset paging: a page begins where the sort values of the row before say, whatever came or went meanwhile."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from psycopg import sql

from madoguchi.catalog.indexes import SortKey


class BadCursor(ValueError):
    """The cursor is damaged or belongs to a list in another order."""


def steps(keys: Sequence[SortKey], position: Sequence[str | None]) -> Iterator[list[sql.Composable]]:
    """Conditions for "comes after ``position``", one per branch: equal up to a key and beyond it there."""
    equal: list[sql.Composable] = []
    for key, value in zip(keys, position, strict=True):
        column = sql.Identifier(key.column)
        if value is not None:
            beyond = sql.SQL("{} < {}" if key.descending else "{} > {}").format(column, sql.Literal(value))
            yield [*equal, beyond]
            if key.nullable:
                yield [*equal, sql.SQL("{} IS NULL").format(column)]
            equal = [*equal, sql.SQL("{} = {}").format(column, sql.Literal(value))]
        else:
            equal = [*equal, sql.SQL("{} IS NULL").format(column)]


def cursor_of(row: Mapping[str, Any], keys: Sequence[SortKey]) -> str:
    """Where a page ends that ends with ``row``; its sort values are ``k0``, ``k1`` …, as text."""
    position = [[key.column, row[f"k{n}"]] for n, key in enumerate(keys)]
    return base64.urlsafe_b64encode(json.dumps(position, ensure_ascii=False).encode()).decode().rstrip("=")


def position_of(cursor: str, keys: Sequence[SortKey]) -> list[str | None]:
    """The sort values in ``cursor``; raises BadCursor."""
    try:
        pairs = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [value for _, value in pairs]
        fits = [name for name, _ in pairs] == [key.column for key in keys]
    except (binascii.Error, ValueError, TypeError) as damaged:
        raise BadCursor(cursor) from damaged
    if not fits or not all(value is None or isinstance(value, str) for value in values):
        raise BadCursor(cursor)
    return values
