"""Shows in a list's cells what was looked for: the words as they are written there, however they were typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import groupby

from madoguchi.lib.text import fold
from madoguchi.records.search import Word

_CHARACTER = re.compile(r".[\u0300-\u036f\u3099-\u309c\uff9e\uff9f\ufe00-\ufe0f\U000e0100-\U000e01ef]*", re.DOTALL)
"""A character with the marks that belong to it: ﾊﾞ is one."""


def marked(text: str, words: Sequence[Word]) -> str:
    """``text`` as HTML, with what was looked for in ``<mark>``."""
    ways = [way for word in words for way in word]
    whole = fold(text) if ways else ""
    if not any(way in whole for way in ways):
        return escape(text)
    characters = _CHARACTER.findall(text)
    hit = _hit([fold(character) for character in characters], ways)
    runs = groupby(range(len(characters)), key=hit.__contains__)
    parts = [(found, escape("".join(characters[n] for n in places))) for found, places in runs]
    return "".join(f"<mark>{part}</mark>" if found else part for found, part in parts)


def _hit(folded: Sequence[str], ways: Sequence[str]) -> set[int]:
    """Which characters are part of a word, by their place."""
    whole = "".join(folded)
    owners = [n for n, part in enumerate(folded) for _ in part]
    hit: set[int] = set()
    for way in ways:
        start = whole.find(way)
        while start >= 0:
            hit.update(owners[start : start + len(way)])
            start = whole.find(way, start + 1)
    return hit
