"""What intake does when something happens to a record, in the same transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from madoguchi.definition.app import Action, Process
from madoguchi.intake import corrections, fees
from madoguchi.intake.filed import filed
from madoguchi.intake.links import status_url
from madoguchi.intake.models import Application
from madoguchi.notices.residents import ResidentAddress
from madoguchi.records.models import Event, StoredFile

FINAL_KINDS = frozenset({"done", "rejected", "cancelled", "expired"})


def on_event(event: Event) -> None:
    """Follows moves: opens or closes correction requests and sets when ID photos are to be deleted."""
    if event.kind != "moved":
        return
    definition = filed(event.app_id, event.record_id).app.definition
    process = definition.process
    if process is None:
        return
    _follow_correction(event, process)
    days = definition.procedure.identity_photo_days if definition.procedure else 0
    _schedule_photo_deletion(event, final=process.status(event.data["to"]).kind in FINAL_KINDS, days=days)


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
    if _action(process, event).kind == "return":
        corrections.request_correction(
            application=application, event_id=event.id, fields=list(event.data.get("fields") or ()),
            message=event.data.get("note") or "",
        )
    elif event.data["action"] and _action(process, event).trigger != "correction":
        corrections.close_requests(application)


def _action(process: Process, event: Event) -> Action:
    return {action.code: action for action in process.actions}[event.data["action"]]


def _schedule_photo_deletion(event: Event, *, final: bool, days: int) -> None:
    """Sets the date when a record is finished; takes it back if the record is opened again."""
    photos = StoredFile.objects.filter(
        app_id=event.app_id, record_id=event.record_id, identity=True, deleted_at=None
    )
    if final:
        photos.filter(delete_after=None).update(delete_after=timezone.now() + timedelta(days=days))
    else:
        photos.exclude(delete_after=None).update(delete_after=None)


def _due_at(application: Application) -> datetime | None:
    request = corrections.open_request(application)
    if request is not None:
        return request.due_at
    payment = fees.payable(application)
    return payment.due_at if payment else None
