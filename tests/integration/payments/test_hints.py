"""Webhook, return and poll are only hints: however many come, in whatever order, the money is booked once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from urllib.parse import urlsplit

import httpx
import pytest
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from madoguchi.payments import actions, readback, tasks
from madoguchi.payments.models import Payment, ProviderNotification
from madoguchi.records.actor import RESIDENT
from tests.integration.payments.steps import HOME, come_back, kinds, reference, start, state, waiting
from tests.payment_simulators import Wallet, paypay_simulator

WEBHOOK = "/payments/paypay/webhook"


def notification(payment: Payment, **changes: str) -> dict[str, str]:
    return {
        "notification_type": "Transaction", "merchant_order_id": reference(payment), "order_id": "1",
        "order_amount": "710", "state": "COMPLETED", **changes,
    }  # fmt: skip


def notify(client: Client, message: object) -> int:
    return client.post(WEBHOOK, data=json.dumps(message), content_type="application/json").status_code


@pytest.mark.django_db
def test_a_webhook_alone_proves_nothing(client: Client, paypay: Wallet, owed: Payment, run_jobs: Callable[[], int]):
    start(owed)
    assert notify(client, notification(owed)) == 200
    run_jobs()
    assert state(owed) == "pending"


@pytest.mark.django_db
def test_a_webhook_makes_us_look(client: Client, paypay: Wallet, owed: Payment, run_jobs: Callable[[], int]):
    start(owed)
    paypay.act(reference(owed), "pay")
    assert client.post(WEBHOOK, notification(owed), content_type="application/json").content == b"OK"
    assert state(owed) == "pending"
    run_jobs()
    assert state(owed) == "paid"


@pytest.mark.django_db
def test_the_same_notification_twice_is_one_hint(client: Client, paypay: Wallet, owed: Payment):
    start(owed)
    assert [notify(client, notification(owed)) for _ in range(3)] == [200, 200, 200]
    assert waiting("payments.read_back") == 1
    assert notify(client, notification(owed, state="FAILED")) == 200
    assert waiting("payments.read_back") == 2


@pytest.mark.django_db
def test_what_is_not_about_one_of_our_payments_is_accepted_and_forgotten(client: Client):
    for message in ({"notification_type": "file.created"}, {"merchant_order_id": "x"}, {"merchant_order_id": ["x"]}):
        assert notify(client, message) == 200
    assert not ProviderNotification.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{", 400), (b"[]", 400), (b"\xff\xfe", 400), (b'{"a": "' + b"x" * 70000 + b'"}', 413)],
    ids=["empty", "cut off", "a list", "no text", "too large"],
)
def test_what_is_not_a_notification_is_refused(client: Client, body: bytes, status: int):
    assert client.post(WEBHOOK, data=body, content_type="application/json").status_code == status


@pytest.mark.django_db
def test_an_unknown_payment_has_no_page_to_return_to(client: Client):
    assert client.get("/payments/return/7b0f6a1e-3a52-4c55-8f3d-2f8f6c1f0c11").status_code == 404


@pytest.mark.django_db
def test_money_for_an_attempt_that_was_followed_by_another_goes_back(
    client: Client, paypay: Wallet, owed: Payment, run_jobs: Callable[[], int]
):
    start(owed)
    first = notification(owed)
    Payment.objects.filter(pk=owed.pk).update(checkout_expires_at=owed.created_at - timedelta(hours=1))
    actions.read_back(owed.pk)
    start(owed)
    paypay.act(first["merchant_order_id"], "pay")
    for hint in (first, first, {**first, "paid_at": "later"}):
        notify(client, hint)
    run_jobs()
    assert paypay.payment(first["merchant_order_id"])["state"] == "reversed"
    assert (state(owed), reference(owed)) == ("pending", f"{owed.pk.hex}-2")
    assert kinds(owed) == ["payment_due", "payment_refunded"]


@pytest.mark.django_db
def test_money_for_a_wallet_that_was_given_up_for_another_goes_back_too(
    client: Client, paypay: Wallet, linepay: Wallet, owed: Payment, run_jobs: Callable[[], int]
):
    start(owed)
    first = notification(owed)
    Payment.objects.filter(pk=owed.pk).update(checkout_expires_at=owed.created_at - timedelta(hours=1))
    actions.read_back(owed.pk)
    start(owed, "linepay")
    paypay.act(first["merchant_order_id"], "pay")
    notify(client, first)
    run_jobs()
    assert paypay.payment(first["merchant_order_id"])["state"] == "reversed"
    assert (state(owed), owed.provider) == ("pending", "linepay")


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """Changes are really committed; the queue, which Django does not empty after such a test, is emptied here."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def _at_once(*steps: Callable[[], object]) -> None:
    """Runs the steps in threads that wait for each other before they begin, each with its own connection."""
    line = Barrier(len(steps))

    def run(step: Callable[[], object]) -> None:
        try:
            line.wait(timeout=30)
            step()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        for done in [pool.submit(run, step) for step in steps]:
            done.result(timeout=60)


def _every_hint_at_once(payment: Payment) -> None:
    hint, key = notification(payment), str(payment.pk)
    _at_once(
        lambda: notify(Client(), hint),
        lambda: notify(Client(), hint),
        lambda: tasks.read_back(key),
        lambda: tasks.read_back(key),
        lambda: come_back(Client(), payment),
        lambda: tasks.poll(key, 5, hint["merchant_order_id"]),
    )


@pytest.fixture
def paid_at_the_wallet(paypay: Wallet, committed: None, owed: Payment) -> Payment:
    start(owed)
    paypay.act(reference(owed), "pay")
    return owed


def test_two_webhooks_a_return_and_a_poll_at_once_book_one_payment(paid_at_the_wallet: Payment):
    _every_hint_at_once(paid_at_the_wallet)
    assert state(paid_at_the_wallet) == "paid"
    assert kinds(paid_at_the_wallet) == ["payment_due", "payment_paid"]
    assert ProviderNotification.objects.count() == 1


def test_without_the_lock_the_same_hints_would_book_it_more_than_once(
    paid_at_the_wallet: Payment, monkeypatch: pytest.MonkeyPatch
):
    everybody_has_looked = Barrier(2)

    def look_without_lock(payment_id: object) -> Payment:
        payment = Payment.objects.get(pk=payment_id)
        everybody_has_looked.wait(timeout=30)
        return payment

    monkeypatch.setattr(readback, "lock_with_record", look_without_lock)
    key = str(paid_at_the_wallet.pk)
    _at_once(lambda: tasks.read_back(key), lambda: tasks.read_back(key))
    assert kinds(paid_at_the_wallet).count("payment_paid") == 2


def test_paying_and_cancelling_at_once_never_keeps_the_money(paid_at_the_wallet: Payment, paypay: Wallet):
    payment, key = paid_at_the_wallet, str(paid_at_the_wallet.pk)
    _at_once(
        lambda: tasks.read_back(key),
        lambda: actions.cancel_or_refund(payment, actor=RESIDENT, reason="取下げ"),
        lambda: come_back(Client(), payment),
    )
    if state(payment) == "cancelled":
        tasks.close(key)
    tasks.refund(key)
    assert (state(payment), paypay.payment(reference(payment))["state"]) == ("refunded", "reversed")
    assert kinds(payment).count("payment_refunded") == 1


def test_two_taps_at_once_lead_to_one_code(paypay: Wallet, committed: None, owed: Payment):
    pages: list[str] = []
    _at_once(*[lambda: pages.append(start(owed)) for _ in range(4)])
    assert len(set(pages)) == 1
    assert len([row for row in paypay.payments() if row["reference"].startswith(owed.pk.hex)]) == 1


@pytest.fixture
def calling_wallet(committed: None, live_server: LiveServer, tmp_path: Path, settings: Settings) -> Iterator[Wallet]:
    with paypay_simulator(tmp_path, webhook_url=f"{live_server.url}{WEBHOOK}") as wallet:
        settings.PAYPAY, settings.BASE_URL = wallet.service, live_server.url
        yield wallet


def test_the_simulator_calls_our_webhook_and_may_call_twice(calling_wallet: Wallet, owed: Payment):
    calling_wallet.faults(webhook="duplicate")
    start(owed)
    calling_wallet.act(reference(owed), "pay")
    job = _wait_for_job("payments.read_back")
    tasks.read_back(**job.args)
    assert state(owed) == "paid"
    assert ProviderNotification.objects.count() == 1


def _wait_for_job(name: str) -> ProcrastinateJob:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = ProcrastinateJob.objects.filter(task_name=name).first()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"no job {name}")


def test_the_checkout_page_sends_the_payer_back_to_us(calling_wallet: Wallet, owed: Payment, client: Client):
    page = start(owed)
    assert "710" in httpx.get(page).text
    answer = httpx.post(page, data={"action": "pay"})
    assert answer.status_code == 303
    assert client.get(urlsplit(answer.headers["Location"]).path)["Location"] == HOME
    assert state(owed) == "paid"
