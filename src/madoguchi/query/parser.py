"""Reads the source of a query into a tree. ``and`` binds more tightly than ``or``."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from madoguchi.query.errors import QuerySyntaxError
from madoguchi.query.nodes import (
    Call,
    Condition,
    Number,
    Operator,
    OrderBy,
    Predicate,
    Query,
    Value,
    Word,
    all_of,
    any_of,
)
from madoguchi.query.tokens import Token, tokens

MAX_LENGTH = 300_000
MAX_NESTING = 100
SHORT = 4000
"""Sources up to this length are parsed once and kept: views, rules and notifications are read again and again."""
HUGE = 10**18
"""What stands for a limit or offset with more digits than anyone needs."""

_COMPARISONS = frozenset({"=", "!=", ">", "<", ">=", "<="})
_PREDICATE_WORDS = ("in", "not", "like", "is")
_OPTIONS = ("order", "limit", "offset")


def parse(source: str, *, options: bool = True) -> Query:
    """The query written in ``source``; raises QuerySyntaxError with position, reason and remedy.

    With ``options=False`` it may be a condition only (kintone's ``filterCond``): ``order by``, ``limit`` and
    ``offset`` are errors. An empty source is every record.
    """
    if len(source) > MAX_LENGTH:
        raise QuerySyntaxError(
            MAX_LENGTH, f"クエリが長すぎます。{MAX_LENGTH:,}文字以内にしてください。",
            f"The query is too long. Use at most {MAX_LENGTH:,} characters.",
        )  # fmt: skip
    return _parse_short(source, options) if len(source) <= SHORT else _Parser(source).query(options)


@lru_cache(maxsize=1024)
def _parse_short(source: str, options: bool) -> Query:
    return _Parser(source).query(options)


class _Parser:
    def __init__(self, source: str) -> None:
        self._tokens = list(tokens(source))
        self._index = 0
        self._depth = 0

    def _next(self, ahead: int = 0) -> Token:
        return self._tokens[min(self._index + ahead, len(self._tokens) - 1)]

    def _take(self) -> Token:
        token = self._next()
        self._index += token.kind != "end"
        return token

    def _take_word(self, *words: str) -> bool:
        found = self._next().says(*words)
        self._index += found
        return found

    def _take_operator(self, operator: str) -> bool:
        found = self._next().kind == "operator" and self._next().text == operator
        self._index += found
        return found

    def query(self, options: bool) -> Query:
        at_once = self._next().kind == "end" or self._at_option()
        condition = None if at_once else self._any()
        if self._at_option() and not options:
            raise self._wrong("ここに書けるのは条件だけです。order by・limit・offset は消してください。",
                              "Only a condition can be written here. Remove order by, limit and offset.")  # fmt: skip
        query = Query(condition, self._order_by(), self._count("limit"), self._count("offset"))
        if self._next().kind != "end":
            raise self._unexpected()
        return query

    def _at_option(self) -> bool:
        """Whether ``order by``, ``limit`` or ``offset`` stands here, and not a field of that name."""
        following = self._next(1)
        if self._next().says("order"):
            return following.says("by")
        compared = following.text in _COMPARISONS or following.says(*_PREDICATE_WORDS)
        return self._next().says(*_OPTIONS) and not compared

    def _any(self) -> Condition:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise self._wrong(f"かっこの入れ子が深すぎます（{MAX_NESTING}段まで）。",
                              f"Parentheses are nested too deeply (at most {MAX_NESTING}).")  # fmt: skip
        parts = [self._all()]
        while self._take_word("or"):
            parts.append(self._all())
        self._depth -= 1
        return any_of(parts)

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._take_word("and"):
            parts.append(self._one())
        return all_of(parts)

    def _one(self) -> Condition:
        opening = self._next()
        if not self._take_operator("("):
            return self._predicate()
        inner = self._any()
        self._close(opening)
        return inner

    def _predicate(self) -> Predicate:
        code = self._field()
        if self._next().kind == "operator" and self._next().text in _COMPARISONS:
            operator = cast(Operator, self._take().text)
            return Predicate(code.text, operator, (self._value(),), code.position)
        if self._take_word("is"):
            return Predicate(code.text, self._is(), (), code.position)
        negated = "not " if self._take_word("not") else ""
        if self._take_word("in"):
            return Predicate(code.text, cast(Operator, f"{negated}in"), self._values(), code.position)
        if self._take_word("like"):
            return Predicate(code.text, cast(Operator, f"{negated}like"), (self._value(),), code.position)
        raise self._wrong(f"「{code.text}」の後に演算子（= != > < >= <= in like など）を書いてください。",
                          f"Write an operator after “{code.text}” (= != > < >= <= in like …).")  # fmt: skip

    def _field(self) -> Token:
        if self._next().kind != "name":
            raise self._wrong("ここにはフィールドコードを書いてください（例: 氏名 like \"市川\"）。",
                              "Write a field code here (for example name like \"Ichikawa\").")  # fmt: skip
        return self._take()

    def _is(self) -> Operator:
        negated = self._take_word("not")
        if not self._take_word("empty"):
            raise self._wrong("is の後に書けるのは empty か not empty だけです。",
                              "Only empty or not empty can follow is.")  # fmt: skip
        return "is not empty" if negated else "is empty"

    def _values(self) -> tuple[Value, ...]:
        opening = self._next()
        if not self._take_operator("("):
            raise self._wrong("in の後の値は、かっこで囲んでください（例: in (\"A\", \"B\")）。",
                              "Put the values after in into parentheses: in (\"A\", \"B\").")  # fmt: skip
        found = [self._value()]
        while self._take_operator(","):
            found.append(self._value())
        self._close(opening)
        return tuple(found)

    def _value(self) -> Value:
        token = self._next()
        if token.kind == "word":
            return Word(self._take().text, token.position)
        if token.kind == "number":
            return Number(self._take().text, token.position)
        if token.kind == "name":
            return self._call()
        raise self._wrong("ここには値を書いてください（文字は「\"」で囲みます）。",
                          "Write a value here (text in double quotes).")  # fmt: skip

    def _call(self) -> Call:
        name = self._take()
        opening = self._next()
        if not self._take_operator("("):
            raise QuerySyntaxError(
                name.position, f"文字の値は「\"」で囲んでください（例: \"{name.text}\"）。",
                f"Put text in double quotes: \"{name.text}\".",
            )  # fmt: skip
        arguments: list[str] = []
        if self._next().text != ")":
            arguments.append(self._argument())
            while self._take_operator(","):
                arguments.append(self._argument())
        self._close(opening)
        return Call(name.text.upper(), tuple(arguments), name.position)

    def _argument(self) -> str:
        if self._next().kind not in ("number", "name"):
            raise self._wrong("関数のかっこの中には、数か DAYS などの単語を「\"」なしで書きます。",
                              "Arguments of functions are numbers or words such as DAYS, without quotes.")  # fmt: skip
        return self._take().text.upper()

    def _close(self, opening: Token) -> None:
        if self._take_operator(")"):
            return
        if self._next().kind == "end":
            raise QuerySyntaxError(
                opening.position, "かっこ「(」が閉じていません。対応する「)」を書いてください。",
                "This parenthesis is not closed.",
            )  # fmt: skip
        raise self._unexpected()

    def _order_by(self) -> tuple[OrderBy, ...]:
        if not (self._next().says("order") and self._next(1).says("by")):
            return ()
        self._index += 2
        found = [self._ordered()]
        while self._take_operator(","):
            found.append(self._ordered())
        return tuple(found)

    def _ordered(self) -> OrderBy:
        code = self._field()
        descending = self._take_word("desc")
        if not descending:
            self._take_word("asc")
        return OrderBy(code.text, descending, code.position)

    def _count(self, word: str) -> int | None:
        if not self._take_word(word):
            return None
        token = self._next()
        if token.kind != "number" or not token.text.isdigit():
            raise self._wrong(f"{word} の後には0以上の整数を書いてください（例: {word} 100）。",
                              f"Write a whole number of 0 or more after {word} (for example {word} 100).")  # fmt: skip
        digits = self._take().text.lstrip("0") or "0"
        return int(digits) if len(digits) <= len(str(HUGE)) else HUGE

    def _unexpected(self) -> QuerySyntaxError:
        token = self._next()
        if token.text == ")" and token.kind == "operator":
            return self._wrong("対応する「(」がない「)」があります。", "There is a “)” without its “(”.")
        if token.says(*_OPTIONS):
            return self._wrong("order by・limit・offset は、この順で最後に1回ずつ書きます。",
                               "Write order by, limit and offset at the end, once each, in this order.")  # fmt: skip
        return self._wrong(f"「{token.text}」の前に and か or が必要です。",
                           f"There is no “and” or “or” before “{token.text}”.")  # fmt: skip

    def _wrong(self, japanese: str, english: str) -> QuerySyntaxError:
        return QuerySyntaxError(self._next().position, japanese, english)
