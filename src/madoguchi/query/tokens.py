"""Cuts the source of a query into tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

from madoguchi.lib.text import nfc
from madoguchi.query.errors import QuerySyntaxError

TokenKind = Literal["word", "number", "name", "operator", "end"]

NAME = r"[^\W\d][\w・＿￥＄￡￠￦]*"
"""A field code; ``$id`` and codes within related records (``関連.コード``) beside it."""
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
      | (?P<number>[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?(?![\w・]))
      | "(?P<word>(?:[^"\\\t\n\r]++|\\["\\/tnr])*+)"
      | (?P<name>\$id\b|{NAME}(?:\.(?:\$id\b|{NAME}))?)
      | (?P<operator><=|>=|!=|[=<>(),])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r"}
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_HALF_WIDTH = {
    "＝": "=", "＜": "<", "＞": ">", "≠": "!=", "≦": "<=", "≤": "<=", "≧": ">=", "≥": ">=", "（": "(", "）": ")",
    "，": ",", "、": ",", "“": '"', "”": '"', "＂": '"', "「": '"', "」": '"', "！": "!",
}  # fmt: skip
_MISTAKES = (
    ("==", "等しいかどうかは「=」を1つだけ書きます。", "Write “equal” as a single =."),
    ("<>", "「等しくない」は != と書きます。", "Write “not equal” as !=."),
    ("&&", "「かつ」は and と書きます。", "Write “and” as and."),
    ("||", "「または」は or と書きます。", "Write “or” as or."),
    ("!", "「等しくない」は !=、「含まない」は not like か not in と書きます。", "Use !=, not like or not in."),
    (
        "'", "文字は半角の二重引用符で囲みます（例: \"市川\"）。一重引用符は使えません。",
        "Put text in double quotes (for example \"Ichikawa\"). Single quotes cannot be used.",
    ),
    ("`", "フィールドコードは何も付けずにそのまま書きます。", "Write field codes as they are, without back quotes."),
    ("$", "「$」で始まるのは $id だけです。", "$id is the only name that begins with $."),
)


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` is what stands there; for words without quotes and escapes."""

    kind: TokenKind
    text: str
    position: int

    def says(self, *keywords: str) -> bool:
        """Whether it is one of these keywords, in small letters or capitals."""
        return self.kind == "name" and self.text.lower() in keywords


def tokens(source: str) -> Iterator[Token]:
    """The tokens of ``source``, with one of kind "end" as the last; raises QuerySyntaxError at the first odd spot."""
    if odd := _UNSTORABLE.search(source):
        raise QuerySyntaxError(
            odd.start(), "使えない文字（制御文字）が入っています。消してください。",
            "It contains a character that cannot be used. Remove it.",
        )  # fmt: skip
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None or source.startswith(("<>", "=="), position):
            raise _mistake(source, position)
        if match.lastgroup != "space":
            yield _token(match)
        position = match.end()
    yield Token("end", "", len(source))


def _token(match: re.Match[str]) -> Token:
    kind = cast(TokenKind, match.lastgroup)
    text = match[kind]
    if kind == "word":
        text = _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), text)
    return Token(kind, nfc(text), match.start())


def _mistake(source: str, position: int) -> QuerySyntaxError:
    character = source[position]
    if character == '"':
        return _broken_word(source, position)
    if half := _HALF_WIDTH.get(character):
        return QuerySyntaxError(
            position, f"「{character}」は全角です。半角の「{half}」に直してください。",
            f"“{character}” is a full-width character. Write {half} instead.",
        )  # fmt: skip
    if character.isdecimal():
        return QuerySyntaxError(
            position, f"「{character}」は全角の数字です。半角の数字に直してください。",
            f"“{character}” is a full-width digit. Write it in half width.",
        )  # fmt: skip
    for wrong, japanese, english in _MISTAKES:
        if source.startswith(wrong, position):
            return QuerySyntaxError(position, japanese, english)
    return QuerySyntaxError(
        position, f"「{character}」はここでは使えません。文字の値なら「\"」で囲んでください。",
        f"“{character}” cannot be used here. Put text in double quotes.",
    )  # fmt: skip


def _broken_word(source: str, position: int) -> QuerySyntaxError:
    """Why a text that begins at ``position`` is none: what stands where it stops making sense."""
    inside = re.compile(r'(?:[^"\\\t\n\r]++|\\["\\/tnr])*+').match(source, position + 1)
    stop = inside.end() if inside else position
    match source[stop : stop + 1]:
        case "":
            return QuerySyntaxError(
                position, "文字の終わりの「\"」がありません。文字の前後を「\"」で囲んでください。",
                "The closing double quote is missing.",
            )  # fmt: skip
        case "\\":
            return QuerySyntaxError(
                stop, "「\\」は「\\\\」、引用符は「\\\"」、改行は「\\n」、タブは「\\t」と書きます。",
                "Write a backslash as \\\\, a quote as \\\", a line break as \\n and a tab as \\t.",
            )  # fmt: skip
    return QuerySyntaxError(
        stop, "文字の中に改行やタブは直接書けません。改行は「\\n」、タブは「\\t」と書いてください。",
        "Text cannot contain line breaks or tabs. Write \\n or \\t instead.",
    )  # fmt: skip
