"""The list that the accounting section opens in a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from madoguchi.payments.models import Payment
from madoguchi.payments.queries import BOM, Day, Entry, as_csv, harmless

NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def _rows(payment: Payment, amount: int = 710):
    day = Day(date(2026, 11, 23), (Entry("in", NOON, amount, payment),), (), ())
    text = as_csv(day)
    assert text.startswith(BOM)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM))))


def test_a_row_says_when_how_and_how_much_in_japanese_time():
    row = _rows(Payment(provider="paypay", receipt_number="JM-R08-000001", amount=710, state="paid"))[0]
    assert (row["区分"], row["日時"], row["方法"]) == ("入金", "2026-11-23 12:00:00", "PayPay")
    assert (row["受付番号"], row["金額"], row["状態"]) == ("JM-R08-000001", "710", "納付済")


@given(st.sampled_from("=+-@\t\r"), st.text(max_size=20))
def test_no_text_can_act_as_a_formula(start: str, rest: str):
    assert str(harmless(start + rest)).startswith("'")


def test_a_hostile_provider_id_is_shown_not_run():
    row = _rows(Payment(provider="paypay", provider_id='=HYPERLINK("http://evil")', state="paid"))[0]
    assert row["支払い先の番号"] == """'=HYPERLINK("http://evil")"""


def test_money_given_back_stays_a_negative_number():
    assert _rows(Payment(provider="paypay", state="refunded"), amount=-710)[0]["金額"] == "-710"
