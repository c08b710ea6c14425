"""Paying in cash at the counter: no provider to ask, members of staff record what they took and gave back."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from madoguchi.payments.models import Payment
from madoguchi.payments.providers.base import Checkout, ProviderRefused, ProviderState, Reading


class Counter:
    """窓口納付."""

    code = "counter"
    online = False
    configured = True

    @property
    def name(self) -> str:
        """In the reader's language."""
        return _("窓口で支払う")

    def create(self, payment: Payment, *, reference: str, description: str, return_url: str) -> Checkout:
        """There is no checkout page."""
        raise ProviderRefused("counter")

    def read(self, payment: Payment) -> Reading:
        """Our own book is the only one."""
        paid = payment.state == Payment.State.PAID
        return Reading(ProviderState.PAID, amount=payment.amount) if paid else Reading(ProviderState.OPEN)

    def cancel(self, payment: Payment) -> Reading:
        """Nothing to stop."""
        return Reading(ProviderState.ENDED)

    def refund(self, payment: Payment) -> Reading:
        """Staff hand the money back and record it (``actions.record_refund``)."""
        return Reading(ProviderState.OPEN)

    def parse_notification(self, request: HttpRequest) -> str | None:
        """Nobody notifies."""
        return None
