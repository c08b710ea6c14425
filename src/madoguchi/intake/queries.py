"""What a resident may see of an application: its state, what happens next, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import Process, Status
from madoguchi.definition.text import Language
from madoguchi.intake import corrections, fees
from madoguchi.intake.cancellation import cancelling_action
from madoguchi.intake.filed import filed
from madoguchi.intake.interviews import procedure_of
from madoguchi.intake.models import Application, CorrectionRequest, Interview
from madoguchi.lib.business_days import add_business_days
from madoguchi.payments.models import Payment
from madoguchi.records import read
from madoguchi.records.models import Event
from madoguchi.records.read import Record

WAITING_FOR_OFFICE = frozenset({"open"})
"""Kinds of status in which the ball is with the office, so that a date can be promised."""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened, in words for the resident. ``reason`` is the office's text meant for them."""

    at: datetime
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StatusView:
    """The status page, ready to show. Texts are in the language asked for.

    ``expected_by`` is set while the office works on it; ``reason`` while the last move was a return or a refusal.
    """

    receipt_number: str
    title: str
    submitted_at: datetime | None
    state: str
    kind: str
    next: str
    expected_by: date | None
    reason: str
    tracking_number: str
    payment: Payment | None
    may_pay: bool
    correction: CorrectionRequest | None
    correction_labels: tuple[str, ...]
    cancellable: bool
    timeline: tuple[TimelineEntry, ...]
    office: str
    phone: str


def status_view(application: Application, *, language: Language = "ja") -> StatusView:
    """Everything the status page of ``application`` shows."""
    record = filed(application.app_id, application.record_id)
    app = record.app
    procedure = procedure_of(app)
    events = read.history(app, application.record_id)
    last_move = next((e for e in reversed(events) if e.kind == "moved"), None)
    payment = fees.payment_of(application)
    request = corrections.open_request(application)
    status = _status(app, record)
    return StatusView(
        receipt_number=application.receipt_number,
        title=procedure.title.in_language(language),
        submitted_at=record.submitted_at,
        state=_state_text(status, language),
        kind=status.kind if status else "open",
        next=status.next.in_language(language) if status and status.next else "",
        expected_by=_expected_by(record, status, procedure.processing_days),
        reason=_reason(app, last_move),
        tracking_number=_last_data(events, "tracking_number"),
        payment=payment,
        may_pay=payment is not None and payment.state in fees.PAYABLE,
        correction=request,
        correction_labels=_labels(app, request, language),
        cancellable=cancelling_action(record) is not None,
        timeline=tuple(entry for event in events for entry in _timeline_entry(app, event, language)),
        office=procedure.office.in_language(language),
        phone=procedure.phone,
    )


def open_interviews(resident_id: Any) -> list[Interview]:
    """A resident's unfinished interviews, the last used first."""
    found = Interview.objects.select_related("app").filter(resident_id=resident_id, outcome=Interview.Outcome.OPEN)
    return list(found.filter(expires_at__gt=timezone.now()).order_by("-updated_at"))


def applications_of(resident_id: Any) -> list[Application]:
    """A resident's applications, newest first."""
    found = Application.objects.select_related("app", "resident").filter(resident_id=resident_id)
    return list(found.order_by("-created_at"))


def _status(app: AppRevision, record: Record) -> Status | None:
    process = app.definition.process
    return process.status(record.status) if process and record.status else None


def _state_text(status: Status | None, language: Language) -> str:
    if status is None:
        return _("受け付けました")
    return (status.resident or status.name).in_language(language)


def _expected_by(record: Record, status: Status | None, days: int) -> date | None:
    if record.submitted_at is None or status is None or status.kind not in WAITING_FOR_OFFICE:
        return None
    return add_business_days(timezone.localtime(record.submitted_at).date(), days)


def _reason(app: AppRevision, last_move: Event | None) -> str:
    return _meant_for_resident(app.definition.process, last_move.data) if last_move else ""


def _meant_for_resident(process: Process | None, data: Mapping[str, Any]) -> str:
    """The reason of a return or refusal is written to the resident; notes on other moves are the staff's own."""
    actions = {action.code: action for action in process.actions} if process else {}
    action = actions.get(data.get("action") or "")
    return str(data.get("note") or "") if action and action.kind in {"return", "reject"} else ""


def _last_data(events: list[Event], key: str) -> str:
    return next((str(e.data[key]) for e in reversed(events) if e.data.get(key)), "")


def _labels(app: AppRevision, request: CorrectionRequest | None, language: Language) -> tuple[str, ...]:
    known = app.definition.by_code
    asked = request.fields if request else ()
    return tuple(known[code].label.in_language(language) for code in asked if code in known)


def _timeline_entry(app: AppRevision, event: Event, language: Language) -> tuple[TimelineEntry, ...]:
    if event.kind == "moved":
        process = app.definition.process
        status = next((s for s in process.statuses if s.code == event.data["to"]), None) if process else None
        reason = _meant_for_resident(process, event.data)
        return (TimelineEntry(event.at, _as_headline(_state_text(status, language)), reason),) if status else ()
    texts = {
        "created": _("申請を受け付け、受付番号を発行しました。"),
        "corrected": _("直していただいた内容を受け付けました。"),
        "payment_due": _("手数料が決まりました。"),
        "payment_paid": _("手数料のお支払いを確認しました。"),
        "payment_expired": _("手数料のお支払いの期限が過ぎました。"),
        "payment_refunded": _("手数料を返金しました。"),
    }
    return (TimelineEntry(event.at, _as_headline(texts[event.kind])),) if event.kind in texts else ()


def _as_headline(text: str) -> str:
    """Statuses are named without a full stop, sentences have one: in the timeline they stand together, without."""
    return text.rstrip("。.")
