"""The desk's other shapes in a real browser: boards, calendars, maps, charts, lists of one's own, the inbox."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from madoguchi.accounts.models import Staff
from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.records import read
from madoguchi.records.models import StaffNotice
from tests.browser.conftest import Check, Photograph
from tests.browser.test_desk import hire, sign_in
from tests.cast import SATO, SUZUKI
from tests.integration.desk.roadworks import repair, roadworks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG_TITLE = "寿限無寿限無五劫の擦り切れ海砂利水魚の水行末雲来末風来末食う寝る処に住む処"


@pytest.fixture
def people(live_server: LiveServer, settings: Settings, tmp_path: Path) -> Mapping[str, Staff]:
    cache.clear()
    settings.FILES_DIR = tmp_path / "files"
    return {"sato": hire(SATO, "市民課"), "suzuki": hire(SUZUKI, "市民課")}


@pytest.fixture
def roads(people: Mapping[str, Staff]) -> AppRevision:
    City.objects.create(code="12203", name="窓口市", phone="047-000-0000")
    return roadworks()


@pytest.fixture
def desk(context: BrowserContext, page: Page, roads: AppRevision) -> Page:
    """佐藤 has signed in on a screen of 1440 px."""
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, "sato")
    return page


def fill(app: AppRevision, count: int) -> None:
    for number in range(count):
        repair(app, 件名=f"{number + 1}丁目の穴", 急ぎ=("至急", "通常", "後日")[number % 3], 費用=1000 * number)


@pytest.mark.parametrize("count", [0, 3, 60])
def test_a_board_is_readable_with_any_number_of_cards(
    desk: Page, roads: AppRevision, count: int, assert_accessible: Check, photograph: Photograph
) -> None:
    fill(roads, count)
    if count:
        repair(roads, status="doing", 件名=LONG_TITLE, 工事日="2026-12-01")
    desk.goto("/desk/roads/?view=board")
    expect(desk.locator("[data-column=new] [data-card]")).to_have_count(min(count, 20))
    assert_accessible(desk)
    photograph(desk, f"desk-board-{count}")


def test_a_card_is_dragged_to_where_it_may_go_and_nowhere_else(desk: Page, roads: AppRevision) -> None:
    ref = repair(roads, 件名="西の穴")
    desk.goto("/desk/roads/?view=board")
    card = desk.locator(f"#card-{ref.record_id}")
    drag(desk, card.locator("dd, .card-face").first, desk.locator("[data-column=done]"))
    expect(desk.locator("[data-column=new] [data-card]")).to_have_count(1)
    assert read.get_record(roads, ref.record_id).status == "new"
    drag(desk, card.locator(".card-face").first, desk.locator("[data-column=doing]"))
    expect(desk.locator("[data-column=doing]").get_by_role("link", name="西の穴")).to_be_visible()
    expect(desk.get_by_text("「工事を始める」を行いました")).to_be_visible()
    assert read.get_record(roads, ref.record_id).status == "doing"
    desk.goto("/desk/roads/?view=board")
    expect(desk.locator("[data-column=doing]").get_by_role("link", name="西の穴")).to_be_visible()


def test_a_card_dragged_to_where_more_is_asked_leads_to_that_page(desk: Page, roads: AppRevision) -> None:
    ref = repair(roads, 件名="西の穴")
    desk.goto("/desk/roads/?view=board")
    drag(desk, desk.locator(f"#card-{ref.record_id} .card-face"), desk.locator("[data-column=refused]"))
    expect(desk).to_have_url(f"{desk.url.split('/desk')[0]}/desk/roads/{ref.record_id}/actions/refuse/")


def test_a_card_is_moved_with_the_keyboard_alone(
    desk: Page, roads: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    ref = repair(roads, 件名="西の穴", 急ぎ="通常")
    desk.goto("/desk/roads/?view=urgency")
    desk.get_by_role("link", name="西の穴").focus()
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    assert_accessible(desk)
    photograph(desk, "desk-board-menu")
    desk.keyboard.press("Tab")
    while desk.evaluate("() => document.activeElement.textContent") != "至急":
        desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-column=至急]").get_by_role("link", name="西の穴")).to_be_visible()
    expect(desk.get_by_role("link", name="西の穴")).to_be_focused()
    assert read.get_record(roads, ref.record_id).values["急ぎ"] == "至急"


def test_on_a_phone_tabs_lead_from_column_to_column(desk: Page, roads: AppRevision) -> None:
    repair(roads, status="done", 件名="橋")
    desk.set_viewport_size({"width": 360, "height": 740})
    desk.goto("/desk/roads/?view=board")
    expect(desk.get_by_role("link", name="橋")).not_to_be_in_viewport()
    desk.get_by_role("navigation", name="列").get_by_text("完了").click()
    expect(desk.get_by_role("link", name="橋")).to_be_in_viewport()
    expect(desk.get_by_role("navigation", name="列").locator("[aria-current]")).to_contain_text("完了")


def drag(page: Page, what: object, where: object) -> None:
    """With the mouse, in the small steps that a hand makes."""
    start, end = what.bounding_box(), where.bounding_box()  # type: ignore[attr-defined]
    page.mouse.move(start["x"] + start["width"] - 4, start["y"] + start["height"] - 4)
    page.mouse.down()
    page.mouse.move(start["x"] + start["width"] + 10, start["y"] + start["height"], steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 70, steps=12)
    page.mouse.move(end["x"] + end["width"] / 2 + 3, end["y"] + 72, steps=3)
    page.mouse.up()


# --- charts ---------------------------------------------------------------------------------------------------------


def test_charts_of_every_kind_are_readable(
    desk: Page, roads: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    for number in range(30):
        repair(
            roads, 急ぎ=("至急", "通常", "後日", None)[number % 4], 費用=1000 * (number + 1),
            status=("new", "doing", "done")[number % 3], 工事日=f"2026-{number % 12 + 1:02}-15",
        )
    desk.goto("/desk/roads/?view=numbers")
    expect(desk.locator(".chart__svg rect").first).to_be_visible()
    assert_accessible(desk)
    photograph(desk, "desk-chart-view")
    for kind, stacked in (("column", True), ("bar", False), ("line", False), ("area", True), ("pie", False)):
        desk.goto("/desk/roads/chart-builder/")
        desk.get_by_label("種類").select_option(kind)
        desk.get_by_label("何ごとに").select_option("急ぎ")
        if kind != "pie":
            desk.get_by_label("さらに分ける（積み上げ・クロス集計）").select_option("status")
        if stacked:
            desk.get_by_label("積み上げる").check()
        desk.get_by_role("button", name="表示する").click()
        expect(desk.locator(".chart__svg")).to_be_visible()
        assert_accessible(desk)
        photograph(desk, f"desk-chart-{kind}")


def test_a_bar_leads_to_its_records_with_the_keyboard(desk: Page, roads: AppRevision) -> None:
    repair(roads, 件名="西の穴", 工事日="2026-11-03")
    repair(roads, 件名="東の穴", 工事日="2026-12-03")
    desk.goto("/desk/roads/?view=numbers")
    desk.get_by_role("link", name="2026-11: 1").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("西の穴")).to_be_visible()
    expect(desk.get_by_text("東の穴")).to_have_count(0)


def test_a_chart_of_ones_own_is_made_with_clicks(
    desk: Page, roads: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    repair(roads, 急ぎ="至急", 費用=700)
    desk.goto("/desk/roads/charts/")
    desk.get_by_role("link", name="グラフを作る").click()
    desk.get_by_role("button", name="表示する").click()
    expect(desk.get_by_role("alert")).to_contain_text("何ごとに")
    assert_accessible(desk)
    photograph(desk, "desk-chart-builder-error")
    desk.get_by_label("何ごとに").select_option("急ぎ")
    desk.get_by_role("button", name="表示する").click()
    desk.get_by_label("保存する名前").fill("急ぎの数")
    desk.get_by_role("button", name="保存する", exact=True).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("急ぎの数")
    assert_accessible(desk)


# --- the inbox ------------------------------------------------------------------------------------------------------


def test_the_inbox_is_readable_empty_and_full(
    desk: Page, roads: AppRevision, people: Mapping[str, Staff], assert_accessible: Check, photograph: Photograph
) -> None:
    desk.goto("/desk/inbox/")
    expect(desk.get_by_text("未読のお知らせはありません")).to_be_visible()
    assert_accessible(desk)
    photograph(desk, "desk-inbox-empty")
    ref = repair(roads)
    for number in range(3):
        StaffNotice.objects.create(
            staff=people["sato"], app_id=roads.app_id, record_id=ref.record_id, text=f"{LONG_TITLE}{number}",
            kind=("rule", "mention", "assigned")[number],
        )
    desk.goto("/desk/inbox/")
    assert_accessible(desk)
    photograph(desk, "desk-inbox")
    desk.get_by_role("button", name=re.compile("^既読にする")).first.click()
    expect(desk.locator(".inbox__item")).to_have_count(2)
    desk.get_by_role("link", name=f"{LONG_TITLE}0").click()
    expect(desk).to_have_url(re.compile(f"/desk/roads/{ref.record_id}/$"))


# --- the calendar ---------------------------------------------------------------------------------------------------


def test_a_calendar_is_readable_empty_and_full(
    desk: Page, roads: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    desk.goto("/desk/roads/?view=plan&day=2026-11-23")
    assert_accessible(desk)
    photograph(desk, "desk-calendar-empty")
    for number in range(30):
        repair(roads, 件名=f"{number + 1}丁目の穴", 工事日=f"2026-11-{number % 12 + 10:02}", 費用=1000 * number)
    repair(roads, 件名=LONG_TITLE, 工事日="2026-11-12")
    for _ in range(9):
        repair(roads, 工事日="2026-11-20")
    repair(roads, 件名=LONG_TITLE)
    desk.goto("/desk/roads/?view=plan&day=2026-11-23")
    assert_accessible(desk)
    photograph(desk, "desk-calendar")
    desk.get_by_role("link", name="週", exact=True).click()
    expect(desk.locator("[data-day]")).to_have_count(7)
    assert_accessible(desk)
    photograph(desk, "desk-calendar-week")


def test_an_entry_is_dragged_to_another_day_and_moved_with_the_keyboard(desk: Page, roads: AppRevision) -> None:
    ref = repair(roads, 件名="西の穴", 工事日="2026-11-10")
    undated = repair(roads, 件名="未定の道")
    desk.goto("/desk/roads/?view=plan&day=2026-11-23")
    drag(desk, desk.locator(f"#card-{ref.record_id}"), desk.locator("[data-day='2026-11-12']"))
    expect(desk.get_by_text(f"#{ref.record_id} の「工事日」を変えました")).to_be_visible()
    expect(desk.locator("[data-day='2026-11-12']").get_by_role("link", name="西の穴")).to_be_visible()
    assert read.get_record(roads, ref.record_id).values["工事日"] == "2026-11-12"
    drag(desk, desk.locator(f"#card-{undated.record_id}"), desk.locator("[data-day='2026-11-18']"))
    expect(desk.get_by_text(f"#{undated.record_id} の「工事日」を変えました")).to_be_visible()
    expect(desk.locator("[data-day='2026-11-18']").get_by_role("link", name="未定の道")).to_be_visible()
    desk.get_by_role("link", name="西の穴").focus()
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.get_by_label("西の穴の新しい日付").fill("2026-11-25")
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-day='2026-11-25']").get_by_role("link", name="西の穴")).to_be_visible()
    assert read.get_record(roads, ref.record_id).values["工事日"] == "2026-11-25"


# --- the map --------------------------------------------------------------------------------------------------------


def test_a_map_groups_points_and_its_list_says_the_same(
    desk: Page, roads: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    desk.goto("/desk/roads/?view=places")
    expect(desk.get_by_text("地図に載せるものがありません")).to_be_visible()
    assert_accessible(desk)
    desk.route("https://cyberjapandata.gsi.go.jp/**", lambda route: route.abort())
    for number in range(12):
        place = {"lat": 35.72 + number * 0.00001, "lon": 139.93, "label": "市川駅前"}
        repair(roads, 件名=f"{number + 1}番の穴", 場所=place, 費用=100)
    far = repair(roads, 件名=LONG_TITLE, 場所={"lat": 35.75, "lon": 139.97})
    desk.goto("/desk/roads/?view=places")
    expect(desk.get_by_role("button", name="12件。押すと拡大します")).to_be_visible()
    expect(desk.get_by_text("地図の画像を読み込めない")).to_be_visible()
    assert_accessible(desk)
    photograph(desk, "desk-map")
    desk.get_by_role("region", name="地図", exact=True).get_by_role("button", name=LONG_TITLE).press("Enter")
    expect(desk.locator(f"#card-{far.record_id} a")).to_be_focused()
    desk.get_by_role("button", name=re.compile("地図で見る.*: 3番の穴")).click()
    expect(desk.get_by_role("region", name="地図", exact=True).get_by_role("button", name=LONG_TITLE)).to_have_count(0)


# --- lists of one's own ---------------------------------------------------------------------------------------------


def test_a_list_of_ones_own_is_made_with_clicks(
    desk: Page, roads: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    repair(roads, 件名="西の穴", 急ぎ="至急")
    repair(roads, 件名="東の橋", 急ぎ="通常")
    desk.goto("/desk/roads/")
    desk.get_by_role("link", name="条件を作る").click()
    assert_accessible(desk)
    photograph(desk, "desk-own-list")
    desk.get_by_label("条件1の項目").select_option("急ぎ")
    expect(desk.locator("#own-values-1 option")).to_have_count(3)
    desk.get_by_label("条件1の比べ方").select_option("ge")
    desk.get_by_role("button", name="この条件で見る").click()
    expect(desk.get_by_role("alert")).to_contain_text("この比べ方は使えません")
    assert_accessible(desk)
    desk.get_by_label("条件1の比べ方").select_option("eq")
    desk.get_by_label("条件1の値").fill("至急")
    desk.get_by_role("button", name="この条件で見る").click()
    expect(desk.locator("tbody tr")).to_have_count(1)
    desk.get_by_role("link", name="条件を変える").click()
    desk.get_by_label("保存する名前").fill("急ぐもの")
    desk.get_by_role("button", name="保存する", exact=True).click()
    expect(desk.get_by_role("link", name="急ぐもの")).to_have_attribute("aria-current", "page")
    expect(desk.locator("tbody tr")).to_have_count(1)
    assert_accessible(desk)
    photograph(desk, "desk-own-list-shown")
