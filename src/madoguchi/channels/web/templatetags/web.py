"""What the pages' templates need beside Django's own: texts in the reader's language, ruby, dates, money."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from madoguchi.accounts.language import current
from madoguchi.channels.web.answers import WESTERN
from madoguchi.channels.web.reader import Reader
from madoguchi.definition.display import display_money
from madoguchi.definition.text import RUBY, Text, without_ruby
from madoguchi.lib import eras

register = template.Library()
_ERAS_IN_ENGLISH = {
    "令和": "Reiwa", "平成": "Heisei", "昭和": "Showa", "大正": "Taisho", "明治": "Meiji", WESTERN: "Common era",
}


def ruby(text: str) -> SafeString:
    """``text`` escaped, with 漢字《かんじ》 as ``<ruby>``."""
    marked = RUBY.sub(r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>", str(escape(text)))
    return mark_safe(marked)  # noqa: S308 - escaped just above


def _in_language(context: template.Context, text: Text | str | None) -> str:
    if isinstance(text, Text):
        reader: Reader = context.get("reader") or Reader()
        return text.in_language(reader.language)
    return str(text or "")


@register.simple_tag(takes_context=True)
def say(context: template.Context, text: Text | str | None) -> SafeString:
    """A definition's text in the reader's language, with furigana where it has some."""
    return ruby(_in_language(context, text))


@register.simple_tag(takes_context=True)
def plain(context: template.Context, text: Text | str | None) -> str:
    """The same without furigana, for places that hold text only."""
    return without_ruby(_in_language(context, text))


@register.simple_tag(takes_context=True)
def row_title(context: template.Context, label: Text | None, number: int) -> str:
    """1人目 in Japanese, Person 1 in other languages; 1件目 where rows have no name."""
    if label is None:
        return _("%(n)d件目") % {"n": number}
    words = without_ruby(_in_language(context, label))
    reader: Reader = context.get("reader") or Reader()
    return f"{words} {number}" if reader.language == "en" else f"{number}{words}"


@register.simple_tag
def era_name(era: str) -> str:
    """令和, in English 令和 Reiwa: whoever reads no kanji knows their era by its sound."""
    return f"{era} {_ERAS_IN_ENGLISH[era]}" if current() == "en" else era


@register.filter
def yen(amount: int) -> str:
    """1200 as 1,200円, in English 1,200 yen."""
    return display_money(amount, current())


@register.simple_tag(takes_context=True)
def day(context: template.Context, moment: date | datetime | None) -> str:
    """A day as residents read it: 令和8年11月23日（月）, in English 23 November 2026."""
    if moment is None:
        return ""
    local = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    reader: Reader = context.get("reader") or Reader()
    return f"{local.day} {local:%B %Y}" if reader.language == "en" else eras.era_date_weekday(local)


@register.simple_tag(takes_context=True)
def moment(context: template.Context, at: datetime | None) -> str:
    """A day and the time."""
    return f"{day(context, at)} {timezone.localtime(at):%H:%M}" if at else ""
