"""Charts and cross tables: PostgreSQL groups and counts, over the records that the viewer may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from psycopg import sql

from madoguchi import query
from madoguchi.accounts.language import in_words
from madoguchi.catalog.tables import columns_of, table_name
from madoguchi.definition.app import AppDefinition, Chart, ChartGroup, Measure, View
from madoguchi.definition.fields import AnyField
from madoguchi.definition.text import japanese
from madoguchi.query import Condition
from madoguchi.records.lists import SYSTEM_EXPRESSIONS, Narrowing, fetch, narrowed, own_condition
from madoguchi.records.permissions import Access

MAX_GROUPS = 500
"""More are not counted: a picture of them says nothing, and a table of them is a list."""
EVERYTHING = View(code="everything", name=japanese("すべて"), columns=())
PLAIN_TYPES = frozenset({"text", "choice", "consent", "number", "money", "lookup", "link", "time", "formula"})
SEVERAL_TYPES = frozenset({"choices", "staff", "department", "group"})
"""A record with several values counts in the group of each."""
DATE_TYPES = frozenset({"date", "datetime"})
NUMBER_COLUMNS = frozenset({"numeric", "bigint"})
SYSTEM_DATES = frozenset({"created_at", "updated_at", "submitted_at"})
SYSTEM_PLAIN = frozenset({"status", "channel", "assignee", "created_by", "updated_by"})
_PERIODS: Mapping[str, str] = {
    "day": "{0}", "week": "({0} - extract(dow from {0})::int)", "month": "date_trunc('month', {0})::date",
    "quarter": "date_trunc('quarter', {0})::date", "year": "date_trunc('year', {0})::date",
    "fiscal_year": "(date_trunc('year', {0} - interval '3 months') + interval '3 months')::date",
}
"""The first day of the period. Weeks begin on Sunday as in queries, fiscal years in April."""
_AGGREGATES: Mapping[str, str] = {
    "sum": "sum({})", "average": "round(avg({}), 2)", "min": "min({})", "max": "max({})",
}


class ChartRefused(Exception):
    """The chart cannot be made; ``str(error)`` says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One group: its keys as the database holds them (dates as ISO texts, None for a blank) and its numbers."""

    keys: tuple[Any, ...]
    numbers: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """``messages`` say what of the request could not be followed; ``cut``: there are more groups than are counted."""

    chart: Chart
    rows: tuple[Row, ...]
    cut: bool
    messages: tuple[str, ...] = ()


def groupable(field: AnyField) -> bool:
    """Whether records can be grouped by a field; several lines of text, names and files make no groups."""
    return field.type in PLAIN_TYPES | SEVERAL_TYPES | DATE_TYPES | {"address"}


def summable(field: AnyField) -> bool:
    """Whether a field holds numbers that can be added up."""
    columns = columns_of(field)
    return len(columns) == 1 and columns[0].sql_type in NUMBER_COLUMNS


def is_date(defn: AppDefinition, code: str) -> bool:
    """Whether groups of it are days, months and so on."""
    field = defn.by_code.get(code)
    if field is None:
        return code in SYSTEM_DATES
    return columns_of(field) != () and columns_of(field)[0].sql_type in ("date", "timestamp with time zone")


def compute(
    access: Access, chart: Chart, *, view: View = EVERYTHING, asked: Narrowing | None = None, own: bool = False
) -> Result:
    """The chart's numbers over the records of ``view`` that the viewer sees and ``asked`` leaves.

    ``own``: the viewer made the chart, so its filter is a condition of theirs; otherwise the app's author did. Raises
    ChartRefused, PermissionDenied, ListTooSlow.
    """
    access.require("view")
    where, messages = narrowed(access, view, asked or Narrowing())
    condition = _parsed(chart)
    if condition is not None and own:
        where = [*where, _own(access, condition)]
    elif condition is not None:
        more, _none = narrowed(access, view.model_copy(update={"filter": chart.filter}), Narrowing())
        where = [*where, *more]
    joins: list[sql.Composable] = []
    groups = [_group(access, group, number, joins) for number, group in enumerate(chart.groups)]
    numbers = [_measure(access, measure) for measure in chart.measures]
    found = fetch(_statement(access, where, joins, groups, numbers, chart))
    rows = [_row(row, len(groups)) for row in found[:MAX_GROUPS]]
    return Result(chart, tuple(rows), len(found) > MAX_GROUPS, tuple(messages))


def _parsed(chart: Chart) -> Condition | None:
    try:
        return query.parse(chart.filter or "", options=False).condition
    except query.QueryError as problem:
        raise ChartRefused(problem.message_ja) from problem


def _own(access: Access, condition: Condition) -> sql.Composable:
    try:
        return own_condition(access, condition)
    except query.QueryCheckError as problem:
        raise ChartRefused(problem.message_ja) from problem


def _statement(
    access: Access, where: Sequence[sql.Composable], joins: Sequence[sql.Composable], groups: Sequence[sql.Composable],
    numbers: Sequence[sql.Composable], chart: Chart,
) -> sql.Composable:
    keys = [sql.SQL("({})::text").format(group) for group in groups]
    texts = [sql.SQL("({})::text").format(number) for number in numbers]
    by_value = {"value": "{} ASC NULLS LAST", "value_descending": "{} DESC NULLS LAST"}.get(chart.sort)
    order = [sql.SQL(by_value).format(numbers[0])] if by_value else []
    order += [sql.SQL("{} NULLS LAST").format(group) for group in groups]
    return sql.SQL("SELECT {} FROM (SELECT * FROM {} WHERE {}) AS t{} GROUP BY {} ORDER BY {} LIMIT {}").format(
        sql.SQL(", ").join([*keys, *texts]), sql.Identifier(table_name(access.app.app_id)),
        sql.SQL(" AND ").join([access.where("view"), *where]), sql.SQL("").join(joins),
        sql.SQL(", ").join(groups), sql.SQL(", ").join(order), sql.Literal(MAX_GROUPS + 1),
    )


def _row(row: Sequence[Any], groups: int) -> Row:
    return Row(tuple(row[:groups]), tuple(None if text is None else Decimal(text) for text in row[groups:]))


def _group(access: Access, group: ChartGroup, number: int, joins: list[sql.Composable]) -> sql.Composable:
    """The expression of a group; a field with several values is joined to its own values."""
    field = access.app.definition.by_code.get(group.field)
    if field is None:
        return _system(group)
    if not groupable(field) or group.field in access.app.definition.live_copies:
        words = _("「%(field)s」では分けられません。ほかの項目を選んでください。")
        raise ChartRefused(words % {"field": in_words(field.label)})
    _refuse_hidden(access, field)
    columns = {column.part: sql.Identifier("t", column.name) for column in columns_of(field)}
    if field.type == "address":
        return sql.SQL("nullif(concat({}, {}), '')").format(columns["city"], columns["town"])
    column = columns[None]
    if field.type in SEVERAL_TYPES:
        name = sql.Identifier(f"g{number}")
        joins.append(sql.SQL(" LEFT JOIN LATERAL unnest({}) AS {}(value) ON TRUE").format(column, name))
        return sql.SQL("{}.value").format(name)
    return _period(column, group, columns_of(field)[0].sql_type)


def _system(group: ChartGroup) -> sql.Composable:
    if group.field in SYSTEM_DATES:
        return _period(sql.Identifier("t", group.field), group, "timestamp with time zone")
    if group.field in SYSTEM_PLAIN:
        return sql.Identifier("t", SYSTEM_EXPRESSIONS.get(group.field, group.field))
    words = _("「%(field)s」では分けられません。ほかの項目を選んでください。")
    raise ChartRefused(words % {"field": group.field})


def _period(column: sql.Composable, group: ChartGroup, sql_type: str) -> sql.Composable:
    if sql_type == "timestamp with time zone":
        column = sql.SQL("({} AT TIME ZONE 'Asia/Tokyo')::date").format(column)
    elif sql_type != "date":
        return column
    return sql.SQL(_PERIODS[group.per or "day"]).format(column)


def _measure(access: Access, measure: Measure) -> sql.Composable:
    if measure.how == "count":
        return sql.SQL("count(*)")
    field = access.app.definition.by_code.get(measure.field or "")
    if field is None or not summable(field) or field.code in access.app.definition.live_copies:
        words = _("「%(field)s」は数ではないため、計算できません。")
        raise ChartRefused(words % {"field": in_words(field.label) if field else measure.field or ""})
    _refuse_hidden(access, field)
    return sql.SQL(_AGGREGATES[measure.how]).format(sql.Identifier("t", columns_of(field)[0].name))


def _refuse_hidden(access: Access, field: AnyField) -> None:
    if not access.sees_field(field):
        raise ChartRefused(_("このグラフに使われている項目を見る権限がありません。"))
