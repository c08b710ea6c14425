"""Dates in formulas: arithmetic in days, differences, and formats.

Decision (differs from kintone on purpose): kintone counts dates in seconds, so that ``日付 + 86400`` is the next
day. Here a date plus a number is that many *days* later and a date minus a date is the number of days between, as in
Excel and as clerks count. A date-time also counts in days, with fractions. A blank date makes the result blank.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from madoguchi.formula.errors import EvaluationError
from madoguchi.formula.numbers import CONTEXT, DIVISION_PLACES, round_to
from madoguchi.lib.eras import era_of, weekday

CITY_ZONE = ZoneInfo("Asia/Tokyo")
UNITS = ("Y", "M", "D", "YM", "MD", "YD")
_DAY_IN_MICROSECONDS = Decimal(86_400_000_000)
_OUT_OF_RANGE = "日付が扱える範囲（西暦1年から9999年）を超えています。"
_TOKEN = re.compile(r"YYYY|MMMM|MMM|MM|M|dd|d|a|KK|K|hh|h|HH|H|kk|k|mm|m|ss|s|ZZZ|ZZ|Z")
_ERA_TOKEN = re.compile(r"G|g|ee|e|E|YYYY|MM|M|dd|d")


def plain_date(moment: date) -> date:
    """The day of a date or, in the city's time, of a date-time."""
    return local(moment).date() if isinstance(moment, datetime) else moment


def local(moment: datetime) -> datetime:
    """The date-time in the city's time; one without a zone is taken to be there already."""
    return moment.astimezone(CITY_ZONE) if moment.tzinfo else moment.replace(tzinfo=CITY_ZONE)


def add_days(moment: date, days: Decimal) -> date:
    """``days`` later; a date ignores fractions of a day."""
    try:
        if isinstance(moment, datetime):
            return moment + timedelta(microseconds=int(CONTEXT.multiply(days, _DAY_IN_MICROSECONDS)))
        return moment + timedelta(days=int(days))
    except OverflowError:
        raise EvaluationError(_OUT_OF_RANGE) from None


def days_between(end: date, start: date) -> Decimal:
    """Days from ``start`` to ``end``; with fractions (four places) only between two date-times."""
    if isinstance(end, datetime) and isinstance(start, datetime):
        microseconds = Decimal((local(end) - local(start)) // timedelta(microseconds=1))
        return round_to(CONTEXT.divide(microseconds, _DAY_IN_MICROSECONDS), DIVISION_PLACES)
    return Decimal((plain_date(end) - plain_date(start)).days)


def make_date(year: Decimal, month: Decimal, day: Decimal) -> date:
    """As Excel's DATE: months and days beyond the end run on (month 13, day 0 = last day of the month before)."""
    try:
        years, months = divmod(int(month) - 1, 12)
        return date(int(year) + years, months + 1, 1) + timedelta(days=int(day) - 1)
    except (ValueError, OverflowError):
        raise EvaluationError(_OUT_OF_RANGE) from None


def full_years(start: date, end: date) -> int:
    """Birthdays (or anniversaries) passed; someone born on 29 February has theirs on 1 March in other years."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def difference(start: date, end: date, unit: str) -> Decimal:
    """Excel's DATEDIF: full years, months or days, or what is left of them (YM, MD, YD)."""
    if end < start:
        raise EvaluationError("DATEDIF の終わりの日が始まりの日より前です。2つの日付を確かめてください。")
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    last_month = _months_later(start, months)
    last_birthday = _months_later(start, months // 12 * 12)
    left = {
        "Y": months // 12, "M": months, "D": (end - start).days, "YM": months % 12,
        "MD": (end - last_month).days, "YD": (end - last_birthday).days,
    }  # fmt: skip
    if unit.upper() not in left:
        raise EvaluationError(f"DATEDIF の単位は {'、'.join(UNITS)} のどれかです。")
    return Decimal(left[unit.upper()])


def _months_later(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def zone(name: str) -> tzinfo:
    """The time zone of that IANA name; ``system`` is the city's. Raises EvaluationError."""
    if name == "system":
        return CITY_ZONE
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise EvaluationError("タイムゾーンの名前が正しくありません（例: \"Asia/Tokyo\"）。") from None


def date_format(value: date | time | Decimal, pattern: str, zone_name: str = "Asia/Tokyo") -> str:
    """kintone's DATE_FORMAT. Numbers are seconds since 1970-01-01 UTC; dates and times ignore the zone."""
    moment = _moment(value, zone(zone_name))
    return _TOKEN.sub(lambda match: _FORMATS[match[0]](moment), pattern)


def era_format(d: date, pattern: str) -> str:
    """``G`` 令和, ``g`` R, ``ee`` 08, ``e`` 8 (元 for the first year), ``E`` weekday, and MM M dd d YYYY."""
    era, moment = era_of(d), _moment(d, CITY_ZONE)
    year = era.year(d) if era else d.year
    era_formats: Mapping[str, str] = {
        "G": era.name if era else "西暦", "g": era.letter if era else "",
        "ee": f"{year:02}", "e": "元" if era and year == 1 else str(year), "E": weekday(d),
    }  # fmt: skip
    return _ERA_TOKEN.sub(lambda match: era_formats.get(match[0]) or _FORMATS[match[0]](moment), pattern)


def _moment(value: date | time | Decimal, zone: tzinfo) -> datetime:
    match value:
        case datetime():
            return local(value).astimezone(zone)
        case date():
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        case time():
            return datetime.combine(date(1970, 1, 1), value.replace(tzinfo=UTC))
    try:
        return datetime.fromtimestamp(int(value), tz=zone)
    except (ValueError, OverflowError, OSError):
        raise EvaluationError(_OUT_OF_RANGE) from None


_FORMATS: Mapping[str, Callable[[datetime], str]] = {
    "YYYY": lambda m: f"{m.year:04}", "MMMM": lambda m: f"{m.month}月", "MMM": lambda m: f"{m.month}月",
    "MM": lambda m: f"{m.month:02}", "M": lambda m: str(m.month), "dd": lambda m: f"{m.day:02}",
    "d": lambda m: str(m.day), "a": lambda m: "午前" if m.hour < 12 else "午後",
    "KK": lambda m: f"{m.hour % 12:02}", "K": lambda m: str(m.hour % 12),
    "hh": lambda m: f"{(m.hour + 11) % 12 + 1:02}", "h": lambda m: str((m.hour + 11) % 12 + 1),
    "HH": lambda m: f"{m.hour:02}", "H": lambda m: str(m.hour),
    "kk": lambda m: f"{m.hour or 24:02}", "k": lambda m: str(m.hour or 24),
    "mm": lambda m: f"{m.minute:02}", "m": lambda m: str(m.minute),
    "ss": lambda m: f"{m.second:02}", "s": lambda m: str(m.second),
    "Z": lambda m: f"{m:%z}", "ZZ": lambda m: f"{m:%z}"[:3] + ":" + f"{m:%z}"[3:5], "ZZZ": lambda m: str(m.tzinfo),
}  # fmt: skip
