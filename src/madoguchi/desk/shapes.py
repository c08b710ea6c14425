"""Who shows views that are no tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpResponse

from madoguchi.accounts.access import StaffRequest
from madoguchi.desk import listing, views_calendar, views_chart, views_kanban
from madoguchi.records.permissions import Access

SHAPES: Mapping[str, Callable[[StaffRequest, Access, listing.Request], HttpResponse]] = {
    "kanban": views_kanban.board, "chart": views_chart.of_view, "calendar": views_calendar.calendar,
}
"""By the type of the view."""
