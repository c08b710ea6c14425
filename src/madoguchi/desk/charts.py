"""A chart as a page shows it: its table, its picture, and the ways from its numbers to their records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from madoguchi import query
from madoguchi.accounts.language import in_words
from madoguchi.definition.app import Chart, View
from madoguchi.desk import listing
from madoguchi.desk.chart_drawing import Picture, picture_of
from madoguchi.desk.chart_tables import ChartTable, table_of
from madoguchi.query import Condition
from madoguchi.records import charts
from madoguchi.records.lists import ListTooSlow, Narrowing
from madoguchi.records.permissions import Access


@dataclass(frozen=True, slots=True)
class Shown:
    """A computed chart; or ``problem``, why there is none."""

    chart: Chart
    table: ChartTable | None = None
    picture: Picture | None = None
    cut: bool = False
    messages: tuple[str, ...] = ()
    problem: str = ""
    limit: int = charts.MAX_GROUPS


def show(
    access: Access, chart: Chart, *, view: View = charts.EVERYTHING, asked: Narrowing | None = None, own: bool = False,
    linked: bool = True,
) -> Shown:
    """Computes and draws. Where the database is too slow or something may not be seen, it says so instead."""
    try:
        result = charts.compute(access, chart, view=view, asked=asked, own=own)
    except (charts.ChartRefused, ListTooSlow, query.QueryError) as refusal:
        return Shown(chart, problem=str(refusal))
    way = _way(access, chart, view, asked) if linked else _no_way
    table = table_of(access, result, way)
    picture = picture_of(
        chart.type, table, measures=len(chart.measures), stacked=chart.stacked, title=in_words(chart.name)
    )
    return Shown(chart, table, picture, result.cut, result.messages)


def _no_way(condition: Condition | None) -> str:
    del condition
    return ""


def _way(access: Access, chart: Chart, view: View, asked: Narrowing | None) -> Callable[[Condition | None], str]:
    """The list of the same view as a table, narrowed to one group.

    None where the chart itself is narrowed by something that the viewer's own list cannot ask for.
    """
    base = reverse("desk:list", args=[access.app.code])
    rest = [asked.condition] if asked and asked.condition else []
    if asked and asked.search:
        return _no_way
    try:
        own = query.parse(chart.filter or "", options=False).condition
        rest += [own] if own else []
    except query.QueryError:
        return _no_way
    code = listing.EVERYTHING if view.code == charts.EVERYTHING.code else view.code

    def way(condition: Condition | None) -> str:
        if condition is None:
            return ""
        whole = query.all_of([*rest, condition])
        try:
            query.check(whole, access.query_fields)
            listing.refuse_personal(access, whole)
        except query.QueryError:
            return ""
        asks = {"view": code, "shape": "table", **(asked.filters if asked else {}), "query": query.unparse(whole)}
        return f"{base}?{urlencode(asks, doseq=True)}"

    return way
