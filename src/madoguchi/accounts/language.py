"""The language of whoever is reading: what Django found in the request, or what a job was told to write in."""

from __future__ import annotations

from django.utils.translation import get_language

from madoguchi.definition.text import Language, Text


def current() -> Language:
    """``en`` or ``ja``, which all texts have; plain Japanese is the public site's own matter."""
    return "en" if (get_language() or "ja").startswith("en") else "ja"


def in_words(text: Text) -> str:
    """A definition's text in that language."""
    return text.in_language(current())
