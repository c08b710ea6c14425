"""Notices for residents whom neither LINE nor e-mail reaches: printed, put into an envelope, posted."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.desk import answers, counts, shell
from madoguchi.documents import letters as papers
from madoguchi.notices import actions, queries
from madoguchi.notices.models import Notice
from madoguchi.records import read, write
from madoguchi.records.access import log_access
from madoguchi.records.actor import staff_actor
from madoguchi.records.models import Event
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record

PAGE_LETTERS = 100
"""The oldest that are shown, and the most that are printed or marked at once."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice that waits to be posted. ``why`` says why it cannot be printed, ``printed_at`` when it last was."""

    notice: Notice
    app: AppRevision
    record: Record
    name: str
    why: str
    printed_at: datetime | None


@staff_required
@require_safe
def letters(request: StaffRequest) -> HttpResponse:
    """The letters that wait, the oldest first; ``?all=1`` ticks them all."""
    apps = _apps(request.user)
    waiting = _letters(apps, queries.letters_to_print(list(apps.values()), limit=PAGE_LETTERS + 1))
    shown = waiting[:PAGE_LETTERS]
    _log(request.user, shown, "list", ("name",))
    context = {
        "letters": shown, "more": len(waiting) > PAGE_LETTERS, "all": "all" in request.GET,
        "several_apps": len(apps) > 1,
    }
    return shell.page(request, "desk/letters.html", context)


@staff_required
@require_POST
def print_letters(request: StaffRequest) -> HttpResponse:
    """The chosen letters as one PDF; those without an address are left out, and the list says why."""
    chosen = _chosen(request)
    written = [(letter, data) for letter in chosen if (data := _written(letter))]
    if len(written) < len(chosen):
        messages.warning(request, _without_address(len(chosen) - len(written)))
    if not written:
        return _back()
    printed = [letter for letter, _data in written]
    _log(request.user, printed, "letter", ("name", "address"))
    for letter in printed:
        _note_printing(letter, request.user)
    response = HttpResponse(papers.letters_pdf([data for _letter, data in written]), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="notices.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@staff_required
@require_POST
def posted(request: StaffRequest) -> HttpResponse:
    """The chosen letters have left the house."""
    chosen = _chosen(request)
    for letter in chosen:
        actions.mark_printed(letter.notice, actor=staff_actor(request.user))
    if chosen:
        counts.forget(request.user)
        words = ngettext("%(count)d件を投函済みにしました。", "%(count)d件を投函済みにしました。", len(chosen))
        messages.success(request, words % {"count": len(chosen)})
    return _back()


def _apps(staff: Staff) -> Mapping[int, Access]:
    found = {access.app.app_id: access for access in shell.apps_of(staff, "process")}
    if not found:
        raise PermissionDenied(_("郵送するお知らせは、申請を処理する権限がある人だけが見られます。"))
    return found


def _chosen(request: StaffRequest) -> list[Letter]:
    """The ticked letters, or the one whose own button was pressed; without any a message says what to do.

    What belongs to another department or was posted meanwhile is not among them.
    """
    only = request.POST.get("only")
    ids = [found for text in ([only] if only else request.POST.getlist("letter")) if (found := _uuid(text))]
    apps = _apps(request.user)
    chosen = _letters(apps, queries.letters_to_print(list(apps.values()), only=ids, limit=PAGE_LETTERS))
    if not ids:
        messages.warning(request, _("選ばれたものがありません。行の左の四角を選んでから押してください。"))
    elif not chosen:
        messages.warning(request, _("選んだお知らせは、もうありません。ほかの人が投函済みにした可能性があります。"))
    return chosen


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _letters(apps: Mapping[int, Access], notices: Sequence[Notice]) -> list[Letter]:
    printed = _printed(notices)
    return [_letter(apps[notice.app_id], notice, printed.get(str(notice.pk))) for notice in notices]


def _letter(access: Access, notice: Notice, printed_at: datetime | None) -> Letter:
    record = read.find_record(access, notice.record_id)
    try:
        papers.label_data(record.app, record)
        why = ""
    except papers.NotAddressable as problem:
        why = str(problem)
    return Letter(notice, access.app, record, answers.applicant_name(record), why, printed_at)


def _printed(notices: Sequence[Notice]) -> dict[str, datetime]:
    """When each was last printed, by the notice's id."""
    events = Event.objects.filter(
        app_id__in={n.app_id for n in notices}, record_id__in={n.record_id for n in notices}, kind="letter_made",
        data__letter="notice",
    )
    return {event.data["notice"]: event.at for event in events.order_by("id")}


def _written(letter: Letter) -> dict[str, Any] | None:
    notice = letter.notice
    if letter.why:
        return None
    return papers.notice_letter(
        letter.record.app, letter.record, title=notice.title, body=notice.body, link=notice.link,
        language=notice.language,
    )


def _note_printing(letter: Letter, staff: Staff) -> None:
    write.add_event(
        app=letter.app, record_id=letter.record.id, kind="letter_made", actor=staff_actor(staff),
        data={"letter": "notice", "notice": str(letter.notice.pk)},
    )


def _log(staff: Staff, shown: Sequence[Letter], purpose: str, parts: Sequence[str]) -> None:
    """Notes which personal fields of the applicant were read: one row an app."""
    for app in {letter.app.app_id: letter.app for letter in shown}.values():
        procedure = app.definition.procedure
        codes = {getattr(procedure.applicant, part) for part in parts} if procedure else set()
        fields = read.personal_field_ids([field for field in app.definition.fields if field.code in codes])
        ids = [letter.record.id for letter in shown if letter.app is app]
        log_access(app=app, record_ids=ids, staff=staff, purpose=purpose, field_ids=fields)


def _without_address(count: int) -> str:
    words = ngettext(
        "宛先が分からない%(count)d件は印刷していません。電話など別の方法で知らせてください。",
        "宛先が分からない%(count)d件は印刷していません。電話など別の方法で知らせてください。", count,
    )
    return words % {"count": count}


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("desk:letters"))
