"""What happens to money that is not, or no longer, wanted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django.fixtures import Settings

from madoguchi.catalog.queries import AppRevision
from madoguchi.payments import actions, tasks
from madoguchi.payments.models import Payment
from madoguchi.payments.providers.base import ProviderRefused
from madoguchi.records.actor import RESIDENT, SYSTEM, Actor
from madoguchi.records.models import Event
from madoguchi.records.read import get_record
from tests.integration.payments.steps import (
    HOME,
    kinds,
    let_the_due_time_pass,
    pay,
    reference,
    start,
    state,
    waiting,
)
from tests.payment_simulators import Wallet

pytestmark = pytest.mark.django_db


def cancel(payment: Payment) -> None:
    actions.cancel_or_refund(payment, actor=RESIDENT, reason="申請者による取下げ")


def test_what_was_never_begun_is_simply_cancelled(owed: Payment):
    cancel(owed)
    cancel(owed)
    assert kinds(owed) == ["payment_due", "payment_cancelled"]
    assert waiting("payments.close") == 0


def test_cancelling_closes_the_code_so_that_nobody_pays_it_any_more(
    paypay: Wallet, owed: Payment, run_jobs: Callable[[], int]
):
    start(owed)
    cancel(owed)
    run_jobs()
    assert (state(owed), paypay.payment(reference(owed))["state"]) == ("cancelled", "deleted")


def test_what_was_paid_while_it_was_being_cancelled_goes_back(
    paypay: Wallet, owed: Payment, run_jobs: Callable[[], int]
):
    start(owed)
    paypay.act(reference(owed), "pay")
    cancel(owed)
    run_jobs()
    assert (state(owed), paypay.payment(reference(owed))["state"]) == ("refunded", "reversed")
    assert kinds(owed) == ["payment_due", "payment_cancelled", "payment_refunded"]


def test_on_the_day_of_payment_a_refund_is_a_cancellation_at_paypay(
    paypay: Wallet, owed: Payment, run_jobs: Callable[[], int]
):
    pay(owed, paypay)
    cancel(owed)
    cancel(owed)
    assert state(owed) == "refunding"
    run_jobs()
    assert (state(owed), paypay.payment(reference(owed))["state"]) == ("refunded", "reversed")
    assert kinds(owed) == ["payment_due", "payment_paid", "payment_refunded"]


def test_days_later_it_is_a_refund_at_paypay(paypay: Wallet, owed: Payment, run_jobs: Callable[[], int]):
    pay(owed, paypay)
    Payment.objects.filter(pk=owed.pk).update(paid_at=owed.paid_at - timedelta(days=3))
    cancel(owed)
    run_jobs()
    there = paypay.payment(reference(owed))
    assert (state(owed), there["state"], there["refunded"]) == ("refunded", "returned", 710)


@pytest.mark.parametrize(
    ("now", "cancellable"), [("00:13:59", True), ("00:14:01", False)], ids=["before 0:14", "after 0:14"]
)
def test_cancelling_ends_a_quarter_past_midnight_in_japan(
    now: str, cancellable: bool, monkeypatch: pytest.MonkeyPatch, settings: Settings
):
    from madoguchi.payments.providers import paypay

    japan = ZoneInfo("Asia/Tokyo")
    paid = datetime(2026, 11, 23, 23, 50, tzinfo=japan)
    moment = datetime.fromisoformat(f"2026-11-24T{now}").replace(tzinfo=japan)
    asked: list[str] = []
    monkeypatch.setattr(paypay.timezone, "now", lambda: moment)
    monkeypatch.setattr(paypay.PayPay, "_repeat", lambda self, method, path: asked.append(method))
    assert paypay.PayPay()._cancelled(Payment(paid_at=paid, provider_reference="x")) is cancellable
    assert asked == (["DELETE"] if cancellable else [])


def test_a_refund_survives_an_answer_that_was_lost(paypay: Wallet, owed: Payment):
    pay(owed, paypay)
    Payment.objects.filter(pk=owed.pk).update(paid_at=owed.paid_at - timedelta(days=3))
    cancel(owed)
    owed.refresh_from_db()
    actions.provider("paypay").refund(owed)
    tasks.refund(str(owed.pk))
    assert (state(owed), paypay.payment(reference(owed))["refunded"]) == ("refunded", 710)


def test_a_wrong_amount_goes_back_as_it_came(paypay: Wallet, owed: Payment, run_jobs: Callable[[], int]):
    start(owed)
    paypay.act(reference(owed), "pay")
    paypay.act(reference(owed), "amount", amount=1)
    actions.read_back(owed.pk)
    Payment.objects.filter(pk=owed.pk).update(paid_at=owed.created_at - timedelta(days=3))
    cancel(owed)
    run_jobs()
    assert (state(owed), paypay.payment(reference(owed))["refunded"]) == ("refunded", 1)


def test_when_the_provider_refuses_to_refund_staff_may_record_their_own(
    paypay: Wallet, owed: Payment, cashier: Actor, monkeypatch: pytest.MonkeyPatch
):
    pay(owed, paypay)
    cancel(owed)
    with pytest.raises(actions.PaymentProblem, match="支払い先の処理"):
        actions.record_refund(owed, actor=cashier)

    def refuse(self: object, payment: Payment):
        raise ProviderRefused("REFUND_WINDOW_EXCEED")

    monkeypatch.setattr("madoguchi.payments.providers.paypay.PayPay.refund", refuse)
    with pytest.raises(ProviderRefused):
        tasks.refund(str(owed.pk))
    actions.record_refund(owed, actor=cashier)
    actions.record_refund(owed, actor=cashier)
    assert state(owed) == "refunded"
    assert kinds(owed).count("payment_refunded") == 1


def test_what_nobody_paid_in_time_expires_and_so_does_the_record(owed: Payment, certificate_app: AppRevision):
    assert actions.expire_due() == 0
    let_the_due_time_pass(owed)
    assert actions.expire_due() == 1
    assert actions.expire_due() == 0
    assert kinds(owed) == ["payment_due", "payment_expired"]
    assert get_record(certificate_app, owed.record_id).status == "expired"


def test_a_payment_under_way_is_read_back_before_it_expires(paypay: Wallet, owed: Payment):
    start(owed)
    paypay.act(reference(owed), "pay")
    let_the_due_time_pass(owed)
    assert actions.expire_due() == 0
    assert state(owed) == "paid"


def test_nothing_expires_while_the_provider_cannot_be_asked(paypay: Wallet, owed: Payment):
    start(owed)
    let_the_due_time_pass(owed)
    paypay.faults(fail_next=9)
    assert actions.expire_due() == 0
    assert state(owed) == "pending"


def test_money_that_comes_after_the_time_goes_back_by_itself(
    paypay: Wallet, owed: Payment, run_jobs: Callable[[], int]
):
    start(owed)
    let_the_due_time_pass(owed)
    assert actions.expire_due() == 1
    paypay.act(reference(owed), "pay")
    run_jobs()
    assert (state(owed), paypay.payment(reference(owed))["state"]) == ("refunded", "reversed")
    assert kinds(owed) == ["payment_due", "payment_expired", "payment_refunded"]


def test_after_expiry_a_new_fee_may_be_asked_for(owed: Payment, certificate_app: AppRevision):
    let_the_due_time_pass(owed)
    actions.expire_due()
    again = actions.make_due(
        app=certificate_app,
        record_id=owed.record_id,
        receipt_number=owed.receipt_number,
        lines=owed.lines,
        due_at=owed.created_at + timedelta(days=14),
        actor=SYSTEM,
    )
    assert (again.state, again.pk == owed.pk) == ("due", False)


def test_forgotten_payments_are_found_again(paypay: Wallet, owed: Payment):
    start(owed)
    before = waiting("payments.read_back")
    tasks.find_forgotten(0)
    assert waiting("payments.read_back") == before
    long_ago = owed.created_at - timedelta(hours=1)
    Payment.objects.filter(pk=owed.pk).update(updated_at=long_ago)
    tasks.find_forgotten(0)
    assert waiting("payments.read_back") == before + 1


def test_the_cashier_takes_the_money_at_the_counter_once(owed: Payment, cashier: Actor, certificate_app: AppRevision):
    assert start(owed, "counter") == HOME
    assert state(owed) == "due"
    actions.receive_at_counter(owed, actor=cashier)
    actions.receive_at_counter(owed, actor=cashier)
    owed.refresh_from_db()
    assert (owed.state, owed.provider, owed.received_by.username) == ("paid", "counter", "tanaka")
    assert kinds(owed) == ["payment_due", "payment_paid"]
    assert Event.objects.get(kind="payment_paid").actor_staff_id == cashier.staff_id
    assert get_record(certificate_app, owed.record_id).status == "submitted"


def test_reception_may_not_take_money(owed: Payment, receptionist: Actor):
    with pytest.raises(PermissionDenied):
        actions.receive_at_counter(owed, actor=receptionist)
    assert state(owed) == "due"


def test_taking_cash_ends_the_online_code_first(paypay: Wallet, owed: Payment, cashier: Actor):
    start(owed)
    old = reference(owed)
    actions.receive_at_counter(owed, actor=cashier)
    assert (state(owed), paypay.payment(old)["state"]) == ("paid", "deleted")


def test_no_cash_is_taken_for_what_was_paid_online_a_moment_ago(paypay: Wallet, owed: Payment, cashier: Actor):
    start(owed)
    paypay.act(reference(owed), "pay")
    with pytest.raises(actions.PaymentProblem, match="現金は受け取らない"):
        actions.receive_at_counter(owed, actor=cashier)
    owed.refresh_from_db()
    assert (owed.state, owed.provider) == ("paid", "paypay")


def test_no_cash_is_taken_while_the_online_code_cannot_be_closed(paypay: Wallet, owed: Payment, cashier: Actor):
    start(owed)
    paypay.faults(fail_next=9)
    with pytest.raises(actions.PaymentProblem, match="二重払い"):
        actions.receive_at_counter(owed, actor=cashier)
    assert state(owed) == "pending"


def test_cash_goes_back_when_the_cashier_says_so(owed: Payment, cashier: Actor):
    actions.receive_at_counter(owed, actor=cashier)
    cancel(owed)
    assert state(owed) == "refunding"
    assert waiting("payments.refund") == 0
    actions.record_refund(owed, actor=cashier)
    assert state(owed) == "refunded"
