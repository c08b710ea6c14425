"""The designer of the process in a real browser: three steps in a few presses, by hand, by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from madoguchi.definition.app import Process
from tests.browser.conftest import Check, Photograph
from tests.browser.studio_pages import Draft, OpenPage, builders, new_app, saved, studio

__all__ = ("builders", "new_app", "studio")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_process_of_three_steps_takes_one_press(
    new_app: Draft, studio: OpenPage, assert_accessible: Check, photograph: Photograph
) -> None:
    new_app()
    page = studio("process")
    assert_accessible(page)
    photograph(page, "studio-process-empty")
    page.get_by_role("button", name="受付 → 審査 → 完了").click()
    process = saved(page).process
    assert process and [str(status.name) for status in process.statuses] == ["受付", "審査中", "完了"]
    assert_accessible(page)
    photograph(page, "studio-process-three")


def test_a_status_and_an_action_are_added_by_hand_and_undone(new_app: Draft, studio: OpenPage) -> None:
    new_app()
    page = studio("process")
    page.get_by_role("button", name="ひな形を使わずに作る").click()
    write(page, "ステータスの名前", "受付")
    page.get_by_role("button", name="ステータスを足す").click()
    write(page, "ステータスの名前", "現地確認")
    process = saved_with(page, "現地確認")
    assert process.actions_from(process.initial)[0].to == process.statuses[1].code
    page.get_by_role("button", name="現地確認にする").first.click()
    write(page, "アクションの名前", "現地を見に行く")
    page.get_by_role("group", name="押せる役割").get_by_label("審査").check()
    expect(page.locator("#stage").get_by_text("ここから先へ進めません。")).to_be_visible()
    assert saved_with(page, "現地確認").actions[0].roles == ("review",)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.locator(".flow-list")).not_to_contain_text("現地を見に行く")


def test_the_side_ways_that_the_platform_needs_come_with_a_press_each(
    new_app: Draft, studio: OpenPage, photograph: Photograph, assert_accessible: Check
) -> None:
    new_app()
    page = studio("process")
    page.get_by_role("button", name="受付 → 審査 → 決裁 → 完了").click()
    for way in ("差戻しと補正", "却下", "取下げ", "支払い"):
        page.get_by_role("button", name=f"{way}の道を足す").click()
    process = saved_with(page, "補正待ち")
    assert {action.trigger for action in process.actions} == {
        "staff", "correction", "resident_cancel", "payment", "payment_expiry",
    }  # fmt: skip
    expect(page.locator("#findings-count")).to_have_text("直すところなし")
    photograph(page, "studio-process-full")
    assert_accessible(page)


def write(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).fill(text)


def saved_with(page: Page, status: str) -> Process:
    expect(page.locator(".flow-list")).to_contain_text(status)
    page.wait_for_timeout(800)
    process = saved(page).process
    assert process
    return process
