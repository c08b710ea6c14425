"""The form designer in a real browser, as somebody builds in it: keyboard, mouse, two people, no connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from madoguchi.accounts.models import Staff
from madoguchi.catalog import drafts
from madoguchi.catalog.models import App, City, Revision
from madoguchi.definition.app import AppDefinition
from tests.browser.conftest import Check, Photograph, assert_nothing_sticks_out
from tests.browser.test_desk import hire, try_signing_in
from tests.cast import PASSWORD, WATANABE, Employee

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FORM = "/studio/inu/form"
Open = Callable[[Employee], Page]


@pytest.fixture
def builders(live_server: LiveServer) -> Mapping[str, Staff]:
    cache.clear()
    City.objects.create(code="12203", name="窓口市", phone="047-000-0000")
    second = Employee("abe", "阿部 光", "shimin", "app_admin")
    return {"watanabe": hire(WATANABE, "市民課"), "abe": hire(second, "市民課")}


@pytest.fixture
def draft(builders: Mapping[str, Staff]) -> Revision:
    """A new app with one field, not published."""
    defn = AppDefinition.model_validate({
        "code": "inu", "name": "犬の登録", "owner_department": "shimin",
        "fields": [{"type": "text", "id": 1, "code": "犬の名前", "label": "犬の名前"}],
        "permissions": [{"department": "shimin", "rights": ["view", "add", "edit", "manage"]}],
    })
    return drafts.create(defn=defn, staff=builders["watanabe"])


@pytest.fixture
def page(page: Page, draft: Revision) -> Iterator[Page]:
    """The designer, open at a desk's width."""
    page.set_viewport_size({"width": 1440, "height": 900})
    yield opened(page, "watanabe")
    at_rest(page)


@pytest.fixture
def other(context: BrowserContext, live_server: LiveServer, draft: Revision) -> Iterator[Page]:
    """The same draft in somebody else's browser."""
    assert context.browser
    size = {"width": 1440, "height": 900}
    theirs = context.browser.new_context(base_url=live_server.url, locale="ja-JP", viewport=size)
    theirs.set_default_timeout(15_000)
    yield opened(theirs.new_page(), "abe")
    at_rest(theirs.pages[0])
    theirs.close()


def at_rest(page: Page) -> None:
    """Nothing is being saved or asked for any more: the database is emptied after the test."""
    page.wait_for_timeout(1_000)  # longer than the designer waits before it saves
    expect(page.locator(".saved--busy")).to_have_count(0)
    page.wait_for_timeout(500)


def opened(page: Page, username: str) -> Page:
    page.goto(f"/staff/sign-in?next={FORM}")
    try_signing_in(page, PASSWORD, username)
    expect(page.locator("html[data-ready]")).to_be_attached()
    return page


def labels(page: Page) -> list[str]:
    return page.locator("#canvas .slot__label > span:first-of-type").all_inner_texts()


def stored() -> AppDefinition:
    revision = drafts.head(App.objects.get(code="inu"))
    assert revision
    return AppDefinition.model_validate(revision.definition)


def saved(page: Page) -> None:
    expect(page.locator("#save-status")).to_contain_text("保存しました")


def quick(page: Page, *written: str) -> None:
    for label in written:
        page.locator("#quick-label").fill(label)
        page.keyboard.press("Enter")


def test_labels_and_enter_make_fields_of_fitting_types(page: Page) -> None:
    quick(page, "氏名*", "生年月日", "電話番号", "利用目的：年金、手当、その他", "備考")

    assert labels(page) == ["犬の名前", "氏名", "生年月日", "電話番号", "利用目的", "備考"]
    saved(page)
    fields = stored().fields
    assert [field.type for field in fields] == ["text", "name", "date", "phone", "choice", "textarea"]
    assert [field.id for field in fields] == [1, 2, 3, 4, 5, 6]
    assert fields[1].required and fields[1].personal


def test_look(page: Page, photograph: Photograph, assert_accessible: Check) -> None:
    quick(page, "氏名*", "生年月日", "電話番号", "利用目的：年金、手当、その他", "備考")
    saved(page)
    page.wait_for_timeout(800)
    assert_accessible(page)
    photograph(page, "designer")


def test_a_field_from_the_palette_wants_its_label_next(page: Page) -> None:
    page.get_by_role("button", name="1つ選ぶ").click()
    page.keyboard.type("犬の大きさ")

    assert labels(page) == ["犬の名前", "犬の大きさ"]
    page.get_by_label("選択肢", exact=True).fill("小型\n中型\n大型")
    saved(page)
    field = stored().fields[1]
    assert field.code == "犬の大きさ"
    assert [option.value for option in field.options] == ["小型", "中型", "大型"]  # type: ignore[union-attr]


def test_a_designer_at_rest_asks_the_server_nothing(page: Page) -> None:
    page.get_by_role("button", name="1つ選ぶ").click()
    page.keyboard.type("犬の大きさ")
    page.get_by_label("選択肢", exact=True).fill("小型\n中型\n大型 = 大きい")
    page.get_by_role("button", name="他のアプリの集計").click()
    saved(page)
    page.wait_for_timeout(1_000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.wait_for_timeout(2_000)

    assert asked == []


def test_fields_are_moved_by_keyboard_and_it_is_said_where_to(page: Page) -> None:
    quick(page, "一", "二")
    page.locator(".slot__main", has_text="犬の名前").focus()
    page.keyboard.press("Enter")
    page.locator(".slot__main", has_text="犬の名前").focus()

    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")

    assert labels(page) == ["一", "二", "犬の名前"]
    expect(page.locator("#live")).to_have_text("「犬の名前」を 3個のうち 3番目に移しました。")
    expect(page.locator(".slot__main", has_text="犬の名前")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".slot__main", has_text="二")).to_be_focused()
    page.keyboard.press("Delete")
    assert labels(page) == ["一", "犬の名前"]


def test_every_step_can_be_undone_and_done_again(page: Page) -> None:
    quick(page, "一", "二", "三")
    page.locator(".slot--selected").get_by_role("button", name="「三」を消す").click()
    page.get_by_role("button", name="まとまりを足す").click()
    assert labels(page) == ["犬の名前", "一", "二"]

    for _ in range(5):
        page.keyboard.press("Control+z")

    assert labels(page) == ["犬の名前"]
    expect(page.get_by_role("button", name="元に戻す")).to_be_disabled()
    for _ in range(5):
        page.keyboard.press("Control+y")
    assert labels(page) == ["犬の名前", "一", "二"]
    expect(page.get_by_label("まとまりの名前")).to_have_count(2)


def test_what_is_added_after_a_new_group_goes_into_it(page: Page) -> None:
    page.get_by_role("button", name="まとまりを足す").click()
    page.keyboard.type("飼い主")
    quick(page, "氏名", "住所")

    saved(page)
    groups = [(str(group.title), group.fields) for group in stored().layout]
    assert groups == [("基本", ("犬の名前",)), ("飼い主", ("氏名", "住所"))]


def test_many_pasted_lines_are_shown_before_they_become_fields(page: Page) -> None:
    page.locator("#quick-label").focus()
    page.evaluate("navigator.clipboard.writeText('氏名\\n生年月日\\n電話番号')")
    page.keyboard.press("Control+v")

    dialog = page.get_by_role("dialog", name="まとめて足す")
    expect(dialog.get_by_label("「生年月日」の種類")).to_have_value("date")
    dialog.get_by_label("「電話番号」の種類").select_option(label="文字（1行）")
    dialog.get_by_role("button", name="3個の項目を足す").click()

    assert labels(page) == ["犬の名前", "氏名", "生年月日", "電話番号"]
    saved(page)
    assert [field.type for field in stored().fields] == ["text", "name", "date", "text"]


def test_fields_are_dragged_from_the_palette_and_within_the_form(page: Page) -> None:
    quick(page, "一")
    page.locator("[data-kind=date]").drag_to(page.locator(".slot").first, target_position={"x": 60, "y": 4})
    expect(page.locator(".slot")).to_have_count(3)
    assert labels(page) == ["日付", "犬の名前", "一"]

    page.locator(".slot", has_text="一").drag_to(page.locator(".slot").first, target_position={"x": 60, "y": 4})

    expect(page.locator(".slot").first).to_contain_text("一")
    saved(page)
    assert [str(field.label) for field in stored().fields] == ["一", "日付", "犬の名前"]


def test_a_formula_is_completed_and_its_mistake_told_where_it_is(page: Page) -> None:
    quick(page, "頭数")
    page.get_by_role("button", name="計算", exact=True).click()
    formula = page.get_by_label("計算式")
    formula.fill("")
    formula.press_sequentially("300 * 頭", delay=60)
    expect(page.get_by_role("option", name="頭数")).to_be_visible()
    page.keyboard.press("Enter")

    expect(formula).to_have_value("300 * 頭数")
    expect(page.get_by_text("この式は使えます。")).to_be_visible()

    formula.press_sequentially(" +* 2", delay=30)

    expect(page.locator(".source__list:not([hidden])")).to_have_count(0)
    told = page.locator(".source__told--wrong")
    expect(told).to_contain_text("文字目")
    saved(page)
    expect(page.locator(".slot--error", has_text="計算")).to_be_visible()
    expect(page.locator("#findings-count")).to_contain_text("直すところ")


def test_a_press_on_a_finding_leads_to_its_field(page: Page) -> None:
    page.get_by_role("button", name="計算", exact=True).click()
    page.get_by_label("計算式").fill("1 +")
    page.locator(".slot__main", has_text="犬の名前").click()
    expect(page.locator("#findings-count")).to_contain_text("直すところ")

    page.locator("#findings-count").click()
    page.locator(".findings__go", has_text="計算").first.click()

    expect(page.locator(".panel__title")).to_have_text("計算")


def test_two_builders_keep_each_others_fields(page: Page, other: Page) -> None:
    quick(other, "首輪の色")
    saved(other)
    quick(page, "登録番号")
    saved(page)

    expect(page.locator("#canvas")).to_contain_text("首輪の色")
    expect(page.locator("#canvas")).to_contain_text("登録番号")
    assert {field.id for field in stored().fields} == {1, 2, 3}
    assert {str(field.label) for field in stored().fields} == {"犬の名前", "首輪の色", "登録番号"}


def test_two_builders_who_change_the_same_choose_which_stays(page: Page, other: Page) -> None:
    for who, label in ((other, "犬の呼び名"), (page, "愛犬の名前")):
        who.locator(".slot__main").first.click()
        who.get_by_label("項目名", exact=True).fill(label)
        if who is other:
            saved(who)

    dialog = page.get_by_role("dialog", name="どちらを残すか選んでください")
    expect(dialog).to_contain_text("阿部 光 の変更")
    for radio in dialog.get_by_label("あなたの変更").all():
        radio.check()
    dialog.get_by_role("button", name="選んだ内容で保存する").click()

    expect(dialog).to_be_hidden()
    saved(page)
    assert str(stored().fields[0].label) == "愛犬の名前"


def test_what_cannot_be_saved_is_kept_and_saved_later(page: Page) -> None:
    page.route("**/draft.json", lambda route: route.abort())
    quick(page, "登録番号")
    expect(page.locator("#save-status")).to_contain_text("このタブに残してあり")
    page.on("dialog", lambda dialog: dialog.accept())

    page.reload()
    expect(page.locator("html[data-ready]")).to_be_attached()
    assert labels(page) == ["犬の名前", "登録番号"]

    page.unroute("**/draft.json")
    page.reload()
    saved(page)
    assert [str(field.label) for field in stored().fields] == ["犬の名前", "登録番号"]


def test_the_web_preview_shows_a_change_while_it_is_typed_and_answers(page: Page) -> None:
    web = page.frame_locator("#preview-web-frame")
    expect(web.get_by_role("heading", level=1)).to_have_text("犬の名前")
    web.get_by_label("犬の名前").fill("ポチ")

    page.locator(".slot__main").first.click()
    page.get_by_label("項目名", exact=True).fill("愛犬の名前")
    expect(web.get_by_role("heading", level=1)).to_have_text("愛犬の名前")

    expect(web.get_by_label("愛犬の名前")).to_have_value("ポチ")
    web.get_by_role("button", name="次へ進む").click()
    expect(web.get_by_role("heading", level=1)).to_have_text("入力内容を確認してください")
    expect(web.locator("dl")).to_contain_text("ポチ")


def test_the_chat_preview_asks_and_takes_answers(page: Page, photograph: Photograph) -> None:
    quick(page, "大きさ：小型、中型、大型", "飼い主の氏名")
    page.get_by_role("tab", name="LINEのトーク").click()
    chat = page.frame_locator("#preview-chat-frame")
    expect(chat.locator(".bubble").last).to_contain_text("犬の名前")
    expect(page.locator("#save-status")).to_contain_text("保存しました")

    chat.get_by_label("メッセージを書く").fill("ポチ")
    chat.get_by_label("メッセージを書く").press("Enter")
    expect(chat.locator(".bubble").last).to_contain_text("大きさ")
    chat.get_by_role("button", name="中型").click()

    expect(chat.get_by_text("市のページで入力する")).to_be_visible()
    page.wait_for_timeout(300)
    photograph(page, "designer-chat")
    chat.get_by_role("link", name="入力を続ける").click()
    expect(page.get_by_role("tab", name="住民のWeb画面")).to_have_attribute("aria-selected", "true")
    expect(page.frame_locator("#preview-web-frame").get_by_role("heading", level=1)).to_have_text("飼い主の氏名")


def test_the_desk_preview_shows_the_record(page: Page, photograph: Photograph) -> None:
    quick(page, "飼い主の氏名")
    page.get_by_role("tab", name="職員の画面").click()
    desk = page.frame_locator("#preview-desk-frame")

    expect(desk.get_by_text("見本 花子").first).to_be_visible()
    photograph(page, "designer-desk")


def test_a_label_can_be_corrected_on_a_phone(page: Page, assert_accessible: Check) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.locator(".slot__main").first.click()
    page.get_by_label("項目名", exact=True).fill("愛犬の名前")

    saved(page)
    assert_nothing_sticks_out(page)
    assert_accessible(page)
    page.get_by_role("button", name="フォーム", exact=True).click()
    assert labels(page) == ["愛犬の名前"]
    page.get_by_role("button", name="プレビュー", exact=True).last.click()
    expect(page.frame_locator("#preview-web-frame").get_by_role("heading", level=1)).to_have_text("愛犬の名前")


FIFTEEN = """犬の名前（ふりがな）
犬の種類：柴犬、雑種、その他
その他の種類
性別：オス、メス
生年月日
毛の色
マイクロチップの番号
狂犬病の注射をした日*
飼い主の氏名*
飼い主の住所*
飼い主の電話番号*
登録する頭数*
犬の写真
備考
上の内容に同意*"""
MOST_CLICKS = 8


def test_fifteen_fields_with_a_condition_and_a_fee_take_few_clicks(page: Page, assert_accessible: Check) -> None:
    # Keys that press a button make a click too, of which ``detail`` is 0.
    page.evaluate("() => { clicks = 0; addEventListener('click', (e) => { clicks += e.detail ? 1 : 0; }, true); }")
    page.locator("#quick-label").click()
    page.evaluate("words => navigator.clipboard.writeText(words)", FIFTEEN)
    page.keyboard.press("Control+v")
    page.keyboard.press("Enter")
    expect(page.locator(".slot")).to_have_count(16)

    page.locator(".slot__main", has_text="その他の種類").click()
    page.locator("summary", has_text="だれに、いつ聞くか").click()
    page.get_by_label("この条件のときだけ聞く").click()
    page.keyboard.type('犬の種類 = "その他"')
    page.locator(".slot__main", has_text="上の内容に同意").click()
    page.get_by_role("button", name="計算", exact=True).click()
    page.keyboard.type("登録の手数料")
    page.get_by_label("計算式").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("3000 * 登録する頭数 ")

    expect(page.get_by_text("この式は使えます。")).to_be_visible()
    saved(page)
    expect(page.locator("#findings-count")).to_have_text("直すところなし")
    assert_accessible(page)
    defn = stored()
    assert len(defn.fields) == 17
    assert defn.by_code["その他の種類"].show_if == '犬の種類 = "その他"'
    assert page.evaluate("clicks") <= MOST_CLICKS


def test_a_form_of_two_hundred_fields_is_as_quick_as_one_of_five(page: Page) -> None:
    page.locator("#bulk-open").click()
    page.get_by_label("項目名（1行に1つ）").fill("\n".join(f"項目{n}" for n in range(200)))
    page.get_by_role("button", name="200個の項目を足す").click()
    saved(page)
    page.locator(".slot__main", has_text="項目150").click()

    took = page.evaluate(
        """() => { const box = document.querySelector('.input--label'); const times = [];
        for (let n = 0; n < 20; n += 1) { const start = performance.now(); box.value = `項目 ${n}`;
        box.dispatchEvent(new InputEvent('input')); document.body.offsetHeight; times.push(performance.now() - start); }
        return times.sort((a, b) => a - b)[10]; }"""
    )

    assert took < 100, f"one letter takes {took:.0f} ms"
