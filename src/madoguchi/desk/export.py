"""Exactly what a list shows, as rows for a file: its columns, its conditions, its order, what its reader may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.language import current, in_words
from madoguchi.accounts.models import Staff
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.display import display
from madoguchi.definition.fields import AnyField, RelatedField
from madoguchi.desk import listing, people
from madoguchi.desk.answers import name_and_kana, related_lines
from madoguchi.desk.chips import status_chip
from madoguchi.desk.deadlines import days_left
from madoguchi.desk.form_values import PEOPLE_TYPES
from madoguchi.desk.table import PEOPLE, has_deadline
from madoguchi.desk.timeline import CHANNELS
from madoguchi.lib.tables.streaming import Cell, plain, unwritable
from madoguchi.records import lists
from madoguchi.records.access import log_access
from madoguchi.records.permissions import Access

PAGE_ROWS = 2000
SHOWN_UNWRITABLE = 20
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Export:
    """One list to be written out. ``search`` are the words that are looked for."""

    access: Access
    asked: listing.Request
    search: str

    @property
    def defn(self) -> AppDefinition:
        return self.access.app.definition

    @property
    def codes(self) -> tuple[str, ...]:
        """The columns: the one that leads to the record first, then the view's own."""
        first = "receipt_number" if self.defn.procedure else "id"
        seen = lists.visible_columns(self.access, self.asked.view)
        return (first, *(code for code in seen if code not in ("receipt_number", "id")))

    @property
    def header(self) -> list[str]:
        """The headings, as on screen."""
        words = [_label(self.defn, code) for code in self.codes]
        return [*words, _("期限")] if has_deadline(self.defn) else words

    def pages(self) -> Iterator[lists.Page]:
        """The list, page after page; each one is noted in the access log. Raises ListTooSlow."""
        view = listing.with_deadline(self.defn, self.asked.view)
        view = view.model_copy(update={"columns": tuple(dict.fromkeys([*view.columns, self.codes[0]]))})
        after: str | None = None
        while True:
            page = lists.list_records(
                self.access.app, view, access=self.access, filters=self.asked.filters, search=self.search,
                condition=self.asked.condition, sort=self.asked.sorts, after=after, limit=PAGE_ROWS,
            )
            assert self.access.viewer.staff is not None
            log_access(
                app=self.access.app, record_ids=[row["id"] for row in page.rows], staff=self.access.viewer.staff,
                purpose="export", field_ids=page.personal_field_ids,
            )
            yield page
            after = page.next_cursor
            if after is None:
                return

    def rows(self, pages: Iterator[lists.Page] | None = None) -> Iterator[list[Cell]]:
        """The cells of the whole list: numbers as numbers, dates as 2026-11-23."""
        makers = [(code, _maker(self.defn, code)) for code in self.codes]
        for page in pages or self.pages():
            named = _names(page, self.codes)
            for row in page.rows:
                cells = [
                    (named.get((code, row.get(code))) if code in PEOPLE else None) or make(row.get(code))
                    for code, make in makers
                ]
                yield [*cells, _due(self.defn, row)] if has_deadline(self.defn) else cells


def _label(defn: AppDefinition, code: str) -> str:
    field = defn.by_code.get(code)
    return in_words(field.label) if field else str(listing.SYSTEM_LABELS.get(code, code))


def _names(page: lists.Page, codes: Sequence[str]) -> dict[tuple[str, Any], str]:
    """Who is meant by the numbers in the columns that hold staff."""
    wanted = [code for code in codes if code in PEOPLE]
    ids = {row[code] for row in page.rows for code in wanted if row.get(code)}
    staff = {one.pk: str(one) for one in Staff.objects.filter(pk__in=ids)} if ids else {}
    return {(code, number): name for code in wanted for number, name in staff.items()}


def _maker(defn: AppDefinition, code: str) -> Callable[[Any], Cell]:
    field = defn.by_code.get(code)
    if field is not None:
        return _field_maker(field)
    if code == "status":
        return lambda value: chip.name if (chip := status_chip(defn, value)) else ""
    if code == "channel":
        return lambda value: str(CHANNELS.get(value, value or ""))
    if code == "assignee":
        return lambda value: _("未定") if value is None else ""
    return _system


def _system(value: Any) -> Cell:
    if isinstance(value, str) and "T" in value and value[:4].isdigit():
        return f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
    return value if isinstance(value, int) else str(value or "")


def _field_maker(field: AnyField) -> Callable[[Any], Cell]:
    kind = getattr(field, "format", field.type)
    if isinstance(field, RelatedField):
        lines = related_lines(field)
        return lambda value: "\n".join(lines(value))
    if kind in ("number", "money", "total"):
        return lambda value: None if value is None else Decimal(str(value))
    if kind == "date":
        return lambda value: str(value or "")
    if field.type == "datetime":
        return lambda value: f"{value[:10]} {value[11:16]}" if value else ""
    if field.type == "name":
        return lambda value: name_and_kana(value)[0] if value else ""
    if field.type in PEOPLE_TYPES:
        return lambda value: "、".join(people.names(field.type, value)) if value else ""
    language = current()
    return lambda value: display(field, value, language=language)


def _due(defn: AppDefinition, row: Values) -> str:
    filed = row.get("submitted_at")
    left = days_left(defn, row.get("status"), datetime.fromisoformat(filed) if filed else None)
    return left.due.isoformat() if left else ""


@dataclass(frozen=True, slots=True)
class Unwritable:
    """Characters that Shift_JIS does not have, and the first records that have them."""

    characters: tuple[str, ...]
    records: tuple[tuple[str, str], ...]
    count: int


def find_unwritable(export: Export) -> Unwritable:
    """Reads the whole list once to say what would be lost in Shift_JIS."""
    characters: dict[str, None] = {}
    records: list[tuple[str, str]] = []
    count = 0
    for row in export.rows():
        found = unwritable("".join(plain(cell) for cell in row))
        if found:
            count += 1
            characters |= dict.fromkeys(sorted(found))
            if len(records) < SHOWN_UNWRITABLE:
                records.append((plain(row[0]), " ".join(sorted(found))))
    return Unwritable(tuple(characters), tuple(records), count)
