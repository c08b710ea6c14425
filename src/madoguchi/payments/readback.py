"""The only place where money states move: what the provider says, applied to our book.

Lock order everywhere in this room: the record, then its payment. Calls to providers happen without either.
"""

from __future__ import annotations

import logging
import re
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from madoguchi.catalog.queries import published_by_id
from madoguchi.lib.jobs import app as jobs
from madoguchi.payments.models import Payment
from madoguchi.payments.providers.base import ProviderState, Reading
from madoguchi.payments.providers.registry import provider
from madoguchi.payments.states import OWED, State, move
from madoguchi.records import write
from madoguchi.records.actor import SYSTEM, Actor
from madoguchi.records.read import get_record

log = logging.getLogger(__name__)

FIRST_POLL_S = 5
LONGEST_POLL_S = 600
_REFERENCE = re.compile(r"([0-9a-f]{32})-([0-9]{1,4})")


def read_back(payment_id: UUID) -> Payment:
    """Asks the provider and moves our state to match; safe to call any number of times, at once, from anywhere.

    Raises ``ProviderError`` when the provider cannot be asked; nothing has changed then.
    """
    payment = Payment.objects.get(pk=payment_id)
    if not payment.provider_reference or not provider(payment.provider).online:
        return payment
    return settle(payment, provider(payment.provider).read(payment))


def give_back_earlier(payment_id: UUID, provider_code: str, reference: str) -> None:
    """Looks at an attempt that was followed by another; if it was paid after all, that money goes back at once.

    Attempts are only followed once they are over, so this takes a provider that changes its mind. Safe to repeat.
    """
    payment = Payment.objects.get(pk=payment_id)
    chosen = provider(provider_code)
    if payment.provider_reference == reference:
        return
    earlier = Payment(
        pk=payment.pk, state=State.REFUNDING, amount=payment.amount, provider_reference=reference,
        refund_reference=f"{reference}-r",
    )  # fmt: skip
    reading = chosen.read(earlier)
    if reading.state is not ProviderState.PAID:
        return
    log.error("payment %s: the earlier attempt %s was paid too", payment.pk, reference)
    earlier.provider_id, earlier.provider_amount = reading.provider_id, reading.amount
    earlier.paid_at = reading.paid_at
    chosen.refund(earlier)
    note(payment, "payment_refunded", SYSTEM, reason="earlier_attempt", taken=reading.amount)


@transaction.atomic
def settle(asked: Payment, reading: Reading) -> Payment:
    """Applies what the provider said about the attempt that ``asked`` was on. A later attempt is left alone."""
    payment = lock_with_record(asked.pk)
    if payment.provider_reference == asked.provider_reference:
        _remember(payment, reading)
        _apply(payment, reading)
        payment.save()
    return payment


def lock_with_record(payment_id: UUID) -> Payment:
    """The payment, locked after its record; inside a transaction only."""
    place = Payment.objects.values("app_id", "record_id").get(pk=payment_id)
    get_record(published_by_id(place["app_id"]), place["record_id"], lock=True)
    return Payment.objects.select_for_update().get(pk=payment_id)


def _remember(payment: Payment, reading: Reading) -> None:
    payment.provider_state = reading.state
    payment.provider_amount = reading.amount if reading.amount is not None else payment.provider_amount
    payment.read_at = timezone.now()


def _apply(payment: Payment, reading: Reading) -> None:
    if payment.state == State.REFUNDING:
        # A cancelled payment is FAILED at PayPay. ENDED may only mean "not found": no proof that money went back.
        if reading.state in {ProviderState.RETURNED, ProviderState.FAILED}:
            book_refund(payment, SYSTEM)
    elif reading.state is ProviderState.PAID:
        _take(payment, reading)
    elif payment.state == State.PENDING and reading.state is ProviderState.FAILED:
        move(payment, State.FAILED)
        note(payment, "payment_failed", SYSTEM, reason="provider")
    elif payment.state == State.PENDING and reading.state in {ProviderState.ENDED, ProviderState.RETURNED}:
        move(payment, State.DUE)
        payment.checkout_url = ""


def _take(payment: Payment, reading: Reading) -> None:
    """Money arrived: for what is owed it counts, if it is the right amount; too late, it goes back."""
    payment.provider_id = reading.provider_id or payment.provider_id
    payment.paid_at = payment.paid_at or reading.paid_at or timezone.now()
    if payment.state in {State.EXPIRED, State.CANCELLED}:
        begin_refund(payment)
    elif payment.state in OWED and reading.amount == payment.amount:
        book_payment(payment, SYSTEM)
    elif payment.state in OWED and not payment.wrong_amount:
        _refuse_amount(payment, reading)


def _refuse_amount(payment: Payment, reading: Reading) -> None:
    log.error("payment %s: asked for %s, provider took %s", payment.pk, payment.amount, reading.amount)
    if payment.state == State.DUE:
        move(payment, State.PENDING)
    if payment.state == State.PENDING:
        move(payment, State.FAILED)
    note(payment, "payment_failed", SYSTEM, reason="amount", taken=reading.amount)


def book_payment(payment: Payment, actor: Actor) -> None:
    """Marks a locked payment paid and moves the record on. ``paid_at`` must be set."""
    move(payment, State.PAID)
    payment.save()
    note(payment, "payment_paid", actor)
    write.fire_trigger(app_id=payment.app_id, record_id=payment.record_id, trigger="payment", actor=actor)


def begin_refund(payment: Payment) -> None:
    """Marks a locked payment as being given back; a job asks the provider, people do it at the counter."""
    move(payment, State.REFUNDING)
    payment.refund_reference = f"{payment.pk.hex}-r"
    if provider(payment.provider).online:
        later("payments.refund", payment)


def book_refund(payment: Payment, actor: Actor) -> None:
    """Marks a locked payment given back."""
    move(payment, State.REFUNDED)
    payment.refunded_at = timezone.now()
    note(payment, "payment_refunded", actor)


def note(payment: Payment, kind: str, actor: Actor, **data: Any) -> None:
    """Writes an event on the payment's record; nothing personal in it."""
    story = {"payment": str(payment.pk), "amount": payment.amount, "provider": payment.provider, **data}
    app = published_by_id(payment.app_id)
    write.add_event(app=app, record_id=payment.record_id, kind=kind, actor=actor, data=story)


def reference_of(payment: Payment) -> str:
    """What the provider is to call the payment's latest attempt; ``payment_named_by`` reads it back."""
    return f"{payment.pk.hex}-{payment.attempts}"


def payment_named_by(reference: str) -> Payment | None:
    """The payment that ``reference`` was an attempt of, the latest or an earlier one."""
    match = _REFERENCE.fullmatch(reference)
    found = Payment.objects.filter(pk=UUID(hex=match[1])).first() if match else None
    return found if found and match and int(match[2]) <= found.attempts else None


def later(task: str, payment: Payment, *, seconds: int = 0, **arguments: Any) -> None:
    """Enqueues a job of ``payments.tasks`` for this payment, in the current transaction."""
    options: dict[str, Any] = {"schedule_in": {"seconds": seconds}} if seconds else {}
    jobs.configure_task(task, **options).defer(payment_id=str(payment.pk), **arguments)
