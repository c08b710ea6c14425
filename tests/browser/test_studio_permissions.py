"""The designer of permissions in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Check, Photograph
from tests.browser.studio_pages import Draft, OpenPage, builders, new_app, saved, studio

__all__ = ("builders", "new_app", "studio")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_who_may_do_what_is_decided_and_said_in_words(
    new_app: Draft, studio: OpenPage, assert_accessible: Check, photograph: Photograph
) -> None:
    new_app()
    page = studio("permissions")
    panel = page.locator("#panel")
    app = page.locator("section", has=page.get_by_role("heading", name="アプリの権限"))
    app.get_by_role("button", name="許す人を足す").click()
    app.get_by_label("課", exact=True).nth(1).select_option(label="（決めない）")
    expect(panel).to_contain_text("個人情報のある項目を、すべての職員が見られます。")
    app.get_by_role("group", name="役割").nth(1).get_by_label("審査").check()
    expect(panel).to_contain_text("審査：見る")
    fields = page.locator("section", has=page.get_by_role("heading", name="項目ごとの権限"))
    fields.get_by_role("button", name="項目の決まりを足す").click()
    fields.get_by_label("項目", exact=True).select_option("備考")
    fields.get_by_role("group", name="役割").get_by_label("決裁").check()
    records = page.locator("section", has=page.get_by_role("heading", name="条件に合うレコードだけの権限"))
    records.get_by_role("button", name="条件つきの決まりを足す").click()
    records.get_by_label("項目", exact=True).select_option("費用")
    records.get_by_label("値", exact=True).fill("500000")
    page.wait_for_timeout(900)
    defn = saved(page)
    assert defn.permissions[1].roles == ("review",)
    assert defn.permissions[1].department is None
    assert defn.field_rules[0].field == "備考"
    assert "費用" in defn.record_rules[0].filter and "500000" in defn.record_rules[0].filter
    panel.get_by_label("この人には何が見えるか").select_option("watanabe")
    expect(panel).to_contain_text("「備考」は見えません。")
    assert_accessible(page)
    photograph(page, "studio-permissions")
