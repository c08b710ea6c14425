"""The public site in a real browser: on a phone, by keyboard, enlarged, with and without JavaScript."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from madoguchi.catalog import packs
from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.records.actor import SYSTEM
from tests.browser.conftest import Check, Photograph, assert_nothing_sticks_out
from tests.cast import HANAKO
from tests.integration.web.walking import act, start
from tests.publishing import publish
from tests.samples import certificate, everything

PACKS = Path(__file__).parent.parent.parent / "packs"
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def city(live_server: LiveServer) -> City:
    cache.clear()
    return City.objects.create(
        code="12203", name="窓口市", name_en="Madoguchi City", phone="047-000-0000", hours="平日 8:45〜17:15",
        postal_code="2728501", address="千葉県窓口市八幡1丁目1番1号",
    )


@pytest.fixture
def paper(city: City) -> AppRevision:
    return publish(certificate())


@pytest.fixture
def report(city: City) -> AppRevision:
    return publish(everything())


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo as large as phones take them."""
    path = tmp_path / "photo.jpg"
    Image.effect_noise((4000, 3000), 60).convert("RGB").save(path, "JPEG", quality=92)
    return path


def test_a_resident_applies_on_a_phone_and_every_page_is_accessible(
    page: Page, paper: AppRevision, photo: Path, assert_accessible: Check, photograph: Photograph
) -> None:
    def look(name: str) -> None:
        assert_accessible(page)
        photograph(page, f"public-{name}")

    page.goto("/")
    look("home")
    _press(page, page.get_by_role("link", name="住民票の写し"))
    look("start")
    _press(page, page.get_by_role("button", name="申請をはじめる"))
    look("heading")
    _next(page)
    look("name")
    _next(page)
    expect(page.locator(".error-summary")).to_be_focused()
    look("name-error")
    for part, text in HANAKO.items():
        page.locator(f'[name="a.{part}"]').fill(text)
    _next(page)
    look("date")
    _date(page, "昭和", "60", "4", "1")
    _next(page)
    page.get_by_label("郵便番号").fill("2720021")
    expect(page.get_by_label("市区町村")).to_have_value("市川市")
    expect(page.get_by_label("町名")).to_have_value("八幡")
    look("address")
    page.get_by_label("丁目・番地・号").fill("1丁目1番1号")
    _next(page)
    _fill(page, "090-1234-5678")
    look("phone")
    _next(page)
    _fill(page, "hanako@example.jp")
    _next(page)
    look("radios")
    _choose(page, "本人")
    _choose(page, "世帯全員")
    look("checkboxes")
    _next(page)
    look("number")
    _fill(page, "2")
    _next(page)
    page.get_by_role("radio").first.check()
    _next(page)
    while page.locator("input[type=radio]").count():
        page.get_by_role("radio").first.check()
        _next(page)
    look("photo-empty")
    while page.locator("input[type=file]").count():
        page.locator("input[type=file]").set_input_files(photo)
        page.locator(".files__item").wait_for()
        look("photo-attached")
        _next(page)
    look("consent")
    page.get_by_role("checkbox").check()
    _next(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("入力内容を確認してください")
    look("check")
    _press(page, page.get_by_role("link", name="保存して"))
    look("save")
    _press(page, page.get_by_role("link", name="いま続ける"))
    _press(page, page.get_by_role("button", name="この内容で申請する"))
    look("pay")
    page.get_by_role("radio", name="窓口で支払う").check()
    _press(page, page.get_by_role("button", name="支払いに進む"))
    expect(page.locator(".panel__number")).to_contain_text("JM-R08-000001")
    look("done")
    page.get_by_role("button", name="リンクをコピーする").click()
    expect(page.get_by_text("コピーしました。")).to_be_visible()
    _press(page, page.get_by_role("link", name="申請の状況を見る").first)
    look("status")
    _press(page, page.get_by_role("link", name="取下げに進む"))
    look("cancel")
    _press(page, page.get_by_role("button", name="申請を取り下げる"))
    expect(page.locator(".state__name")).to_contain_text("申請を取り下げました")
    look("status-cancelled")


def test_a_big_photo_is_made_smaller_before_it_is_sent(page: Page, report: AppRevision, photo: Path) -> None:
    _begin(page, report)
    _open(page, "写真")
    with page.expect_request(lambda r: r.method == "POST") as sent:
        page.locator("input[type=file]").set_input_files(photo)
    page.locator(".files__item").wait_for()
    assert photo.stat().st_size > 5_000_000
    assert len(sent.value.post_data_buffer or b"") < 3_000_000


def test_what_is_typed_while_the_address_is_looked_up_stays(page: Page, paper: AppRevision) -> None:
    _begin(page, paper)
    _open(page, "住所")
    waiting: list[Route] = []
    page.route("**/q/**", lambda route: waiting.append(route) if route.request.method == "POST" else route.continue_())
    page.get_by_label("郵便番号").fill("2720021")
    page.get_by_label("丁目・番地・号").fill("1丁目")
    assert waiting, "the postal code is looked up by itself"
    waiting[0].continue_()
    expect(page.get_by_label("町名")).to_have_value("八幡")
    expect(page.get_by_label("丁目・番地・号")).to_have_value("1丁目")
    expect(page.get_by_label("丁目・番地・号")).to_be_focused()


def test_every_type_of_question_is_accessible(
    page: Page, report: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    _begin(page, report)
    for field in report.definition.question_fields:
        if field.show_if or field.type == "heading":
            continue
        _open(page, field.code)
        expect(page.get_by_role("heading", level=1)).to_have_text(str(field.question or field.label))
        assert_accessible(page)
        photograph(page, f"question-{field.type}-{field.id}")


def test_the_device_says_where_it_is(page: Page, report: AppRevision) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 35.7219, "longitude": 139.9311, "accuracy": 12})
    _begin(page, report)
    _open(page, "場所")
    page.get_by_role("button", name="今いる場所を使う").click()
    expect(page.get_by_text("現在地を取得しました（誤差 約12m）")).to_be_visible()
    assert page.locator('[name="a.lat"]').input_value() == "35.721900"


def test_the_counter_counts_as_the_server_does(page: Page, report: AppRevision) -> None:
    _begin(page, report)
    _open(page, "状況")
    page.locator("textarea").fill("𠮷野家の前\nです")
    expect(page.locator("#a-count")).to_have_text("あと492文字入力できます")
    page.locator("textarea").fill("あ" * 501)
    expect(page.locator("#a-count")).to_have_text("1文字多すぎます")


def test_the_keyboard_alone_answers_a_question(page: Page, paper: AppRevision) -> None:
    _begin(page, paper)
    _open(page, "請求者との関係")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="本文へ進む")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="本人")).to_be_checked()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="同じ世帯の人")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("どなたの住民票ですか")


@pytest.mark.parametrize("width", [320, 360])
def test_nobody_scrolls_sideways_on_a_small_screen_with_the_largest_text(
    page: Page, report: AppRevision, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    _begin(page, report)
    _setting(page, "特大")
    for field in report.definition.question_fields:
        if field.show_if:
            continue
        _open(page, field.code)
        assert_nothing_sticks_out(page)


def test_plain_japanese_carries_furigana_that_can_be_switched_off(
    page: Page, city: City, photograph: Photograph, assert_accessible: Check
) -> None:
    publish(certificate(title={"ja": "住民票の写し", "ja_easy": "住民票《じゅうみんひょう》の写《うつ》し"}))
    page.goto("/")
    _setting(page, "やさしい日本語")
    expect(page.locator(".card rt").first).to_be_visible()
    expect(page.locator(".card rt").first).to_have_text("じゅうみんひょう")
    photograph(page, "public-home-easy")
    assert_accessible(page)
    _setting(page, "つけない")
    expect(page.locator(".card rt").first).to_be_hidden()


def test_the_settings_open_and_fit(
    page: Page, paper: AppRevision, photograph: Photograph, assert_accessible: Check
) -> None:
    page.goto("/")
    page.locator(".settings summary").click()
    assert_accessible(page)
    photograph(page, "public-settings")
    _press(page, page.get_by_role("button", name="English"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    photograph(page, "public-home-en")


@pytest.mark.parametrize(
    ("path", "name"),
    [("/status/", "find-status"), ("/about/accessibility/", "accessibility"), ("/about/privacy/", "privacy"),
     ("/nowhere", "404"), ("/s/JM-R08-000001/wrong/", "unknown-link"), ("/?q=うちゅう", "home-nothing-found")],
)  # fmt: skip
def test_the_other_pages_are_accessible(
    page: Page, paper: AppRevision, path: str, name: str, assert_accessible: Check, photograph: Photograph
) -> None:
    page.goto(path)
    assert_accessible(page)
    photograph(page, f"public-{name}")


def test_the_ichikawa_pack_is_offered_in_three_languages(
    page: Page, db: None, assert_accessible: Check, photograph: Photograph
) -> None:
    cache.clear()
    packs.load(PACKS / "ichikawa", actor=SYSTEM)
    for language, name in (("日本語", "ja"), ("やさしい日本語", "easy"), ("English", "en")):
        for path, what in (("/", "home"), ("/p/juminhyo/", "start")):
            page.goto(path)
            _setting(page, language)
            assert_accessible(page)
            photograph(page, f"ichikawa-{what}-{name}")
    page.goto("/p/juminhyo-2019/")
    _setting(page, "日本語")
    assert_accessible(page)
    photograph(page, "ichikawa-pilot")


def test_identification_is_explained_before_the_resident_leaves(
    page: Page, city: City, assert_accessible: Check, photograph: Photograph
) -> None:
    walk = start(Client(), publish(certificate(assurance="signature")).code)
    walk.answer_everything()
    page.goto(f"/i/{walk.token}/check/")
    _press(page, page.get_by_role("button", name="この内容で申請する"))
    assert_accessible(page)
    photograph(page, "public-identify")


def test_a_correction_is_asked_for_calmly(
    page: Page, paper: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    walk = start(Client(), paper.code)
    walk.answer_everything()
    walk.confirm()
    act(paper, walk.application, "paid")
    act(paper, walk.application, "return", note="写真がぼやけて、文字が読めません。\n明るい所で撮りなおしてください。",
        fields=["身分証おもて", "身分証うら"])  # fmt: skip
    for path, name in (("", "status-returned"), ("correct/", "correct")):
        page.goto(f"{walk.status_path}{path}")
        assert_accessible(page)
        photograph(page, f"public-{name}")
    _press(page, page.get_by_role("button", name="直しはじめる"))
    assert_accessible(page)
    photograph(page, "public-correct-photo")


@pytest.mark.parametrize("name", ["403", "403_csrf", "413", "429", "500"])
def test_the_pages_for_when_things_go_wrong_are_accessible(
    page: Page, city: City, name: str, assert_accessible: Check, photograph: Photograph
) -> None:
    page.goto("/status/")
    html = render_to_string(f"{name}.html", {"city": city, "minutes": 10, "back": "/"})
    page.evaluate("html => { document.open(); document.write(html); document.close() }", html)
    page.wait_for_load_state("load")
    assert_accessible(page)
    photograph(page, f"public-{name}")


def test_without_javascript_the_address_is_looked_up_by_a_button(
    chromium: Browser, live_server: LiveServer, paper: AppRevision
) -> None:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False, locale="ja-JP")
    page = context.new_page()
    _begin(page, paper)
    _open(page, "住所")
    page.get_by_label("郵便番号").fill("272-0021")
    page.get_by_role("button", name="住所を調べる").click()
    expect(page.get_by_label("町名")).to_have_value("八幡")
    _open(page, "身分証おもて")
    expect(page.get_by_role("button", name="選んだものを添付する")).to_be_visible()
    page.locator("input[type=file]").set_input_files(
        {"name": "id.jpg", "mimeType": "image/jpeg", "buffer": _small_photo()}
    )
    page.get_by_role("button", name="選んだものを添付する").click()
    expect(page.locator(".files__item")).to_have_count(1)
    context.close()


def _begin(page: Page, app: AppRevision) -> None:
    page.goto(f"/p/{app.code}/")
    _press(page, page.get_by_role("button", name="申請をはじめる"))


def _open(page: Page, code: str) -> None:
    token = page.url.split("/i/")[1].split("/")[0]
    page.goto(f"/i/{token}/q/{code}/")


def _next(page: Page) -> None:
    _press(page, page.get_by_role("button", name="次へ進む").last)


def _press(page: Page, what: Locator) -> None:
    """Clicks and waits until the page that follows is there (its address may be the same)."""
    with page.expect_event("load"):
        what.click()


def _fill(page: Page, text: str) -> None:
    page.locator("#a").fill(text)


def _choose(page: Page, label: str) -> None:
    page.get_by_role("radio", name=label).first.check()
    _next(page)


def _date(page: Page, era: str, *numbers: str) -> None:
    page.get_by_label("年号").select_option(era)
    for part, number in zip(("year", "month", "day"), numbers, strict=True):
        page.locator(f'[name="a.{part}"]').fill(number)


def _setting(page: Page, name: str) -> None:
    page.locator(".settings summary").click()
    _press(page, page.get_by_role("button", name=name, exact=True))


def _small_photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "navy").save(file, "JPEG")
    return file.getvalue()
