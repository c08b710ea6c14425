"""Small words with an icon and a colour: never colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from madoguchi.accounts.language import in_words
from madoguchi.definition.app import AppDefinition
from madoguchi.identity.models import IdentityCheck
from madoguchi.payments.models import Payment


@dataclass(frozen=True, slots=True)
class Chip:
    """``kind`` gives the colour, ``icon`` the picture, ``name`` the word."""

    kind: str
    icon: str
    name: str


PAYMENT_CHIPS = {
    Payment.State.DUE: ("warn", "yen"), Payment.State.PENDING: ("warn", "yen"), Payment.State.PAID: ("ok", "done"),
    Payment.State.FAILED: ("bad", "rejected"), Payment.State.EXPIRED: ("plain", "expired"),
    Payment.State.CANCELLED: ("plain", "cancelled"), Payment.State.REFUNDING: ("warn", "yen"),
    Payment.State.REFUNDED: ("plain", "yen"),
}
IDENTITY_CHIPS = {
    IdentityCheck.State.PENDING: ("warn", "warning"), IdentityCheck.State.PASSED: ("ok", "done"),
    IdentityCheck.State.FAILED: ("bad", "rejected"),
}


def status_chip(defn: AppDefinition, code: str | None) -> Chip | None:
    """The state of a record; a status that the process lost is shown by its code."""
    if defn.process is None or code is None:
        return None
    status = next((s for s in defn.process.statuses if s.code == code), None)
    return Chip(status.kind, status.kind, in_words(status.name)) if status else Chip("plain", "open", code)


def payment_chip(payment: Payment) -> Chip:
    """The state of a fee."""
    kind, icon = PAYMENT_CHIPS[Payment.State(payment.state)]
    return Chip(kind, icon, payment.get_state_display())


def identity_chip(check: IdentityCheck) -> Chip:
    """The result of an identity check."""
    kind, icon = IDENTITY_CHIPS[IdentityCheck.State(check.state)]
    return Chip(kind, icon, check.get_state_display())
