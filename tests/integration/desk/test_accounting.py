"""The daily list of the accounting section."""

from __future__ import annotations

import pytest
from django.utils import timezone

from madoguchi.definition.app import AppDefinition
from tests.integration.desk.conftest import At, Case
from tests.publishing import publish

pytestmark = pytest.mark.django_db
PAGE = "/desk/accounting/"


def test_a_day_without_money_teaches(case: Case, at: At) -> None:
    assert "入金と返金はありません" in at("tanaka").get(PAGE).content.decode()


def test_today_shows_what_came_in_with_its_total(paid: Case, at: At) -> None:
    page = at("tanaka").get(PAGE).content.decode()
    assert paid.application.receipt_number in page
    assert '710円</span> <span class="table__whole">（1件）' in page and "田中 誠" in page


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


@pytest.fixture
def money_only(case: Case) -> Case:
    """会計 may take money and see nothing else."""
    data = case.app.definition.model_dump(mode="json", by_alias=True)
    data["permissions"] = [
        {**rule, "rights": ["payment"]} if rule["roles"] == ["accounting"] else rule for rule in data["permissions"]
    ]
    publish(AppDefinition.model_validate(data))
    return case


def test_who_takes_the_money_need_not_see_the_answers(money_only: Case, at: At) -> None:
    tanaka, number = at("tanaka"), money_only.application.receipt_number
    assert tanaka.get(money_only.url).status_code == 404
    page = tanaka.get(PAGE, {"receipt": number.lower()}).content.decode()
    assert "現金 710円を受け取りましたか" in page and "花子" not in page
    response = tanaka.post(f"{money_only.url}payment/", {"here": "1"})
    assert response["Location"] == f"{PAGE}?receipt={number}"
    assert money_only.record.status == "submitted"
    assert "窓口納付を記録しました。" in tanaka.get(response["Location"]).content.decode()


def test_cash_that_was_given_back_is_noted(paid: Case, at: At) -> None:
    paid.post(at("suzuki"), "reject", note="転出されています。")
    tanaka = at("tanaka")
    assert "710円を申請者に返しましたか" in tanaka.get(paid.url).content.decode()
    tanaka.post(f"{paid.url}refund/")
    assert "返金済" in tanaka.get(paid.url).content.decode()
    assert '-710円</span> <span class="table__whole">（1件）' in tanaka.get(PAGE).content.decode()


def test_money_that_is_not_to_be_given_back_is_not(paid: Case, at: At) -> None:
    tanaka = at("tanaka")
    tanaka.post(f"{paid.url}refund/")
    page = tanaka.get(paid.url).content.decode()
    assert "返金済" not in page and "職員が記録するものではありません" in page


def test_an_unknown_receipt_number_is_answered_in_words(case: Case, at: At) -> None:
    assert "「JM-R08-999999」の手数料は見つかりません。" in at("tanaka").get(
        PAGE, {"receipt": "ＪＭ-R08-999999"}
    ).content.decode()
