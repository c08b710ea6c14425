"""Records as cards: a title that leads to the record and what the view shows, for boards, calendars and maps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.language import current, in_words
from madoguchi.accounts.models import Department, Staff, StaffGroup
from madoguchi.definition.app import AppDefinition, View
from madoguchi.definition.display import display
from madoguchi.definition.fields import RelatedField
from madoguchi.desk.answers import name_and_kana, related_lines
from madoguchi.desk.chips import Chip, status_chip
from madoguchi.desk.deadlines import DaysLeft, days_left
from madoguchi.desk.listing import SYSTEM_LABELS
from madoguchi.desk.timeline import CHANNELS
from madoguchi.records.lists import Page
from madoguchi.records.permissions import Access

LINE_LENGTH = 60
_PEOPLE = {"staff": Staff, "department": Department, "group": StaffGroup}
_SYSTEM_PEOPLE = frozenset({"assignee", "created_by", "updated_by"})
_MOMENTS = frozenset({"created_at", "updated_at", "submitted_at"})
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a card behind its name."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """One record. ``key`` is its receipt number or number; ``title`` what names it, the key where nothing else does."""

    id: int
    revision: int
    url: str
    key: str
    title: str
    lines: tuple[Line, ...]
    status: Chip | None
    left: DaysLeft | None


def reading(access: Access, view: View) -> View:
    """The view, reading also what a card needs: its title, its status and what the days left follow from."""
    defn = access.app.definition
    more = [title_code(access, view), "submitted_at" if defn.procedure else None, "receipt_number"]
    columns = dict.fromkeys([*view.columns, *(code for code in more if code)])
    return view.model_copy(update={"columns": tuple(columns)})


def title_code(access: Access, view: View) -> str | None:
    """What names a record on a card; None: the receipt number or the number does."""
    defn = access.app.definition
    first = next((f.code for f in defn.fields if f.type in ("text", "name") and access.sees_field(f)), None)
    wanted = view.title or defn.title_field or (None if defn.procedure else first)
    return wanted if wanted in defn.by_code and access.sees(wanted) else None


def cards(access: Access, view: View, page: Page, *, without: Iterable[str] = ()) -> list[Card]:
    """The page's records; ``without`` are columns that the place of the card says already."""
    defn, title = access.app.definition, title_code(access, view)
    left_out = {*without, title, "receipt_number", "id", "status"}
    codes = [code for code in page.columns if code in view.columns and code not in left_out]
    words = Words(defn, page.rows, [*codes, *([title] if title else [])])
    return [_card(access, row, title, codes, words) for row in page.rows]


def _card(access: Access, row: Row, title: str | None, codes: Sequence[str], words: Words) -> Card:
    defn = access.app.definition
    key = row.get("receipt_number") or f"#{row['id']}"
    lines = [Line(label_of(defn, code), words.of(code, row.get(code))) for code in codes]
    filed = row.get("submitted_at")
    status = status_chip(defn, row.get("status"))
    left = days_left(defn, row["status"], datetime.fromisoformat(filed)) if filed and _is_open(status) else None
    return Card(
        id=row["id"], revision=row["revision"], url=reverse("desk:record", args=[access.app.code, row["id"]]),
        key=key, title=(words.of(title, row.get(title)) if title else "") or key,
        lines=tuple(line for line in lines if line.text), status=status, left=left,
    )


def _is_open(status: Chip | None) -> bool:
    return status is not None and status.kind == "open"


def label_of(defn: AppDefinition, code: str) -> str:
    """What a column is called."""
    field = defn.by_code.get(code)
    return in_words(field.label) if field else str(SYSTEM_LABELS.get(code, code))


class Words:
    """Values as plain text. The names behind codes of people are read once for all ``rows``."""

    def __init__(self, defn: AppDefinition, rows: Sequence[Row], codes: Iterable[str]) -> None:
        self._defn = defn
        self._names = {code: self._read_names(code, rows) for code in codes}

    def _read_names(self, code: str, rows: Sequence[Row]) -> Mapping[Any, str]:
        field = self._defn.by_code.get(code)
        if field is None and code in _SYSTEM_PEOPLE:
            ids = {row[code] for row in rows if row.get(code)}
            return staff_names(ids)
        if field is None or field.type not in _PEOPLE:
            return {}
        return people_names(field.type, {item for row in rows for item in row.get(code) or ()})

    def of(self, code: str, value: Any) -> str:
        """The value of that column in words, in one line."""
        if value in (None, "", [], {}):
            return ""
        field, names = self._defn.by_code.get(code), self._names.get(code, {})
        if field is None:
            return self._system(code, value, names)
        if isinstance(field, RelatedField):
            return "、".join(related_lines(field)(value))
        if field.type == "name":
            return name_and_kana(value)[0]
        if field.type in _PEOPLE:
            return "、".join(names.get(item, item) for item in value)
        text = display(field, value, language=current()).replace("\n", " ")
        return text if len(text) <= LINE_LENGTH else f"{text[:LINE_LENGTH]}…"

    def _system(self, code: str, value: Any, names: Mapping[Any, str]) -> str:
        if code in _SYSTEM_PEOPLE:
            return names.get(value, _("未定"))
        if code == "channel":
            return str(CHANNELS.get(value, value))
        if code == "status":
            chip = status_chip(self._defn, value)
            return chip.name if chip else ""
        if code in _MOMENTS:
            return f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
        return str(value)


def staff_names(ids: Iterable[int]) -> dict[Any, str]:
    """Names of staff by their ids."""
    wanted = set(ids)
    return {staff.pk: str(staff) for staff in Staff.objects.filter(pk__in=wanted)} if wanted else {}


def people_names(kind: str, codes: Iterable[str]) -> dict[Any, str]:
    """Names of staff, departments or groups by the codes that fields hold."""
    wanted, key = set(codes), "username" if kind == "staff" else "code"
    if not wanted:
        return {}
    found = _PEOPLE[kind]._default_manager.filter(**{f"{key}__in": wanted}).annotate(held_as=F(key))
    return {one.held_as: str(one) for one in found}
