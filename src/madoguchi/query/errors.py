"""What is wrong with a query, told to the person who wrote it and to the program that sent it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

INVALID = "CB_VA01"
"""kintone's code for everything that is not written in its query language."""
BAD_SYNTAX = ("クエリ記法が間違っています。", "The query is not written correctly.")


class QueryError(ValueError):
    """The query cannot be used. The messages say what is wrong and how to mend it.

    ``code`` is kintone's error code, ``position`` counts the characters before the spot in question.
    """

    def __init__(self, position: int, message_ja: str, message_en: str, code: str = INVALID) -> None:
        super().__init__(message_ja)
        self.position = position
        self.message_ja = message_ja
        self.message_en = message_en
        self.code = code


class QuerySyntaxError(QueryError):
    """It is not written in the query language."""

    def __init__(self, position: int, message_ja: str, message_en: str, code: str = INVALID) -> None:
        super().__init__(position, BAD_SYNTAX[0] + message_ja, f"{BAD_SYNTAX[1]} {message_en}", code)


class QueryCheckError(QueryError):
    """It is well written but does not fit the app: an unknown field, an operator or value the field does not take."""


def did_you_mean(name: str, known: Iterable[str]) -> tuple[str, str]:
    """A hint in Japanese and English at the known name most like ``name``; empty texts if none is."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return (f"「{close[0]}」ではありませんか。", f" Did you mean “{close[0]}”?") if close else ("", "")
