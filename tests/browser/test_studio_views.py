"""The designer of lists and charts in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Check, Photograph
from tests.browser.studio_pages import Draft, OpenPage, builders, new_app, saved, studio

__all__ = ("builders", "new_app", "studio")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_list_is_narrowed_by_rows_and_read_as_text(
    new_app: Draft, studio: OpenPage, assert_accessible: Check, photograph: Photograph
) -> None:
    new_app()
    page = studio("views")
    page.get_by_role("button", name="一覧を足す").click()
    panel = page.locator("#panel")
    panel.get_by_label("名前", exact=True).fill("高い工事")
    panel.get_by_label("見せ方").select_option(label="かんばん（列に分ける）")
    expect(panel.get_by_label("何で列に分けるか")).to_have_value("種類")
    panel.get_by_role("button", name="条件を足す").click()
    panel.get_by_label("項目", exact=True).select_option("費用")
    panel.get_by_label("比べ方").select_option(label="が次以上")
    panel.get_by_label("値", exact=True).fill("100000")
    panel.get_by_role("button", name="条件を足す").click()
    panel.get_by_label("項目", exact=True).nth(1).select_option("種類")
    panel.get_by_label("比べ方").nth(1).select_option(label="が次のどれか")
    panel.get_by_role("group", name="値").get_by_label("作りかえる").check()
    page.wait_for_timeout(900)
    view = saved(page).views[1]
    assert (str(view.name), view.type, view.group_by) == ("高い工事", "kanban", "種類")
    assert view.filter == '費用 >= 100000 and 種類 in ("作りかえる")'
    assert_accessible(page)
    photograph(page, "studio-views")
    panel.get_by_role("button", name="文字で書く").click()
    panel.get_by_label("絞り込み").fill('(費用 > 5 or 備考 like "急") and 種類 not in ("作りかえる")')
    expect(panel.get_by_text("この式は使えます。")).to_be_visible()
    expect(panel.get_by_text("部品では表せない")).to_be_visible()


def test_a_chart_is_previewed_with_numbers_that_say_they_are_made_up(
    new_app: Draft, studio: OpenPage, assert_accessible: Check, photograph: Photograph
) -> None:
    new_app()
    page = studio("views")
    page.get_by_role("button", name="グラフを足す").click()
    expect(page.get_by_text("見本の数です。")).to_be_visible()
    expect(page.locator(".chart-preview svg")).to_be_visible()
    page.get_by_label("数え方").select_option(label="合計")
    page.get_by_label("数の項目").select_option(label="費用")
    page.wait_for_timeout(900)
    chart = saved(page).charts[0]
    assert (chart.measures[0].how, chart.measures[0].field) == ("sum", "費用")
    assert_accessible(page)
    photograph(page, "studio-charts")
