"""Answers that are more than a line of text: tables, related records, rich text, links, colleagues by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import nh3
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from madoguchi.accounts.language import current, in_words
from madoguchi.catalog import queries as catalog
from madoguchi.definition.display import display
from madoguchi.definition.fields import AnyField, RelatedField, TableField
from madoguchi.definition.values import Value
from madoguchi.desk import people
from madoguchi.desk.form_values import PEOPLE_TYPES
from madoguchi.records.joined import RELATED_SYSTEM


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; ``url`` leads to the record it is of."""

    text: str
    numeric: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    label: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class InnerTable:
    """Rows inside a record."""

    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]


def is_numeric(field: Any) -> bool:
    """Whether a column is aligned to the right."""
    return getattr(field, "format", getattr(field, "type", "")) in ("number", "money")


def text_of(field: Any, value: Value) -> str:
    """A value to read, colleagues by name."""
    if value is not None and field.type in PEOPLE_TYPES:
        return ("、" if current() == "ja" else ", ").join(people.names(field.type, value))
    return display(field, value, language=current())


def rows_of(field: TableField, value: Sequence[Mapping[str, Value]]) -> InnerTable:
    """The rows of a table with their headings."""
    return InnerTable(
        tuple(Heading(in_words(sub.label), is_numeric(sub)) for sub in field.fields),
        tuple(tuple(Cell(text_of(sub, row.get(sub.code)), is_numeric(sub)) for sub in field.fields) for row in value),
    )


def related(field: RelatedField, value: Sequence[Mapping[str, Value]]) -> InnerTable:
    """Related records; the first column leads to each. Columns that may not be seen there are left out."""
    try:
        fields = catalog.published(field.app).definition.by_code
    except catalog.AppNotFound:
        return InnerTable((), ())
    first = value[0] if value else {}
    codes = [code for code in field.columns if code in first]
    return InnerTable(
        tuple(_heading(fields, code) for code in codes),
        tuple(tuple(_related_cell(field, fields, row, code, n) for n, code in enumerate(codes)) for row in value),
    )


def _heading(fields: Mapping[str, AnyField], code: str) -> Heading:
    if code in fields:
        return Heading(in_words(fields[code].label), is_numeric(fields[code]))
    names = {
        "id": _("番号"), "receipt_number": _("受付番号"), "status": _("状態"), "created_at": _("登録"),
        "updated_at": _("更新"), "submitted_at": _("受付"),
    }
    return Heading(names.get(code, code))


def _related_cell(
    field: RelatedField, fields: Mapping[str, AnyField], row: Mapping[str, Value], code: str, position: int
) -> Cell:
    value = row.get(code)
    url = reverse("desk:record", args=[field.app, row["id"]]) if position == 0 else ""
    if code in fields:
        return Cell(text_of(fields[code], value) or (_("（なし）") if url else ""), is_numeric(fields[code]), url)
    if value and code in RELATED_SYSTEM and code.endswith("_at"):
        return Cell(f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}", url=url)
    return Cell(str(value or ""), url=url)


def rich(value: str) -> SafeString:
    """Rich text as HTML: cleaned when it was written, and once more here, whoever wrote it."""
    return mark_safe(nh3.clean(value, url_schemes={"http", "https", "mailto", "tel"}))  # noqa: S308 - just cleaned


def address_of(field: Any, value: str) -> str:
    """Where a link leads; empty for a text that is no address after all."""
    if field.type == "email" or field.protocol == "mail":
        return f"mailto:{value}" if "@" in value else ""
    if field.protocol == "tel":
        return f"tel:{value}"
    return value if value.startswith(("https://", "http://")) else ""
