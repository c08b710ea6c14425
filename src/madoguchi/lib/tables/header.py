"""Finds the header of a table below titles, dates of issue and merged cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from madoguchi.lib.tables.base import Row, letters
from madoguchi.lib.text import normalise_spaces

SEARCHED_ROWS = 20
FILLED = 0.6
"""A header names at least so many of the columns; a title fills one or two cells."""
NAME_LENGTH = 60
_DATA = re.compile(
    r"[\d\s,.:/+−\-¥￥円%]+|(?:明治|大正|昭和|平成|令和|[MTSHR])\s*(?:元|\d{1,2})\s*[年./\-].*|\S+@\S+\.\S+|\d{4}年.*"
)


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header is among the rows searched: ``rows`` of them, the last at ``last``; none: ``last`` is -1."""

    last: int
    names: tuple[str, ...]


def find_header(rows: Sequence[Row]) -> Header:
    """The header of a table, from its first rows; names of its own where there is none."""
    grid = [[normalise_spaces(cell) for cell in cells] for _, cells in rows]
    width = _width(grid)
    grid = [cells[:width] + [""] * (width - len(cells)) for cells in grid]
    most = max((sum(map(bool, cells)) for cells in grid), default=0)
    for index, cells in enumerate(grid[:SEARCHED_ROWS]):
        if _names_columns(cells, most):
            below = grid[index + 1] if index + 1 < len(grid) else cells
            if _goes_on(cells, below):
                return Header(index + 1, unique_names(_joined(cells, below)))
            return Header(index, unique_names(cells))
    return Header(-1, unique_names([""] * width))


def names_at(rows: Sequence[Row], index: int) -> tuple[str, ...]:
    """The names in the row that somebody chose as the header."""
    width = max((len(cells) for _, cells in rows), default=0)
    cells = [normalise_spaces(cell) for cell in rows[index][1]]
    return unique_names(cells + [""] * (width - len(cells)))


def unique_names(cells: Sequence[str]) -> tuple[str, ...]:
    """A name for every column: ``列C`` where there is none, ``備考（2）`` where it stands there twice."""
    names: list[str] = []
    for index, cell in enumerate(cells):
        name = cell[:NAME_LENGTH] or f"列{letters(index)}"
        same, number = name, 2
        while same in names:
            same, number = f"{name}（{number}）", number + 1
        names.append(same)
    return tuple(names)


def _width(grid: Sequence[Sequence[str]]) -> int:
    return max((index + 1 for cells in grid for index, cell in enumerate(cells) if cell), default=0)


def _names_columns(cells: Sequence[str], most: int) -> bool:
    filled = [cell for cell in cells if cell]
    if len(filled) < max(1, most * FILLED) or len(set(filled)) < len(filled) * 0.5:
        return False
    return not any(_DATA.fullmatch(cell) or len(cell) > NAME_LENGTH for cell in filled)


def _goes_on(cells: Sequence[str], below: Sequence[str]) -> bool:
    """Whether the row below names what a merged cell spans: it fills every gap, and not all of the width."""
    gaps = [index for index, cell in enumerate(cells) if not cell]
    filled = [cell for cell in below if cell]
    return (
        bool(gaps) and all(below[index] for index in gaps) and len(filled) < len(cells)
        and not any(_DATA.fullmatch(cell) for cell in filled)
    )  # fmt: skip


def _joined(cells: Sequence[str], below: Sequence[str]) -> list[str]:
    return [lower or upper for upper, lower in zip(cells, below, strict=True)]
