"""The rows of a list as HTML.

Every list a clerk opens makes a hundred of them, so they are not made in a template (see docs/explanation/
performance.md): what holds for a column is found once, and what repeats down a column (a state, a channel, a day) is
made once per page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from madoguchi.accounts.language import current
from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.display import display
from madoguchi.definition.fields import AnyField, RelatedField
from madoguchi.desk import cells
from madoguchi.desk.answers import name_and_kana, related_lines
from madoguchi.desk.chips import status_chip
from madoguchi.desk.deadlines import days_left
from madoguchi.desk.highlight import marked
from madoguchi.desk.timeline import CHANNELS
from madoguchi.records.lists import Page
from madoguchi.records.search import Word
from madoguchi.records.search_text import is_searched

PEOPLE = frozenset({"assignee", "created_by", "updated_by"})
"""System columns that hold who somebody is."""
Values = Mapping[str, Any]
Maker = Callable[[Any], str]
RowMaker = Callable[[Values], str]


@dataclass(frozen=True, slots=True)
class Table:
    """What is shown of a page: ``codes`` are its columns, ``prefix`` begins the rows' ids in the document.

    ``words`` are what was looked for. ``edits`` are the columns whose cells can be changed in their place (ids of
    fields by code), ``locked`` the records that cannot.
    """

    app: AppRevision
    page: Page
    codes: Sequence[str]
    prefix: str = "row"
    pick: bool = False
    words: Sequence[Word] = ()
    edits: Mapping[str, int] = field(default_factory=dict)
    locked: frozenset[int] = frozenset()

    @property
    def rows(self) -> SafeString:
        """``<tr>`` after ``<tr>``; the first cell links to the record, the last shows the days left."""
        address = reverse("desk:list", args=[self.app.code])
        makers = [(code, _maker(self.app.definition, code, self.page, self.words)) for code in self.codes]
        left = _left_maker(self.app.definition)
        return mark_safe("".join(self._row(row, address, makers, left) for row in self.page.rows))  # noqa: S308

    def _row(self, row: Values, address: str, makers: Sequence[tuple[str, Maker]], left: RowMaker) -> str:
        number = row["id"]
        key = marked(row["receipt_number"], self.words) if row.get("receipt_number") else f"#{number}"
        tick = (
            '<td class="table__pick"><label><input type="checkbox" name="record" data-pick'
            f' value="{number}" aria-labelledby="pick key-{number}"></label></td>' if self.pick else ""
        )
        made = [(code, make(row.get(code))) for code, make in makers]
        shown = made if number in self.locked else [(code, self._editable(code, cell)) for code, cell in made]
        revision = f' data-revision="{row["revision"]}"' if self.edits and number not in self.locked else ""
        return (
            f'<tr id="{self.prefix}-{number}"{revision}>{tick}<th class="table__key" scope="row">'
            f'<a href="{address}{number}/" id="key-{number}" data-row-link>{key}</a></th>'
            f"{''.join([cell for _code, cell in shown])}{left(row)}</tr>\n"
        )

    def _editable(self, code: str, cell: str) -> str:
        """The cell, reached by keys and marked with its field where it can be changed."""
        number = self.edits.get(code)
        return cell if number is None else f'<td data-edit="{number}" tabindex="-1"{cell[3:]}'


def _maker(defn: AppDefinition, code: str, page: Page, words: Sequence[Word]) -> Maker:
    """What makes the cells of one column."""
    field = defn.by_code.get(code)
    if isinstance(field, RelatedField):
        return _related_maker(field)
    if field is not None:
        found = words if is_searched(field) else ()
        return _name_maker(found) if field.type == "name" else _field_maker(field, found)
    if code == "status":
        return _once(lambda value: cells.chip_cell(status_chip(defn, value)))
    if code in PEOPLE:
        people, nobody = _people(page, code), _("未定") if code == "assignee" else ""
        return _once(lambda value: cells.text_cell(people.get(value, "") if value else nobody))
    if code == "channel":
        return _once(lambda value: cells.text_cell(str(CHANNELS.get(value, value))))
    return lambda value: cells.moment_cell(_moment(value))


def _once(make: Maker) -> Maker:
    """``make``, called once for each different value."""
    made: dict[Any, str] = {}

    def remembered(value: Any) -> str:
        if value not in made:
            made[value] = make(value)
        return made[value]

    return remembered


def _field_maker(field: AnyField, words: Sequence[Word]) -> Maker:
    language, numeric = current(), is_numeric(field)

    def make(value: Any) -> str:
        text = display(field, value, language=language)
        return cells.text_cell(text.replace("\n", " "), numeric=numeric, words=words)

    remembered = _once(make)
    return lambda value: make(value) if isinstance(value, list | dict) else remembered(value)


def _related_maker(field: RelatedField) -> Maker:
    lines = related_lines(field)
    return lambda value: cells.text_cell("、".join(lines(value)))


def _name_maker(words: Sequence[Word]) -> Maker:
    return lambda value: cells.text_cell(name_and_kana(value)[0] if value else "", words=words)


def _left_maker(defn: AppDefinition) -> RowMaker:
    """What makes the cell with the days left: once for each state and day of filing."""
    if not has_deadline(defn):
        return lambda row: ""
    made: dict[tuple[Any, Any], str] = {}

    def make(row: Values) -> str:
        filed = _moment(row.get("submitted_at"))
        key = (row.get("status"), timezone.localtime(filed).date() if filed else None)
        if key not in made:
            made[key] = cells.left_cell(days_left(defn, row.get("status"), filed))
        return made[key]

    return make


def _people(page: Page, code: str) -> dict[int, str]:
    ids = {row[code] for row in page.rows if row.get(code)}
    return {staff.pk: str(staff) for staff in Staff.objects.filter(pk__in=ids)} if ids else {}


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def is_numeric(field: AnyField | None) -> bool:
    """Whether a column is aligned to the right."""
    return field is not None and getattr(field, "format", field.type) in {"number", "money", "total"}


def has_deadline(defn: AppDefinition) -> bool:
    """Whether the app's records have a standard processing period."""
    return defn.procedure is not None and defn.process is not None
