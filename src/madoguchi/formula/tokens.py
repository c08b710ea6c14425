"""Cuts the source of a formula into tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from madoguchi.formula.errors import FormulaError

TokenKind = Literal["number", "text", "name", "operator", "end"]

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)
      | "(?P<text>(?:[^"]|"")*)"
      | (?P<name>[^\W\d][\w・]*)
      | (?P<operator><=|>=|<>|!=|[-+*/^&=<>(),])""",
    re.VERBOSE,
)
_MISTAKES = (
    ("==", "等しいかどうかは「=」を1つだけ書きます。"),
    ("&&", "「かつ」は AND(条件1, 条件2) と書きます。"),
    ("||", "「または」は OR(条件1, 条件2) と書きます。"),
    ("!", "「ではない」は NOT(条件)、「等しくない」は <> と書きます。"),
    ("'", "文字は半角の二重引用符で囲みます（例: \"はい\"）。"),
    ("%", "百分率は小数で書きます（例: 10% は 0.1）。"),
    ("\"", "文字の終わりの「\"」がありません。文字の前後を「\"」で囲んでください。"),
    (";", "値の区切りには半角の「,」を使います。"),
)  # fmt: skip
_HALF_WIDTH = {
    "＋": "+", "－": "-", "−": "-", "‐": "-", "–": "-", "—": "-", "＊": "*", "×": "*", "／": "/", "÷": "/",
    "＾": "^", "＆": "&", "＝": "=", "＜": "<", "＞": ">", "≠": "<>", "≦": "<=", "≤": "<=", "≧": ">=", "≥": ">=",
    "（": "(", "）": ")", "，": ",", "、": ",", "“": '"', "”": '"', "＂": '"', "．": ".",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` is what stands there; for texts without the quotes, with ``""`` read as one quote."""

    kind: TokenKind
    text: str
    position: int


def tokens(source: str) -> Iterator[Token]:
    """The tokens of ``source``, with one of kind "end" as the last; raises FormulaError at the first odd spot."""
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None or source.startswith(("==", "&&"), position):
            raise _mistake(source, position)
        if match.lastgroup in ("number", "text", "name", "operator"):
            text = match[match.lastgroup]
            yield Token(match.lastgroup, text.replace('""', '"') if match.lastgroup == "text" else text, position)  # type: ignore[arg-type]
        position = match.end()
    yield Token("end", "", len(source))


def _mistake(source: str, position: int) -> FormulaError:
    character = source[position]
    if half := _HALF_WIDTH.get(character):
        return FormulaError(f"「{character}」は計算式では使えません。半角の「{half}」に直してください。", position)
    if character.isdecimal():
        return FormulaError(f"「{character}」は全角の数字です。半角の数字に直してください。", position)
    for wrong, hint in _MISTAKES:
        if source.startswith(wrong, position):
            return FormulaError(hint, position)
    return FormulaError(f"「{character}」は計算式では使えません。この文字を消してください。", position)
