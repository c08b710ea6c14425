"""The record page: what it shows, to whom, and that looking is noted."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from madoguchi.accounts.models import Staff
from madoguchi.catalog.models import City
from madoguchi.definition.app import AppDefinition
from madoguchi.lib.qr import inline_svg
from madoguchi.records.models import AccessLog, Event
from tests import walks
from tests.integration.desk.conftest import At, Case
from tests.publishing import publish
from tests.samples import certificate

pytestmark = pytest.mark.django_db


def test_a_clerk_sees_the_answers_in_the_groups_of_the_layout(case: Case, at: At) -> None:
    page = at("sato").get(case.url).content.decode()
    assert "市川 花子" in page and "イチカワ ハナコ" in page
    assert page.index("請求者</h2>") < page.index("請求の内容</h2>") < page.index("本人確認</h2>")
    assert "昭和60年4月1日" in page
    assert case.application.receipt_number in page


def test_an_application_is_unassigned_until_somebody_takes_it(case: Case, at: At) -> None:
    client = at("sato")
    assert "未定" in client.get(case.url).content.decode()
    client.post(f"{case.url}assign/")
    assert case.record.assignee_id == case.staff["sato"].pk
    page = client.get(case.url).content.decode()
    assert "担当を佐藤 美咲さんにしました" in page
    assert case.application.receipt_number in client.get("/desk/").content.decode()
    client.post(f"{case.url}assign/", {"release": "1"})
    assert case.record.assignee_id is None


def test_taking_it_twice_makes_one_event(case: Case, at: At) -> None:
    client = at("sato")
    client.post(f"{case.url}assign/")
    client.post(f"{case.url}assign/")
    assert Event.objects.filter(kind="assigned").count() == 1


def test_looking_at_a_record_is_noted_with_the_personal_fields_only(case: Case, at: At) -> None:
    at("sato").get(case.url)
    log = AccessLog.objects.get(purpose="record")
    personal = {f.id for f in case.app.definition.fields if f.personal}
    assert (log.staff, log.record_ids, set(log.field_ids)) == (case.staff["sato"], [case.record.id], personal)


def test_pages_with_personal_answers_are_kept_nowhere(case: Case, at: At) -> None:
    assert at("sato").get(case.url)["Cache-Control"] == "no-store"
    assert at("sato").get("/desk/juminhyo/")["Cache-Control"] == "no-store"


def test_a_comment_is_in_the_timeline_and_harmless(case: Case, at: At) -> None:
    client = at("sato")
    client.post(f"{case.url}comment/", {"text": "電話しました <script>alert(1)</script>"})
    page = client.get(case.url).content.decode()
    assert "電話しました &lt;script&gt;" in page
    assert "コメントしました" in page


@pytest.mark.parametrize(("text", "said"), [("  ", "コメントを書いて"), ("あ" * 2001, "2,000文字まで")])
def test_a_comment_that_cannot_be_kept_is_given_back(case: Case, at: At, text: str, said: str) -> None:
    response = at("sato").post(f"{case.url}comment/", {"text": text})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert text.strip() in response.content.decode()


def test_the_timeline_tells_before_and_after_of_a_correction(ready: Case, at: At) -> None:
    from madoguchi.records.actor import RESIDENT
    from madoguchi.records.write import update_record

    update_record(
        app=ready.app, record_id=ready.record.id, changes={"通数": "3"}, expected_revision=None, actor=RESIDENT,
        kind="corrected",
    )
    page = at("sato").get(ready.url).content.decode()
    assert "補正が届きました" in page and "申請者" in page
    assert "通数: <del>2通</del> → <ins>3通</ins>" in page


def test_money_at_the_counter_is_received_by_accounting_only(case: Case, at: At) -> None:
    assert "窓口納付" not in at("sato").get(case.url).content.decode()
    assert at("sato").post(f"{case.url}payment/").status_code == 404
    tanaka = at("tanaka")
    assert "現金 710円を受け取りましたか" in tanaka.get(case.url).content.decode()
    tanaka.post(f"{case.url}payment/")
    assert case.record.status == "submitted"
    assert "納付済" in tanaka.get(case.url).content.decode()


def test_money_is_not_received_twice(paid: Case, at: At) -> None:
    at("tanaka").post(f"{paid.url}payment/")
    assert Event.objects.filter(kind="payment_paid").count() == 1


def test_accounting_sees_no_identity_photos(case: Case, at: At) -> None:
    """Their right is view and payment; the pictures are for those who check them."""
    assert "/thumbnail/" in at("sato").get(case.url).content.decode()
    assert "/thumbnail/" not in at("tanaka").get(case.url).content.decode()


@pytest.mark.parametrize("letter", ["letter", "label"])
def test_letters_are_pdfs_and_noted_once(ready: Case, at: At, letter: str) -> None:
    client = at("sato")
    responses = [client.get(f"{ready.url}{letter}.pdf") for _ in range(2)]
    assert [r.status_code for r in responses] == [200, 200]
    assert responses[0].content.startswith(b"%PDF-")
    assert "花子" not in responses[0]["Content-Disposition"]
    assert Event.objects.filter(kind="letter_made").count() == 1
    assert AccessLog.objects.filter(purpose="letter").count() == 2


def test_the_page_works_for_an_app_without_procedure_and_process(city: object, staff: object, at: At) -> None:
    from madoguchi.definition.app import AppDefinition
    from madoguchi.records.actor import SYSTEM
    from madoguchi.records.write import create_record
    from tests.publishing import publish

    app = publish(AppDefinition.model_validate({
        "code": "ledger", "name": "台帳", "owner_department": "shimin",
        "fields": [{"type": "text", "id": 1, "code": "件名", "label": "件名"}],
        "permissions": [{"department": "shimin", "rights": ["view"]}],
    }))
    ref = create_record(app=app, values={"件名": "鍵の貸出"}, actor=SYSTEM)
    assert "鍵の貸出" in at("sato").get(f"/desk/ledger/{ref.record_id}/").content.decode()
    assert f"#{ref.record_id}" in at("sato").get("/desk/ledger/").content.decode()


def test_a_formula_that_divides_by_zero_says_so_beside_its_blank(
    city: City, staff: Mapping[str, Staff], at: At
) -> None:
    data = certificate().model_dump(mode="json", by_alias=True)
    each = {"id": 90, "code": "割", "label": "追加1通あたり", "type": "formula", "formula": "900 / (通数 - 2)"}
    data["fields"].append(each)
    case = Case(publish(AppDefinition.model_validate(data)), walks.apply(channel="web"), staff)
    page = at("sato").get(case.url).content.decode()
    row = page[page.index("追加1通あたり") :][:700]
    assert "（未入力）" in row and "field__error" in row and "<svg" in row
    assert "0 で割ることはできません" in row


def test_the_page_carries_the_receipt_number_as_a_qr_code_for_paper(case: Case, at: At) -> None:
    page = at("sato").get(case.url).content.decode()
    assert inline_svg(case.application.receipt_number) in page
