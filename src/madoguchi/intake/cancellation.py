"""The resident withdraws an application."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from madoguchi.definition.app import Action
from madoguchi.intake import corrections, fees
from madoguchi.intake.filed import filed
from madoguchi.intake.models import Application
from madoguchi.intake.problems import NotCancellable
from madoguchi.payments import actions as payments
from madoguchi.records import write
from madoguchi.records.actor import Actor
from madoguchi.records.read import Record


def cancelling_action(record: Record) -> Action | None:
    """What withdrawing would do to the record in its present status; None if it cannot be withdrawn any more."""
    process = record.app.definition.process
    if process is None or record.status is None or not process.status(record.status).cancellable:
        return None
    return next(iter(process.actions_from(record.status, "resident_cancel")), None)


def cancel_application(application: Application, actor: Actor) -> None:
    """Withdraws the application and gives the fee back; raises NotCancellable once the office has gone on."""
    with transaction.atomic():
        record = filed(application.app_id, application.record_id, lock=True)
        action = cancelling_action(record)
        if action is None:
            raise NotCancellable(
                _("すでに手続が進んでいるため、この画面では取り下げできません。担当課へお電話ください。")
            )
        write.fire_trigger(
            app_id=application.app_id, record_id=application.record_id, trigger="resident_cancel", actor=actor
        )
        corrections.close_requests(application)
        _end_payment(application, record, action, actor)


def _end_payment(application: Application, record: Record, action: Action, actor: Actor) -> None:
    """What is unpaid is not owed any more; what was paid goes back if the procedure says so."""
    payment = fees.payment_of(application)
    if payment is None or fees.settled(payment):
        return
    if payment.state == payment.State.PAID and not (action.refund and fees.refundable(record)):
        return
    payments.cancel_or_refund(payment, actor=actor, reason=_("申請者による取下げ"))
