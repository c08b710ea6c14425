"""Opening an app to residents, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Check, Photograph
from tests.browser.studio_pages import Draft, OpenPage, builders, new_app, saved, studio

__all__ = ("builders", "new_app", "studio")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PROCESS = {
    "initial": "received",
    "statuses": [{"code": "received", "name": "受付"}, {"code": "done", "name": "完了", "kind": "done"}],
    "actions": [{"code": "finish", "name": "完了にする", "from": ["received"], "to": "done"}],
}


def test_an_app_is_opened_and_asks_pays_and_tells_as_its_builder_says(
    new_app: Draft, studio: OpenPage, assert_accessible: Check, photograph: Photograph
) -> None:
    new_app(process=PROCESS)
    page = studio("procedure")
    assert_accessible(page)
    photograph(page, "studio-procedure-empty")
    page.get_by_role("button", name="住民に開く").click()
    page.get_by_role("button", name="「費用」を上へ").click()
    page.get_by_role("button", name="「備考」を聞かない").click()
    page.get_by_label("手数料がかかる").check()
    page.get_by_label("金額の式（円）").fill("費用 * 0.5")
    sample = page.get_by_label("試しに計算する")
    sample.get_by_label("費用").fill("1200")
    expect(sample).to_contain_text("600円")
    page.get_by_label("定員（件）").fill("30")
    page.get_by_label("受付の終わり").fill("2027-03-31T17:00")
    expect(page.get_by_label("「完了にする」のあと（完了）")).to_have_value("n1")
    page.get_by_label("手続 名前 英語").fill("Hedge subsidy")
    page.wait_for_timeout(900)
    defn = saved(page)
    procedure, process = defn.procedure, defn.process
    assert procedure
    assert process
    assert procedure.questions == ("氏名", "費用", "種類", "工事日", "メール")
    assert procedure.capacity == 30
    assert procedure.closes_at and procedure.closes_at.isoformat() == "2027-03-31T17:00:00+09:00"
    assert procedure.fee and procedure.fee.lines[0].amount == "費用 * 0.5"
    assert procedure.applicant.email == "メール"
    assert process.actions[0].notice in procedure.notices
    assert procedure.title.in_language("en") == "Hedge subsidy"
    assert_accessible(page)
    photograph(page, "studio-procedure")


def test_personal_answers_in_the_chat_are_warned_of(new_app: Draft, studio: OpenPage) -> None:
    new_app(process=PROCESS)
    page = studio("procedure")
    page.get_by_role("button", name="住民に開く").click()
    page.get_by_label("LINEのトークの中だけで完結する").check()
    expect(page.get_by_text("氏名、メール の答えが、LINEのトークに残ります。")).to_be_visible()


def test_levels_of_assurance_say_what_they_mean_in_law(new_app: Draft, studio: OpenPage) -> None:
    new_app(process=PROCESS)
    page = studio("procedure")
    page.get_by_role("button", name="住民に開く").click()
    page.get_by_label("本人確認書類の写真").check()
    expect(page.get_by_text("法令が電子署名を求める請求には使えません")).to_be_visible()
    page.get_by_role("group", name="職員が確かめること").get_by_role("button", name="行を足す").click()
    page.wait_for_timeout(900)
    procedure = saved(page).procedure
    assert procedure
    assert procedure.assurance == "photo"
    assert [str(line) for line in procedure.identity_checklist] == ["氏名が一致する"]
