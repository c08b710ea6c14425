"""Who shows views that are no tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpResponse

from madoguchi.accounts.access import StaffRequest
from madoguchi.desk import listing, views_calendar, views_chart, views_kanban, views_map
from madoguchi.records.permissions import Access

SHAPES: Mapping[str, Callable[[StaffRequest, Access, listing.Request], HttpResponse]] = {
    "kanban": views_kanban.board, "chart": views_chart.of_view, "calendar": views_calendar.calendar,
    "map": views_map.map_of_view,
}
"""By the type of the view."""
