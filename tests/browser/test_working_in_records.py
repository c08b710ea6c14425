"""A day at the desk in a real browser: records are added, edited, merged, changed in the list and in numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from madoguchi.accounts.models import Staff
from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.records.read import get_record
from tests.browser.conftest import SCREENSHOTS, Check, Photograph
from tests.browser.test_desk import hire, sign_in
from tests.cast import SATO, SUZUKI
from tests.integration.desk import ledger
from tests.integration.desk.ledger import add
from tests.jobs import run_waiting_jobs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "/desk/ledger/"
LAYOUT = [
    {"title": "依頼", "fields": ["件名", "種別", "理由", "受付日", "単価", "数量", "合計", "色"]},
    {"title": "相手", "fields": ["氏名", "住所", "店", "店名"]},
]


@pytest.fixture
def people(live_server: LiveServer, settings: Settings, tmp_path: Path) -> Mapping[str, Staff]:
    cache.clear()
    settings.FILES_DIR = tmp_path / "files"
    return {"sato": hire(SATO, "市民課"), "suzuki": hire(SUZUKI, "市民課")}


@pytest.fixture
def app(people: Mapping[str, Staff]) -> AppRevision:
    City.objects.create(
        code="12203", name="窓口市", phone="047-000-0000", postal_code="2728501", address="千葉県窓口市八幡1丁目1番1号"
    )
    return ledger.published(process=ledger.PROCESS, layout=LAYOUT)


@pytest.fixture
def desk(context: BrowserContext, page: Page, app: AppRevision) -> Page:
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, "sato")
    return page


@pytest.fixture
def other(chromium: Browser, live_server: LiveServer, app: AppRevision) -> Iterator[Page]:
    """鈴木 at another desk."""
    opened = chromium.new_context(base_url=live_server.url, locale="ja-JP", viewport={"width": 1440, "height": 900})
    page = opened.new_page()
    sign_in(page, "suzuki")
    yield page
    opened.close()


def test_a_record_is_added_with_what_follows_shown_while_typing(
    desk: Page, app: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    desk.goto(LIST)
    desk.keyboard.press("n")
    expect(desk).to_have_url(re.compile("/add/$"))
    assert_accessible(desk)
    desk.get_by_role("button", name="登録する", exact=True).first.click()
    expect(desk.get_by_role("alert")).to_contain_text("「件名」を入力してください")
    assert_accessible(desk)
    photograph(desk, "record-form-error")
    desk.locator("#f-1").fill("雨漏り")
    desk.locator("#f-3").fill("1200")
    desk.locator("#f-4").fill("3")
    expect(desk.locator("output[data-output='f.5']")).to_have_text("3,600円")
    expect(desk.locator("#f-8")).to_be_hidden()
    desk.get_by_label("その他", exact=True).check()
    expect(desk.locator("#f-8")).to_be_visible()
    desk.locator("#f-8").fill("屋根が古い")
    desk.locator("#f-6").fill("R8.11.23")
    expect(desk.locator("output[data-output='f.6']")).to_contain_text("令和8年11月23日")
    desk.locator("#f-11").press_sequentially("鈴木")
    desk.get_by_role("option", name=re.compile("鈴木 健太")).click()
    expect(desk.locator("[data-person='suzuki']")).to_be_visible()
    desk.get_by_role("button", name="探して選ぶ").click()
    desk.get_by_role("dialog").get_by_role("searchbox").press_sequentially("八幡")
    assert_accessible(desk)
    desk.get_by_role("button", name=re.compile(r"選ぶ\s*B-2")).click()
    expect(desk.locator("output[data-output='f.14']")).to_have_text("八幡電気")
    table = desk.locator("[data-rows='f.15']")
    table.get_by_role("button", name="行を追加する").click()
    desk.keyboard.type("板")
    table.get_by_label("個数").fill("2")
    table.get_by_label("価格").fill("500")
    expect(table.locator("output")).to_have_text("1,000円")
    desk.keyboard.press("Enter")
    desk.keyboard.type("釘")
    table.get_by_role("button", name="この行を上へ").nth(1).click()
    editor = desk.locator(".richtext__sheet")
    editor.click()
    desk.get_by_role("button", name="太字").click()
    desk.keyboard.type("急ぎ")
    desk.locator("#f-20").set_input_files({"name": "見積.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    expect(desk.get_by_label("見積.pdf")).to_be_checked()
    assert_accessible(desk)
    photograph(desk, "record-form")
    desk.keyboard.press("Control+s")
    expect(desk.get_by_role("status")).to_contain_text("登録しました")
    assert_accessible(desk)
    photograph(desk, "record-of-a-ledger")
    values = get_record(app, int(desk.url.rstrip("/").rpartition("/")[2])).values
    assert values["説明"] == "<p><strong>急ぎ</strong></p>"
    assert [row["品名"] for row in values["明細"]] == ["釘", "板"]
    assert len(values["書類"]) == 1


def test_two_clerks_meet_in_one_record_and_merge(
    desk: Page, other: Page, app: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    record_id = add(app, 単価=100, メモ="もと")
    for page in (desk, other):
        page.goto(f"{LIST}{record_id}/edit/")
    other.locator("#f-3").fill("200")
    other.locator("#f-2").fill("鈴木が書いた")
    other.keyboard.press("Control+s")
    expect(other.get_by_role("status")).to_contain_text("保存しました")
    desk.locator("#f-3").fill("300")
    desk.locator("#f-1").fill("窓")
    desk.keyboard.press("Control+s")
    merge = desk.get_by_role("alert")
    expect(merge).to_contain_text("鈴木 健太さんの内容にする")
    expect(merge).to_contain_text("200円")
    expect(desk.locator("#f-2")).to_have_value("鈴木が書いた")
    assert_accessible(desk)
    photograph(desk, "two-clerks")
    desk.get_by_label(re.compile("自分の入力を残す")).check()
    desk.get_by_role("button", name="合わせて保存する").first.click()
    expect(desk.get_by_role("status")).to_contain_text("保存しました")
    values = get_record(app, record_id).values
    assert (values["件名"], values["単価"], values["メモ"]) == ("窓", 300, "鈴木が書いた")


def test_a_cell_is_changed_in_the_list_by_keys_alone_and_a_range_is_pasted(
    desk: Page, app: AppRevision, assert_accessible: Check
) -> None:
    ids = [add(app, 件名=f"件{n}", 単価=n) for n in range(3)]
    desk.goto(LIST)
    assert_accessible(desk)
    desk.keyboard.press("j")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("F2")
    expect(desk.locator(".cell-form input[name='f.3']")).to_be_focused()
    assert_accessible(desk)
    desk.screenshot(path=SCREENSHOTS / "cell-1440.png")
    desk.keyboard.press("Escape")
    expect(desk.locator(".cell-form")).to_have_count(0)
    desk.keyboard.press("Enter")
    desk.locator(".cell-form input[name='f.3']").fill("x")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("alert")).to_contain_text("数字")
    desk.locator(".cell-form input[name='f.3']").fill("900")
    desk.keyboard.press("Enter")
    expect(desk.locator(f"#row-{ids[0]} td[data-edit='3']")).to_have_text("900円")
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.evaluate("() => navigator.clipboard.writeText('屋根\\t10\\n床\\t20\\n壁\\tx')")
    desk.locator(f"#row-{ids[0]} td[data-edit='1']").focus()
    desk.keyboard.press("Control+v")
    expect(desk.locator("#inline-told")).to_contain_text("5か所を書き換えました")
    expect(desk.locator("#inline-told")).to_contain_text("1か所はできませんでした")
    assert [get_record(app, one).values["件名"] for one in ids] == ["屋根", "床", "壁"]
    assert [get_record(app, one).values["単価"] for one in ids] == [10, 20, 2]


def test_many_are_changed_at_once_and_the_result_is_read(
    desk: Page, app: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    for number in range(3):
        add(app, 件名=f"件{number}")
    desk.goto(LIST)
    desk.locator("[data-pick]").first.check()
    desk.locator("[data-pick]").nth(1).check()
    desk.get_by_role("button", name="選んだものをまとめて操作する").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("2件をまとめて操作する")
    desk.get_by_label("書き換える項目").select_option("種別")
    desk.get_by_label("購入", exact=True).check()
    assert_accessible(desk)
    photograph(desk, "mass")
    desk.get_by_role("button", name="2件を書き換える").click()
    expect(desk.get_by_role("status")).to_contain_text("2件できました")
    desk.goto(LIST)
    desk.get_by_role("button", name="一覧のすべてを操作する").click()
    desk.get_by_label("完了にする").check()
    desk.get_by_role("button", name="この操作を行う").click()
    expect(desk.get_by_role("status")).to_contain_text("3件できました")
    assert_accessible(desk)
    desk.goto(LIST)
    desk.get_by_role("button", name="一覧のすべてを操作する").click()
    desk.get_by_label("完了にする").check()
    desk.get_by_role("button", name="この操作を行う").click()
    expect(desk.get_by_role("status")).to_contain_text("3件はできませんでした")
    assert_accessible(desk)
    photograph(desk, "mass-refused")


def test_a_colleague_is_mentioned_and_an_earlier_state_comes_back(
    desk: Page, other: Page, app: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    record_id = add(app, メモ="もと", 単価=100)
    desk.goto(f"{LIST}{record_id}/")
    desk.locator("#comment").press_sequentially("@鈴木")
    expect(desk.get_by_role("option", name=re.compile("鈴木 健太"))).to_be_visible()
    assert_accessible(desk)
    desk.keyboard.press("Enter")
    desk.keyboard.type("見てください")
    desk.get_by_role("button", name="コメントする").click()
    expect(desk.locator(".mention")).to_have_text("@鈴木 健太")
    run_waiting_jobs()
    cache.clear()
    other.goto("/desk/")
    expect(other.get_by_role("link", name=re.compile("自分へのお知らせ"))).to_contain_text("1")
    assert_accessible(other)
    photograph(other, "told")
    desk.keyboard.press("e")
    desk.locator("#f-2").fill("変えた")
    desk.keyboard.press("Control+s")
    desk.get_by_role("link", name=re.compile("この時点の内容に戻す")).first.click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("この時点の内容に戻しますか")
    assert_accessible(desk)
    photograph(desk, "restore")
    desk.get_by_role("button", name="この内容に戻す").click()
    expect(desk.get_by_role("status")).to_contain_text("戻しました")
    assert get_record(app, record_id).values["メモ"] == "もと"


def test_a_record_is_printed_copied_and_deleted(
    desk: Page, app: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    record_id = add(app, 単価=100, 説明="<p>急ぎ</p>", 明細=[{"品名": "板", "個数": "2", "価格": 500}])
    desk.goto(f"{LIST}{record_id}/")
    desk.locator("summary", has_text="そのほか").click()
    assert_accessible(desk)
    desk.get_by_role("link", name="印刷用に開く").click()
    expect(desk.get_by_role("button", name="印刷する")).to_be_visible()
    assert_accessible(desk)
    photograph(desk, "paper")
    desk.goto(f"{LIST}{record_id}/")
    desk.locator("summary", has_text="そのほか").click()
    desk.get_by_role("link", name="写して追加する").click()
    expect(desk.locator("#f-1")).to_have_value("雨漏り")
    desk.get_by_role("button", name="登録する", exact=True).first.click()
    expect(desk.get_by_role("status")).to_contain_text("登録しました")
    desk.locator("summary", has_text="そのほか").click()
    desk.get_by_role("link", name="削除する").click()
    assert_accessible(desk)
    photograph(desk, "delete")
    desk.get_by_role("button", name="削除する").click()
    expect(desk.get_by_role("status")).to_contain_text("削除しました")
    expect(desk.locator("tbody tr")).to_have_count(1)


def test_a_list_is_downloaded(desk: Page, app: AppRevision, assert_accessible: Check) -> None:
    add(app, 件名="𠮷田邸")
    desk.goto(LIST)
    desk.locator("summary", has_text="書き出す").click()
    assert_accessible(desk)
    with desk.expect_download() as file:
        desk.get_by_role("link", name="Excel（.xlsx）").click()
    assert file.value.suggested_filename.startswith("修繕台帳-")
    desk.get_by_role("link", name=re.compile("Shift_JIS")).click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("書けない文字")
    assert_accessible(desk)


def test_the_form_works_without_scripts(chromium: Browser, live_server: LiveServer, app: AppRevision) -> None:
    context = chromium.new_context(base_url=live_server.url, locale="ja-JP", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "sato")
    page.goto(f"{LIST}add/")
    page.locator("#f-1").fill("雨漏り")
    page.locator("#f-11").fill("suzuki")
    page.get_by_role("button", name="行を追加する").click()
    page.locator("[name='f.15.0.16']").fill("板")
    page.locator("#f-20").set_input_files({"name": "見積.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    page.get_by_role("button", name="登録する", exact=True).first.click()
    expect(page.get_by_role("status")).to_contain_text("登録しました")
    expect(page.locator("main")).to_contain_text("鈴木 健太")
    context.close()
