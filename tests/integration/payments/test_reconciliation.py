"""The accounting section's daily list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from madoguchi.catalog.queries import AppRevision
from madoguchi.payments import actions, queries, tasks
from madoguchi.payments.models import Payment
from madoguchi.records.actor import SYSTEM, Actor
from tests.integration.payments.conftest import owe
from tests.integration.payments.steps import pay, reference, start, state, waiting
from tests.payment_simulators import Wallet

pytestmark = pytest.mark.django_db

JAPAN = ZoneInfo("Asia/Tokyo")


def test_a_day_without_money_is_an_empty_list(db: None):
    day = queries.reconciliation(timezone.localdate())
    assert (day.entries, day.totals, day.differences, day.net) == ((), (), (), 0)


def test_the_list_shows_what_came_and_went_by_way_of_paying(
    paypay: Wallet, owed: Payment, cashier: Actor, certificate_app: AppRevision, run_jobs: Callable[[], int]
):
    pay(owed, paypay)
    cash, back = owe(certificate_app), owe(certificate_app)
    actions.receive_at_counter(cash, actor=cashier)
    pay(back, paypay)
    actions.cancel_or_refund(back, actor=SYSTEM, reason="取下げ")
    run_jobs()
    day = queries.reconciliation(timezone.localdate())
    assert [(t.name, t.received_count, t.received, t.returned_count, t.returned, t.net) for t in day.totals] == [
        ("窓口", 1, 710, 0, 0, 710),
        ("PayPay", 2, 1420, 1, -710, 710),
    ]
    assert (day.net, day.differences) == (1420, ())
    assert [entry.word for entry in day.entries] == ["入金", "入金", "入金", "返金"]
    assert {entry.payment for entry in queries.reconciliation(day.day, "counter").entries} == {cash}


def test_midnight_in_japan_divides_the_days(owed: Payment, cashier: Actor):
    actions.receive_at_counter(owed, actor=cashier)
    last_moment = datetime(2026, 11, 23, 23, 59, 59, 999999, tzinfo=JAPAN)
    Payment.objects.filter(pk=owed.pk).update(paid_at=last_moment)
    first, second = last_moment.date(), last_moment.date() + timedelta(days=1)
    assert len(queries.reconciliation(first).entries) == 1
    assert len(queries.reconciliation(second).entries) == 0


def test_a_payment_that_was_taken_back_behind_our_back_is_a_difference(
    paypay: Wallet, owed: Payment, run_jobs: Callable[[], int]
):
    pay(owed, paypay)
    Payment.objects.filter(pk=owed.pk).update(paid_at=timezone.now() - timedelta(days=1))
    assert not queries.differences()
    _give_back_in_the_wallets_own_console(paypay, owed)
    tasks.reconcile(0)
    assert waiting("payments.read_back") == 1
    run_jobs()
    assert state(owed) == "paid"
    found = queries.reconciliation(timezone.localdate()).differences
    assert [queries.difference_words(p) for p in found] == ["こちらの記録は「納付済」、支払い先の記録は「失敗」です。"]


def _give_back_in_the_wallets_own_console(paypay: Wallet, payment: Payment):
    from madoguchi.payments.providers.paypay import PayPay

    PayPay()._repeat("DELETE", f"/v2/payments/{payment.provider_reference}")


def test_a_wrong_amount_is_a_difference_and_says_both_amounts(paypay: Wallet, owed: Payment):
    start(owed)
    paypay.act(reference(owed), "pay")
    paypay.act(reference(owed), "amount", amount=71)
    actions.read_back(owed.pk)
    day = queries.reconciliation(timezone.localdate())
    assert [queries.difference_words(p) for p in day.differences] == ["請求は710円、支払われたのは71円です。"]
    assert day.net == 71
    assert "請求は710円" in queries.as_csv(day)


def test_a_record_owes_nothing_once_its_fee_is_paid(owed: Payment, cashier: Actor):
    assert not queries.nothing_owed(owed.app_id, owed.record_id)
    actions.receive_at_counter(owed, actor=cashier)
    assert queries.nothing_owed(owed.app_id, owed.record_id)


def test_only_ways_to_pay_that_are_set_up_are_offered(certificate_app: AppRevision, paypay: Wallet, settings: Settings):
    fee = certificate_app.definition.procedure.fee
    settings.LINEPAY = type(settings.LINEPAY)()
    assert [p.code for p in queries.choices(fee)] == ["paypay", "counter"]
