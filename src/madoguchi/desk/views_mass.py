"""One thing for many records: choose what, see how far it is, read what became of each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.language import in_words
from madoguchi.definition.app import Action
from madoguchi.definition.fields import FILE_TYPES, AnyField
from madoguchi.desk import counts, form_widgets, list_frame, listing, mass, shell
from madoguchi.desk.buttons import NEEDS_PAGE
from madoguchi.desk.form_values import name_of, typed_in
from madoguchi.desk.record_form import RecordForm, is_open
from madoguchi.lib.tables.streaming import csv_stream
from madoguchi.records import permissions
from madoguchi.records.lists import ListTooSlow
from madoguchi.records.mass_models import MassChange
from madoguchi.records.permissions import Access
from madoguchi.records.world import DatabaseWorld

SHOWN = 200
"""So many outcomes stand on the page; all of them are in the file."""


@dataclass(frozen=True)
class Asked:
    """Which records, and the field that is to be set if one was chosen. ``whole``: all that the list has."""

    request: StaffRequest
    access: Access
    list: listing.Request
    whole: bool
    ids: Sequence[int]
    field: AnyField | None

    @property
    def form(self) -> RecordForm:
        """A form of nothing but the chosen field."""
        post, field = self.request.POST, self.field
        sent = field is not None and str(field.id) in post.getlist("f")
        typed = {field.code: typed_in(field, post, name_of(field))} if field and sent else {}
        world = DatabaseWorld("counter", self.access.viewer)
        return RecordForm(self.access, self.access.app.definition, world, {}, typed)


@staff_required
@require_POST
def choose(request: StaffRequest, app_code: str) -> HttpResponse:
    """What is to be done with the ticked records, or with all of the list; and doing it."""
    access = shell.app_for(request.user, app_code)
    if not access.rights & {"edit", "process", "delete"}:
        access.require("edit")
    try:
        asked = _asked(request, access)
    except ListTooSlow as slow:
        messages.error(request, str(slow))
        return _to_list(request, access)
    if not asked.ids:
        messages.warning(request, _("選ばれたものがありません。行の左の四角を選んでから押してください。"))
        return _to_list(request, access)
    handler = _HANDLERS.get(request.POST.get("do", ""))
    return handler(asked) if handler else _page(asked)


def _to_list(request: StaffRequest, access: Access) -> HttpResponseRedirect:
    url = reverse("desk:list", args=[access.app.code])
    return HttpResponseRedirect(url + listing.understand(access, request.GET).query())


def _asked(request: StaffRequest, access: Access) -> Asked:
    post = request.POST
    asked = listing.understand(access, request.GET)
    whole = post.get("scope") == "list"
    ticked = [int(v) for v in post.getlist("record") if v.isascii() and v.isdigit() and len(v) < 18]
    ids = mass.ids_of(access, asked, list_frame.searched(request, access.app.code)) if whole else ticked
    field = next((f for f in settable(access) if str(f.id) == post.get("field")), None)
    return Asked(request, access, asked, whole, ids, field)


def settable(access: Access) -> list[AnyField]:
    """The fields that can be set in many records at once."""
    defn = access.app.definition
    apart = {"table", *FILE_TYPES}
    once = {f.code for f in defn.fields if getattr(f, "unique", False)}
    return [f for f in defn.fields if is_open(access, defn, f) and f.type not in apart and f.code not in once]


def _page(asked: Asked, *, problem: str = "", problems: Mapping[str, Any] | None = None) -> HttpResponse:
    access, form = asked.access, asked.form
    if asked.field is not None and problems:
        form = form.refusing(problems)
    context = {
        "app": access.app, "here": asked.list.query(), "count": len(asked.ids), "whole": asked.whole,
        "most": mass.MOST, "ids": () if asked.whole else asked.ids, "problem": problem,
        "may_set": access.has("edit"), "may_process": access.has("process"), "may_delete": access.has("delete"),
        "fields": [(f.id, in_words(f.label), f is asked.field) for f in settable(access)],
        "widget": form_widgets.lone(form, asked.field) if asked.field else None,
        "actions": [(a.code, in_words(a.name)) for a in _actions(access)],
        "paged_actions": [in_words(a.name) for a in _all_actions(access) if a.kind in NEEDS_PAGE],
        "has_richtext": asked.field is not None and asked.field.type == "richtext",
    }
    return shell.page(asked.request, "desk/mass.html", context, status=422 if problem or problems else 200)


def _all_actions(access: Access) -> list[Action]:
    process, staff = access.app.definition.process, access.viewer.staff
    if process is None or staff is None:
        return []
    found = [a for a in process.actions if a.trigger == "staff"]
    return [a for a in found if permissions.may_act(staff, access.app.definition, a)]


def _actions(access: Access) -> list[Action]:
    """What can be done without a page of its own for each record."""
    return [a for a in _all_actions(access) if a.kind not in NEEDS_PAGE]


# --- doing it ------------------------------------------------------------------------------------------------------


def _start(asked: Asked, kind: MassChange.Kind, what: Mapping[str, Any]) -> HttpResponse:
    started = mass.start(access=asked.access, kind=kind, what=what, record_ids=asked.ids)
    counts.forget(asked.request.user)
    url = reverse("desk:mass-state", args=[asked.access.app.code, started.pk])
    return HttpResponseRedirect(url + asked.list.query())


def _set(asked: Asked) -> HttpResponse:
    asked.access.require("edit")
    field, post = asked.field, asked.request.POST
    if field is None:
        return _page(asked, problem=_("書き換える項目を選んでください。"))
    if post.get("empty"):
        if field.required:
            words = _("「%(field)s」は必須なので、空にできません。")
            return _page(asked, problem=words % {"field": in_words(field.label)})
        return _start(asked, MassChange.Kind.SET, {"values": {str(field.id): None}})
    read, wrong = asked.form.parsed
    if wrong:
        return _page(asked, problems=wrong)
    if read.get(field.code) is None:
        return _page(asked, problem=_("新しい内容を入力してください。空にするときは「空にする」を選んでください。"))
    return _start(asked, MassChange.Kind.SET, {"values": {str(field.id): read[field.code]}})


def _act(asked: Asked) -> HttpResponse:
    asked.access.require("process")
    code = asked.request.POST.get("action", "")
    if code not in {a.code for a in _actions(asked.access)}:
        return _page(asked, problem=_("行う操作を選んでください。"))
    return _start(asked, MassChange.Kind.ACTION, {"action": code})


def _assign(asked: Asked) -> HttpResponse:
    asked.access.require("process")
    to = asked.request.POST.get("to", "").split()
    if len(to) > 1:
        return _page(asked, problem=_("担当にする職員は1人だけ選んでください。"))
    return _start(asked, MassChange.Kind.ASSIGN, {"staff": to[0] if to else None})


def _delete(asked: Asked) -> HttpResponse:
    asked.access.require("delete")
    if not asked.request.POST.get("sure"):
        return _page(asked, problem=_("削除するときは、「削除してよいことを確かめました」を選んでください。"))
    return _start(asked, MassChange.Kind.DELETE, {})


_HANDLERS = {"set": _set, "action": _act, "assign": _assign, "delete": _delete}


# --- how far it is, and what became of it ----------------------------------------------------------------------------


def _mine(request: StaffRequest, app_code: str, mass_id: uuid.UUID) -> tuple[Access, MassChange]:
    """One's own; to everybody else it is not there."""
    access = shell.app_for(request.user, app_code)
    found = MassChange.objects.filter(pk=mass_id, app_id=access.app.app_id, staff=request.user).first()
    if found is None:
        raise Http404(_("この操作の記録はありません。"))
    return access, found


@staff_required
@require_safe
def state(request: StaffRequest, app_code: str, mass_id: uuid.UUID) -> HttpResponse:
    """How far it is; afterwards what became of each record. Asks again by itself while it goes on."""
    access, found = _mine(request, app_code, mass_id)
    rows = [] if found.is_open else [row for row in mass.outcomes(found) if not row[2]]
    done = [] if found.is_open else [row for row in mass.outcomes(found) if row[2]]
    context = {
        "app": access.app, "mass": found, "title": mass.title(access, found), "here": _back_query(request, access),
        "refusals": rows[:SHOWN], "more_refusals": max(0, len(rows) - SHOWN), "done": done[:SHOWN],
        "deleted": found.kind == MassChange.Kind.DELETE,
    }
    return shell.page(request, "desk/mass_state.html", context)


def _back_query(request: StaffRequest, access: Access) -> str:
    return listing.understand(access, request.GET).query()


@staff_required
@require_safe
def outcomes_csv(request: StaffRequest, app_code: str, mass_id: uuid.UUID) -> HttpResponseBase:
    """What became of each record, as CSV."""
    _access, found = _mine(request, app_code, mass_id)
    header = [_("番号"), _("結果"), _("理由")]
    rows = ([name, _("済み") if done else _("できません"), why] for _id, name, done, why in mass.outcomes(found))
    response = StreamingHttpResponse(csv_stream(header, rows, encoding="utf-8"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="result-{found.pk.hex[:8]}.csv"'
    response["Cache-Control"] = "no-store"
    return response


@staff_required
@require_POST
def stop(request: StaffRequest, app_code: str, mass_id: uuid.UUID) -> HttpResponse:
    """Ends it after the batch that is being written; what was done stays."""
    access, found = _mine(request, app_code, mass_id)
    MassChange.objects.filter(pk=found.pk, finished_at=None).update(cancelled=True)
    return HttpResponseRedirect(reverse("desk:mass-state", args=[access.app.code, found.pk]))
