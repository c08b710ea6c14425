"""The calendar of a view, and giving a record another date."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.definition.values import Value
from madoguchi.desk import calendars, list_frame, listing, shell
from madoguchi.desk.calendars import Calendar
from madoguchi.desk.placing import back_to_list, place_value
from madoguchi.lib.eras import DateError, parse_date
from madoguchi.records import lists
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record

NO_TIME = "09:00:00+09:00"
"""When a record without a moment is put on a day: when the counter opens."""


def _calendar(request: StaffRequest, access: Access, asked: listing.Request) -> Calendar:
    span = calendars.span_of(request.GET.get("day", ""), request.GET.get("span", ""))
    return Calendar(access, asked, list_frame.searched(request, access.app.code), span)


def calendar(request: StaffRequest, access: Access, asked: listing.Request) -> HttpResponse:
    """The month or week, the days' records, and beside it those without a date."""
    found = _calendar(request, access, asked)
    problems, pages = [*asked.problems, *filter(None, [found.obstacle()])], []
    undated_count = ""
    if not found.obstacle():
        try:
            undated, undated_count = found.undated()
            pages = [found.dated(), undated]
        except lists.ListTooSlow as slow:
            problems.append(str(slow))
    for page in pages:
        list_frame.log_page(request, access.app, page)
        problems += page.messages
    span = "week" if found.span.week else ""
    context = {
        **list_frame.frame(request, access, asked), "problems": list(dict.fromkeys(problems)), "span": found.span,
        "weeks": found.weeks(found.entries(pages[0])) if pages else [],
        "undated": found.entries(pages[1]) if pages else [], "undated_count": undated_count,
        "cut": bool(pages and pages[0].next_cursor), "limit": calendars.MAX_RECORDS,
        "place_url": asked.query(day=found.span.day.isoformat(), span=span),
        "links": {
            "before": asked.query(day=found.span.moved(-1).isoformat(), span=span),
            "after": asked.query(day=found.span.moved(1).isoformat(), span=span),
            "today": asked.query(day=timezone.localdate().isoformat(), span=span),
            "month": asked.query(day=found.span.day.isoformat()),
            "week": asked.query(day=found.span.day.isoformat(), span="week"),
        },
    }
    return shell.page(request, "desk/calendar.html", context)


@staff_required
@require_POST
def reschedule(request: StaffRequest, app_code: str, record_id: int) -> HttpResponse:
    """Gives the record another date; the time of day stays."""
    access, record = shell.record_for(request.user, app_code, record_id, "edit")
    asked = listing.understand(access, request.GET)
    found = _calendar(request, access, asked)
    field = access.app.definition.by_code.get(found.code)
    if asked.view.type != "calendar" or found.obstacle() or field is None or field.type not in ("date", "datetime"):
        messages.error(request, _("この一覧では日付を変えられません。"))
    else:
        try:
            value = _new_value(record, found.code, field.type, request.POST.get("value", "").strip())
        except DateError as problem:
            messages.error(request, str(problem))
        else:
            place_value(request, access, record, found.code, value)
    span = "week" if found.span.week else ""
    return back_to_list(app_code, asked, day=found.span.day.isoformat(), span=span)


def _new_value(record: Record, code: str, kind: str, typed: str) -> Value:
    """The date typed, ISO or by era; nothing typed takes the date away. Raises DateError."""
    if not typed:
        return None
    day = parse_date(typed).isoformat()
    if kind == "date":
        return day
    before = record.values.get(code)
    return f"{day}T{str(before)[11:] if before else NO_TIME}"
