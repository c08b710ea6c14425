"""Taking an action: the record moves and what belongs to it happens, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.language import in_words
from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import Action
from madoguchi.definition.compute import FeeRow
from madoguchi.payments import actions as payments
from madoguchi.payments import queries as payment_queries
from madoguchi.records import write
from madoguchi.records.models import Event
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record


@dataclass(frozen=True, slots=True)
class Move:
    """One action of one person on a record they saw at ``expected_revision``."""

    access: Access
    record: Record
    action: Action
    expected_revision: int

    @property
    def app(self) -> AppRevision:
        return self.access.app


@transaction.atomic
def take_action(move: Move, *, data: Mapping[str, Any] | None = None) -> Event:
    """Moves the record; a fee already paid goes back where the action says so.

    Raises StaleRecord and NotAllowedNow.
    """
    actor = move.access.viewer.actor
    event = write.move_record(
        app=move.app, record_id=move.record.id, action=move.action, access=move.access,
        expected_revision=move.expected_revision, actor=actor, data=data,
    )
    payment = payment_queries.live_payment(move.app.app_id, move.record.id)
    if move.action.refund and payment is not None:
        reason = str((data or {}).get("note") or in_words(move.action.name))
        payments.cancel_or_refund(payment, actor=actor, reason=reason)
    return event


@transaction.atomic
def fix_fee(move: Move, *, rows: Sequence[FeeRow], reason: str) -> Event:
    """Fixes the fee and asks for it. A fee of nothing counts as paid at once. Raises as ``take_action`` does."""
    procedure = move.record.app.definition.procedure
    assert procedure is not None and procedure.fee is not None and move.record.receipt_number is not None
    lines = [{"label": row.label.model_dump(), "amount": row.amount} for row in rows if row.amount]
    total = sum(row.amount for row in rows)
    event = take_action(move, data={"reason": reason, "lines": lines, "amount": total})
    actor = move.access.viewer.actor
    if total == 0:
        write.fire_trigger(app_id=move.app.app_id, record_id=move.record.id, trigger="payment", actor=actor)
        return event
    payments.make_due(
        app=move.app, record_id=move.record.id, receipt_number=move.record.receipt_number, lines=lines,
        due_at=_end_of_day(procedure.fee.expires_days), actor=actor,
    )
    return event


def assign(*, access: Access, record: Record, to: Staff | None) -> None:
    """Gives the record to someone, or to nobody; nothing happens if it is so already."""
    wanted = to.pk if to else None
    if record.assignee_id != wanted:
        write.assign_record(
            app=access.app, record_id=record.id, staff_id=wanted, expected_revision=None, actor=access.viewer.actor,
            access=access,
        )


def _end_of_day(days: int) -> datetime:
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def who(staff_id: int | None) -> str:
    """Whose a record is, in words."""
    staff = Staff.objects.filter(pk=staff_id).first() if staff_id else None
    return str(staff) if staff else _("未定")
