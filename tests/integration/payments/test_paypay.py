"""Paying with PayPay, door to door against the simulator."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.catalog.queries import AppRevision
from madoguchi.payments import actions, tasks
from madoguchi.payments.models import Payment
from madoguchi.payments.providers.base import ProviderUnavailable
from madoguchi.records.actor import RESIDENT
from madoguchi.records.models import Event
from madoguchi.records.read import get_record
from tests.integration.payments.steps import come_back, kinds, reference, start
from tests.payment_simulators import Wallet

pytestmark = pytest.mark.django_db


def test_a_resident_pays_and_the_record_moves_on(
    client: Client, paypay: Wallet, owed: Payment, certificate_app: AppRevision
):
    url = start(owed)
    assert url.startswith(f"{paypay.url}/checkout/")
    paypay.act(reference(owed), "pay")
    answer = come_back(client, owed)
    assert (answer.status_code, answer["Location"]) == (302, "/s/JM/secret/")
    owed.refresh_from_db()
    assert (owed.state, owed.provider_amount, owed.provider_state) == ("paid", 710, "paid")
    assert kinds(owed) == ["payment_due", "payment_paid"]
    assert get_record(certificate_app, owed.record_id).status == "submitted"


def test_paypay_learns_the_procedure_and_the_receipt_number_and_nothing_about_the_person(paypay: Wallet, owed: Payment):
    start(owed)
    known = json.dumps(paypay.payment(reference(owed)), ensure_ascii=False)
    assert owed.receipt_number in known
    assert not any(secret in known for secret in ("市川", "花子", "090-1234", "hanako", "secret"))


def test_a_double_tap_gives_the_same_page_and_one_code(paypay: Wallet, owed: Payment):
    before = len(paypay.payments())
    assert start(owed) == start(owed)
    assert len(paypay.payments()) == before + 1


def test_coming_back_without_paying_leaves_the_payment_open_and_payable(client: Client, paypay: Wallet, owed: Payment):
    url = start(owed)
    paypay.act(reference(owed), "cancel")
    come_back(client, owed)
    owed.refresh_from_db()
    assert owed.state == "pending"
    assert start(owed) == url


def test_a_code_that_expired_is_replaced_by_a_new_one(client: Client, paypay: Wallet, owed: Payment):
    first = start(owed)
    paypay.act(reference(owed), "expire")
    long_ago = timezone.now() - timedelta(minutes=10)
    Payment.objects.filter(pk=owed.pk).update(checkout_expires_at=long_ago)
    come_back(client, owed)
    owed.refresh_from_db()
    assert owed.state == "due"
    assert start(owed) != first
    assert reference(owed).endswith("-2")


def test_a_payment_that_failed_can_be_tried_again(client: Client, paypay: Wallet, owed: Payment):
    start(owed)
    paypay.act(reference(owed), "fail")
    come_back(client, owed)
    owed.refresh_from_db()
    assert owed.state == "failed"
    start(owed)
    paypay.act(reference(owed), "pay")
    come_back(client, owed)
    assert kinds(owed) == ["payment_due", "payment_failed", "payment_paid"]


def test_when_the_answer_is_lost_nothing_is_charged_and_the_next_try_works(paypay: Wallet, owed: Payment):
    paypay.faults(lose_response=1)
    with pytest.raises(actions.PaymentProblem, match="つながりませんでした"):
        start(owed)
    owed.refresh_from_db()
    assert owed.state == "due"
    start(owed)
    lost, used = [row for row in paypay.payments() if row["reference"].startswith(owed.pk.hex)]
    assert (lost["state"], used["state"]) == ("open", "open")
    assert reference(owed) == used["reference"] != lost["reference"]


def test_when_paypay_is_in_trouble_the_resident_is_told_and_nothing_changes(paypay: Wallet, owed: Payment):
    paypay.faults(fail_next=9)
    with pytest.raises(actions.PaymentProblem, match="お支払いは始まっていません"):
        start(owed)
    owed.refresh_from_db()
    assert (owed.state, owed.provider_reference) == ("due", None)


def test_reading_back_survives_one_hiccup_and_reports_lasting_trouble(paypay: Wallet, owed: Payment):
    start(owed)
    paypay.act(reference(owed), "pay")
    paypay.faults(fail_next=3)
    with pytest.raises(ProviderUnavailable):
        actions.read_back(owed.pk)
    paypay.faults(fail_next=1)
    assert actions.read_back(owed.pk).state == "paid"


def test_the_resident_comes_back_even_while_paypay_does_not_answer(client: Client, paypay: Wallet, owed: Payment):
    start(owed)
    paypay.faults(fail_next=9)
    assert come_back(client, owed)["Location"] == "/s/JM/secret/"


def test_a_wrong_amount_never_counts_as_paid_and_staff_are_told_once(client: Client, paypay: Wallet, owed: Payment):
    start(owed)
    paypay.act(reference(owed), "pay")
    paypay.act(reference(owed), "amount", amount=1)
    come_back(client, owed)
    come_back(client, owed)
    owed.refresh_from_db()
    assert owed.state == "failed"
    assert kinds(owed) == ["payment_due", "payment_failed"]
    alarm = Event.objects.get(record_id=owed.record_id, kind="payment_failed")
    assert (alarm.data["reason"], alarm.data["taken"], alarm.data["amount"]) == ("amount", 1, 710)
    with pytest.raises(actions.PaymentProblem, match="確かめています"):
        start(owed)


def test_changing_the_way_to_pay_ends_the_first_code(paypay: Wallet, linepay: Wallet, owed: Payment):
    start(owed)
    old = reference(owed)
    start(owed, "linepay")
    assert paypay.payment(old)["state"] == "deleted"
    owed.refresh_from_db()
    assert (owed.provider, owed.state) == ("linepay", "pending")


def test_changing_the_way_to_pay_after_paying_charges_nothing_more(paypay: Wallet, linepay: Wallet, owed: Payment):
    start(owed)
    paypay.act(reference(owed), "pay")
    assert start(owed, "linepay") == "/s/JM/secret/"
    owed.refresh_from_db()
    assert (owed.provider, owed.state) == ("paypay", "paid")
    assert not [row for row in linepay.payments() if row["reference"].startswith(owed.pk.hex)]


def test_a_way_to_pay_that_the_procedure_does_not_offer_is_refused(paypay: Wallet, owed: Payment):
    with pytest.raises(actions.PaymentProblem, match="使えません"):
        start(owed, "bitcoin")


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example", "/\\evil.example", "s/x", "", "javascript:x"]
)
def test_the_way_back_leads_only_to_our_own_pages(paypay: Wallet, owed: Payment, path: str):
    with pytest.raises(ValueError, match="return_path"):
        actions.start_checkout(owed, "paypay", path)


def test_after_the_due_time_no_payment_begins(paypay: Wallet, owed: Payment):
    Payment.objects.filter(pk=owed.pk).update(due_at=timezone.now())
    with pytest.raises(actions.PaymentProblem, match="期限"):
        start(owed)


def test_polling_finds_a_payment_whose_payer_never_came_back(paypay: Wallet, owed: Payment):
    start(owed)
    tasks.poll(str(owed.pk), 5, reference(owed))
    assert owed.provider_state == ""
    paypay.act(reference(owed), "pay")
    tasks.poll(str(owed.pk), 10, reference(owed))
    owed.refresh_from_db()
    assert owed.state == "paid"


def test_polls_come_ever_more_rarely_and_stop_when_decided(paypay: Wallet, owed: Payment):
    start(owed)
    polls = ProcrastinateJob.objects.filter(task_name="payments.poll").order_by("id")
    assert [job.args["delay"] for job in polls] == [5]
    tasks.poll(str(owed.pk), 5, reference(owed))
    tasks.poll(str(owed.pk), 400, reference(owed))
    assert [job.args["delay"] for job in polls.all()] == [5, 10, 600]
    paypay.act(reference(owed), "pay")
    tasks.poll(str(owed.pk), 600, reference(owed))
    assert polls.all().count() == 3


def test_asking_for_the_same_fee_twice_asks_once(owed: Payment, certificate_app: AppRevision):
    again = actions.make_due(
        app=certificate_app,
        record_id=owed.record_id,
        receipt_number=owed.receipt_number,
        lines=owed.lines,
        due_at=owed.due_at,
        actor=RESIDENT,
    )
    assert again == owed
    assert kinds(owed) == ["payment_due"]


def test_a_fee_fixed_anew_replaces_the_amount_until_paying_began(
    paypay: Wallet, owed: Payment, certificate_app: AppRevision
):
    def fix(amount: int) -> Payment:
        lines = [{"label": "手数料", "amount": amount}]
        return actions.make_due(
            app=certificate_app,
            record_id=owed.record_id,
            receipt_number=owed.receipt_number,
            lines=lines,
            due_at=owed.due_at,
            actor=RESIDENT,
        )

    assert (fix(300).pk, fix(300).amount) == (owed.pk, 300)
    start(owed)
    with pytest.raises(actions.PaymentProblem, match="金額を変えられません"):
        fix(500)
