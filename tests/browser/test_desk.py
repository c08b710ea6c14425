"""The desk in a real browser: dense lists, the keyboard, two columns, the identity check, paper."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from madoguchi.accounts.models import Department, Membership, Staff
from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.identity.models import IdentityCheck
from madoguchi.intake.models import Application
from madoguchi.lib import vault
from madoguchi.lib.jobs import app as jobs
from madoguchi.notices.models import Notice
from madoguchi.payments import actions as payments
from madoguchi.payments import queries as payment_queries
from madoguchi.records.actor import RESIDENT, SYSTEM, staff_actor
from madoguchi.records.write import create_record, update_record
from madoguchi.site.models import JobError
from tests import walks
from tests.browser.conftest import SCREENSHOTS, Check, Photograph, assert_nothing_sticks_out
from tests.cast import KOBAYASHI, PASSWORD, SATO, TANAKA, Employee
from tests.publishing import publish
from tests.samples import certificate, certificate_answers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG_NAME = {
    "family": "寿限無寿限無五劫の擦り切れ海砂利水魚の", "given": "水行末雲来末風来末食う寝る処",
    "family_kana": "ジュゲムジュゲムゴコウノスリキレ", "given_kana": "スイギョウマツウンライマツ",
}
LIST = "/desk/juminhyo/"


def hire(employee: Employee, department: str) -> Staff:
    place, _made = Department.objects.get_or_create(code=employee.department, defaults={"name": department})
    staff = Staff.objects.create_user(employee.username, password=PASSWORD, display_name=employee.display_name)
    Membership.objects.create(staff=staff, department=place, role=employee.role)
    return staff


@pytest.fixture
def people(live_server: LiveServer, settings: Settings, tmp_path: Path) -> Mapping[str, Staff]:
    cache.clear()
    settings.FILES_DIR = tmp_path / "files"
    return {"sato": hire(SATO, "市民課"), "tanaka": hire(TANAKA, "会計課")}


@pytest.fixture
def app(people: Mapping[str, Staff]) -> AppRevision:
    City.objects.create(
        code="12203", name="窓口市", phone="047-000-0000", postal_code="2728501", address="千葉県窓口市八幡1丁目1番1号"
    )
    return publish(certificate())


@pytest.fixture
def desk(context: BrowserContext, page: Page, app: AppRevision) -> Page:
    """佐藤 has signed in on a screen of 1440 px."""
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, "sato")
    return page


def sign_in(page: Page, username: str) -> None:
    page.goto("/staff/sign-in")
    try_signing_in(page, PASSWORD, username)
    expect(page.get_by_role("heading", level=1)).to_have_text("自分の担当")


def try_signing_in(page: Page, password: str, username: str = "sato") -> None:
    page.get_by_label("利用者名").fill(username)
    page.get_by_label("パスワード").fill(password)
    page.get_by_role("button", name="サインインする").click()


def fill(app: AppRevision, count: int, **changes: object) -> None:
    values = certificate_answers(**changes) | {"身分証おもて": None, "身分証うら": None}
    for _ in range(count):
        create_record(app=app, values=values, actor=RESIDENT, channel="line")


def paid(app: AppRevision, people: Mapping[str, Staff]) -> Application:
    application = walks.apply(channel="web")
    payment = payment_queries.live_payment(app.app_id, application.record_id)
    assert payment
    payments.receive_at_counter(payment, actor=staff_actor(people["tanaka"]))
    return application


def url(application: Application) -> str:
    return f"{LIST}{application.record_id}/"


def test_signing_in_and_being_locked_out_look_right(
    page: Page, app: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    page.goto("/staff/sign-in")
    assert_accessible(page)
    photograph(page, "desk-sign-in")
    for _ in range(4):
        try_signing_in(page, "wrong")
        expect(page.get_by_role("alert")).to_contain_text("利用者名かパスワードが違います")
    assert_accessible(page)
    photograph(page, "desk-sign-in-error")
    try_signing_in(page, "wrong")
    expect(page.get_by_role("heading", level=1)).to_have_text("今はサインインできません")
    assert_accessible(page)
    photograph(page, "desk-locked-out")


@pytest.mark.parametrize("count", [0, 3, 300])
def test_the_list_is_readable_with_any_number_of_rows(
    desk: Page, app: AppRevision, people: Mapping[str, Staff], count: int, assert_accessible: Check,
    photograph: Photograph,
) -> None:
    if count:
        fill(app, count - 2)
        fill(app, 1, 氏名=LONG_NAME)
        paid(app, people)
    desk.goto(LIST)
    expect(desk.locator("tbody tr")).to_have_count(min(count, 100))
    assert_accessible(desk)
    photograph(desk, f"desk-list-{count}")


def test_filters_and_keys_open_over_the_list(desk: Page, app: AppRevision, assert_accessible: Check) -> None:
    fill(app, 12)
    desk.goto(f"{LIST}?channel=line")
    desk.get_by_text("絞り込み", exact=True).click()
    assert_accessible(desk)
    desk.screenshot(path=SCREENSHOTS / "desk-filter-1440.png")
    desk.get_by_text("絞り込み", exact=True).click()
    desk.locator("h1").click()
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog")).to_be_visible()
    assert_accessible(desk)
    desk.screenshot(path=SCREENSHOTS / "desk-keys-1440.png")
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog")).to_be_hidden()


def test_a_clerk_needs_no_mouse(desk: Page, app: AppRevision) -> None:
    fill(app, 3)
    desk.goto(LIST)
    links = desk.locator("[data-row-link]")
    desk.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    desk.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    desk.keyboard.press("k")
    expect(links.nth(0)).to_be_focused()
    desk.keyboard.press("/")
    expect(desk.get_by_label("この一覧を検索")).to_be_focused()
    desk.keyboard.type("jjaa")
    expect(desk.get_by_label("この一覧を検索")).to_have_value("jjaa")
    desk.keyboard.press("Tab")
    desk.keyboard.press("j")
    desk.keyboard.press("a")
    expect(desk.get_by_role("status")).to_contain_text("1件を自分の担当にしました。")
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("o")
    expect(desk.get_by_role("heading", name="市川 花子")).to_be_visible()
    desk.keyboard.press("a")
    expect(desk.get_by_role("status")).to_contain_text("自分の担当にしました。")


def test_a_new_application_appears_within_seconds_and_ticks_stay(
    desk: Page, app: AppRevision, assert_accessible: Check
) -> None:
    fill(app, 2)
    desk.goto(LIST)
    desk.locator("[data-pick]").nth(1).check()
    kept = desk.locator("[data-pick]").nth(1).input_value()
    fill(app, 1)
    button = desk.get_by_role("link", name="新しい申請が1件あります。表示する")
    expect(button).to_be_visible(timeout=9000)
    assert_accessible(desk)
    desk.screenshot(path=SCREENSHOTS / "desk-newer-1440.png")
    button.click()
    expect(desk.locator("tbody tr")).to_have_count(3)
    expect(desk.locator(f'[data-pick][value="{kept}"]')).to_be_checked()
    expect(button).to_be_hidden()


def test_an_application_goes_from_photos_to_the_post(
    desk: Page, app: AppRevision, people: Mapping[str, Staff], assert_accessible: Check, photograph: Photograph
) -> None:
    application = paid(app, people)

    def look(name: str) -> None:
        assert_accessible(desk)
        photograph(desk, f"desk-{name}")

    desk.goto(url(application))
    expect(desk.get_by_role("button", name="受理する")).to_be_disabled()
    look("record")
    desk.get_by_role("link", name="画像を見て確かめる").click()
    look("identity")
    desk.get_by_role("button", name="確認できた").click()
    expect(desk.get_by_role("alert")).to_contain_text("確認していない項目があります")
    look("identity-problem")
    for box in desk.get_by_role("checkbox").all():
        box.check()
    desk.get_by_role("button", name="確認できた").click()
    desk.get_by_label("コメント（職員だけに見えます）").fill("窓口で本人と話しました。")
    desk.get_by_role("button", name="コメントする").click()
    desk.get_by_role("button", name="受理する").click()
    expect(desk.get_by_role("status")).to_contain_text("「受理する」を行いました。")
    with desk.expect_popup() as opened:
        desk.get_by_role("link", name=re.compile("^送付状")).click()
    opened.value.close()
    desk.reload()
    look("record-accepted")
    desk.get_by_role("link", name="発送する").click()
    look("post")
    desk.get_by_label("追跡番号").fill("123-45-67890")
    desk.get_by_role("button", name="発送する").click()
    expect(desk.locator(".record__facts")).to_contain_text("発送済")
    look("record-posted")


def test_pictures_are_zoomed_and_turned_by_keyboard(
    desk: Page, app: AppRevision, people: Mapping[str, Staff]
) -> None:
    desk.goto(f"{url(paid(app, people))}identity/")
    frame = desk.locator("[data-frame]").first
    image = frame.locator("img")
    frame.focus()
    before = image.bounding_box()
    desk.keyboard.press("+")
    after = image.bounding_box()
    assert before and after and after["width"] > before["width"] * 1.4
    desk.keyboard.press("0")
    desk.keyboard.press("r")
    assert "rotate(90deg)" in (image.get_attribute("style") or "")
    turned = image.bounding_box()
    box = frame.bounding_box()
    assert turned and box and turned["height"] <= box["height"] + 1, "a turned picture still fits its frame"
    assert turned["x"] >= box["x"] and turned["y"] >= box["y"], "no part of it is out of reach"
    desk.screenshot(path=SCREENSHOTS / "desk-identity-turned-1440.png")


def test_returning_shows_what_the_resident_will_read(
    desk: Page, app: AppRevision, people: Mapping[str, Staff], assert_accessible: Check, photograph: Photograph
) -> None:
    application = paid(app, people)
    desk.goto(url(application))
    desk.get_by_role("link", name="補正を求める").click()
    desk.get_by_label("直してほしいこと").fill("お手数をおかけします。")
    expect(desk.locator("#preview-note")).to_have_text("お手数をおかけします。")
    desk.get_by_role("button", name="写真が読めない").click()
    expect(desk.get_by_label("直してほしいこと")).to_have_value(
        "お手数をおかけします。\n文字が読めるように、もう一度撮影してください。"
    )
    expect(desk.get_by_label("本人確認書類のおもて")).to_be_checked()
    desk.get_by_label("日中の電話番号").check()
    expect(desk.locator("#preview-fields li")).to_have_text(
        ["日中の電話番号", "本人確認書類のおもて", "本人確認書類のうら"]
    )
    assert_accessible(desk)
    photograph(desk, "desk-return")
    desk.get_by_label("期限").fill("2020-01-01")
    desk.get_by_role("button", name="補正を求める").click()
    assert_accessible(desk)
    photograph(desk, "desk-return-error")
    desk.get_by_label("期限").fill((timezone.localdate() + timezone.timedelta(days=10)).isoformat())
    desk.get_by_role("button", name="補正を求める").click()
    expect(desk.locator(".record__facts")).to_contain_text("補正待ち")


def test_the_slower_of_two_clerks_sees_what_changed(
    desk: Page, app: AppRevision, people: Mapping[str, Staff], assert_accessible: Check, photograph: Photograph
) -> None:
    from madoguchi.records.write import assign_record

    application = paid(app, people)
    desk.goto(f"{url(application)}actions/return/")
    assign_record(
        app=app, record_id=application.record_id, staff_id=people["tanaka"].pk, expected_revision=None,
        actor=staff_actor(people["tanaka"]),
    )
    desk.get_by_role("button", name="住所が違う").click()
    desk.get_by_role("button", name="補正を求める").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("この申請は、開いたあとで変わりました")
    assert_accessible(desk)
    photograph(desk, "desk-conflict")
    desk.get_by_role("button", name="確かめたので").click()
    expect(desk.locator(".record__facts")).to_contain_text("補正待ち")


def test_accounting_takes_money_and_checks_the_day(
    page: Page, app: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    application = walks.apply(channel="web")
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, "tanaka")
    page.goto("/desk/accounting/")
    assert_accessible(page)
    photograph(page, "desk-accounting-empty")
    page.get_by_label("受付番号で探す").fill(application.receipt_number)
    page.get_by_role("button", name="手数料を見る").click()
    page.get_by_text("窓口納付", exact=True).click()
    assert_accessible(page)
    photograph(page, "desk-accounting-receipt")
    page.goto(url(application))
    page.get_by_text("窓口納付", exact=True).click()
    page.screenshot(path=SCREENSHOTS / "desk-counter-payment-1440.png")
    page.get_by_role("button", name="受け取ったと記録する").click()
    expect(page.get_by_role("status")).to_contain_text("窓口納付を記録しました。")
    page.goto("/desk/accounting/")
    assert_accessible(page)
    photograph(page, "desk-accounting")


def test_letters_that_wait_look_right_empty_full_and_without_an_address(
    desk: Page, app: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    desk.goto("/desk/letters/")
    assert_accessible(desk)
    photograph(desk, "desk-letters-0")
    for number, changes in enumerate(({}, {"氏名": LONG_NAME}, {"住所": None})):
        application = walks.apply(channel="web")
        update_record(
            app=app, record_id=application.record_id, changes=changes, expected_revision=None, actor=SYSTEM
        )
        letter_about(application, number)
    desk.goto("/desk/letters/?all=1")
    assert_accessible(desk)
    photograph(desk, "desk-letters-3")
    with desk.context.expect_page():
        desk.get_by_role("button", name="選んだものを印刷する").click()
    desk.goto("/desk/letters/")
    expect(desk.get_by_role("status")).to_contain_text("宛先が分からない1件は印刷していません")
    expect(desk.locator("td .muted time")).to_have_count(2)


def letter_about(application: Application, number: int) -> None:
    """A notice that found no other way than the post."""
    notice = Notice(
        app_id=application.app_id, record_id=application.record_id, event_id=number,
        resident_id=application.resident_id, channel="letter", template="unpaid", title="手数料をお支払いください",
        body="納付期限までにお支払いください。",
    )
    notice.link = "https://madoguchi.city.example.jp/s/JM-R08-000001/secret/"
    notice.save()


def test_a_record_is_printed_on_a4(desk: Page, app: AppRevision, people: Mapping[str, Staff]) -> None:
    application = paid(app, people)
    desk.goto(url(application))
    desk.emulate_media(media="print")
    expect(desk.get_by_role("navigation", name="メニュー")).to_be_hidden()
    expect(desk.get_by_role("button", name="コメントする")).to_be_hidden()
    expect(desk.get_by_text("市川 花子").first).to_be_visible()
    paper = desk.pdf(path=SCREENSHOTS / "desk-record.pdf", format="A4", prefer_css_page_size=True)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages]
    assert [f"{n} / {len(pages)}" in text for n, text in enumerate(pages, 1)] == [True] * len(pages)
    expect(desk.locator(".record__qr svg")).to_be_visible()
    expect(desk.locator(".record__qr")).to_have_text(application.receipt_number)
    desk.emulate_media(media="screen")
    expect(desk.locator(".record__qr")).to_be_hidden()


def test_a_list_fits_the_paper(desk: Page, app: AppRevision) -> None:
    """A4 less its margins is 680 CSS pixels wide."""
    fill(app, 3, 氏名=LONG_NAME)
    desk.set_viewport_size({"width": 680, "height": 960})
    desk.emulate_media(media="print")
    desk.goto(LIST)
    expect(desk.get_by_text("寿限無").first).to_be_visible()
    expect(desk.get_by_role("checkbox")).to_have_count(0)
    assert_nothing_sticks_out(desk)


def test_everything_is_there_at_200_percent(desk: Page, app: AppRevision, people: Mapping[str, Staff]) -> None:
    """Zooming in to 200 % leaves 720 CSS pixels of a 1440 px screen."""
    application = paid(app, people)
    desk.set_viewport_size({"width": 720, "height": 450})
    for address in ("/desk/", LIST, url(application), f"{url(application)}identity/"):
        desk.goto(address)
        assert_nothing_sticks_out(desk)


def test_the_desk_works_without_javascript(
    chromium: object, live_server: LiveServer, app: AppRevision, people: Mapping[str, Staff]
) -> None:
    application = paid(app, people)
    context = chromium.new_context(  # type: ignore[attr-defined]
        base_url=live_server.url, locale="ja-JP", java_script_enabled=False
    )
    page = context.new_page()
    sign_in(page, "sato")
    page.goto(LIST)
    page.locator("[data-pick]").first.check()
    page.get_by_role("button", name="選んだものを自分の担当にする").click()
    page.goto(f"{url(application)}actions/return/")
    page.get_by_role("button", name="住所が違う").click()
    page.get_by_role("button", name="補正を求める").click()
    expect(page.locator(".record__facts")).to_contain_text("補正待ち")
    context.close()


def test_a_photo_as_large_as_phones_take_them_fits_the_frame(
    desk: Page, app: AppRevision, people: Mapping[str, Staff], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    def large(_colour: str = "") -> bytes:
        out = io.BytesIO()
        Image.linear_gradient("L").resize((3000, 4000)).convert("RGB").save(out, "JPEG")
        return out.getvalue()

    monkeypatch.setattr(walks, "photo", large)
    desk.goto(f"{url(paid(app, people))}identity/")
    box = desk.locator("[data-frame] img").first.bounding_box()
    frame = desk.locator("[data-frame]").first.bounding_box()
    assert box and frame and box["height"] <= frame["height"]
    desk.screenshot(path=SCREENSHOTS / "desk-identity-portrait-1440.png")


def test_fixing_a_fee_adds_up_while_one_types(
    desk: Page, app: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    data = certificate().model_dump(mode="json", by_alias=True)
    data["procedure"]["fee"]["when"] = "after_review"
    fix = {
        "code": "fix", "name": "手数料を決める", "from": ["submitted"], "to": "awaiting_payment", "kind": "fix_fee",
        "roles": ["reception"],
    }
    data["process"]["actions"] = [fix, *data["process"]["actions"]]
    publish(AppDefinition.model_validate(data))
    desk.goto(f"{url(walks.apply(channel='web'))}actions/fix/")
    expect(desk.locator("output")).to_have_text("710円")
    desk.get_by_label("3行目の内訳").fill("簡易書留")
    desk.get_by_label("3行目の金額").fill("350")
    expect(desk.locator("output")).to_have_text("1,060円")
    desk.get_by_role("button", name="手数料を決める").click()
    expect(desk.get_by_label("計算と違うときの理由")).to_have_value("")
    assert_accessible(desk)
    photograph(desk, "desk-fee-error")


def test_what_the_card_said_stands_beside_what_was_typed(
    desk: Page, app: AppRevision, people: Mapping[str, Staff], assert_accessible: Check, photograph: Photograph
) -> None:
    application = paid(app, people)
    check = IdentityCheck.objects.get(record_id=application.record_id)
    check.kind, check.state, check.decided_at = "signature", "passed", timezone.now()
    check.matches = {"name": "variant", "address": "differs", "birth_date": "same"}
    claims = {"name": "市川　花子", "address": "千葉県市川市新田2-2", "birthdate": "19850401"}
    check.claims = vault.seal_json(claims, context=f"identity:{check.pk}")
    check.save()
    desk.goto(f"{url(application)}identity/")
    assert_accessible(desk)
    photograph(desk, "desk-card")


def test_my_queue_is_a_table_too(
    desk: Page, app: AppRevision, people: Mapping[str, Staff], assert_accessible: Check, photograph: Photograph
) -> None:
    application = paid(app, people)
    desk.goto(url(application))
    desk.get_by_role("button", name="自分の担当にする").click()
    desk.goto("/desk/")
    expect(desk.locator("tbody tr")).to_have_count(1)
    assert_accessible(desk)
    photograph(desk, "desk-queue")


def test_the_operations_page_belongs_to_the_family(
    page: Page, app: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    hire(KOBAYASHI, "情報政策課")
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, "kobayashi")
    page.get_by_role("link", name="運用").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("運用")
    assert_accessible(page)
    photograph(page, "desk-operations")
    leave_failed_jobs()
    page.reload()
    expect(page.get_by_role("heading", name="住民へお知らせを送る")).to_have_count(2)
    expect(page.get_by_role("button", name="もう一度実行する")).to_have_count(1)
    assert_accessible(page)
    photograph(page, "desk-operations-failed")


def leave_failed_jobs() -> None:
    """One that failed for good, and one that waits for its next try."""
    with connection.cursor() as cursor:
        for state in ("failed", "todo"):
            job_id = jobs.configure_task("notices.send", allow_unknown=True).defer(notice_id="x")
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status, attempts = 3 WHERE id = %s",
                [state, job_id],
            )
            JobError.objects.create(
                job_id=job_id, task_name="notices.send", error="LineUnavailable: 500",
                place="madoguchi/channels/line/client.py:109 _raise_for",
            )  # fmt: skip
