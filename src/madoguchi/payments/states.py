"""Which state of a payment may follow which. The only place that knows; docs/reference/payment-states.md shows it."""

from __future__ import annotations

from collections.abc import Mapping

from madoguchi.payments.models import Payment

State = Payment.State

TRANSITIONS: Mapping[State, frozenset[State]] = {
    # An online payment begins; cash at the counter; a read-back found an earlier attempt paid after all.
    State.DUE: frozenset({State.PENDING, State.PAID, State.EXPIRED, State.CANCELLED}),
    # Back to due: the code expired or the resident turned back, nothing was taken.
    State.PENDING: frozenset({State.DUE, State.PAID, State.FAILED, State.EXPIRED, State.CANCELLED}),
    State.PAID: frozenset({State.REFUNDING}),
    # A failed attempt may be followed by another; refunding only gives back a wrong amount.
    State.FAILED: frozenset({State.PENDING, State.PAID, State.EXPIRED, State.CANCELLED, State.REFUNDING}),
    # Money that came too late goes back.
    State.EXPIRED: frozenset({State.REFUNDING}),
    State.CANCELLED: frozenset({State.REFUNDING}),
    State.REFUNDING: frozenset({State.REFUNDED}),
    State.REFUNDED: frozenset(),
}
OWED = frozenset({State.DUE, State.PENDING, State.FAILED})
"""Somebody still has to pay."""
LIVE = OWED | {State.PAID}
"""One of these at most per record (constraint ``payment_once_per_record``)."""


class NotAllowedNow(Exception):
    """A move that the table does not have; a mistake in the program, never in what a person typed."""


def move(payment: Payment, to: State) -> None:
    """Sets the state of a payment whose row is locked; the caller saves it. Raises ``NotAllowedNow``."""
    if to not in TRANSITIONS[State(payment.state)]:
        raise NotAllowedNow(f"payment {payment.pk}: {payment.state} -> {to}")
    payment.state = to
