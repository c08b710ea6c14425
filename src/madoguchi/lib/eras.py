"""Dates as people in Japan write them: eras (和暦) and the common calendar, in and out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from madoguchi.lib.text import kanji_to_digits

_EXAMPLE = "（例: 令和8年11月23日、2026-11-23）"
_WEEKDAYS = "月火水木金土日"
_SEPARATOR = r"\s*[年月/.・、\-‐−–ー ]\s*"
_MONTH_AND_DAY = rf"{_SEPARATOR}(\d{{1,2}}){_SEPARATOR}(\d{{1,2}})日?"
_GREGORIAN = re.compile(rf"(\d{{4}}){_MONTH_AND_DAY}|(\d{{4}})(\d{{2}})(\d{{2}})")


class DateError(ValueError):
    """The text is no date; ``str`` says in plain Japanese what is wrong and how to write it."""


class UnreadableDate(DateError):
    """It is not written in any way we know."""


class NoSuchDay(DateError):
    """The month or the day does not exist, such as 2月30日."""


class NoSuchEraYear(DateError):
    """The era had not begun or was over on that day, such as 平成32年."""


@dataclass(frozen=True, slots=True)
class Era:
    """An era: its names, its first day, and the last day on which it may be written."""

    name: str
    letter: str
    start: date
    last: date

    def year(self, of: date) -> int:
        """The year of the era, 1 for the first (元年)."""
        return of.year - self.start.year + 1


ERAS = (
    # 明治 and 大正 ended on the day the next era began: that day is written either way in family registers.
    Era("明治", "M", date(1868, 1, 25), date(1912, 7, 30)),
    Era("大正", "T", date(1912, 7, 30), date(1926, 12, 25)),
    Era("昭和", "S", date(1926, 12, 25), date(1989, 1, 7)),
    Era("平成", "H", date(1989, 1, 8), date(2019, 4, 30)),
    Era("令和", "R", date(2019, 5, 1), date.max),
)
_BY_NAME = {name: era for era in ERAS for name in (era.name, era.name[0], era.letter)}
_ERA_NAMES = "|".join(sorted(_BY_NAME, key=len, reverse=True))
_ERA = re.compile(rf"({_ERA_NAMES})\s*(?:(元|\d{{1,4}}){_MONTH_AND_DAY}|(\d{{2}})(\d{{2}})(\d{{2}}))")


def parse_date(text: str) -> date:
    """The date written as ``2026-11-23``, ``2026/11/23``, ``20261123``, ``令和8年11月23日``, ``R8.11.23``.

    Full-width digits, kanji numerals, 元年 and a weekday in brackets are understood. Raises DateError.
    """
    plain = _plain(text)
    if match := _GREGORIAN.fullmatch(plain):
        year, month, day = (int(n) for n in match.groups() if n)
        return _day(year, month, day)
    if match := _ERA.fullmatch(plain):
        name, *numbers = (group for group in match.groups() if group)
        year, month, day = (1 if n == "元" else int(n) for n in numbers)
        return _era_day(_BY_NAME[name], year, month, day)
    if re.fullmatch(r"\d{1,3}\D+\d{1,2}\D+\d{1,2}日?", plain):
        raise UnreadableDate(f"年が分かりません。元号か4桁の西暦を付けて入力してください{_EXAMPLE}。")
    raise UnreadableDate(f"日付として読み取れません。年・月・日を入力してください{_EXAMPLE}。")


def era_of(d: date) -> Era | None:
    """The era of that day; None before 明治. A day on which an era changed belongs to the new one."""
    return next((era for era in reversed(ERAS) if era.start <= d), None)


def era_date(d: date) -> str:
    """``令和8年11月23日``; the first year is 元年; days before 明治 are written in the common calendar."""
    return f"{era_year(d)}{d.month}月{d.day}日"


def era_year(d: date) -> str:
    """``令和8年``, ``令和元年``."""
    era = era_of(d)
    if era is None:
        return f"{d.year}年"
    return f"{era.name}{'元' if era.year(d) == 1 else era.year(d)}年"


def era_date_weekday(d: date) -> str:
    """``令和8年11月23日（月）``."""
    return f"{era_date(d)}（{weekday(d)}）"


def weekday(d: date) -> str:
    """``月`` to ``日``."""
    return _WEEKDAYS[d.weekday()]


def fiscal_year(d: date) -> int:
    """The fiscal year (April to March) as the common year in which it began."""
    return d.year if d.month >= 4 else d.year - 1


def era_year_code(d: date) -> str:
    """The fiscal year as in receipt numbers: ``R08``.

    A fiscal year bears the era in which its first calendar year ended: 2019 is 令和元年度.
    """
    year_end = date(fiscal_year(d), 12, 31)
    era = era_of(year_end) or ERAS[0]
    return f"{era.letter}{era.year(year_end):02}"


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    plain = re.sub(rf"\s*\(?[{_WEEKDAYS}](?:曜日?)?\)$|\s*[{_WEEKDAYS}]曜日?$", "", plain)
    return kanji_to_digits(plain)


def _day(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise NoSuchDay(f"{month}月はありません。月は1から12までの数字で入力してください{_EXAMPLE}。")
    try:
        return date(year, month, day)
    except ValueError:
        wrong = f"{year}年{month}月{day}日"
        raise NoSuchDay(f"{wrong}という日はありません。日付を確かめて入力してください{_EXAMPLE}。") from None


def _era_day(era: Era, year: int, month: int, day: int) -> date:
    if year == 0:
        raise NoSuchEraYear(f"{era.name}0年はありません。最初の年は「{era.name}元年」と入力してください。")
    found = _day(era.start.year + year - 1, month, day)
    if era.start <= found <= era.last:
        return found
    first_or_last = f"{_bound(era, era.start)}から" if found < era.start else f"{_bound(era, era.last)}まで"
    raise NoSuchEraYear(f"{era.name}は{first_or_last}です。「{era_date(found)}」と入力してください。")


def _bound(era: Era, d: date) -> str:
    return f"{'元' if era.year(d) == 1 else era.year(d)}年{d.month}月{d.day}日"


