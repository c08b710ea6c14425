"""What intake does when something happens to a record, in the same transaction."""

from __future__ import annotations

from datetime import date, datetime

from madoguchi.definition.app import Process
from madoguchi.intake import corrections, fees
from madoguchi.intake.filed import filed
from madoguchi.intake.links import status_url
from madoguchi.intake.models import Application
from madoguchi.notices.residents import ResidentAddress
from madoguchi.records.models import Event


def on_event(event: Event) -> None:
    """Follows moves: opens a correction request, or closes it when the office goes on without the resident."""
    if event.kind != "moved":
        return
    process = filed(event.app_id, event.record_id).app.definition.process
    if process is not None:
        _follow_correction(event, process)


def address_of(app_id: int, record_id: int) -> ResidentAddress | None:
    """Who is to be told about a record, in which language, and where they see its state."""
    application = Application.objects.select_related("resident").filter(app_id=app_id, record_id=record_id).first()
    if application is None:
        return None
    return ResidentAddress(
        resident_id=application.resident_id, language=application.resident.language,
        status_url=status_url(application), receipt_number=application.receipt_number,
        due_at=_due_at(application),
    )


def _follow_correction(event: Event, process: Process) -> None:
    application = Application.objects.filter(app_id=event.app_id, record_id=event.record_id).first()
    if application is None:
        return
    action = next((a for a in process.actions if a.code == event.data.get("action")), None)
    if action is None:
        return
    if action.kind == "return":
        corrections.request_correction(
            application=application, event_id=event.id, fields=list(event.data.get("fields") or ()),
            message=event.data.get("note") or "", due_on=_day(event.data.get("due_on")),
        )
    elif action.trigger == "staff":
        corrections.close_requests(application)


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


def _due_at(application: Application) -> datetime | None:
    request = corrections.open_request(application)
    if request is not None:
        return request.due_at
    payment = fees.payable(application)
    return payment.due_at if payment else None
