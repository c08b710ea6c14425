"""What residents, staff and time do to a payment, in words."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.payments import actions
from madoguchi.payments.models import Payment
from madoguchi.records.models import Event
from tests.payment_simulators import Wallet

HOME = "/s/JM/secret/"


def start(payment: Payment, provider: str = "paypay") -> str:
    return actions.start_checkout(payment, provider, HOME)


def come_back(client: Client, payment: Payment):
    return client.get(f"/payments/return/{payment.pk}")


def reference(payment: Payment) -> str:
    payment.refresh_from_db()
    assert payment.provider_reference
    return payment.provider_reference


def pay(payment: Payment, wallet: Wallet, provider: str = "paypay") -> None:
    """The resident pays; we read it back."""
    start(payment, provider)
    wallet.act(reference(payment), "pay")
    assert actions.read_back(payment.pk).state == "paid"
    payment.refresh_from_db()


def state(payment: Payment) -> str:
    payment.refresh_from_db()
    return payment.state


def kinds(payment: Payment) -> list[str]:
    found = Event.objects.filter(record_id=payment.record_id, kind__startswith="payment_").order_by("id")
    return list(found.values_list("kind", flat=True))


def let_the_due_time_pass(payment: Payment) -> None:
    Payment.objects.filter(pk=payment.pk).update(due_at=timezone.now() - timedelta(seconds=1))


def waiting(task: str) -> int:
    """How many jobs of that name wait."""
    return ProcrastinateJob.objects.filter(task_name=task, status="todo").count()
