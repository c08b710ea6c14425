"""What reading a table gives, and how it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

MAX_BYTES = 100 * 1024 * 1024
MAX_COLUMNS = 500

Row: TypeAlias = tuple[int, list[str]]
"""The row's number as the spreadsheet shows it, and its cells as text; blank cells are ``""``."""


class TableError(ValueError):
    """The file is no table we can read; ``str`` says in Japanese what it is and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """How a file is to be read. ``header_row`` is the last row of the header, None where there is none."""

    kind: Literal["xlsx", "text"]
    header_row: int | None
    width: int
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What was found in a file: ``header`` has a name for every column, ``sample`` the first rows below it."""

    source: Source
    sheets: tuple[str, ...]
    header: tuple[str, ...]
    sample: tuple[Row, ...]


def letters(index: int) -> str:
    """The name a spreadsheet gives to a column: 0 is A, 26 is AA."""
    name = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        name, index = chr(65 + rest) + name, index - 1
    return name
