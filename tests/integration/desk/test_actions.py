"""Process actions: who may, what must come first, what the resident learns, and two clerks at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from madoguchi.definition.app import AppDefinition
from madoguchi.intake.models import CorrectionRequest
from madoguchi.notices.models import Notice
from madoguchi.payments import queries as payment_queries
from madoguchi.records.models import Event
from tests.integration.desk.conftest import At, Case
from tests.publishing import publish
from tests.samples import certificate

pytestmark = pytest.mark.django_db
LATER = (timezone.localdate() + timedelta(days=14)).isoformat()


def said(client: object, url: str) -> str:
    return client.get(url).content.decode()  # type: ignore[attr-defined,no-any-return]


# --- accept ----------------------------------------------------------------------------------------------------------


def test_sato_accepts_what_is_paid_and_identified(ready: Case, at: At) -> None:
    sato = at("sato")
    response = ready.post(sato, "accept")
    assert (response.status_code, response["Location"]) == (302, ready.url)
    assert ready.record.status == "accepted"
    page = said(sato, ready.url)
    assert "「受理する」を行いました。" in page
    assert "「受理する」（申請済 → 審査済）" in page
    assert "佐藤 美咲" in page


HANDED_ON = {"filter": 'ステータス in ("accepted")', "allow": [{"roles": ["approval"], "rights": ["view", "edit"]}]}


def test_who_hands_a_record_on_and_sees_it_no_more_comes_to_the_list(ready: Case, at: At) -> None:
    publish(AppDefinition.model_validate(
        certificate().model_dump(mode="json", by_alias=True) | {"record_rules": [HANDED_ON]}
    ))  # fmt: skip
    sato = at("sato")
    response = ready.post(sato, "accept")
    assert (response.status_code, response["Location"]) == (302, f"/desk/{ready.app.code}/")
    assert "「受理する」を行いました。" in said(sato, response["Location"])
    assert sato.get(ready.url).status_code == 404
    # The same form again, and one sent by who had it open: to them the record is no more.
    assert ready.post(sato, "accept").status_code == 404


def test_the_resident_is_told(ready: Case, at: At, run_jobs: Callable[[], int]) -> None:
    ready.post(at("sato"), "accept")
    run_jobs()
    assert Notice.objects.filter(template="accepted", record_id=ready.record.id).exists()


def test_at_most_one_button_is_the_primary_one(ready: Case, at: At) -> None:
    page = said(at("suzuki"), ready.url)
    actions = page[page.index('class="actions__buttons"') : page.index('class="actions__why"')]
    assert actions.count("button--primary") == 1


def test_a_button_that_cannot_be_pressed_says_why(paid: Case, at: At) -> None:
    page = said(at("sato"), paid.url)
    assert 'disabled aria-describedby="why-accept"' in page
    assert "「受理する」: 本人確認が済むと押せます。" in page


def test_an_unpaid_fee_is_named_as_the_reason(unpriced: Case, at: At) -> None:
    unpriced.identify()
    assert "「受理する」: 手数料が決まり、納付されると押せます。" in said(at("sato"), unpriced.url)


def test_a_failed_identification_is_named_as_the_reason(paid: Case, at: At) -> None:
    paid.identify("failed")
    assert "本人確認ができていないため、押せません。" in said(at("sato"), paid.url)


def test_pressing_it_anyhow_changes_nothing(paid: Case, at: At) -> None:
    sato = at("sato")
    paid.post(sato, "accept")
    assert paid.record.status == "submitted"
    assert "本人確認が済むと押せます。" in said(sato, paid.url)


def test_who_lacks_the_role_sees_no_button_and_cannot_act(ready: Case, at: At) -> None:
    ito = at("ito")
    assert "受理する</button>" not in said(ito, ready.url)
    ready.post(ito, "accept")
    assert ready.record.status == "submitted"


FILLED_IN = {"note": "市外へ転出されています。", "fields_to_correct": ["住所"], "due_on": LATER}
NOT_THEIRS = [
    ("accept", ["ito", "tanaka", "kobayashi", "outsider"]),
    ("return", ["ito", "tanaka", "kobayashi", "outsider"]),
    ("reject", ["sato", "tanaka", "kobayashi", "outsider"]),
    ("post", ["suzuki", "ito", "tanaka", "kobayashi", "outsider"]),
]


@pytest.mark.parametrize(("code", "username"), [(code, name) for code, names in NOT_THEIRS for name in names])
def test_an_action_taken_past_the_buttons_by_who_lacks_its_role_is_refused(
    ready: Case, at: At, code: str, username: str
) -> None:
    if code == "post":
        ready.post(at("sato"), "accept")
    before, events = ready.record, Event.objects.count()
    response = ready.post(at(username), code, FILLED_IN)
    assert response.status_code in {302, 403, 404}
    assert (ready.record.revision, ready.record.status) == (before.revision, before.status)
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    ("code", "username"), [("accept", "suzuki"), ("return", "suzuki"), ("reject", "ito"), ("post", "sato")]
)
def test_the_same_form_of_who_has_the_role_is_taken(ready: Case, at: At, code: str, username: str) -> None:
    if code == "post":
        ready.post(at("sato"), "accept")
    ready.post(at(username), code, FILLED_IN)
    assert Event.objects.filter(kind="moved", data__action=code).exists()


def test_actions_of_the_platform_cannot_be_called_by_hand(ready: Case, at: At) -> None:
    assert ready.post(at("sato"), "cancel").status_code == 404
    assert ready.post(at("sato"), "nonsense").status_code == 404


def test_a_link_to_an_action_without_questions_does_not_act(ready: Case, at: At) -> None:
    assert at("sato").get(ready.action("accept"))["Location"] == ready.url
    assert ready.record.status == "submitted"


# --- two clerks ------------------------------------------------------------------------------------------------------


def test_of_two_clerks_the_slower_sees_what_changed_and_keeps_what_they_wrote(ready: Case, at: At) -> None:
    seen = ready.record.revision
    at("suzuki").post(f"{ready.url}assign/")
    data = {"revision": seen, "note": "住所が違います。", "fields_to_correct": ["住所"], "due_on": LATER}
    response = at("sato").post(ready.action("return"), data)
    page = response.content.decode()
    assert response.status_code == 409
    assert "この申請は、開いたあとで変わりました" in page
    assert "担当を鈴木 健太さんにしました" in page
    assert "住所が違います。" in page
    assert ready.record.status == "submitted"
    assert f'name="revision" value="{ready.record.revision}"' in page
    assert 'name="fields_to_correct" value="住所"' in page


def test_having_looked_the_slower_clerk_may_go_on(ready: Case, at: At) -> None:
    at("suzuki").post(f"{ready.url}assign/")
    ready.post(at("sato"), "accept")
    assert ready.record.status == "accepted"


def test_the_slower_clerk_is_told_when_it_cannot_be_done_any_more(ready: Case, at: At) -> None:
    seen = ready.record.revision
    ready.post(at("suzuki"), "accept")
    response = at("sato").post(ready.action("return"), {"revision": seen, "note": "住所が違います。"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "今の状態「審査済」では、「補正を求める」はできません。" in page
    assert "住所が違います。" in page


def test_a_double_click_accepts_once(ready: Case, at: At) -> None:
    seen = ready.record.revision
    sato = at("sato")
    for _ in range(2):
        sato.post(ready.action("accept"), {"revision": seen})
    assert Event.objects.filter(kind="moved", data__action="accept").count() == 1


@pytest.mark.parametrize("revision", ["", "abc", "-1", "99999999999999999999"])
def test_a_form_without_a_true_revision_never_acts(ready: Case, at: At, revision: str) -> None:
    assert at("sato").post(ready.action("accept"), {"revision": revision}).status_code == 409
    assert ready.record.status == "submitted"


# --- return ----------------------------------------------------------------------------------------------------------


def test_a_template_fills_the_text_and_ticks_its_fields_without_losing_anything(ready: Case, at: At) -> None:
    page = ready.post(
        at("sato"), "return", use_template="photo", note="お手数です。", fields_to_correct=["住所"], due_on=LATER
    ).content.decode()
    assert "お手数です。\n文字が読めるように、もう一度撮影してください。" in page
    for code in ("住所", "身分証おもて", "身分証うら"):
        assert f'value="{code}" checked' in page
    assert f'value="{LATER}"' in page
    assert ready.record.status == "submitted"


def test_returning_asks_the_resident_for_the_chosen_fields_only(ready: Case, at: At) -> None:
    ready.post(at("sato"), "return", note="住所を直してください。", fields_to_correct=["住所"], due_on=LATER)
    assert ready.record.status == "returned"
    request = CorrectionRequest.objects.get(application=ready.application)
    assert (request.fields, request.message) == (["住所"], "住所を直してください。")
    assert timezone.localtime(request.due_at).date().isoformat() == LATER


def test_the_notice_says_nothing_of_what_the_clerk_wrote(ready: Case, at: At, run_jobs: Callable[[], int]) -> None:
    ready.post(at("sato"), "return", note="秘密の住所", fields_to_correct=["住所"], due_on=LATER)
    run_jobs()
    notice = Notice.objects.filter(template="returned").first()
    assert notice is not None
    assert "秘密" not in notice.title + notice.body


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"note": " "}, "申請者に伝えることを書いてください"),
        ({"fields_to_correct": []}, "1つ以上選んでください"),
        ({"fields_to_correct": ["処理メモ"]}, "「処理メモ」は申請者が直せる項目ではありません"),
        ({"due_on": "きのう"}, "期限を日付として読み取れません"),
        ({"due_on": "2020-01-01"}, "期限は明日以降の日付にしてください"),
        ({"note": "あ" * 2001}, "2,000文字までに短くしてください"),
    ],
)
def test_a_mistake_is_named_and_everything_typed_stays(
    ready: Case, at: At, wrong: dict[str, object], words: str
) -> None:
    right = {"note": "直してください。", "fields_to_correct": ["住所"], "due_on": LATER}
    response = ready.post(at("sato"), "return", right | wrong)
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert str((right | wrong)["note"]).strip() in page
    assert ready.record.status == "submitted"


def test_the_preview_is_what_the_resident_will_read(ready: Case, at: At) -> None:
    page = said(at("sato"), ready.action("return"))
    assert "申請者に届くもの" in page
    assert "確認していただきたいことがあります" in page


# --- reject, post ----------------------------------------------------------------------------------------------------


def test_rejecting_needs_a_reason_in_writing(ready: Case, at: At) -> None:
    suzuki = at("suzuki")
    response = ready.post(suzuki, "reject", note="  ")
    assert response.status_code == 422
    assert "文章がありません" in response.content.decode()
    assert ready.record.status == "submitted"


def test_rejecting_tells_that_the_fee_goes_back_and_does_it(ready: Case, at: At) -> None:
    suzuki = at("suzuki")
    assert "納付済みの手数料 710円は、申請者に返金されます。" in said(suzuki, ready.action("reject"))
    ready.post(suzuki, "reject", note="市外へ転出されています。")
    assert ready.record.status == "rejected"
    payment = payment_queries.live_payment(ready.app.app_id, ready.record.id)
    assert payment and payment.state in {"refunding", "refunded"}
    assert Event.objects.get(data__action="reject").data["note"] == "市外へ転出されています。"


def test_posting_notes_the_tracking_number_if_there_is_one(ready: Case, at: At) -> None:
    sato = at("sato")
    ready.post(sato, "accept")
    assert ready.post(sato, "post", tracking_number="１２３").status_code == 422
    ready.post(sato, "post", tracking_number="123-45-67890")
    assert ready.record.status == "posted"
    assert "追跡番号 123-45-67890" in said(sato, ready.url)


def test_posting_without_a_number_is_fine(ready: Case, at: At) -> None:
    ready.post(at("sato"), "accept")
    ready.post(at("sato"), "post", tracking_number="")
    assert ready.record.status == "posted"


# --- fee after review ------------------------------------------------------------------------------------------------


def fee(case: Case, at: At, labels: list[str], amounts: list[str], reason: str = ""):
    return case.post(at("sato"), "fix", label=labels, amount=amounts, reason=reason)


def test_the_fee_is_proposed_as_computed(unpriced: Case, at: At) -> None:
    page = said(at("sato"), unpriced.action("fix"))
    assert 'value="600"' in page and 'value="110"' in page
    assert "710円" in page


def test_fixing_the_fee_asks_the_resident_to_pay_it(unpriced: Case, at: At) -> None:
    fee(unpriced, at, ["手数料", "送料", ""], ["600", "110", ""])
    assert unpriced.record.status == "awaiting_payment"
    payment = payment_queries.live_payment(unpriced.app.app_id, unpriced.record.id)
    assert payment and (payment.amount, payment.state) == (710, "due")


def test_a_changed_fee_needs_a_reason(unpriced: Case, at: At) -> None:
    response = fee(unpriced, at, ["手数料", "送料", "簡易書留"], ["600", "110", "350"])
    assert response.status_code == 422
    assert "理由を書いてください" in response.content.decode()
    assert 'value="簡易書留"' in response.content.decode()
    fee(unpriced, at, ["手数料", "送料", "簡易書留"], ["600", "110", "350"], "個人番号を載せるため")
    payment = payment_queries.live_payment(unpriced.app.app_id, unpriced.record.id)
    assert payment and payment.amount == 1060
    assert "個人番号を載せるため" in said(at("sato"), unpriced.url)


@pytest.mark.parametrize(
    ("label", "amount", "words"),
    [("手数料", "たくさん", "金額として読み取れません"), ("手数料", "-1", "0円以上"), ("", "100", "何の料金か")],
)
def test_a_fee_line_that_cannot_be_read_is_named(
    unpriced: Case, at: At, label: str, amount: str, words: str
) -> None:
    response = fee(unpriced, at, [label], [amount])
    assert response.status_code == 422
    assert words in response.content.decode()
    assert payment_queries.live_payment(unpriced.app.app_id, unpriced.record.id) is None


def test_a_fee_of_nothing_counts_as_paid(unpriced: Case, at: At) -> None:
    fee(unpriced, at, ["手数料"], ["0"], "生活保護のため免除")
    assert unpriced.record.status == "submitted"
    assert payment_queries.live_payment(unpriced.app.app_id, unpriced.record.id) is None
