"""What the accounting section may do by hand with one fee."""

from __future__ import annotations

from madoguchi.accounts.models import Staff
from madoguchi.catalog import queries as catalog
from madoguchi.payments import queries
from madoguchi.payments.models import Payment
from madoguchi.payments.states import OWED, State
from madoguchi.records import permissions


def is_receivable(payment: Payment) -> bool:
    """Whether cash may be taken for it."""
    return payment.state in OWED and not payment.wrong_amount


def is_refundable_by_hand(payment: Payment) -> bool:
    """Whether staff give the money back themselves: it was cash, or the provider would not."""
    by_hand = payment.provider == "counter" or payment.refund_refused
    return payment.state == State.REFUNDING and by_hand


def payment_of_receipt(staff: Staff, receipt_number: str) -> Payment | None:
    """The fee of that receipt number, if ``staff`` has the right 会計 (payment) for its app."""
    found = Payment.objects.filter(receipt_number=receipt_number).first()
    if found is None:
        return None
    app = catalog.published_by_id(found.app_id)
    if "payment" not in permissions.rights(staff, app.definition):
        return None
    return queries.live_payment(found.app_id, found.record_id)
