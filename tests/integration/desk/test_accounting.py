"""The daily list of the accounting section."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.integration.desk.conftest import At, Case

pytestmark = pytest.mark.django_db
PAGE = "/desk/accounting/"


def test_a_day_without_money_teaches(case: Case, at: At) -> None:
    assert "入金と返金はありません" in at("tanaka").get(PAGE).content.decode()


def test_today_shows_what_came_in_with_its_total(paid: Case, at: At) -> None:
    page = at("tanaka").get(PAGE).content.decode()
    assert paid.application.receipt_number in page
    assert "710円（1件）" in page and "田中 誠" in page


def test_another_day_shows_nothing_of_today(paid: Case, at: At) -> None:
    page = at("tanaka").get(PAGE, {"day": "2020-01-06"}).content.decode()
    assert paid.application.receipt_number not in page
    assert 'value="2020-01-06"' in page


def test_a_day_may_be_written_in_eras_and_a_wrong_one_is_explained(paid: Case, at: At) -> None:
    assert 'value="2020-01-06"' in at("tanaka").get(PAGE, {"day": "令和2年1月6日"}).content.decode()
    page = at("tanaka").get(PAGE, {"day": "2026-02-30"}).content.decode()
    assert "という日はありません" in page


def test_the_csv_opens_in_a_spreadsheet(paid: Case, at: At) -> None:
    response = at("tanaka").get("/desk/accounting.csv")
    text = response.content.decode()
    assert text.startswith("\ufeff区分,日時")
    assert paid.application.receipt_number in text
    assert f"payments-{timezone.localdate().isoformat()}.csv" in response["Content-Disposition"]
