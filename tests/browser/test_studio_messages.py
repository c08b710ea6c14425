"""The designers of notifications to staff and of documents in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Check, Photograph
from tests.browser.studio_pages import Draft, OpenPage, builders, new_app, saved, studio

__all__ = ("builders", "new_app", "studio")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_staff_are_told_of_new_records_and_reminded_of_a_date(
    new_app: Draft, studio: OpenPage, assert_accessible: Check, photograph: Photograph
) -> None:
    new_app()
    page = studio("notifications")
    page.get_by_role("button", name="通知を足す").click()
    page.get_by_label("件名", exact=True).fill("工事の日が近づきました")
    page.get_by_label("日付が近づいたとき").check()
    page.get_by_label("何日後か（前なら−）").fill("-7")
    page.get_by_label("担当者").check()
    page.wait_for_timeout(900)
    told = saved(page).notifications[0]
    assert told.on == ("added", "reminder")
    assert told.reminder and (told.reminder.field, told.reminder.days) == ("工事日", -7)
    assert told.to[0].assignee
    assert_accessible(page)
    photograph(page, "studio-notifications")


def test_a_document_takes_values_in_and_is_seen_on_paper(
    new_app: Draft, studio: OpenPage, assert_accessible: Check, photograph: Photograph
) -> None:
    new_app()
    page = studio("documents")
    page.get_by_role("button", name="書類を足す").click()
    page.get_by_label("本文").fill("# 決定通知書\n\n| 氏名 | ")
    page.get_by_role("button", name="氏名", exact=True).click()
    page.keyboard.type(" |\n\n{住所}")
    expect(page.get_by_role("img", name="書類のプレビュー")).to_be_visible()
    expect(page.get_by_text("次の名前の項目はありません：住所")).to_be_visible()
    page.wait_for_timeout(900)
    assert saved(page).documents[0].body == "# 決定通知書\n\n| 氏名 | {氏名} |\n\n{住所}"
    assert_accessible(page)
    photograph(page, "studio-documents")
