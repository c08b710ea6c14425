"""Jobs of the payments room."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from madoguchi.lib.jobs import RETRY, app, daily_in_japan
from madoguchi.payments import actions, readback
from madoguchi.payments.models import Payment
from madoguchi.payments.providers.base import ProviderError, ProviderRefused
from madoguchi.payments.providers.registry import provider
from madoguchi.payments.queries import of_day
from madoguchi.payments.states import State

log = logging.getLogger(__name__)

FORGOTTEN_AFTER = timedelta(minutes=20)


@app.task(name="payments.read_back", retry=RETRY, pass_context=False)
def read_back(payment_id: str) -> None:
    """Asks the provider once: after a hint, and some time after a payment was given up."""
    readback.read_back(UUID(payment_id))


@app.task(name="payments.give_back_earlier", retry=RETRY, pass_context=False)
def give_back_earlier(payment_id: str, provider_code: str, reference: str) -> None:
    """After a hint about an attempt that was followed by another."""
    readback.give_back_earlier(UUID(payment_id), provider_code, reference)


@app.task(name="payments.poll", pass_context=False)
def poll(payment_id: str, delay: int, reference: str) -> None:
    """Asks again and again, ever more rarely, until this attempt is decided."""
    try:
        payment = readback.read_back(UUID(payment_id))
    except ProviderError as error:
        log.warning("payment %s: %r", payment_id, error)
        payment = Payment.objects.get(pk=payment_id)
    if payment.state in {State.PENDING, State.REFUNDING} and payment.provider_reference == reference:
        pause = min(delay * 2, readback.LONGEST_POLL_S)
        readback.later("payments.poll", payment, seconds=pause, delay=pause, reference=reference)


@app.task(name="payments.close", retry=RETRY, pass_context=False)
def close(payment_id: str) -> None:
    """Makes a given-up attempt unpayable at the provider; what was paid meanwhile goes back."""
    payment = Payment.objects.get(pk=payment_id)
    readback.settle(payment, provider(payment.provider).cancel(payment))


@app.task(name="payments.refund", retry=RETRY, pass_context=False)
def refund(payment_id: str) -> None:
    """Asks the provider to give the money back; polls until it says that it did.

    A refusal stays visible as a failed job, and from then on staff may record a refund they made themselves.
    """
    payment = Payment.objects.get(pk=payment_id)
    if payment.state != State.REFUNDING:
        return
    try:
        reading = provider(payment.provider).refund(payment)
    except ProviderRefused:
        Payment.objects.filter(pk=payment_id, state=State.REFUNDING).update(refund_refused=True)
        raise
    payment = readback.settle(payment, reading)
    if payment.state == State.REFUNDING:
        first, reference = readback.FIRST_POLL_S, payment.provider_reference
        readback.later("payments.poll", payment, seconds=first, delay=first, reference=reference)


@app.periodic(cron="* * * * *")
@app.task(name="payments.expire_due", queueing_lock="payments.expire_due", pass_context=False)
def expire_due(timestamp: int) -> None:
    """Every minute: ends what was not paid in time."""
    actions.expire_due()


@app.periodic(cron="*/10 * * * *")
@app.task(name="payments.find_forgotten", queueing_lock="payments.find_forgotten", pass_context=False)
def find_forgotten(timestamp: int) -> None:
    """Every ten minutes: reads back what no poll has asked about for a while (a worker died in between)."""
    before = timezone.now() - FORGOTTEN_AFTER
    waiting = Payment.objects.filter(state__in=[State.PENDING, State.REFUNDING], updated_at__lt=before)
    for payment in waiting.filter(Q(read_at=None) | Q(read_at__lt=before))[:500]:
        readback.later("payments.read_back", payment)


@app.periodic(cron=daily_in_japan(3, 30))
@app.task(name="payments.reconcile", queueing_lock="payments.reconcile", pass_context=False)
def reconcile(timestamp: int) -> None:
    """At 3:30 in Japan: asks the providers again about everything that moved yesterday."""
    for payment in of_day(timezone.localdate() - timedelta(days=1)):
        readback.later("payments.read_back", payment)
