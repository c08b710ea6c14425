"""What the groups of a chart are called, and the condition that finds the records of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from madoguchi import query
from madoguchi.accounts.language import current, in_words
from madoguchi.accounts.models import Staff
from madoguchi.definition.app import AppDefinition, ChartGroup, Measure
from madoguchi.definition.display import display
from madoguchi.desk import cards, listing
from madoguchi.lib.eras import era_year
from madoguchi.query import Condition, Operator, Predicate, Word
from madoguchi.records.charts import SEVERAL_TYPES, Result, is_date
from madoguchi.records.permissions import Access

_MONTHS = {"month": 1, "quarter": 3, "year": 12, "fiscal_year": 12}
_PEOPLE = frozenset({"assignee", "created_by", "updated_by"})


def per_words(per: str) -> str:
    """The period in the language of the page."""
    return {
        "day": _("日ごと"), "week": _("週ごと"), "month": _("月ごと"), "quarter": _("四半期ごと"), "year": _("年ごと"),
        "fiscal_year": _("年度ごと"),
    }[per]


def how_words(how: str) -> str:
    """What is calculated, in the language of the page."""
    return {
        "count": _("件数"), "sum": _("合計"), "average": _("平均"), "min": _("最小"), "max": _("最大"),
    }[how]


def group_words(defn: AppDefinition, group: ChartGroup) -> str:
    """What a chart is grouped by: ``工事日（月ごと）``."""
    label = cards.label_of(defn, group.field)
    if not is_date(defn, group.field):
        return label
    return _("%(field)s（%(per)s）") % {"field": label, "per": per_words(group.per or "day")}


def measure_words(defn: AppDefinition, measure: Measure) -> str:
    """What is counted or added up: ``費用の合計``."""
    how = how_words(measure.how)
    if measure.field is None or measure.how == "count":
        return how
    return _("%(field)sの%(how)s") % {"field": cards.label_of(defn, measure.field), "how": how}


def number_words(defn: AppDefinition, measure: Measure, number: Decimal | None) -> str:
    """A number as it stands in the table; money with its unit."""
    if number is None:
        return ""
    field = defn.by_code.get(measure.field or "")
    if field is not None and measure.how != "count" and getattr(field, "format", field.type) == "money":
        return display(field, str(number.to_integral_value()), language=current()) if field.type == "money" else (
            f"{number.to_integral_value():,}"
        )
    return f"{number.normalize():,f}"


class Labels:
    """The words of every key of a result; names of people are read once."""

    def __init__(self, access: Access, result: Result) -> None:
        self._access, self._defn = access, access.app.definition
        self._groups = result.chart.groups
        self._people = [self._names(n, result) for n in range(len(self._groups))]
        self._usernames = self._read_usernames(result)

    def _names(self, number: int, result: Result) -> Mapping[Any, str]:
        code, keys = self._groups[number].field, {row.keys[number] for row in result.rows} - {None}
        field = self._defn.by_code.get(code)
        if field is None and code in _PEOPLE:
            return {str(pk): name for pk, name in cards.staff_names(int(key) for key in keys).items()}
        if field is not None and field.type in SEVERAL_TYPES - {"choices"}:
            return cards.people_names(field.type, keys)
        return {}

    def _read_usernames(self, result: Result) -> Mapping[str, str]:
        places = [n for n, group in enumerate(self._groups) if group.field in _PEOPLE]
        ids = {int(row.keys[n]) for row in result.rows for n in places if row.keys[n] is not None}
        found = Staff.objects.filter(pk__in=ids).values_list("pk", "username") if ids else ()
        return {str(pk): username for pk, username in found}

    def of(self, number: int, key: str | None) -> str:
        """The word for one key of the group with that number."""
        group = self._groups[number]
        field = self._defn.by_code.get(group.field)
        if key is None:
            return _("（なし）")
        if is_date(self._defn, group.field):
            return period_words(date.fromisoformat(key), group.per or "day")
        if key in self._people[number]:
            return self._people[number][key]
        if field is None:
            return cards.Words(self._defn, (), ()).of(group.field, key) if group.field not in _PEOPLE else key
        if field.type == "consent":
            return display(field, key == "true", language=current())
        if field.type == "choices":
            labels = {option.value: in_words(option.text) for option in field.options}
            return labels.get(key, key)
        return key if field.type in SEVERAL_TYPES | {"address"} else display(field, key, language=current())

    def order(self, number: int, key: str | None) -> tuple[int, str]:
        """Where a key stands among its group: options and statuses as the app lists them, blanks last."""
        if key is None:
            return (10**6, "")
        field = self._defn.by_code.get(self._groups[number].field)
        options = [option.value for option in getattr(field, "options", ())]
        if self._groups[number].field == "status" and self._defn.process:
            options = [status.code for status in self._defn.process.statuses]
        return (options.index(key) if key in options else len(options), key if not options else "")

    def condition(self, number: int, key: str | None) -> Condition | None:
        """What finds the records of that key; None where no address may or can say it."""
        group = self._groups[number]
        name = listing.query_name(self._access, group.field)
        if name is None or listing.is_personal(self._access, name):
            return None
        kind = self._access.query_fields[name].kind
        if is_date(self._defn, group.field):
            return _in_period(name, key, group.per or "day", moments=kind not in ("DATE", "CALC"))
        if key is not None and group.field in _PEOPLE:
            key = self._usernames.get(key)
        field = self._defn.by_code.get(group.field)
        if field is not None and field.type in ("address", "consent"):
            return None
        among: Operator = "in" if "in" in query.operators(kind) else "="
        return Predicate(name, among, (Word(key or ""),))


def period_words(day: date, per: str) -> str:
    """``2026-11``, ``令和8年度``, ``2026年7～9月``."""
    english = current() == "en"
    if per == "month":
        return f"{day:%Y-%m}"
    if per == "year":
        return str(day.year) if english else _("%(year)s年") % {"year": day.year}
    if per == "fiscal_year":
        return f"FY{day.year}" if english else f"{era_year(day).removesuffix('年')}年度"
    if per == "quarter":
        return f"{day.year} Q{(day.month + 2) // 3}" if english else f"{day.year}年{day.month}～{day.month + 2}月"
    return f"{day.isoformat()}～" if per == "week" else day.isoformat()


def _in_period(name: str, key: str | None, per: str, *, moments: bool) -> Condition:
    if key is None:
        return Predicate(name, "=", (Word(""),))
    first = date.fromisoformat(key)
    end = _next(first, per)
    if not moments:
        return query.all_of([
            Predicate(name, ">=", (Word(first.isoformat()),)), Predicate(name, "<", (Word(end.isoformat()),)),
        ])  # fmt: skip
    return query.all_of([
        Predicate(name, ">=", (Word(f"{first.isoformat()}T00:00:00+09:00"),)),
        Predicate(name, "<", (Word(f"{end.isoformat()}T00:00:00+09:00"),)),
    ])  # fmt: skip


def _next(day: date, per: str) -> date:
    if per in ("day", "week"):
        return day + timedelta(days=1 if per == "day" else 7)
    months = day.month - 1 + _MONTHS[per]
    return date(day.year + months // 12, months % 12 + 1, 1)
