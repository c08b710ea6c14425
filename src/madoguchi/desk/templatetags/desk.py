"""What the desk's templates need beside plain values."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from madoguchi.accounts.language import current, in_words
from madoguchi.definition.display import display_money
from madoguchi.definition.text import Text
from madoguchi.desk import cells, icons
from madoguchi.desk.chips import Chip
from madoguchi.desk.deadlines import DaysLeft

register = template.Library()
register.simple_tag(icons.icon, name="icon")


@register.simple_tag
def chip(value: Chip) -> SafeString:
    """A state: icon, word and colour."""
    return cells.chip_html(value)


@register.simple_tag
def days_left(value: DaysLeft) -> SafeString:
    """How many business days are left."""
    return cells.left_html(value)


@register.filter
def words(text: Text) -> str:
    """A definition's text in the language of this page."""
    return in_words(text)


@register.filter
def yen(amount: int) -> str:
    """1200 as 1,200円, in English 1,200 yen."""
    return display_money(amount, current())


@register.filter
def day(value: date | datetime | None) -> SafeString | str:
    """``2026-11-23`` with the era on hover, as tables show it."""
    if value is None:
        return ""
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    in_full = cells.in_full(local, current())
    return format_html('<time datetime="{0}" title="{1}">{0}</time>', local.isoformat(), in_full)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """``2026-11-23 14:05`` with the era on hover."""
    return cells.moment_html(value) if value else ""
