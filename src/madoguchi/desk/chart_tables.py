"""The numbers of a chart as a table, which always stands below the picture, and as what the picture draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from madoguchi.definition.app import Measure
from madoguchi.desk.chart_words import Labels, group_words, measure_words, number_words
from madoguchi.query import Condition, all_of
from madoguchi.records.charts import SEVERAL_TYPES, Result, Row
from madoguchi.records.permissions import Access

MAX_ACROSS = 40
"""A cross table with more columns is shown as a plain one."""
ADDED_UP = frozenset({"count", "sum"})
Key = tuple[str | None, ...]
Link = Callable[[Condition | None], str]
"""Makes the address of the list that a condition finds; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One number in words; ``url`` leads to its records."""

    text: str
    number: Decimal | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its headings, then its numbers."""

    heads: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ChartTable:
    """``heads`` name the row headings, ``columns`` the numbers; ``foot`` are sums, None where they mean nothing."""

    heads: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    foot: tuple[str, ...] | None
    crossed: bool

    @property
    def plain(self) -> list[list[str]]:
        """As rows of text, for a file."""
        body = [[*row.heads, *(cell.text for cell in row.cells)] for row in self.rows]
        blank = [""] * (len(self.heads) - 1)
        return [*body, [_("合計"), *blank, *self.foot]] if self.foot else body


def table_of(access: Access, result: Result, link: Link) -> ChartTable:
    """The table: crossed where there is a second group, unless the chart is a plain table or too many stand across."""
    labels = Labels(access, result)
    chart = result.chart
    across = list(dict.fromkeys(row.keys[1:] for row in result.rows))
    if len(chart.groups) == 1 or chart.type == "table" or len(across) * len(chart.measures) > MAX_ACROSS:
        return _plain(access, result, labels, link)
    return _crossed(access, result, labels, link, sorted(across, key=lambda key: _place(labels, key, 1)))


def _place(labels: Labels, key: Key, first: int) -> list[tuple[int, str]]:
    return [labels.order(first + n, part) for n, part in enumerate(key)]


def _condition(labels: Labels, key: Key) -> Condition | None:
    parts = [labels.condition(n, part) for n, part in enumerate(key)]
    return all_of([part for part in parts if part is not None]) if all(parts) else None


def _words(labels: Labels, key: Key, first: int) -> str:
    return " / ".join(labels.of(first + n, part) for n, part in enumerate(key))


def _plain(access: Access, result: Result, labels: Labels, link: Link) -> ChartTable:
    defn, chart = access.app.definition, result.chart
    rows = result.rows if chart.sort != "group" else sorted(result.rows, key=lambda row: _place(labels, row.keys, 0))
    made = [
        TableRow(
            tuple(labels.of(n, key) for n, key in enumerate(row.keys)),
            _cells(access, chart.measures, row.numbers, link(_condition(labels, row.keys))),
        )
        for row in rows
    ]
    foot = _foot(access, chart.measures, [row.numbers for row in rows], result)
    heads = tuple(group_words(defn, group) for group in chart.groups)
    return ChartTable(heads, tuple(measure_words(defn, m) for m in chart.measures), tuple(made), foot, crossed=False)


def _crossed(access: Access, result: Result, labels: Labels, link: Link, across: Sequence[Key]) -> ChartTable:
    defn, chart = access.app.definition, result.chart
    found = {row.keys: row for row in result.rows}
    down = list(dict.fromkeys(row.keys[:1] for row in result.rows))
    if chart.sort == "group":
        down.sort(key=lambda key: _place(labels, key, 0))
    several = len(chart.measures) > 1
    columns = [
        _words(labels, key, 1) + (f" {measure_words(defn, measure)}" if several else "")
        for key in across for measure in chart.measures
    ]
    rows = [_crossed_row(access, result, labels, link, found, first, across) for first in down]
    numbers = [[cell.number for cell in row.cells] for row in rows]
    foot = _foot(access, chart.measures * len(across), numbers, result)
    return ChartTable((group_words(defn, chart.groups[0]),), tuple(columns), tuple(rows), foot, crossed=True)


def _crossed_row(
    access: Access, result: Result, labels: Labels, link: Link, found: dict[Key, Row], first: Key,
    across: Sequence[Key],
) -> TableRow:
    cells: list[Cell] = []
    for key in across:
        row = found.get((*first, *key))
        numbers = row.numbers if row else (None,) * len(result.chart.measures)
        url = link(_condition(labels, (*first, *key))) if row else ""
        cells += _cells(access, result.chart.measures, numbers, url)
    return TableRow((labels.of(0, first[0]),), tuple(cells))


def _cells(
    access: Access, measures: Sequence[Measure], numbers: Sequence[Decimal | None], url: str
) -> tuple[Cell, ...]:
    defn = access.app.definition
    pairs = zip(measures, numbers, strict=True)
    return tuple(Cell(number_words(defn, measure, number), number, url) for measure, number in pairs)


def _foot(
    access: Access, measures: Sequence[Measure], rows: Sequence[Sequence[Decimal | None]], result: Result
) -> tuple[str, ...] | None:
    """Sums of counts and sums, where every record stands in one row only and all rows are there."""
    defn = access.app.definition
    fields = [defn.by_code.get(group.field) for group in result.chart.groups]
    several = any(field is not None and field.type in SEVERAL_TYPES for field in fields)
    if several or result.cut or len(rows) < 2 or not all(measure.how in ADDED_UP for measure in measures):
        return None
    sums = [sum((row[n] or Decimal(0) for row in rows), Decimal(0)) for n in range(len(measures))]
    return tuple(number_words(defn, measure, number) for measure, number in zip(measures, sums, strict=True))
