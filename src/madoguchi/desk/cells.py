"""The cells of a list as HTML.

Made here and not in a template: a page has a thousand of them, and Django's template engine took 60 of the 80 ms that
a list of a hundred records cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from madoguchi.accounts.language import current
from madoguchi.definition.text import Language
from madoguchi.desk.chips import Chip
from madoguchi.desk.deadlines import DaysLeft
from madoguchi.desk.highlight import marked
from madoguchi.desk.icons import icon
from madoguchi.lib.eras import era_date_weekday
from madoguchi.records.search import Word

_LEFT_ICONS = {"warn": "expired", "bad": "warning"}


def text_cell(text: str, *, numeric: bool = False, words: Sequence[Word] = ()) -> str:
    """A text, cut off where it is too long for a column, with the words that were looked for marked."""
    shown = marked(text, words) if words else escape(text)
    return f'<td{" class=number" if numeric else ""}><span class="table__text">{shown}</span></td>'


def moment_cell(value: datetime | None) -> str:
    """A moment as tables show it, with the era on hover."""
    return f"<td>{moment_html(value) if value else ''}</td>"


def chip_cell(chip: Chip | None) -> str:
    """A state."""
    return f"<td>{chip_html(chip) if chip else ''}</td>"


def left_cell(left: DaysLeft | None) -> str:
    """The days left; plain words while there is time."""
    return f"<td>{left_html(left) if left else ''}</td>"


@lru_cache(maxsize=512)
def chip_html(chip: Chip) -> SafeString:
    """Icon and word in the state's colour."""
    return format_html('<span class="chip chip--{}">{}{}</span>', chip.kind, icon(chip.icon), chip.name)


@lru_cache(maxsize=512)
def left_html(left: DaysLeft) -> SafeString:
    """The days left, with the last day on hover."""
    title = f"{_('期限')} {left.due.isoformat()}"
    if left.level == "plain":
        return format_html('<span title="{}">{}</span>', title, left.text)
    picture = icon(_LEFT_ICONS[left.level])
    return format_html('<span class="chip chip--{}" title="{}">{}{}</span>', left.level, title, picture, left.text)


def moment_html(value: datetime) -> SafeString:
    """``2026-11-23 14:05`` with the era on hover."""
    local = timezone.localtime(value)
    # Nothing in it comes from outside.
    return mark_safe(  # noqa: S308
        f'<time datetime="{local.isoformat()}" title="{in_full(local.date(), current())}">{local:%Y-%m-%d %H:%M}</time>'
    )


@lru_cache(maxsize=1024)
def in_full(day: date, language: Language) -> str:
    """With the weekday: in Japanese by era, in English written out."""
    return f"{day:%A} {day.day} {day:%B %Y}" if language == "en" else era_date_weekday(day)
