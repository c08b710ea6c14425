"""The clerk's own queue, the list of an app, and what keeps the list fresh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import Sort
from madoguchi.desk import counts, list_frame, listing, process, shell, views_cell
from madoguchi.desk.shapes import SHAPES
from madoguchi.desk.table import Table, has_deadline
from madoguchi.records import arrivals, lists
from madoguchi.records.permissions import Access
from madoguchi.records.read import find_record
from madoguchi.records.search_text import words_of
from madoguchi.records.staff_notices import unread

PAGE_ROWS = 100
QUEUE_ROWS = 50
SEARCH_LENGTH = 100


@dataclass(frozen=True, slots=True)
class QueueGroup:
    """What of one app is in the clerk's hands."""

    app: AppRevision
    columns: list[listing.Column]
    table: Table
    has_deadline: bool


@staff_required
@require_safe
def queue(request: StaffRequest) -> HttpResponse:
    """What is assigned to me and not finished, the oldest first."""
    apps = shell.apps_of(request.user)
    groups = [group for access in apps if (group := _queue_group(request, access)).table.page.rows]
    return shell.page(request, "desk/queue.html", {
        "groups": groups, "has_apps": bool(apps), "notices": unread(request.user).select_related("app")[:QUEUE_ROWS],
    })


def _queue_group(request: StaffRequest, access: Access) -> QueueGroup:
    app = access.app
    view = listing.with_deadline(app.definition, listing.default_view(app.definition))
    page = lists.list_records(
        app, view, access=access, filters=counts.mine_filter(access, request.user),
        sort=(Sort(field="submitted_at" if app.definition.procedure else "id"),), limit=QUEUE_ROWS,
    )
    _log(request, app, page)
    asked = listing.Request(view, {}, "", "", ())
    codes = [code for code in listing.shown_columns(asked, page) if code != "assignee"]
    plain = [listing.Column(c.label, c.numeric, "", "") for c in listing.columns(app.definition, asked, codes)]
    return QueueGroup(app, plain, Table(app, page, codes, prefix=f"row-{app.code}"), has_deadline(app.definition))


@staff_required
@require_safe
def app_list(request: StaffRequest, app_code: str) -> HttpResponse:
    """One page of a saved view, narrowed by chips and the search."""
    access = shell.app_for(request.user, app_code)
    if "clear" in request.GET:
        list_frame.remember_search(request, app_code, "")
        return HttpResponseRedirect(_list_url(app_code, request))
    asked = listing.understand(access, request.GET)
    if asked.view.type in SHAPES:
        return SHAPES[asked.view.type](request, access, asked)
    return shell.page(request, "desk/list.html", _list_context(request, access, asked))


def _list_context(request: StaffRequest, access: Access, asked: listing.Request) -> dict[str, Any]:
    app, defn = access.app, access.app.definition
    around = list_frame.frame(request, access, asked)  # Before the page is read: what comes in between counts as new.
    search = list_frame.searched(request, app.code)
    page, problems = _page(request, access, asked, search)
    codes = listing.shown_columns(asked, page)
    may_pick = bool(access.rights & {"edit", "process", "delete"})
    return {
        **around,
        "key_column": listing.key_column(defn, asked),
        "columns": listing.columns(defn, asked, codes),
        "table": Table(
            app, page, codes, pick=may_pick, words=words_of(search), edits=views_cell.editable(access),
            locked=views_cell.locked(access, page),
        ) if page.rows else None,
        "has_deadline": has_deadline(defn),
        "may_process": access.has("process"), "may_export": access.has("export"),
        "may_mass": may_pick,
        "may_add_by_hand": access.has("add"),
        "problems": problems,
        "count_text": _count_text(page, asked),
        "previous_url": _previous_url(asked),
        "next_url": _next_url(asked, page),
    }


def _page(
    request: StaffRequest, access: Access, asked: listing.Request, search: str
) -> tuple[lists.Page, tuple[str, ...]]:
    app = access.app
    view = listing.with_deadline(app.definition, asked.view)
    try:
        page = lists.list_records(
            app, view, access=access, filters=asked.filters, search=search, condition=asked.condition,
            after=asked.after or None, sort=asked.sorts, limit=PAGE_ROWS,
        )
    except lists.ListTooSlow as slow:
        return lists.Page((), lists.visible_columns(access, view), None, frozenset()), (str(slow),)
    _log(request, app, page)
    return page, (*asked.problems, *page.messages)


def _log(request: StaffRequest, app: AppRevision, page: lists.Page) -> None:
    list_frame.log_page(request, app, page)


def _count_text(page: lists.Page, asked: listing.Request) -> str:
    if page.next_cursor or asked.after:
        return _("このページ %(count)d件") % {"count": len(page.rows)}
    return _("%(count)d件") % {"count": len(page.rows)}


def _next_url(asked: listing.Request, page: lists.Page) -> str:
    if page.next_cursor is None:
        return ""
    trail = ".".join((*asked.trail, asked.after or "first")[-listing.TRAIL_LENGTH :])
    return asked.query(after=page.next_cursor, trail=trail)


def _previous_url(asked: listing.Request) -> str:
    if not asked.after:
        return ""
    before = asked.trail[-1] if asked.trail else "first"
    return asked.query(after="" if before == "first" else before, trail=".".join(asked.trail[:-1]))


@staff_required
@require_safe
def newer(request: StaffRequest, app_code: str) -> HttpResponse:
    """Asked every five seconds by an open list: whether something came in since; 204 if not."""
    access = shell.app_for(request.user, app_code)
    since = request.GET.get("since", "")
    count = arrivals.count_newer(access, int(since)) if since.isascii() and since.isdigit() and len(since) < 18 else 0
    if not count:
        return HttpResponse(status=204)
    context = {"count": counts.capped(count), "url": _list_url(app_code, request)}
    response = render(request, "desk/_newer.html", context)
    response["Cache-Control"] = "no-store"
    return response


@staff_required
@require_POST
def search(request: StaffRequest, app_code: str) -> HttpResponse:
    """Keeps the words in the session, not in the address, since they are mostly names."""
    shell.app_for(request.user, app_code)
    list_frame.remember_search(request, app_code, request.POST.get("q", "").strip()[:SEARCH_LENGTH])
    return HttpResponseRedirect(_list_url(app_code, request))


def _list_url(app_code: str, request: StaffRequest) -> str:
    """The list as the address of this request describes it, from its first page."""
    access = shell.app_for(request.user, app_code)
    return reverse("desk:list", args=[app_code]) + listing.understand(access, request.GET).query()


@staff_required
@require_POST
def assign_many(request: StaffRequest, app_code: str) -> HttpResponse:
    """Takes the ticked records into one's own hands."""
    access = shell.app_for(request.user, app_code, "process")
    ids = [int(value) for value in request.POST.getlist("record") if value.isascii() and value.isdigit()]
    taken = 0
    for record_id in ids[:PAGE_ROWS]:
        try:
            record = find_record(access, record_id)
        except LookupError:
            continue
        process.assign(access=access, record=record, to=request.user)
        taken += 1
    counts.forget(request.user)
    _report_taken(request, taken)
    return HttpResponseRedirect(_list_url(app_code, request))


def _report_taken(request: StaffRequest, taken: int) -> None:
    if taken:
        words = ngettext("%(count)d件を自分の担当にしました。", "%(count)d件を自分の担当にしました。", taken)
        messages.success(request, words % {"count": taken})
    else:
        messages.warning(request, _("選ばれたものがありません。行の左の四角を選んでから押してください。"))
