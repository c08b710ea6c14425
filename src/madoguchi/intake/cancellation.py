"""The resident withdraws an application."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from madoguchi.intake import corrections, fees
from madoguchi.intake.filed import filed
from madoguchi.intake.models import Application
from madoguchi.intake.problems import NotCancellable
from madoguchi.payments import actions as payments
from madoguchi.records import write
from madoguchi.records.actor import Actor


def is_cancellable(application: Application) -> bool:
    """Whether the resident may withdraw the application in its present status."""
    record = filed(application.app_id, application.record_id)
    process = record.app.definition.process
    if process is None or record.status is None:
        return False
    return process.status(record.status).cancellable and bool(
        process.actions_from(record.status, "resident_cancel")
    )


def cancel_application(application: Application, actor: Actor) -> None:
    """Withdraws the application and gives the fee back; raises NotCancellable once the office has gone on."""
    with transaction.atomic():
        Application.objects.select_for_update().get(pk=application.pk)
        cancelled = is_cancellable(application) and write.fire_trigger(
            app_id=application.app_id, record_id=application.record_id, trigger="resident_cancel", actor=actor,
            data={},
        )
        if not cancelled:
            raise NotCancellable(
                _("すでに手続が進んでいるため、この画面では取り下げできません。担当課へお電話ください。")
            )
        corrections.close_requests(application)
        payment = fees.payment_of(application)
        if payment is not None and not fees.settled(payment):
            payments.cancel_or_refund(payment, actor=actor, reason=_("申請者による取下げ"))
