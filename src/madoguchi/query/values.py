"""Reads the values written in a query in the way their field stores them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from madoguchi.lib.eras import DateError, parse_date
from madoguchi.query.errors import QueryCheckError
from madoguchi.query.fields import MOMENTS, NUMBERS, QueryField
from madoguchi.query.nodes import Number, Operator, Word

CITY_ZONE = ZoneInfo("Asia/Tokyo")
_NUMBER = re.compile(r"[-+]?([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_RECORD_NUMBER = re.compile(r"(?:[^\s-]+-)?([-+]?[0-9]+)")
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::[0-5][0-9])?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[-+]\d\d:?\d\d)?", re.ASCII)
LATEST = datetime.max.replace(tzinfo=CITY_ZONE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DIGITS = Context(prec=1000, traps=[InvalidOperation])
_FAR = 400
"""Powers of ten beyond which no stored number reaches: what is larger counts as infinite."""


def check_value(value: Word | Number, field: QueryField, operator: Operator) -> None:
    """Raises QueryCheckError if the field cannot be compared with the value."""
    if _UNSTORABLE.search(value.text):
        raise QueryCheckError(
            value.position, "使えない文字（制御文字）が入っています。消してください。",
            "It contains a character that cannot be used. Remove it.",
        )  # fmt: skip
    if value.text == "":
        if operator in (">", "<", ">=", "<="):
            raise QueryCheckError(
                value.position, f"「{field.code}」を空の値とは大小で比べられません。空かどうかは = \"\" と書きます。",
                f"“{field.code}” cannot be larger or smaller than nothing. Write = \"\" to find blank values.",
            )  # fmt: skip
        return
    try:
        read(value, field)
    except ValueError:
        japanese, english = _EXPECTED["number" if field.kind in NUMBERS else field.kind]
        raise QueryCheckError(
            value.position, f"「{field.code}」と「{value.text}」は比べられません。{japanese}",
            f"“{field.code}” cannot be compared with “{value.text}”. {english}",
        ) from None  # fmt: skip


_MOMENT_EXPECTED = (
    "日時は \"2026-11-23T09:30:00+09:00\" のように書いてください。",
    "Write date and time as \"2026-11-23T09:30:00+09:00\".",
)
_EXPECTED = {
    "number": ("数字でなければなりません。", "It must be a number."),
    "DATE": ("日付は \"2026-11-23\" のように書いてください。", "Write dates as \"2026-11-23\"."),
    "TIME": ("時刻は \"09:30\" のように書いてください。", "Write times as \"09:30\"."),
} | dict.fromkeys(MOMENTS, _MOMENT_EXPECTED)


def read(value: Word | Number, field: QueryField) -> str | Decimal | date | time | datetime:
    """What is written, in the field's own type; raises ValueError. Moments that name only a day are dates."""
    text = value.text
    if field.kind == "RECORD_NUMBER" and (match := _RECORD_NUMBER.fullmatch(text)):
        return number(match[1])
    if field.kind in NUMBERS:
        return number(text)
    if field.kind == "DATE":
        return _date(text)
    if field.kind == "TIME":
        return _time(text)
    if field.kind in MOMENTS:
        return _moment(text)
    return text


def number(text: str) -> Decimal:
    """The number, with no more digits than PostgreSQL takes; raises ValueError."""
    plain = text.strip()
    match = _NUMBER.fullmatch(plain)
    if match is None:
        raise ValueError(text)
    sign = "-" if plain.startswith("-") else ""
    found = _DIGITS.create_decimal(plain)
    if found.is_infinite() or (found and found.adjusted() > _FAR):
        return Decimal(f"{sign}Infinity")
    vanished = not found and re.search("[1-9]", match[1])
    return Decimal(f"{sign}1e-{_FAR}") if vanished or (found and found.adjusted() < -_FAR) else found


def _date(text: str) -> date:
    try:
        return parse_date(text)
    except DateError as odd:
        raise ValueError(text) from odd


def _time(text: str) -> time:
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return time(int(match[1]), int(match[2]))


def _moment(text: str) -> date | datetime:
    if not _MOMENT.fullmatch(text):
        return _date(text)
    found = datetime.fromisoformat(text)
    try:  # in one zone: PostgreSQL does not take every offset
        return found.astimezone(CITY_ZONE) if found.tzinfo else found.replace(tzinfo=CITY_ZONE)
    except OverflowError:  # the calendar's ends
        return LATEST if found.year == date.max.year else midnight(date.min)


def minute(moment: datetime) -> tuple[datetime, datetime]:
    """The minute in which the moment lies: its beginning and the next one's. Records show no seconds."""
    start = moment.replace(second=0, microsecond=0)
    try:
        return start, start + timedelta(minutes=1)
    except OverflowError:  # the last minute of the year 9999
        return start, moment.replace(second=59, microsecond=999999)


def midnight(day: date) -> datetime:
    """The beginning of the day in the city."""
    return datetime(day.year, day.month, day.day, tzinfo=CITY_ZONE)
