"""How ``like`` compares: a true substring, whatever the case, the width and the kana."""

from __future__ import annotations

import re
import unicodedata

import jaconv

SPACES = " \t\n\r\x0b\x0c\xa0\u3000"
"""What counts as white space, for Python and for PostgreSQL alike."""
TAG = "<[^>]*>"
"""What is not text in rich text, as a regular expression that Python and PostgreSQL read alike."""
WITHOUT_SPACES = str.maketrans("", "", SPACES)


def spellings(keyword: str) -> tuple[str, ...]:
    """The keyword in every way it may be written throughout: katakana, hiragana, half and full width; at most 7.

    Words of kanji have one spelling only. A text that mixes spellings within the keyword is found by the spelling it
    is written in, as the stored text is compared as it stands.
    """
    wide = unicodedata.normalize("NFKC", keyword)
    katakana, hiragana = jaconv.hira2kata(wide), jaconv.kata2hira(wide)
    full = jaconv.h2z(wide, kana=False, ascii=True, digit=True)
    half = jaconv.z2h(katakana, kana=True)
    found = (keyword, wide, katakana, hiragana, full, jaconv.hira2kata(full), half)
    return tuple(dict.fromkeys(text.lower() for text in found if text))


def is_blank(text: str | None) -> bool:
    """Whether it holds nothing but white space."""
    return not text or not text.translate(WITHOUT_SPACES)


def without_tags(html: str) -> str:
    """The text of rich text; ``&amp;`` and the like stay as they are."""
    return re.sub(TAG, "", html)
