"""Laws that hold for every formula."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from madoguchi import formula
from madoguchi.formula import Column, FieldType, FormulaError, Result

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
TYPES: dict[str, FieldType] = {
    "n": "number", "m": "money", "t": "text", "d": "date", "dt": "datetime", "tm": "time", "c": "choices",
    "b": "consent",
    "rows": "table", "x": Column("rows", "number"), "y": Column("rows", "text"), "z": Column("rows", "date"),
}  # fmt: skip

ANYTHING: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.text(max_size=5), st.integers(), st.floats(), st.decimals(), st.booleans(), st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.just(UTC)), st.times(), st.lists(st.text(max_size=3), max_size=3),
    st.lists(st.fixed_dictionaries({"x": st.integers(), "y": st.text(max_size=3)}), max_size=3),
    st.just({"family": "市川"}),
)  # fmt: skip
NUMBER = st.integers(0, 999).map(str) | st.decimals(0, 99, places=2).map(str)
ATOM = st.sampled_from([*TYPES, "TRUE", "FALSE", '""', '"2026-11-23"', '"年金"']) | NUMBER


def _compounds(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["+", "-", "*", "/", "^", "&", "=", "<>", "<", "<=", ">", ">="])
    calls = st.tuples(st.sampled_from(sorted(formula.FUNCTIONS)), st.lists(inner, max_size=4))
    return st.one_of(
        st.tuples(inner, operators, inner).map(" ".join),
        inner.map(lambda source: f"({source})"),
        inner.map(lambda source: f"-{source}"),
        calls.map(lambda call: f"{call[0]}({', '.join(call[1])})"),
    )


FORMULA = st.recursive(ATOM, _compounds, max_leaves=12)
PIECES = (*'()+-*/^&=<>,"!', "IF", "SUM", "数量", "1", "１", " ", "「", "==", '""', "\n")
SNIPPETS = st.lists(st.sampled_from(PIECES), max_size=40)


@given(st.text(max_size=200) | SNIPPETS.map("".join))
def test_the_parser_refuses_with_a_formula_error_and_nothing_else(source: str) -> None:
    try:
        formula.parse(source)
    except FormulaError as error:
        assert 0 <= error.position <= len(source) * 2  # NFC may lengthen
        assert error.message.endswith(("。", "）。"))


@given(FORMULA, st.dictionaries(st.sampled_from(sorted(TYPES)), ANYTHING))
def test_evaluation_never_raises_whatever_the_values(source: str, values: dict[str, Any]) -> None:
    expression = formula.parse(source)
    for types in (TYPES, None):
        result = formula.evaluate(expression, values, now=NOW, types=types)
        assert result.error is None or result.value is None
        formula.truth(result)


@given(FORMULA)
def test_the_check_refuses_with_a_formula_error_and_nothing_else(source: str) -> None:
    try:
        formula.check(formula.parse(source), TYPES)
    except FormulaError as error:
        assert 0 <= error.position < len(source)


PYTHON_TYPES = {
    "number": Decimal, "text": str, "bool": bool, "date": date, "datetime": datetime, "time": time,
}  # fmt: skip
STORED = st.fixed_dictionaries(
    {},
    optional={
        "n": st.integers(-99, 99).map(str), "m": st.integers(-99, 99), "t": st.text(max_size=3), "b": st.booleans(),
        "d": st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(str), "dt": st.datetimes().map(str),
        "tm": st.times().map(str), "c": st.lists(st.text(max_size=3), max_size=3),
        "rows": st.lists(
            st.fixed_dictionaries({"x": st.integers(0, 9).map(str), "y": st.text(max_size=2)}), max_size=3
        ),
    },
)  # fmt: skip


@given(FORMULA, STORED)
def test_a_formula_that_passed_the_check_yields_the_kind_it_promised(source: str, values: dict[str, Any]) -> None:
    expression = formula.parse(source)
    try:
        kind = formula.check(expression, TYPES)
    except FormulaError:
        return
    value = formula.evaluate(expression, values, now=NOW, types=TYPES).value
    assert value is None or type(value) is PYTHON_TYPES[kind] or (kind == "number" and type(value) is bool)


@dataclass(frozen=True)
class Sum:
    """A random arithmetic tree: as our formula with the fewest brackets, and as its value in Python."""

    source: str
    strength: int
    value: Decimal


STRENGTH = {"+": 1, "-": 1, "*": 2}


def _joined(parts: tuple[Sum, str, Sum]) -> Sum:
    left, sign, right = parts
    strength = STRENGTH[sign]
    one = left.source if left.strength >= strength else f"({left.source})"
    other = right.source if right.strength > strength else f"({right.source})"
    value = {"+": left.value + right.value, "-": left.value - right.value, "*": left.value * right.value}[sign]
    return Sum(f"{one}{sign}{other}", strength, value)


def _negated(inner: Sum) -> Sum:
    return Sum(f"-({inner.source})", 3, -inner.value)


LEAF = st.integers(0, 99).map(lambda n: Sum(str(n), 3, Decimal(n)))
SUMS = st.recursive(
    LEAF, lambda inner: st.tuples(inner, st.sampled_from(sorted(STRENGTH)), inner).map(_joined) | inner.map(_negated),
    max_leaves=14
)


@given(SUMS)
def test_arithmetic_groups_as_in_python(tree: Sum) -> None:
    assert formula.evaluate(formula.parse(tree.source), {}, now=NOW) == Result(tree.value)


@given(st.integers(-999, 999), st.integers(-999, 999).filter(bool))
def test_division_is_within_half_of_the_fourth_place(left: int, right: int) -> None:
    value = formula.evaluate(formula.parse("a / b"), {"a": Decimal(left), "b": Decimal(right)}, now=NOW).value
    assert abs(value - Decimal(left) / Decimal(right)) <= Decimal("0.00005")


@given(SUMS)
def test_a_blank_number_and_a_zero_are_the_same_in_arithmetic(tree: Sum) -> None:
    expression = formula.parse(f"({tree.source}) * n + n - ({tree.source}) & \"円\"")
    blank = formula.evaluate(expression, {}, now=NOW, types=TYPES)
    assert blank == formula.evaluate(expression, {"n": "0"}, now=NOW, types=TYPES)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-9999, 9999))
def test_adding_days_and_subtracting_the_date_gives_the_days_back(day: date, days: int) -> None:
    values = {"d": day, "n": Decimal(days)}
    assert formula.evaluate(formula.parse("(d + n) - d"), values, now=NOW).value == days


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_years_months_and_days_of_datedif_add_up(one: date, other: date) -> None:
    start, end = sorted((one, other))
    values = {"s": start, "e": end}

    def datedif(unit: str) -> Decimal:
        value = formula.evaluate(formula.parse(f'DATEDIF(s, e, "{unit}")'), values, now=NOW).value
        assert isinstance(value, Decimal)
        return value

    assert datedif("M") == datedif("Y") * 12 + datedif("YM")
    assert 0 <= datedif("YM") < 12
    assert 0 <= datedif("MD") <= 31
    assert 0 <= datedif("YD") <= 366
