"""One record: answers, payment, identity, timeline; comment, assignment, letters, money at the counter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.catalog.queries import AppRevision
from madoguchi.desk import answers, chips, comments, counts, deadlines, money, process, shell, timeline
from madoguchi.desk.buttons import buttons
from madoguchi.desk.timeline import CHANNELS
from madoguchi.documents import letters
from madoguchi.identity import queries as identity
from madoguchi.lib.qr import inline_svg
from madoguchi.notices.residents import language_of
from madoguchi.payments import queries as payment_queries
from madoguchi.payments.models import Payment
from madoguchi.records import read, staff_notices, write
from madoguchi.records.access import log_access
from madoguchi.records.models import Event
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record

SAME_LETTER = timedelta(minutes=5)


@staff_required
@require_safe
def record(request: StaffRequest, app_code: str, record_id: int) -> HttpResponse:
    """The record page; that it was looked at is noted."""
    access, found = shell.record_for(request.user, app_code, record_id)
    log_view(access, found, "record")
    if staff_notices.mark_read(request.user, app_id=access.app.app_id, record_id=record_id):
        counts.forget(request.user)
    return shell.page(request, "desk/record.html", record_context(request, access, found))


def log_view(access: Access, record: Record, purpose: str) -> None:
    """Notes that this person saw the record's personal fields."""
    fields = read.personal_field_ids(access.seen(record.app.definition.fields))
    assert access.viewer.staff is not None
    log_access(app=record.app, record_ids=[record.id], staff=access.viewer.staff, purpose=purpose, field_ids=fields)


def record_context(request: StaffRequest, access: Access, record: Record, *, comment: str = "") -> dict[str, Any]:
    """Everything the record page shows."""
    staff, app, defn = request.user, access.app, record.app.definition
    check = identity.of_record(app.app_id, record.id)
    payment = payment_queries.live_payment(app.app_id, record.id)
    return {
        "app": app, "record": record, "comment": comment, "qr": qr_code(record),
        "name": answers.applicant_name(record),
        "status": chips.status_chip(defn, record.status),
        "left": deadlines.days_left(defn, record.status, record.submitted_at),
        "channel": CHANNELS.get(record.channel, record.channel),
        "assignee": process.who(record.assignee_id), "is_mine": record.assignee_id == staff.pk,
        "groups": answers.groups(record, access),
        "buttons": buttons(access, record, check, payment),
        "timeline": timeline.entries(defn, read.history(app, record.id, access=access), staff),
        "may_process": access.has("process"), "may_comment": comments.may_comment(access),
        "may_edit": "edit" in record.rights, "may_delete": "delete" in record.rights,
        "may_add": access.has("add"),
        "may_write_letters": access.has("process") and _has_address(record),
        **_payment_context(payment, may_receive=access.has("payment")),
        "check": check, "check_chip": chips.identity_chip(check) if check else None,
        "may_identify": access.has("identity"),
    }


def qr_code(record: Record) -> SafeString:
    """The receipt number for whoever holds the paper and has a reader; empty for records without one."""
    return mark_safe(inline_svg(record.receipt_number) if record.receipt_number else "")  # noqa: S308 - only squares


def _has_address(record: Record) -> bool:
    procedure = record.app.definition.procedure
    return procedure is not None and bool(record.values.get(procedure.applicant.address or ""))


def _payment_context(payment: Payment | None, *, may_receive: bool) -> dict[str, Any]:
    return {
        "payment": payment,
        "payment_chip": chips.payment_chip(payment) if payment else None,
        "payment_provider": payment_queries.provider_name(payment.provider) if payment and payment.provider else "",
        "may_receive": may_receive and payment is not None and money.is_receivable(payment),
        "may_refund": may_receive and payment is not None and money.is_refundable_by_hand(payment),
    }


def back(app: AppRevision, record_id: int) -> HttpResponseRedirect:
    """To the record page."""
    return HttpResponseRedirect(reverse("desk:record", args=[app.code, record_id]))


@staff_required
@require_POST
def assign(request: StaffRequest, app_code: str, record_id: int) -> HttpResponse:
    """Takes the record into one's own hands, or lets go of it."""
    access, found = shell.record_for(request.user, app_code, record_id, "process")
    to = None if request.POST.get("release") else request.user
    process.assign(access=access, record=found, to=to)
    counts.forget(request.user)
    messages.success(request, _("自分の担当にしました。") if to else _("担当を外しました。"))
    return back(access.app, record_id)


@staff_required
@require_POST
def comment(request: StaffRequest, app_code: str, record_id: int) -> HttpResponse:
    """A note among staff."""
    access, found = shell.record_for(request.user, app_code, record_id)
    if not comments.may_comment(access):
        access.require("process")
    text = request.POST.get("text", "").strip()
    if not text or len(text) > comments.LENGTH:
        long = _("コメントは2,000文字までです。短くしてください。")
        messages.error(request, long if text else _("コメントを書いてから押してください。"))
        return shell.page(
            request, "desk/record.html", record_context(request, access, found, comment=text), status=422
        )
    comments.add(access=access, record=found, text=text, chosen=request.POST.getlist("mention"))
    return back(access.app, record_id)


@staff_required
@require_safe
def covering_letter(request: StaffRequest, app_code: str, record_id: int) -> HttpResponse:
    """The letter that goes into the envelope, as PDF."""
    return _letter(request, app_code, record_id, "covering_letter", _covering_letter)


@staff_required
@require_safe
def address_label(request: StaffRequest, app_code: str, record_id: int) -> HttpResponse:
    """The address label, as PDF."""
    return _letter(request, app_code, record_id, "label", letters.address_label)


def _covering_letter(app: AppRevision, found: Record) -> bytes:
    return letters.covering_letter(app, found, language=language_of(app.app_id, found.id))


def _letter(
    request: StaffRequest, app_code: str, record_id: int, name: str, write_letter: Callable[..., bytes]
) -> HttpResponse:
    access, found = shell.record_for(request.user, app_code, record_id, "process")
    try:
        content = write_letter(found.app, found)
    except letters.NotAddressable as problem:
        messages.error(request, str(problem))
        return back(access.app, record_id)
    log_view(access, found, "letter")
    _note_letter(request, access, found, name)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def _note_letter(request: StaffRequest, access: Access, record: Record, name: str) -> None:
    """Once per making: a browser may ask for the same PDF again to save or to print it."""
    lately = timezone.now() - SAME_LETTER
    made = Event.objects.filter(
        app_id=access.app.app_id, record_id=record.id, kind="letter_made", actor_staff=request.user, data__letter=name,
        at__gte=lately,
    )
    if not made.exists():
        write.add_event(
            app=access.app, record_id=record.id, kind="letter_made", actor=access.viewer.actor, data={"letter": name},
            access=access,
        )
