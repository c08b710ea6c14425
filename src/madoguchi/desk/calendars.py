"""A calendar: the days of a month or a week, with holidays, and the records that fall on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import jpholiday
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi import query
from madoguchi.accounts.language import current
from madoguchi.definition.app import Sort, View
from madoguchi.desk import cards, listing
from madoguchi.desk.cards import Card
from madoguchi.lib.eras import era_date, era_year
from madoguchi.query import Condition, Predicate, Word
from madoguchi.records import lists
from madoguchi.records.charts import is_date
from madoguchi.records.permissions import Access

MAX_RECORDS = 500
UNDATED = 20
COUNT_CAP = 999
MONTH_ENTRIES = 4
"""So many stand openly in a day of the month; the others under one fold."""
_DAY = timedelta(days=1)
FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Span:
    """What is looked at: the month or the week in which ``day`` lies."""

    day: date
    week: bool

    @property
    def first(self) -> date:
        return _sunday(self.day) if self.week else self.day.replace(day=1)

    @property
    def end(self) -> date:
        """The first day that is no longer meant."""
        if self.week:
            return self.first + 7 * _DAY
        return (self.first + 31 * _DAY).replace(day=1)

    @property
    def days(self) -> list[date]:
        """Whole weeks from Sunday to Saturday."""
        start = _sunday(self.first)
        count = ((self.end - _DAY) - start).days + 1
        return [start + n * _DAY for n in range(-(-count // 7) * 7)]

    def moved(self, step: int) -> date:
        """A day of the span before or after, as far as the calendar goes."""
        found = self.first - _DAY if step < 0 else self.end
        return min(max(found, FIRST), LAST)

    @property
    def heading(self) -> str:
        """With the era, as staff write it."""
        if self.week:
            last = self.end - _DAY
            if current() == "en":
                return f"{self.first.isoformat()} – {last.isoformat()}"
            return f"{self.first.isoformat()}～{last.isoformat()}（{era_date(self.first)}からの週）"
        if current() == "en":
            return f"{self.first:%B %Y}"
        return f"{self.first.year}年{self.first.month}月（{era_year(self.first)}）"


def _sunday(day: date) -> date:
    return day - timedelta(days=day.isoweekday() % 7)


def span_of(day: str, span: str) -> Span:
    """What an address asks for; today where it cannot be read."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        found = timezone.localdate()
    return Span(min(max(found, FIRST), LAST), span == "week")


@dataclass(frozen=True, slots=True)
class Entry:
    """A record on its day. ``time`` is empty where the field is a date; ``movable``: this person may change it."""

    card: Card
    day: date | None
    time: str
    movable: bool


@dataclass(frozen=True, slots=True)
class Day:
    """``kind`` colours it: holiday and Sunday, Saturday, another month's."""

    day: date
    kind: str
    holiday: str
    today: bool
    shown: tuple[Entry, ...]
    folded: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a calendar is made of."""

    access: Access
    asked: listing.Request
    search: str
    span: Span

    @property
    def view(self) -> View:
        return self.asked.view

    @property
    def code(self) -> str:
        return self.view.date or ""

    def obstacle(self) -> str:
        """Why there is no calendar, in words; empty if there is one."""
        if not is_date(self.access.app.definition, self.code):
            return _("カレンダーの日付に選ばれた項目が、今のアプリにありません。アプリを作った人に知らせてください。")
        if self._name() is None:
            return _("カレンダーの日付に選ばれた項目を見る権限がありません。")
        return ""

    def _name(self) -> str | None:
        return listing.query_name(self.access, self.code) if self.access.sees(self.code) else None

    def dated(self) -> lists.Page:
        """The records of the span, the earliest first. Raises ListTooSlow."""
        days = self.span.days
        first, end = (f"{day.isoformat()}{self._midnight}" for day in (days[0], days[-1] + _DAY))
        name = self._name() or ""
        between = [Predicate(name, ">=", (Word(first),)), Predicate(name, "<", (Word(end),))]
        return self._page(query.all_of(between), MAX_RECORDS, Sort(field=self.code))

    def undated(self) -> tuple[lists.Page, str]:
        """Records without a date, and how many there are in words. Raises ListTooSlow."""
        blank = Predicate(self._name() or "", "=", (Word(""),))
        count = lists.count_capped(
            self.access, self.view, filters=self.asked.filters, search=self.search, condition=self._whole(blank),
            cap=COUNT_CAP,
        )
        words = f"{COUNT_CAP}+" if count > COUNT_CAP else str(count)
        return self._page(blank, UNDATED, Sort(field="id", descending=True)), words

    @property
    def _midnight(self) -> str:
        kind = self.access.query_fields[self._name() or ""].kind
        return "" if kind == "DATE" else "T00:00:00+09:00"

    def _whole(self, condition: Condition) -> Condition:
        return query.all_of([part for part in (self.asked.condition, condition) if part is not None])

    def _page(self, condition: Condition, limit: int, sort: Sort) -> lists.Page:
        reading = cards.reading(self.access, self.view)
        reading = reading.model_copy(update={"columns": tuple(dict.fromkeys([*reading.columns, self.code]))})
        return lists.list_records(
            self.access.app, reading, access=self.access, filters=self.asked.filters, search=self.search,
            condition=self._whole(condition), limit=limit, sort=[sort],
        )

    def entries(self, page: lists.Page) -> list[Entry]:
        """The page's records as entries."""
        shown = cards.cards(self.access, self.view, page, without=[self.code])
        movable = self._movable([card.id for card in shown])
        moments = [row.get(self.code) or "" for row in page.rows]
        return [
            Entry(card, date.fromisoformat(text[:10]) if text else None, text[11:16], card.id in movable)
            for card, text in zip(shown, map(_local, moments), strict=True)
        ]

    def _movable(self, ids: list[int]) -> set[int]:
        field = self.access.app.definition.by_code.get(self.code)
        if field is None or field.type not in ("date", "datetime") or not self.access.changes(self.code) or not ids:
            return set()
        return {number for number, rights in self.access.rights_on(ids).items() if "edit" in rights}

    def weeks(self, entries: list[Entry]) -> list[list[Day]]:
        """The days with their entries, week by week."""
        by_day: dict[date | None, list[Entry]] = {}
        for entry in entries:
            by_day.setdefault(entry.day, []).append(entry)
        days = [self._day(day, by_day) for day in self.span.days]
        return [days[n : n + 7] for n in range(0, len(days), 7)]

    def _day(self, day: date, by_day: Mapping[date | None, list[Entry]]) -> Day:
        holiday = jpholiday.is_holiday_name(day) or ""
        entries = by_day.get(day, [])
        most = len(entries) if self.span.week or len(entries) <= MONTH_ENTRIES + 1 else MONTH_ENTRIES
        kind = "holiday" if holiday or day.isoweekday() == 7 else "saturday" if day.isoweekday() == 6 else "plain"
        if not self.span.first <= day < self.span.end:
            kind += " cal__day--other"
        return Day(day, kind, holiday, day == timezone.localdate(), tuple(entries[:most]), tuple(entries[most:]))


def _local(text: str) -> str:
    """Moments of the system come with the database's zone; those of fields are in Tokyo already."""
    if len(text) <= 10 or text.endswith("+09:00"):
        return text
    return timezone.localtime(datetime.fromisoformat(text)).isoformat()
