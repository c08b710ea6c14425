"""The same meaning in plain Python, over canonical values: for process conditions and notifications."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from madoguchi.definition.values import Values
from madoguchi.query.fields import MOMENTS, NUMBERS, QueryField
from madoguchi.query.meaning import Comparison, Contains, Empty, Form, Login, OneOf, Scalar, Test, Within, test_of
from madoguchi.query.nodes import And, Condition, Or, Predicate
from madoguchi.query.rows import Group, grouped
from madoguchi.query.texts import WITHOUT_SPACES, is_blank, without_tags
from madoguchi.query.values import number

_COMPARE: Mapping[Comparison, Callable[[Any, Any], bool]] = {
    ">": lambda a, b: bool(a > b), ">=": lambda a, b: bool(a >= b),
    "<": lambda a, b: bool(a < b), "<=": lambda a, b: bool(a <= b),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What a condition is asked about.

    ``values`` are canonical. ``system`` holds system columns by name: id, status, assignee_id, created_by_id and
    updated_by_id (user codes here), created_at …, channel, receipt_number. ``files`` gives names of files by id.
    """

    values: Values
    system: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def evaluate(
    condition: Condition | None, values: Values | Facts, fields: Mapping[str, QueryField], *, now: datetime,
    login: Login | None = None,
) -> bool:
    """Whether a checked condition holds; without a condition it does. Agrees with ``records.query_sql``."""
    facts = values if isinstance(values, Facts) else Facts(values)
    return condition is None or _Evaluation(facts, fields, now, login).holds(condition)


@dataclass(frozen=True, slots=True)
class _Evaluation:
    facts: Facts
    fields: Mapping[str, QueryField]
    now: datetime
    login: Login | None

    def holds(self, condition: Condition) -> bool:
        match condition:
            case And(parts=parts):
                return all(self._group(group) for group in grouped(parts, self.fields))
            case Or(parts=parts):
                return any(self.holds(part) for part in parts)
        return self._predicate(condition)

    def _group(self, group: Group) -> bool:
        if group.table is None:
            return self.holds(group.condition)
        return any(self._in_row(group.condition, row) for row in self._rows(group.table))

    def _in_row(self, condition: Condition, row: Mapping[str, Any]) -> bool:
        match condition:
            case And(parts=parts):
                return all(self._in_row(part, row) for part in parts)
            case Or(parts=parts):
                return any(self._in_row(part, row) for part in parts)
        return _passes(self._test(condition).form, self._read(self.fields[condition.field], row))

    def _predicate(self, predicate: Predicate) -> bool:
        field, test = self.fields[predicate.field], self._test(predicate)
        if field.table is None:
            return _passes(test.form, self._read(field, self.facts.values)) != test.negative
        found = [_passes(test.form, self._read(field, row)) for row in self._rows(field.table)]
        return bool(found) and not any(found) if test.negative else any(found)

    def _test(self, predicate: Predicate) -> Test:
        return test_of(predicate, self.fields[predicate.field], now=self.now, login=self.login)

    def _rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        return self.facts.values.get(table) or ()

    def _read(self, field: QueryField, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The field's values, none for a blank."""
        value = self.facts.system.get(field.system) if field.system else values.get(field.source)
        if field.kind == "FILE":
            return tuple(self.facts.files.get(file_id, "") for file_id in value or ())
        if field.kind == "RICH_TEXT":
            value = without_tags(value or "")
        return tuple(_typed(_part(value, field.parts), field))


def _part(value: Any, parts: tuple[str, ...]) -> Any:
    if not parts:
        return value
    found = [(value or {}).get(part) for part in parts]
    return found[0] if len(parts) == 1 else "".join(part or "" for part in found).translate(WITHOUT_SPACES)


def _typed(value: Any, field: QueryField) -> Iterator[Any]:
    if value is None or value in ("", []):
        return
    if isinstance(value, list | tuple):
        yield from (_code(item) for item in value)
    elif isinstance(value, bool):
        yield from ("true",) if value else ()
    elif field.kind in NUMBERS:
        yield _number(value)
    elif isinstance(value, str):
        yield _moment(value, field)
    else:
        yield value


def _code(item: Any) -> str:
    return str(item["code"] if isinstance(item, Mapping) else item)


def _number(value: Any) -> Decimal | float:
    try:
        return value if isinstance(value, float) else number(str(value))
    except (ValueError, InvalidOperation):
        return Decimal("NaN")


def _moment(text: str, field: QueryField) -> Scalar:
    if field.kind == "DATE":
        return date.fromisoformat(text)
    if field.kind == "TIME":
        return time.fromisoformat(text).replace(second=0)
    return datetime.fromisoformat(text) if field.kind in MOMENTS else text


def _passes(form: Form, found: tuple[Any, ...]) -> bool:
    match form:
        case OneOf(values=values, blank=blank):
            return any(_equal(value, wanted) for value in found for wanted in values) or (blank and not found)
        case Within(bounds=bounds):
            return any(all(_COMPARE[op](value, _like(value, bound)) for op, bound in bounds) for value in found)
        case Contains(spellings=spellings):
            return any(spelling in str(value).lower() for value in found for spelling in spellings)
        case Empty():
            return not found or all(isinstance(value, str) and is_blank(value) for value in found)


def _equal(value: Any, wanted: Scalar) -> bool:
    return bool(value == _like(value, wanted))


def _like(value: Any, bound: Scalar) -> Any:
    """Coordinates are compared as the floating-point numbers they are."""
    return float(bound) if isinstance(value, float) and isinstance(bound, Decimal) else bound
