"""One cell of a list, changed in its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from madoguchi import query
from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.definition.fields import FILE_TYPES, AnyField
from madoguchi.desk import form_widgets, listing, merging, saving, shell, timeline
from madoguchi.desk.record_form import RecordForm, from_post, from_values, is_open
from madoguchi.desk.table import Table
from madoguchi.records import lists, read
from madoguchi.records.access import log_access
from madoguchi.records.errors import InvalidValues, StaleRecord
from madoguchi.records.permissions import Access
from madoguchi.records.query_sql import TRUE
from madoguchi.records.read import Record
from madoguchi.records.world import DatabaseWorld

ELSEWHERE = frozenset({"table", "richtext", "consent", "address", "location", *FILE_TYPES})
"""Types that need more room than a cell: they are changed on the record's form."""


def editable(access: Access) -> dict[str, int]:
    """The columns whose cells can be changed in the list: ids of fields by code."""
    if not access.has("edit"):
        return {}
    defn = access.app.definition
    return {f.code: f.id for f in defn.fields if f.type not in ELSEWHERE and is_open(access, defn, f)}


def locked(access: Access, page: lists.Page) -> frozenset[int]:
    """The records of a page that a rule keeps from being changed."""
    if not access.has("edit") or access.where("edit") == TRUE:
        return frozenset()
    ids = [row["id"] for row in page.rows]
    rights = access.rights_on(ids)
    return frozenset(one for one in ids if "edit" not in rights.get(one, ()))


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def cell(request: StaffRequest, app_code: str, record_id: int, field_id: int) -> HttpResponse:
    """The box of one cell; sent, it is saved with the revision that was seen, and the row is shown anew.

    409 tells what somebody else made of it meanwhile, 422 why it cannot be saved.
    """
    access, record = shell.record_for(request.user, app_code, record_id, "edit")
    whole = read.get_record(access.app, record_id)
    app = saving.form_app(access, whole)
    field = next((f for f in app.definition.fields if f.id == field_id), None)
    if field is None or not access.sees_field(field):
        raise Http404(_("この項目はありません。"))
    if not is_open(access, app.definition, field) or field.type in ELSEWHERE:
        raise PermissionDenied(_("この項目は、一覧では変えられません。"))
    values = saving.values_in(app, whole)
    world = DatabaseWorld(whole.channel, access.viewer)
    if request.method != "POST":
        return _box(request, access, record, field, from_values(access, app.definition, world, values))
    form = from_post(access, app.definition, world, values, request.POST)
    return _save(request, access, whole, field, form)


def _box(
    request: StaffRequest, access: Access, record: Record, field: AnyField, form: RecordForm
) -> HttpResponse:
    if field.personal:
        log_access(
            app=record.app, record_ids=[record.id], staff=request.user, purpose="list", field_ids=[field.id]
        )
    context = {"widget": form_widgets.lone(form, field), "app": access.app, "record": record}
    response = render(request, "desk/_cell_form.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _save(
    request: StaffRequest, access: Access, whole: Record, field: AnyField, form: RecordForm
) -> HttpResponse:
    if field.code not in form.visible:
        return _refusal(_("今の内容では、この項目は使いません。レコードを開いて確かめてください。"))
    wrong = form.problems.get(field.code)
    if wrong:
        return _refusal("\n".join(wrong.values()))
    typed = request.POST.get("revision", "")
    revision = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    try:
        saving.change(access, whole, form, revision)
    except StaleRecord as stale:
        return _changed_meanwhile(access, field, whole, revision, str(stale))
    except InvalidValues as refusal:
        return _refusal(str(refusal))
    return HttpResponse(_row(request, access, whole.id), headers={"Cache-Control": "no-store"})


def _refusal(problem: str) -> JsonResponse:
    return JsonResponse({"problem": problem}, status=422)


def _changed_meanwhile(access: Access, field: AnyField, whole: Record, seen: int, problem: str) -> JsonResponse:
    """Whether it was this very field that somebody else changed, and what it holds now."""
    now = read.get_record(access.app, whole.id)
    by = merging.since(access, now, seen).by.get(field.id)
    told: Mapping[str, Any] = {
        "problem": problem, "revision": now.revision, "same_field": by is not None,
        "who": timeline.who(by) if by else "",
        "now": timeline.shown_value(field, saving.values_in(saving.form_app(access, now), now).get(field.code)),
    }
    return JsonResponse(told, status=409)


def _row(request: StaffRequest, access: Access, record_id: int) -> str:
    """The record's row as the list shows it, whether or not the list's conditions still hold for it."""
    asked = listing.understand(access, request.GET)
    view = listing.with_deadline(access.app.definition, asked.view).model_copy(update={"filter": None})
    this = query.Predicate("$id", "=", (query.Number(str(record_id)),))
    page = lists.list_records(access.app, view, access=access, condition=this, limit=1)
    codes = listing.shown_columns(asked, page)
    pick = bool(access.rights & {"edit", "process", "delete"})
    return str(Table(access.app, page, codes, pick=pick, edits=editable(access)).rows)
