"""The functions of the query language: what they take, where they may stand, which days they mean."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from madoguchi.query.errors import INVALID, QueryCheckError, did_you_mean
from madoguchi.query.fields import MOMENTS, USERS, Kind
from madoguchi.query.nodes import Call

UNITS = ("DAYS", "WEEKS", "MONTHS", "YEARS")
WEEKDAYS = ("SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY")
_DATES: frozenset[Kind] = MOMENTS | {"DATE"}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FAR = 10**7
"""Days further away than the calendar reaches, in either direction."""

Days = tuple[date, date]
"""First and last day."""


@dataclass(frozen=True, slots=True)
class Function:
    """``arguments`` are how many it takes: fewest and most. ``days`` are those it means, seen from today."""

    kinds: frozenset[Kind]
    arguments: tuple[int, int]
    days: Callable[[date, tuple[str, ...]], Days] | None = None


def days(call: Call, today: date) -> Days:
    """The days that a checked date function means; beyond the calendar's ends its first or last day."""
    found = FUNCTIONS[call.name].days
    assert found is not None  # checked: only date functions come here
    return found(today, call.arguments)


def check_call(call: Call, code: str, kind: Kind) -> None:
    """Raises QueryCheckError unless the function exists, fits the field and has the arguments it needs."""
    known = FUNCTIONS.get(call.name)
    if known is None:
        hint_ja, hint_en = did_you_mean(call.name, FUNCTIONS)
        raise QueryCheckError(
            call.position, f"「{call.name}」という関数はありません。{hint_ja}",
            f"There is no function “{call.name}”.{hint_en}",
        )  # fmt: skip
    if kind not in known.kinds:
        raise QueryCheckError(
            call.position, f"「{code}」には関数 {call.name}() を使えません。値を「\"」で囲んで書いてください。",
            f"The function {call.name}() cannot be used with “{code}”. Write a value in double quotes.",
        )  # fmt: skip
    fewest, most = known.arguments
    if not fewest <= len(call.arguments) <= most:
        count = str(fewest) if fewest == most else f"{fewest}～{most}"
        raise QueryCheckError(
            call.position, f"クエリの指定が不正です。{call.name}() のかっこの中に書く値は {count} 個です。",
            f"The query is not valid. {call.name}() takes {count.replace('～', ' to ')} arguments.", "GAIA_IL08",
        )  # fmt: skip
    _check_arguments(call)


def _check_arguments(call: Call) -> None:
    match call.name.split("_")[-1], call.arguments:
        case "TODAY", (count, _) if not _INTEGER.fullmatch(count):
            _refuse(call, "FROM_TODAY()の第1引数には、整数を指定します（例: FROM_TODAY(-7, DAYS)）。",
                    "The first argument of FROM_TODAY() is a whole number.", INVALID)  # fmt: skip
        case "TODAY", (_, unit) if unit not in UNITS:
            _refuse(call, "FROM_TODAY()の第2引数には、「DAYS」「WEEKS」「MONTHS」「YEARS」のいずれかを指定します。",
                    "The second argument of FROM_TODAY() is DAYS, WEEKS, MONTHS or YEARS.", "GAIA_IQ25")  # fmt: skip
        case "WEEK", (day,) if day not in WEEKDAYS:
            _refuse(call, f"曜日には「{'」「'.join(WEEKDAYS)}」のいずれかを指定します。",
                    f"The weekday is one of {', '.join(WEEKDAYS)}.", INVALID)  # fmt: skip
        case "MONTH", (day,) if day != "LAST" and not (re.fullmatch("0?[1-9]|[12][0-9]|3[01]", day)):
            _refuse(call, f"指定した日にち（{day}）は無効です。1から31までの整数か LAST を指定します。",
                    f"The day ({day}) is not valid. Write a number from 1 to 31, or LAST.", "GAIA_IQ23")  # fmt: skip


def _refuse(call: Call, japanese: str, english: str, code: str) -> None:
    raise QueryCheckError(call.position, japanese, english, code)


def _clamped(ordinal: int) -> date:
    return date.fromordinal(max(1, min(ordinal, date.max.toordinal())))


def _from_today(today: date, arguments: tuple[str, ...]) -> Days:
    count = int(arguments[0]) if len(arguments[0]) < 9 else (-_FAR if arguments[0].startswith("-") else _FAR)
    match arguments[1]:
        case "MONTHS":
            found = _months_later(today, count)
        case "YEARS":
            found = _months_later(today, count * 12)
        case unit:
            found = _clamped(today.toordinal() + count * (7 if unit == "WEEKS" else 1))
    return found, found


def _months_later(day: date, months: int) -> date:
    """That many months later; the last day of the month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if not 1 <= year <= date.max.year:
        return date.max if year > 1 else date.min
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _day(shift: int) -> Callable[[date, tuple[str, ...]], Days]:
    return lambda today, _: (_clamped(today.toordinal() + shift),) * 2


def _week(shift: int) -> Callable[[date, tuple[str, ...]], Days]:
    """Weeks begin on Sunday."""

    def found(today: date, arguments: tuple[str, ...]) -> Days:
        sunday = today.toordinal() - today.isoweekday() % 7 + 7 * shift
        if arguments:
            return (_clamped(sunday + WEEKDAYS.index(arguments[0])),) * 2
        return _clamped(sunday), _clamped(sunday + 6)

    return found


def _month(shift: int) -> Callable[[date, tuple[str, ...]], Days]:
    def found(today: date, arguments: tuple[str, ...]) -> Days:
        first = _months_later(today.replace(day=1), shift)
        length = calendar.monthrange(first.year, first.month)[1]
        last = first + timedelta(days=length - 1)
        if not arguments:
            return first, last
        if arguments[0] == "LAST":
            return last, last
        # A day the month does not have is the first of the next one, as kintone's help says.
        return (_clamped(first.toordinal() + min(int(arguments[0]) - 1, length)),) * 2

    return found


def _year(shift: int) -> Callable[[date, tuple[str, ...]], Days]:
    def found(today: date, _: tuple[str, ...]) -> Days:
        year = max(1, min(today.year + shift, date.max.year))
        return date(year, 1, 1), date(year, 12, 31)

    return found


FUNCTIONS: Mapping[str, Function] = {
    "LOGINUSER": Function(USERS, (0, 0)),
    "PRIMARY_ORGANIZATION": Function(frozenset({"ORGANIZATION_SELECT"}), (0, 0)),
    "NOW": Function(MOMENTS, (0, 0)),
    "TODAY": Function(_DATES, (0, 0), _day(0)),
    "YESTERDAY": Function(_DATES, (0, 0), _day(-1)),
    "TOMORROW": Function(_DATES, (0, 0), _day(1)),
    "FROM_TODAY": Function(_DATES, (2, 2), _from_today),
} | {
    f"{word}_{unit}": Function(_DATES, (0, most), make(shift))
    for unit, most, make in (("WEEK", 1, _week), ("MONTH", 1, _month), ("YEAR", 0, _year))
    for word, shift in (("THIS", 0), ("LAST", -1), ("NEXT", 1))
}
"""Every function by name."""
