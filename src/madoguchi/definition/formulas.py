"""Staff's formulas applied to answers: compiled once, and never an exception out of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from functools import lru_cache

from madoguchi import formula
from madoguchi.definition.fields import FieldBase, FormulaField
from madoguchi.definition.values import Value

FormulaValues = Mapping[str, formula.FormulaValue]
"""What formulas calculate with, by field code."""


@lru_cache(maxsize=4096)
def compiled(source: str) -> formula.Expression:
    """The parsed formula; raises ``formula.FormulaError``."""
    return formula.parse(source)


def references(source: str | None) -> frozenset[str]:
    """The codes that a formula reads; none where there is no formula or a broken one."""
    try:
        return compiled(source).references if source else frozenset()
    except formula.FormulaError:
        return frozenset()


def evaluate(source: str, values: FormulaValues, now: datetime) -> formula.Result:
    """The result; where it cannot be calculated a blank one with its ``error``, in Japanese."""
    try:
        return formula.evaluate(compiled(source), values, now=now)
    except formula.FormulaError as problem:
        return formula.Result(None, problem.message)


def holds(source: str | None, values: FormulaValues, now: datetime) -> bool:
    """Whether a condition is true. No condition is true; so is a broken one, lest a question vanish silently."""
    if not source:
        return True
    try:
        return formula.truth(formula.evaluate(compiled(source), values, now=now))
    except formula.FormulaError:
        return True


def formula_type(field: FieldBase) -> str:
    """The field's type as formulas know it: a formula field counts as its format."""
    return field.format if isinstance(field, FormulaField) else str(getattr(field, "type", "text"))


def to_formula(field: FieldBase, value: Value) -> formula.FormulaValue:
    """A stored value as formulas see it: numbers as Decimal, dates as dates, names and addresses as text."""
    return formula.from_plain(formula_type(field), value)


def from_formula(field: FormulaField, result: formula.FormulaValue) -> Value:
    """A result as that formula field stores it; None where it does not fit the field's format."""
    if result is None:
        return None
    if field.format in ("number", "money"):
        return _number(field, Decimal(result) if isinstance(result, bool) else result)
    if field.format == "date":
        return result.isoformat()[:10] if isinstance(result, date) else None
    return _as_text(result)


def _number(field: FormulaField, number: object) -> str | int | None:
    if not isinstance(number, Decimal):
        return None
    try:
        rounded = round_half_up(number, 0 if field.format == "money" else field.decimals)
    except InvalidOperation:
        return None
    return int(rounded) if field.format == "money" else plain_number(rounded)


def round_half_up(number: Decimal, decimals: int) -> Decimal:
    """Rounded as people round; InvalidOperation where the number has more than 100 digits."""
    with localcontext() as exact:
        exact.prec = 100
        return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def plain_number(number: Decimal) -> str:
    """Digits without exponent and without idle zeros: ``12.5``, ``100``."""
    digits = f"{number:f}"
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if digits in ("-0", "") else digits


def _as_text(result: formula.FormulaValue) -> str | None:
    if isinstance(result, Decimal):
        return plain_number(result)
    if isinstance(result, tuple):
        return "、".join(str(item) for item in result) or None
    return result.isoformat() if isinstance(result, (date, time)) else str(result) or None
