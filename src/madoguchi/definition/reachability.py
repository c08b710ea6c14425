"""Questions that nobody is ever asked, and conditions that can never hold.

Only what is proven is reported. A condition is tried with every combination of values that could make a difference:
all options of choices; of numbers and dates those that the condition compares with, and one between and beyond; of
texts those it compares with, another and a blank. Where a condition does anything else with a field, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, islice, product
from math import prod
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from madoguchi import formula
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import AnyField, FormulaField, TableField
from madoguchi.definition.findings import Finding, warning
from madoguchi.definition.formulas import compiled, formula_type, references
from madoguchi.formula import FormulaError, FormulaValue
from madoguchi.formula.nodes import Call, Chain, Literal, Node, Reference, Sign

MAX_COMBINATIONS = 5_000
_ANY_MOMENT = datetime(2026, 4, 1, 12, tzinfo=ZoneInfo("Asia/Tokyo"))
_COMPARISONS = frozenset({"=", "<>", "!=", "<", "<=", ">", ">="})
_EQUALITY = frozenset({"=", "<>", "!="})
_PLAIN_CALLS = frozenset({"AND", "OR", "NOT", "IF", "CONTAINS", "ISBLANK"})
_OTHER_TEXT = "\N{REPLACEMENT CHARACTER}"


def reachability_findings(defn: AppDefinition) -> Iterator[Finding]:
    """Fields never shown, options never offered."""
    for field in defn.fields:
        where = f"フィールド「{field.label}」"
        if never(defn, field.show_if):
            message = "表示条件が成り立つことがないため、だれにも表示されません。"
            yield warning(where, message, "条件を見直してください。")
        for option in getattr(field, "options", ()):
            if never(defn, option.show_if):
                mend = "その選択肢の表示条件を見直してください。"
                yield warning(where, f"選択肢「{option.text}」はだれも選べません。", mend)


def never(defn: AppDefinition, source: str | None) -> bool:
    """True if it is proven that the condition holds for no values that the form lets one enter."""
    if not source:
        return False
    try:
        return _Search(defn).never(source)
    except (FormulaError, _Unknown):
        return False


Use: TypeAlias = tuple[str, Any]
"""An operator and the constant on its other side."""


class _Unknown(Exception):
    """The condition does something that cannot be tried out completely."""


class _Search:
    """Tries the fields that a condition reads, and those on which it depends whether these are shown."""

    def __init__(self, defn: AppDefinition) -> None:
        self._defn = defn
        # What a lookup copies may be anything.
        self._copied = {code for field in defn.fields if field.type == "lookup" for code in field.copies}

    def never(self, source: str) -> bool:
        sources = self._conditions(source)
        uses: dict[str, list[Use]] = {}
        for one in sources:
            _collect(compiled(one).root, uses)
        fields = [self._field(code) for code in uses]
        domains = {field.code: _domain(field, uses[field.code]) for field in fields}
        if prod(len(values) for values in domains.values()) > MAX_COMBINATIONS:
            raise _Unknown
        return not any(self._holds(source, dict(zip(domains, values, strict=True)))
                       for values in product(*domains.values()))

    def _conditions(self, source: str) -> list[str]:
        """The condition and those that decide whether what it reads is shown, and so on."""
        found, todo = [source], [source]
        while todo:
            for code in references(todo.pop()):
                field = self._field(code)
                conditions = [field.show_if, *(option.show_if for option in getattr(field, "options", ()))]
                new = [one for one in conditions if one and one not in found]
                found += new
                todo += new
        return found

    def _field(self, code: str) -> AnyField:
        field = self._defn.by_code.get(code)
        if field is None or isinstance(field, (FormulaField, TableField)) or code in self._copied:
            raise _Unknown
        return field

    def _holds(self, source: str, values: Mapping[str, FormulaValue]) -> bool:
        """Whether the condition is true for these values, and they are possible together."""
        shown: dict[str, FormulaValue] = {}
        for code in values:
            shown[code] = values[code] if self._visible(code, values, ()) else None
        return self._possible(shown, values) and _true(source, shown)

    def _visible(self, code: str, values: Mapping[str, FormulaValue], above: tuple[str, ...]) -> bool:
        condition = self._field(code).show_if
        if not condition or code in above:
            return code not in above
        read = {c: values.get(c) if self._visible(c, values, (*above, code)) else None for c in references(condition)}
        return _true(condition, read)

    def _possible(self, shown: Mapping[str, FormulaValue], values: Mapping[str, FormulaValue]) -> bool:
        """False where a hidden field has a value of its own (tried once, as blank) or a hidden option is chosen."""
        for code, value in shown.items():
            if value is None and values[code] is not None and values[code] != "":
                return False
            for option in getattr(self._field(code), "options", ()):
                chosen = option.value in value if isinstance(value, tuple) else option.value == value
                if chosen and option.show_if and not _true(option.show_if, shown):
                    return False
        return True


def _true(source: str, values: Mapping[str, FormulaValue]) -> bool:
    known = {code: values.get(code) for code in references(source)}
    return formula.truth(formula.evaluate(compiled(source), known, now=_ANY_MOMENT))


def _collect(node: Node, uses: dict[str, list[Use]]) -> None:
    """What each field is compared with; raises _Unknown for anything but comparing, and, or, not, if, contains."""
    match node:
        case Literal():
            return
        case Reference():
            uses.setdefault(node.code, [])
        case Chain() if len(node.steps) == 1 and node.steps[0].operator in _COMPARISONS:
            _collect_comparison(node.steps[0].operator, node.first, node.steps[0].operand, uses)
        case Call() if node.name in _PLAIN_CALLS:
            for argument in node.arguments:
                _collect(argument, uses)
            if node.name == "CONTAINS":
                _collect_comparison("=", node.arguments[0], node.arguments[1], uses)
        case _:
            raise _Unknown


def _collect_comparison(operator: str, left: Node, right: Node, uses: dict[str, list[Use]]) -> None:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Reference):
            if not isinstance(other, (Literal, Sign)):
                raise _Unknown
            uses.setdefault(one.code, []).append((operator, _constant(other)))
        elif not isinstance(one, (Literal, Sign)):
            raise _Unknown


def _constant(node: Node) -> Any:
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Sign) and isinstance(node.operand, Literal) and isinstance(node.operand.value, Decimal):
        return -node.operand.value if node.operator == "-" else node.operand.value
    raise _Unknown


def _domain(field: AnyField, uses: Sequence[Use]) -> list[FormulaValue]:
    """Values of which each possible one behaves like one of these; a blank is always among them."""
    kind, compared = formula_type(field), [value for _, value in uses]
    if kind == "choice":
        return [None, *(option.value for option in getattr(field, "options", ()))]
    if kind == "choices":
        return list(_subsets([option.value for option in getattr(field, "options", ())]))
    if kind == "consent":
        return [None, True, False]
    if kind in ("number", "money"):
        return [None, *_around([value for value in compared if isinstance(value, Decimal)], field)]
    if kind in ("text", "phone", "email", "lookup", "link") and {operator for operator, _ in uses} <= _EQUALITY:
        return [None, "", _OTHER_TEXT, *dict.fromkeys(str(value) for value in compared)]
    if kind == "date":
        return [None, *_days([value for value in compared if isinstance(value, str)])]
    raise _Unknown


def _subsets(options: list[str]) -> Iterator[tuple[str, ...]]:
    if len(options) > 10:
        raise _Unknown
    for size in range(len(options) + 1):
        yield from combinations(options, size)


def _around(constants: Sequence[Decimal], field: AnyField) -> list[Decimal]:
    """The constants, one between each two, one beyond each end, and the field's own limits; only what it allows."""
    low, high = getattr(field, "min", None), getattr(field, "max", None)
    limits = [Decimal(limit) for limit in (low, high) if limit is not None]
    points = sorted({*constants, *limits, Decimal(0)})
    between = [(a + b) / 2 for a, b in zip(points, islice(points, 1, None), strict=False)]
    every = [points[0] - 1, *points, *between, points[-1] + 1]
    return [value for value in every if (low is None or value >= low) and (high is None or value <= high)]


def _days(constants: Sequence[str]) -> list[date]:
    try:
        points = sorted({date.fromisoformat(text) for text in constants} or {_ANY_MOMENT.date()})
    except ValueError:
        raise _Unknown from None
    return [day + timedelta(days=shift) for day in points for shift in (-1, 0, 1)]
