"""Paying with LINE Pay, door to door against the simulator: nothing is charged until we confirm."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from madoguchi.payments import actions, tasks
from madoguchi.payments.models import Payment
from tests.integration.payments.steps import come_back, kinds, let_the_due_time_pass, pay, reference, start, state
from tests.payment_simulators import Wallet

pytestmark = pytest.mark.django_db


def begin(payment: Payment) -> str:
    return start(payment, "linepay")


def test_a_resident_pays_and_we_confirm_when_they_come_back(client: Client, linepay: Wallet, owed: Payment):
    begin(owed)
    linepay.act(reference(owed), "pay")
    assert linepay.payment(reference(owed))["state"] == "approved"
    assert come_back(client, owed)["Location"] == "/s/JM/secret/"
    assert state(owed) == "paid"
    assert linepay.payment(reference(owed))["state"] == "paid"
    assert kinds(owed) == ["payment_due", "payment_paid"]


def test_the_transaction_id_survives_although_it_is_too_large_for_a_float(linepay: Wallet, owed: Payment):
    begin(owed)
    owed.refresh_from_db()
    assert int(owed.provider_id) > 2**53
    assert owed.provider_id == linepay.payment(reference(owed))["transaction_id"]


def test_a_browser_that_was_closed_after_approving_does_not_matter(linepay: Wallet, owed: Payment):
    begin(owed)
    linepay.act(reference(owed), "pay")
    tasks.poll(str(owed.pk), 5, reference(owed))
    assert state(owed) == "paid"


def test_when_the_answer_to_our_confirmation_is_lost_the_money_is_booked_once(
    client: Client, linepay: Wallet, owed: Payment
):
    begin(owed)
    linepay.act(reference(owed), "pay")
    original = actions.provider("linepay")._confirm

    def lose_the_answer(payment: Payment):
        linepay.faults(lose_response=1)
        original(payment)

    object.__setattr__(actions.provider("linepay"), "_confirm", lose_the_answer)
    try:
        come_back(client, owed)
    finally:
        object.__delattr__(actions.provider("linepay"), "_confirm")
    assert (state(owed), linepay.payment(reference(owed))["state"]) == ("pending", "paid")
    come_back(client, owed)
    assert state(owed) == "paid"
    assert kinds(owed).count("payment_paid") == 1


def test_turning_back_at_line_pay_makes_it_payable_again(client: Client, linepay: Wallet, owed: Payment):
    first = begin(owed)
    linepay.act(reference(owed), "cancel")
    come_back(client, owed)
    assert state(owed) == "due"
    assert begin(owed) != first


def test_a_cancelled_application_is_not_confirmed_even_if_the_resident_approved(
    linepay: Wallet, owed: Payment, run_jobs: Callable[[], int]
):
    begin(owed)
    linepay.act(reference(owed), "pay")
    actions.cancel_or_refund(owed, actor=actions.SYSTEM, reason="取下げ")
    run_jobs()
    actions.read_back(owed.pk)
    assert state(owed) == "cancelled"
    assert linepay.payment(reference(owed))["state"] == "approved"


def test_a_paid_and_cancelled_application_is_refunded(linepay: Wallet, owed: Payment, run_jobs: Callable[[], int]):
    pay(owed, linepay, "linepay")
    actions.cancel_or_refund(owed, actor=actions.SYSTEM, reason="取下げ")
    run_jobs()
    assert state(owed) == "refunded"
    assert linepay.payment(reference(owed))["refunded"] == 710
    assert kinds(owed) == ["payment_due", "payment_paid", "payment_refunded"]


def test_a_refund_asked_for_twice_is_one_refund(linepay: Wallet, owed: Payment):
    pay(owed, linepay, "linepay")
    actions.cancel_or_refund(owed, actor=actions.SYSTEM, reason="取下げ")
    owed.refresh_from_db()
    actions.provider("linepay").refund(owed)
    tasks.refund(str(owed.pk))
    assert state(owed) == "refunded"
    assert linepay.payment(reference(owed))["refunded"] == 710


def test_a_wrong_amount_never_counts_as_paid(client: Client, linepay: Wallet, owed: Payment):
    begin(owed)
    linepay.act(reference(owed), "pay")
    linepay.act(reference(owed), "amount", amount=1)
    come_back(client, owed)
    assert state(owed) == "pending"
    assert linepay.payment(reference(owed))["state"] == "approved"


def test_line_pay_learns_nothing_about_the_person(linepay: Wallet, owed: Payment):
    begin(owed)
    known = json.dumps(linepay.payment(reference(owed)), ensure_ascii=False)
    assert not any(secret in known for secret in ("市川", "花子", "090-1234", "hanako", "secret"))


def test_what_the_resident_approved_in_time_is_taken_even_in_the_last_minute(linepay: Wallet, owed: Payment):
    begin(owed)
    linepay.act(reference(owed), "pay")
    let_the_due_time_pass(owed)
    assert actions.expire_due() == 0
    assert state(owed) == "paid"
