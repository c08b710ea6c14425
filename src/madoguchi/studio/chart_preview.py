"""A chart that is being designed, from real records where its builder may see them, else from made-up numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.accounts.language import in_words
from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppNotFound, published
from madoguchi.definition.app import AppDefinition, Chart
from madoguchi.desk import charts
from madoguchi.desk.chart_drawing import picture_of
from madoguchi.desk.chart_tables import Cell, ChartTable, TableRow
from madoguchi.records.permissions import staff_access

_NUMBERS = (12, 7, 4)


def preview(defn: AppDefinition, chart: Chart, staff: Staff) -> dict[str, Any]:
    """``{real, svg, table: {heads, columns, rows}, problem}``."""
    try:
        access = staff_access(published(defn.code), staff)
    except AppNotFound:
        return _sample(defn, chart)
    if not access.has("view"):
        return _sample(defn, chart)
    shown = charts.show(access, chart, linked=False)
    return _answer(shown.picture.svg if shown.picture else "", shown.table, real=True, problem=shown.problem)


def _sample(defn: AppDefinition, chart: Chart) -> dict[str, Any]:
    first = defn.by_code.get(chart.groups[0].field)
    options = [in_words(option.text) for option in getattr(first, "options", ())][: len(_NUMBERS)]
    if chart.groups[0].field == "status" and defn.process:
        options = [in_words(status.name) for status in defn.process.statuses][: len(_NUMBERS)]
    names = options or [_("見本1"), _("見本2"), _("見本3")]
    rows = tuple(
        TableRow((name,), tuple(Cell(str(number), Decimal(number)) for _measure in chart.measures))
        for name, number in zip(names, _NUMBERS, strict=False)
    )
    heads, columns = (in_words(first.label) if first else _("分け方"),), tuple(_("見本の数") for _m in chart.measures)
    table = ChartTable(heads, columns, rows, None, crossed=False)
    picture = picture_of(
        chart.type, table, measures=len(chart.measures), stacked=chart.stacked, title=in_words(chart.name)
    )
    return _answer(picture.svg, table, real=False)


def _answer(svg: str, table: ChartTable | None, *, real: bool, problem: str = "") -> dict[str, Any]:
    shown = {
        "heads": list(table.heads), "columns": list(table.columns),
        "rows": [[list(row.heads), [cell.text for cell in row.cells]] for row in table.rows[:50]],
    } if table else None
    return {"real": real, "svg": str(svg), "table": shown, "problem": problem}
