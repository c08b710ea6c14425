"""The fee of an application, as far as its resident is concerned."""

from __future__ import annotations

from madoguchi.intake.models import Application
from madoguchi.payments.models import Payment
from madoguchi.records.read import Record

PAYABLE = frozenset({Payment.State.DUE, Payment.State.PENDING, Payment.State.FAILED})
"""States in which the resident may (still, or again) pay."""
CHANGEABLE = frozenset({Payment.State.DUE, Payment.State.FAILED})
"""States in which the amount may still change."""
_OVER = (Payment.State.CANCELLED, Payment.State.EXPIRED)


def payment_of(application: Application) -> Payment | None:
    """The live payment of the application, else its last one, else None."""
    found = Payment.objects.filter(app_id=application.app_id, record_id=application.record_id).order_by("-created_at")
    return found.exclude(state__in=_OVER).first() or found.first()


def payable(application: Application) -> Payment | None:
    """The payment that the resident may make now, if any."""
    payment = payment_of(application)
    return payment if payment is not None and payment.state in PAYABLE else None


def refundable(record: Record) -> bool:
    """Whether a fee paid is given back when the record is withdrawn in its present status."""
    procedure = record.app.definition.procedure
    until = procedure.fee.refundable_until if procedure and procedure.fee else ()
    return not until or record.status in until


def settled(payment: Payment) -> bool:
    """Whether nothing is left to cancel or give back."""
    return payment.state in {*_OVER, Payment.State.REFUNDING, Payment.State.REFUNDED}
