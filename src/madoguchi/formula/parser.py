"""Reads the source of a formula into a tree (precedence climbing)."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from madoguchi.formula.errors import FormulaError
from madoguchi.formula.nodes import Call, Chain, Expression, Literal, Node, Reference, Sign, Step
from madoguchi.formula.tokens import Token, tokens
from madoguchi.lib.text import nfc

MAX_LENGTH = 10_000
MAX_NESTING = 100

_STRENGTH = {"^": 5, "*": 4, "/": 4, "+": 3, "-": 3, "&": 2} | dict.fromkeys(("=", "!=", "<>", "<", "<=", ">", ">="), 1)
"""All group from the left, ``^`` too, as in Excel; a sign binds more strongly than ``^`` (-2^2 is 4)."""
_CONSTANTS = {"TRUE": True, "FALSE": False}


@lru_cache(maxsize=4096)
def parse(source: str) -> Expression:
    """The formula written in ``source``; raises FormulaError with position, reason and remedy."""
    if len(source) > MAX_LENGTH:
        raise FormulaError(f"計算式が長すぎます。{MAX_LENGTH:,}文字以内にしてください。", MAX_LENGTH)
    return Expression(source, _Parser(nfc(source)).formula())


class _Parser:
    def __init__(self, source: str) -> None:
        self._tokens = list(tokens(source))
        self._index = 0
        self._depth = 0

    def _next(self) -> Token:
        return self._tokens[self._index]

    def _take(self) -> Token:
        token = self._next()
        self._index += token.kind != "end"
        return token

    def _take_if(self, operator: str) -> bool:
        found = self._next().kind == "operator" and self._next().text == operator
        self._index += found
        return found

    def formula(self) -> Node:
        if self._next().kind == "end":
            raise FormulaError("計算式が空です。計算式を入力してください（例: 単価 * 数量）。")
        root = self._expression(1)
        if self._next().kind != "end":
            raise self._unexpected()
        return root

    def _expression(self, weakest: int) -> Node:
        self._depth += 1
        if self._depth > MAX_NESTING:
            message = f"入れ子が深すぎます（{MAX_NESTING}段まで）。いくつかの計算フィールドに分けてください。"
            raise FormulaError(message, self._next().position)
        left = self._operand()
        while (strength := self._strength()) >= weakest:
            left = self._chain(left, strength)
        self._depth -= 1
        return left

    def _strength(self) -> int:
        return _STRENGTH.get(self._next().text, 0) if self._next().kind == "operator" else 0

    def _chain(self, first: Node, strength: int) -> Chain:
        steps = []
        while self._strength() == strength:
            operator = self._take()
            steps.append(Step(operator.text, self._expression(strength + 1), operator.position))
        return Chain(first, tuple(steps), first.position)

    def _operand(self) -> Node:
        token = self._take()
        match token.kind, token.text:
            case "number", text:
                return Literal(Decimal(text), token.position)
            case "text", text:
                return Literal(text, token.position)
            case "name", _:
                return self._name(token)
            case "operator", ("+" | "-") as sign:
                return Sign(sign, self._expression(max(_STRENGTH.values()) + 1), token.position)
            case "operator", "(":
                inner = self._expression(1)
                self._close(token)
                return inner
        raise self._missing_operand(token)

    def _name(self, token: Token) -> Node:
        name = token.text.upper()
        if self._take_if("("):
            return Call(name, self._arguments(token), token.position)
        if name in _CONSTANTS:
            return Literal(_CONSTANTS[name], token.position)
        return Reference(token.text, token.position)

    def _arguments(self, opening: Token) -> tuple[Node, ...]:
        if self._take_if(")"):
            return ()
        arguments = [self._expression(1)]
        while self._take_if(","):
            arguments.append(self._expression(1))
        self._close(opening)
        return tuple(arguments)

    def _close(self, opening: Token) -> None:
        if self._take_if(")"):
            return
        if self._next().kind == "end":
            raise FormulaError("かっこ「(」が閉じていません。対応する「)」を書いてください。", opening.position)
        raise self._unexpected()

    def _unexpected(self) -> FormulaError:
        token = self._next()
        if token.text == ")" and token.kind == "operator":
            return FormulaError("対応する「(」がない「)」があります。消すか「(」を書いてください。", token.position)
        if token.text == "," and token.kind == "operator":
            return FormulaError("「,」は関数のかっこの中だけで使えます。「,」を消してください。", token.position)
        return FormulaError(
            f"「{token.text}」の前に演算子がありません。+ や & などでつないでください。", token.position
        )

    def _missing_operand(self, token: Token) -> FormulaError:
        if token.kind == "end":
            return FormulaError("計算式が途中で終わっています。続きの値を書いてください。", token.position)
        return FormulaError(f"「{token.text}」の前に値がありません。数値やフィールドを書いてください。", token.position)
