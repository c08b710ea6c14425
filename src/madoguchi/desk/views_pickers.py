"""What is offered while somebody chooses: rows of another app, colleagues, departments and groups."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.language import current, in_words
from madoguchi.catalog import queries as catalog
from madoguchi.definition.app import View
from madoguchi.definition.display import display
from madoguchi.definition.fields import LookupField
from madoguchi.definition.text import japanese
from madoguchi.desk import people, shell
from madoguchi.records import lists
from madoguchi.records.access import log_access
from madoguchi.records.permissions import Access

ROWS = 20
WORDS = 100


@staff_required
@require_safe
def find_people(request: StaffRequest, app_code: str) -> JsonResponse:
    """Staff, departments and groups by some letters of their names."""
    shell.app_for(request.user, app_code)
    kinds = [kind for kind in people.KINDS if kind in request.GET.getlist("kind")] or list(people.KINDS)
    found = people.find(kinds, request.GET.get("q", "").strip()[:WORDS])
    response = JsonResponse({"people": [one.as_json() for one in found]})
    response["Cache-Control"] = "no-store"
    return response


@staff_required
@require_POST
def lookup(request: StaffRequest, app_code: str, field_id: int) -> HttpResponse:
    """Rows of the other app that this person may see and the lookup allows, found by ``q``."""
    access = shell.app_for(request.user, app_code)
    field = next((f for f in access.app.definition.fields if f.id == field_id), None)
    if not isinstance(field, LookupField) or not access.sees_field(field):
        raise Http404(_("この項目はありません。"))
    words = request.POST.get("q", "").strip()  # not in the address: mostly names
    response = render(request, "desk/form/_lookup.html", _found(request, access, field, words))
    response["Cache-Control"] = "no-store"
    return response


def _found(request: StaffRequest, access: Access, field: LookupField, words: str) -> dict[str, Any]:
    try:
        other = access.to(catalog.published(field.app))
    except catalog.AppNotFound:
        return {"problem": _("参照先のアプリが公開されていません。")}
    if not other.has("view") or not other.sees(field.key):
        return {"problem": _("参照先のアプリを見る権限がありません。値を知っていれば、直接入力できます。")}
    page = _page(other, field, words)
    log_access(
        app=other.app, record_ids=[row["id"] for row in page.rows], staff=request.user, purpose="lookup",
        field_ids=page.personal_field_ids,
    )
    fields = [other.app.definition.by_code[code] for code in page.columns if code in other.app.definition.by_code]
    rows = [
        (row[field.key], [display(one, row.get(one.code), language=current()) for one in fields])
        for row in page.rows if row.get(field.key)
    ]
    return {"headings": [in_words(one.label) for one in fields], "rows": rows, "more": page.next_cursor is not None}


def _page(other: Access, field: LookupField, words: str) -> lists.Page:
    columns = tuple(dict.fromkeys([field.key, *(field.picker or tuple(field.copies.values())[:4])]))
    view = View(code="lookup", name=japanese("選ぶ"), columns=columns, filter=field.filter)
    return lists.list_records(other.app, view, access=other, search=words[:WORDS], limit=ROWS)

