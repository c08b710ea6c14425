"""Computes a formula. Never raises: what cannot be computed is blank with an error to show."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from typing import Any

from madoguchi.formula import dates, numbers
from madoguchi.formula.errors import EvaluationError
from madoguchi.formula.functions import FUNCTIONS, is_true
from madoguchi.formula.kinds import Blank, Column, FieldType, FormulaValue, from_plain
from madoguchi.formula.nodes import Call, Chain, Expression, Literal, Node, Reference, Sign
from madoguchi.formula.numbers import as_number, as_text, bounded, number_text
from madoguchi.lib.eras import DateError, parse_date

_CANNOT = "この値では計算できません。入力した値を確かめてください。"


@dataclass(frozen=True, slots=True)
class Result:
    """``value`` is None when blank; ``error`` is what to show beside a blank that could not be computed."""

    value: FormulaValue
    error: str | None = None


def evaluate(
    expression: Expression,
    values: Mapping[str, FormulaValue],
    *,
    now: datetime,
    types: Mapping[str, FieldType] | None = None,
) -> Result:
    """The formula's result for ``values`` (missing is blank) at ``now`` (aware).

    With ``types`` as given to ``check``, values may also be stored answers (``definition.values``), columns are taken
    out of their table's rows, and a blank date plus days stays blank instead of counting as 0. Without ``types`` that
    takes values made by ``from_plain``.
    """
    try:
        value = _Evaluation(values, types or {}, now).value(expression.root)
    except EvaluationError as error:
        return Result(None, str(error))
    except (ArithmeticError, TypeError, ValueError, LookupError, AttributeError, RecursionError):
        return Result(None, _CANNOT)
    if isinstance(value, Decimal):
        return Result(Decimal(number_text(value)))
    return Result(None if _is_nothing(value) else value)


def truth(result: Result) -> bool:
    """Whether a condition holds; a blank or an error is false."""
    return result.error is None and is_true(result.value)


def _is_nothing(value: FormulaValue) -> bool:
    return value is None or value is Blank.DATE or (isinstance(value, str) and value == "")


def _known(value: FormulaValue) -> FormulaValue:
    return None if value is Blank.DATE else value


class _Evaluation:
    def __init__(self, values: Mapping[str, FormulaValue], types: Mapping[str, FieldType], now: datetime) -> None:
        self._values = values
        self._types = types
        self._now = now

    def value(self, node: Node) -> FormulaValue:
        match node:
            case Literal(value=value):
                return bounded(value) if isinstance(value, Decimal) else value
            case Reference(code=code):
                return self._field(code)
            case Sign():
                number = as_number(_known(self.value(node.operand)))
                return -number if node.operator == "-" else number
            case Chain():
                return self._chain(node)
            case Call():
                return self._call(node)

    def _field(self, code: str) -> FormulaValue:
        field_type = self._types.get(code)
        if field_type is None:
            return self._values.get(code)
        return from_plain(field_type, self._stored(code, field_type))

    def _stored(self, code: str, field_type: FieldType) -> FormulaValue:
        if isinstance(field_type, Column) and code not in self._values:
            return [row.get(code) for row in self._values.get(field_type.table) or ()]
        return self._values.get(code)

    def _chain(self, node: Chain) -> FormulaValue:
        value = self.value(node.first)
        for step in node.steps:
            value = _OPERATORS[step.operator](value, self.value(step.operand))
        return value

    def _call(self, node: Call) -> FormulaValue:
        function = FUNCTIONS.get(node.name)
        if function is None:
            raise EvaluationError(f"「{node.name}」という関数はありません。")
        clock = [self._now] if function.clock else []
        if function.lazy:
            return function.run(*clock, *(partial(self.value, argument) for argument in node.arguments))
        arguments = [_known(self.value(argument)) for argument in node.arguments]
        if any(argument is None or argument == "" for argument in arguments[: function.blank_with]):
            return None
        result = function.run(*clock, *arguments)
        return bounded(result) if isinstance(result, Decimal) else result


# --- operators ---


def _arithmetic(compute: Callable[[Decimal, Decimal], Decimal]) -> Callable[[FormulaValue, FormulaValue], Decimal]:
    return lambda left, right: bounded(compute(as_number(_known(left)), as_number(_known(right))))


_add_numbers = _arithmetic(numbers.CONTEXT.add)
_subtract_numbers = _arithmetic(numbers.CONTEXT.subtract)


def _add(left: FormulaValue, right: FormulaValue) -> FormulaValue:
    if _is_date(right):
        left, right = right, left
    if not _is_date(left):
        return _add_numbers(left, right)
    return left if left is Blank.DATE else dates.add_days(left, as_number(right))


def _subtract(left: FormulaValue, right: FormulaValue) -> FormulaValue:
    if _is_date(right):
        both = isinstance(left, date) and isinstance(right, date)
        return dates.days_between(left, right) if both else None
    if not _is_date(left):
        return _subtract_numbers(left, right)
    return left if left is Blank.DATE else dates.add_days(left, -as_number(right))


def _is_date(value: FormulaValue) -> bool:
    return value is Blank.DATE or isinstance(value, date)


def _join(left: FormulaValue, right: FormulaValue) -> str:
    return as_text(_known(left)) + as_text(_known(right))


def _comparison(compare: Callable[[Any, Any], bool], otherwise: bool) -> Callable[..., bool]:
    """``otherwise`` is the answer for values of different kinds, and for a blank beside a date.

    Two blanks are equal.
    """

    def apply(left: FormulaValue, right: FormulaValue) -> bool:
        if _is_nothing(left) and _is_nothing(right):
            return compare(0, 0)
        one, other = _alike(_known(left), _known(right))
        return compare(one, other) if type(one) is type(other) else otherwise

    return apply


def _alike(left: FormulaValue, right: FormulaValue) -> tuple[FormulaValue, FormulaValue]:
    """Both sides in one type where that makes sense: blank as 0 or "", TRUE as 1, written dates as dates."""
    left, right = _simple(left), _simple(right)
    return _like(left, right), _like(right, left)


def _simple(value: FormulaValue) -> FormulaValue:
    if isinstance(value, bool | int):
        return Decimal(int(value))
    if isinstance(value, datetime):
        return dates.local(value)
    return None if value == "" else value


def _like(value: FormulaValue, other: FormulaValue) -> FormulaValue:
    match value, other:
        case None, Decimal():
            return Decimal(0)
        case None, str():
            return ""
        case datetime(), date() if not isinstance(other, datetime):
            return value.date()
        case str(), date() | time():
            return _written(value, other)
        case date(), str() if isinstance(value, datetime):
            return value.date()
    return value


def _written(text: str, like: date | time) -> FormulaValue:
    try:
        return time.fromisoformat(text) if isinstance(like, time) else parse_date(text)
    except (DateError, ValueError):
        return text


_OPERATORS: Mapping[str, Callable[[FormulaValue, FormulaValue], FormulaValue]] = {
    "+": _add,
    "-": _subtract,
    "*": _arithmetic(numbers.CONTEXT.multiply),
    "/": _arithmetic(numbers.divide),
    "^": _arithmetic(numbers.power),
    "&": _join,
    "=": _comparison(operator.eq, otherwise=False),
    "<>": _comparison(operator.ne, otherwise=True),
    "!=": _comparison(operator.ne, otherwise=True),
    "<": _comparison(operator.lt, otherwise=False),
    "<=": _comparison(operator.le, otherwise=False),
    ">": _comparison(operator.gt, otherwise=False),
    ">=": _comparison(operator.ge, otherwise=False),
}
