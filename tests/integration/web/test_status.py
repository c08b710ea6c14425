"""What a resident sees and may do afterwards, with the secret link and without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.identity.models import IdentityCheck
from madoguchi.intake.models import Application
from madoguchi.intake.queries import status_view
from madoguchi.records import read
from tests.integration.web.walking import HANAKO_HOME, Walk, act, picture, start, visible
from tests.publishing import publish
from tests.samples import certificate

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(walk: Walk) -> Walk:
    """Someone who has sent the certificate's application and is to pay at the counter."""
    walk.answer_everything()
    walk.confirm()
    walk.client.post(f"{walk.status_path}pay/", {"provider": "counter"})
    return walk


def test_the_status_page_says_state_fee_and_history_but_no_answers(sent: Walk) -> None:
    page = visible(sent.client.get(sent.status_path).content.decode())
    for told in ("手数料のお支払いを待っています", "710円", "未納", "これまでの経過", "JM-R08-000001"):
        assert told in page, told
    assert "花子" not in page and "八幡" not in page.split("〒")[0]


def test_the_history_reads_as_one_list_whoever_wrote_the_words(sent: Walk, paper: AppRevision) -> None:
    act(paper, sent.application, "paid")
    act(paper, sent.application, "return", note="番地を確かめてください。", fields=["住所"])
    told = [entry.text for entry in status_view(sent.application).timeline]
    assert len(told) > 2
    assert [text for text in told if text.endswith("。")] == []


def test_readings_stand_above_the_kanji_and_never_in_marks(city: City, client: Client) -> None:
    publish(certificate(office={"ja": "市民課", "ja_easy": "市民課《しみんか》"}))
    client.post("/lang/", {"language": "ja_easy"})
    walk = start(client, "juminhyo")
    walk.answer_everything()
    walk.confirm()
    walk.client.post(f"{walk.status_path}pay/", {"provider": "counter"})
    for page in ("", "done/", "pay/"):
        shown = client.get(f"{walk.status_path}{page}").content.decode()
        assert "<rt>しみんか</rt>" in shown and "《" not in shown, page


def test_the_secret_must_be_right_to_the_last_letter(sent: Walk) -> None:
    for path in (sent.status_path[:-2] + "/", sent.status_path[:-2] + "x/", "/s/JM-R08-000001/x/", "/s/XX-R08-1/x/"):
        response = sent.client.get(path)
        assert response.status_code == 404
        assert "リンクの見つけ方" in visible(response.content.decode())


def test_guessing_links_is_slowed_down(sent: Walk) -> None:
    answers = [sent.client.get(f"/s/JM-R08-000001/guess{n}/").status_code for n in range(31)]
    assert answers[:30] == [404] * 30 and answers[30] == 429
    waiting = sent.client.get("/s/JM-R08-000001/again/")
    assert "10分" in visible(waiting.content.decode()) and waiting["Retry-After"] == "600"


def test_a_tampered_token_says_what_is_wrong_and_shows_a_way_on(walk: Walk) -> None:
    response = walk.client.get(f"/i/{walk.token[:-3]}abc/")
    page = visible(response.content.decode())
    assert response.status_code == 404
    assert "途中で切れていないか" in page and "手続の一覧を見る" in page


def test_an_expired_interview_leads_to_a_new_beginning(walk: Walk) -> None:
    walk.interview.__class__.objects.update(expires_at=timezone.now() - timedelta(days=1))
    response = walk.client.get(f"/i/{walk.token}/")
    assert response.status_code == 410
    assert 'href="/p/juminhyo/"' in response.content.decode()


def test_withdrawing_asks_first_and_a_second_tap_changes_nothing(sent: Walk) -> None:
    asked = visible(sent.client.get(f"{sent.status_path}cancel/").content.decode())
    assert "もとに戻せません" in asked
    for _tap in range(2):
        page = sent.client.post(f"{sent.status_path}cancel/", follow=True)
        assert "申請を取り下げました" in visible(page.content.decode())


def test_choosing_no_way_to_pay_says_so(sent: Walk) -> None:
    page = sent.client.post(f"{sent.status_path}pay/", {"provider": "gold"}).content.decode()
    assert "支払い方法を選んでください。" in page and "error-summary" in page


def test_a_correction_shows_what_staff_wrote_and_asks_only_that(sent: Walk, paper: AppRevision) -> None:
    act(paper, sent.application, "paid")
    act(paper, sent.application, "return", note="<b>番地</b>を確かめてください。", fields=["住所"])
    page = sent.client.get(f"{sent.status_path}correct/").content.decode()
    assert "&lt;b&gt;番地&lt;/b&gt;を確かめてください。" in page and "<b>番地" not in page
    opened = sent.client.post(f"{sent.status_path}correct/")
    again = Walk(sent.client, opened["Location"].split("/")[2])
    assert again.here == "住所"
    assert 'value="1丁目1番1号"' in again.page("住所")
    assert again.client.get(again.path("通数")).status_code == 302, "only what was asked may be changed"
    assert again.answer("住所", {**HANAKO_HOME, "a.street": "2丁目2番2号"}) == "check"
    done = again.confirm()
    assert sent.application.receipt_number in visible(done.content.decode())
    record = read.get_record(paper, sent.application.record_id)
    assert record.values["住所"]["street"] == "2丁目2番2号" and record.status == "submitted"


def test_a_correction_of_photos_shows_the_old_ones_and_takes_new_ones(sent: Walk, paper: AppRevision) -> None:
    act(paper, sent.application, "paid")
    act(paper, sent.application, "return", note="ぼやけています。", fields=["身分証おもて"])
    again = Walk(sent.client, sent.client.post(f"{sent.status_path}correct/")["Location"].split("/")[2])
    old = read.get_record(paper, sent.application.record_id).values["身分証おもて"][0]
    assert f"/files/{old}" in again.page("身分証おもて")
    removed = again.send("身分証おもて", do=f"remove_file.{old}")
    assert f"drop={old}" in removed["Location"]
    again.send("身分証おもて", {"file": picture("red")}, do="add_file", query=f"?drop={old}")
    assert again.send("身分証おもて", query=f"?drop={old}").status_code == 302
    again.confirm()
    new = read.get_record(paper, sent.application.record_id).values["身分証おもて"]
    assert len(new) == 1 and new != [old]


def test_a_resident_who_came_from_line_is_led_back_there(sent: Walk, settings: object) -> None:
    settings.LINE = replace(settings.LINE, public_url="https://line.example/chat")  # type: ignore[attr-defined]
    assert "LINEに戻る" not in visible(sent.client.get(sent.status_path).content.decode())
    sent.interview.__class__.objects.update(channel="line")
    page = sent.client.get(f"{sent.status_path}done/").content.decode()
    assert 'href="https://line.example/chat"' in page and "LINEに戻る" in visible(page)


def test_the_link_to_go_on_is_sent_by_mail(walk: Walk, run_jobs: object) -> None:
    wrong = walk.client.post(f"/i/{walk.token}/save/", {"email": "hanako"}).content.decode()
    assert 'value="hanako"' in wrong and "形が正しくありません" in wrong
    page = walk.client.post(f"/i/{walk.token}/save/", {"email": "hanako@example.jp"}, follow=True)
    assert "メールをお送りします" in visible(page.content.decode())
    run_jobs()  # type: ignore[operator]
    (message,) = mail.outbox
    assert message.to == ["hanako@example.jp"] and "/i/" in message.body
    link = message.body.split("/i/")[1].split("/")[0]
    assert Walk(Client(), link).interview == walk.interview


@pytest.mark.parametrize(
    ("reason", "told"),
    [("cancelled", "中止"), ("service", "受け取れません"), ("signature", "失効"), ("differs", "「氏名」を直す")],
)  # fmt: skip
def test_a_failed_identification_says_why_until_the_answers_change(
    city: object, browser: Client, reason: str, told: str
) -> None:
    app = publish(certificate(assurance="signature"))
    walk = start(browser, app.code)
    walk.answer_everything()
    walk.confirm()
    IdentityCheck.objects.create(
        app_id=app.app_id, interview_id=walk.interview.id, kind="signature", state="failed", reason=reason,
        matches={"name": "differs", "birth_date": "same"}, decided_at=timezone.now(),
    )
    assert told in visible(browser.get(f"/i/{walk.token}/next/").content.decode())
    walk.answer("通数", {"a": "3"})
    walk.confirm()
    assert told not in visible(browser.get(f"/i/{walk.token}/next/").content.decode())


def test_the_card_page_explains_which_password_is_needed(city: object, browser: Client) -> None:
    walk = start(browser, publish(certificate(assurance="signature")).code)
    walk.answer_everything()
    page = visible(walk.confirm().content.decode())
    assert "電子署名をします" in page and "英数字 6文字から16文字" in page
    assert walk.answer("通数", {"a": "3"}) == "check", "an answer may still be changed"
    assert Application.objects.count() == 0
