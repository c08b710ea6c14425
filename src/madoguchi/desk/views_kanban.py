"""The board of a view, a page of one of its columns, and moving a card."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.language import in_words
from madoguchi.desk import boards, list_frame, listing, process, shell
from madoguchi.desk.boards import Board, Column
from madoguchi.desk.buttons import NEEDS_PAGE, actions_of, obstacle
from madoguchi.desk.placing import back_to_list, place_value, seen_revision
from madoguchi.identity import queries as identity
from madoguchi.payments import queries as payments
from madoguchi.payments.actions import PaymentProblem
from madoguchi.records import lists
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record
from madoguchi.records.write import NotAllowedNow, StaleRecord


def board(request: StaffRequest, access: Access, asked: listing.Request) -> HttpResponse:
    """The whole board, or the next cards of one column."""
    found = Board(access, asked, list_frame.searched(request, access.app.code))
    one, after = request.GET.get("column", ""), asked.after
    names = found.names() if not found.obstacle() else []
    if one and request.headers.get("HX-Request"):
        return _more(request, found, one, dict(names).get(one, ""), after)
    columns, problems = _columns(found, names[: boards.MAX_COLUMNS], one, after)
    for column in columns:
        list_frame.log_page(request, access.app, column.page)
    context = {
        **list_frame.frame(request, access, asked), "columns": columns, "board_url": asked.query(),
        "problems": [*asked.problems, *filter(None, [found.obstacle()]), *problems],
        "left_out": max(0, len(names) - boards.MAX_COLUMNS), "page_size": boards.COLUMN_CARDS,
    }
    return shell.page(request, "desk/kanban.html", context)


def _columns(
    found: Board, names: list[tuple[str, str]], one: str, after: str
) -> tuple[list[Column], list[str]]:
    """The columns as far as the database is quick enough, and what to say where it is not."""
    columns: list[Column] = []
    try:
        for code, name in names:
            columns.append(found.column(code, name, after=after if code == one else ""))
    except lists.ListTooSlow as slow:
        return columns, [str(slow)]
    # Records without a value are shown only where there are some.
    shown = [c for c in columns if c.code != boards.BLANK or c.placed]
    return shown, list(dict.fromkeys(text for column in columns for text in column.page.messages))


def _more(request: StaffRequest, found: Board, code: str, name: str, after: str) -> HttpResponse:
    try:
        column = found.column(code, name, after=after) if name else None
    except lists.ListTooSlow:
        column = None
    if column is not None:
        list_frame.log_page(request, found.access.app, column.page)
    context = {
        "column": column, "app": found.access.app, "board_url": found.asked.query(), "page_size": boards.COLUMN_CARDS,
    }
    response = render(request, "desk/_kanban_cards.html", context)
    response["Cache-Control"] = "no-store"
    return response


@staff_required
@require_POST
def move(request: StaffRequest, app_code: str, record_id: int) -> HttpResponse:
    """Moves a card: by an action of the process, or by another value of the field that makes the columns."""
    access, record = shell.record_for(request.user, app_code, record_id)
    if not access.has("process"):
        access.require("edit")
    asked = listing.understand(access, request.GET)
    found = Board(access, asked, "")
    if asked.view.type != "kanban" or found.obstacle():
        messages.error(request, _("この一覧では動かせません。"))
    elif found.field is not None:
        value = request.POST.get("value", "")
        place_value(request, access, record, found.field.code, None if value == boards.BLANK else value)
    else:
        access.require("process")
        url = _act(request, access, record)
        if url:
            return HttpResponseRedirect(url)
    return back_to_list(app_code, asked)


def _act(request: StaffRequest, access: Access, record: Record) -> str:
    """Takes the action and says how it went; returns where it leads if it asks for more first."""
    actions = {action.code: action for action in actions_of(access, record)}
    action = actions.get(request.POST.get("value", ""))
    if action is None:
        messages.error(request, _("この操作は、今の状態か、あなたの役割ではできません。"))
        return ""
    if action.kind in NEEDS_PAGE:
        return reverse("desk:action", args=[access.app.code, record.id, action.code])
    name, app_id = in_words(action.name), access.app.app_id
    why = obstacle(record, action, identity.of_record(app_id, record.id), payments.live_payment(app_id, record.id))
    try:
        if not why:
            process.take_action(process.Move(access, record, action, seen_revision(request)))
    except (StaleRecord, NotAllowedNow, PaymentProblem) as problem:
        why = str(problem)
    if why:
        messages.error(request, _("「%(action)s」: %(why)s") % {"action": name, "why": why})
    else:
        key = record.receipt_number or f"#{record.id}"
        messages.success(request, _("%(key)s に「%(action)s」を行いました。") % {"key": key, "action": name})
    return ""
