"""What a comparison asks of a value, once and for all: SQL and Python follow the same tests and so agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from html import escape
from typing import Literal, TypeAlias

from madoguchi.query.fields import CHOICES, MOMENTS, QueryField
from madoguchi.query.functions import days
from madoguchi.query.nodes import NEGATIVE, Call, Number, Operator, Predicate, Word
from madoguchi.query.texts import WITHOUT_SPACES, spellings
from madoguchi.query.values import CITY_ZONE, LATEST, midnight, minute, read

Scalar: TypeAlias = str | Decimal | date | time | datetime
Comparison = Literal[">", ">=", "<", "<="]


@dataclass(frozen=True, slots=True)
class Login:
    """Who asks: the user's code, and the codes of the departments, the main one first."""

    code: str
    departments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of ``values`` (of several values, any is); ``blank``: or there is none."""

    values: tuple[Scalar, ...]
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Within:
    """The value meets every bound."""

    bounds: tuple[tuple[Comparison, Scalar], ...]


@dataclass(frozen=True, slots=True)
class Contains:
    """The text holds one of these, all in small letters, whatever the case."""

    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Empty:
    """There is no value, or nothing but white space."""


Form: TypeAlias = OneOf | Within | Contains | Empty


@dataclass(frozen=True, slots=True)
class Test:
    """``negative``: the value must not be so; blank values then pass."""

    form: Form
    negative: bool = False


def test_of(predicate: Predicate, field: QueryField, *, now: datetime, login: Login | None) -> Test:
    """What a checked comparison asks. ``now`` decides which day is today in the city."""
    negative = predicate.operator in NEGATIVE
    match predicate.operator:
        case "is empty" | "is not empty":
            return Test(OneOf((), blank=True) if field.kind == "FILE" else Empty(), negative)
        case "like" | "not like":
            return Test(_contains(predicate, field), negative)
    if field.kind in MOMENTS or field.kind == "DATE":
        return Test(_in_time(predicate, field, now), negative)
    values, blank = _values(predicate, field, login)
    comparison = _comparison(predicate.operator)
    return Test(Within(((comparison, values[0]),)) if comparison else OneOf(values, blank), negative)


def _comparison(operator: Operator) -> Comparison | None:
    return operator if operator in (">", ">=", "<", "<=") else None


def _contains(predicate: Predicate, field: QueryField) -> Form:
    """A keyword of nothing finds blank values, as in kintone."""
    keyword = _text(predicate)
    if len(field.parts) > 1:
        keyword = keyword.translate(WITHOUT_SPACES)
    if field.kind == "RICH_TEXT":
        keyword = escape(keyword, quote=False)
    return Contains(spellings(keyword)) if keyword else OneOf((), blank=True)


def _text(predicate: Predicate) -> str:
    return "".join(value.text for value in predicate.values if not isinstance(value, Call))


def _values(predicate: Predicate, field: QueryField, login: Login | None) -> tuple[tuple[Scalar, ...], bool]:
    found = [scalar for value in predicate.values for scalar in _scalars(value, field, login)]
    return tuple(scalar for scalar in dict.fromkeys(found) if scalar != ""), "" in found


def _scalars(value: Word | Number | Call, field: QueryField, login: Login | None) -> Iterator[Scalar]:
    """The stored values meant by one written value: "" for a blank, none for a user who is not signed in."""
    if isinstance(value, Call):
        yield from _of_login(value.name, login)
    elif not value.text:
        yield ""
    elif field.kind in CHOICES or field.kind == "STATUS":
        yield from field.options[value.text]
    else:
        scalar = read(value, field)
        together = isinstance(scalar, str) and len(field.parts) > 1
        yield scalar.translate(WITHOUT_SPACES) if together and isinstance(scalar, str) else scalar


def _of_login(name: str, login: Login | None) -> tuple[str, ...]:
    if login is None:
        return ()
    return (login.code,) if name == "LOGINUSER" else login.departments[:1]


def _in_time(predicate: Predicate, field: QueryField, now: datetime) -> Form:
    """Days and minutes have a beginning and an end: later than one means after its end."""
    (value,) = predicate.values
    comparison = _comparison(predicate.operator)
    if not isinstance(value, Call) and not value.text:
        return OneOf((), blank=True)
    if isinstance(value, Call) and value.name == "NOW" and comparison:
        return Within(((comparison, now.replace(microsecond=0)),))
    if field.kind == "DATE":
        return _in_days(*_days(value, field, now), comparison)
    start, end = _span(value, field, now)
    if comparison is None:
        return Within(((">=", start), ("<", end)))
    bounds: dict[Comparison, tuple[Comparison, Scalar]] = {
        ">": (">=", end), ">=": (">=", start), "<": ("<", start), "<=": ("<", end)
    }  # fmt: skip
    return Within((bounds[comparison],))


def _in_days(first: date, last: date, comparison: Comparison | None) -> Form:
    if comparison:
        return Within(((comparison, last if comparison in (">", "<=") else first),))
    return OneOf((first,)) if first == last else Within(((">=", first), ("<=", last)))


def _days(value: Word | Number | Call, field: QueryField, now: datetime) -> tuple[date, date]:
    if isinstance(value, Call):
        return days(value, now.astimezone(CITY_ZONE).date())
    day = read(value, field)
    assert isinstance(day, date)
    return day, day


def _span(value: Word | Number | Call, field: QueryField, now: datetime) -> tuple[datetime, datetime]:
    """The first moment meant, and the first one after."""
    moment = now if isinstance(value, Call) and value.name == "NOW" else None
    if moment is None and not isinstance(value, Call):
        found = read(value, field)
        moment = found if isinstance(found, datetime) else None
    if moment is not None:
        return minute(moment)
    first, last = _days(value, field, now)
    after = midnight(date.fromordinal(last.toordinal() + 1)) if last < date.max else LATEST
    return midnight(first), after
