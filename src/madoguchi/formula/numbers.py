"""Decimal arithmetic of formulas: exact, with division rounded to four places as in kintone."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

from madoguchi.formula.errors import EvaluationError
from madoguchi.formula.kinds import Blank, FormulaValue

CONTEXT = Context(prec=80, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])
DIVISION_PLACES = 4
_LIMIT = Decimal(10) ** 30
_MAX_EXPONENT = 100
_MAX_PLACES = 20


def bounded(number: Decimal) -> Decimal:
    """``number``, or EvaluationError where it has more than 30 digits before the point."""
    if abs(number) >= _LIMIT:
        raise EvaluationError("計算結果の桁数が大きすぎます。値を確かめてください。")
    return number


def as_number(value: FormulaValue) -> Decimal:
    """A blank is 0, TRUE is 1; EvaluationError for anything that is no number."""
    if value in (None, "", Blank.DATE):
        return Decimal(0)
    if isinstance(value, bool | int):
        return Decimal(int(value))
    if isinstance(value, Decimal) and value.is_finite():
        return value
    raise EvaluationError("数値ではない値は計算に使えません。")


def as_text(value: FormulaValue) -> str:
    """A blank is "", numbers are without trailing zeros, dates in ISO form, TRUE is 1, lists joined by ``、``."""
    match value:
        case None | Blank.DATE:
            return ""
        case bool():
            return str(int(value))
        case Decimal():
            return number_text(value)
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case time():
            return value.strftime("%H:%M")
        case date():
            return value.isoformat()
        case tuple() | list():
            return "、".join(as_text(item) for item in value)
    return str(value)


def number_text(number: Decimal) -> str:
    """Plain digits: ``1200``, ``0.5``; never ``1E+3`` or ``-0``."""
    text = format(number.normalize(CONTEXT), "f")
    return "0" if text == "-0" else text


def divide(left: Decimal, right: Decimal) -> Decimal:
    """The quotient rounded half up to four places; EvaluationError when ``right`` is 0."""
    if right == 0:
        raise EvaluationError("0 で割ることはできません。割る数を確かめてください。")
    return round_to(CONTEXT.divide(left, right), DIVISION_PLACES)


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """``base`` to the whole part of ``exponent`` (-100 to 100), as kintone does."""
    whole = int(exponent)
    if abs(exponent) >= _MAX_EXPONENT + 1:
        raise EvaluationError(f"べき乗の指数は-{_MAX_EXPONENT}から{_MAX_EXPONENT}までです。")
    if whole < 0:
        return divide(Decimal(1), power(base, Decimal(-whole)))
    return CONTEXT.power(base, whole) if whole else Decimal(1)


def round_to(number: Decimal, places: Decimal | int, rounding: str = ROUND_HALF_UP) -> Decimal:
    """``number`` rounded to ``places`` decimals (negative: tens, hundreds …), halves away from zero."""
    digits = max(-_MAX_PLACES, min(_MAX_PLACES, int(places)))
    return number.quantize(Decimal(1).scaleb(-digits), rounding=rounding, context=CONTEXT) + 0


ROUNDINGS = {"ROUND": ROUND_HALF_UP, "ROUNDUP": ROUND_UP, "ROUNDDOWN": ROUND_DOWN}
