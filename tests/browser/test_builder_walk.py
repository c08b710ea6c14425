"""Somebody who never programmed builds a procedure from nothing; a resident applies in LINE; a clerk finishes it.

Only what a person would click and type, in a running town. What it costs the builder is counted.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.town import LARGE, Clerk, Form, Pages, Phone, Town, press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("town")]
PATIENCE_MS = 30_000
APP = "犬の登録"
FIELDS = """犬の名前*
犬の種類*：柴犬、雑種、その他
その他の種類
性別*：オス、メス
毛の色
マイクロチップの番号
登録する頭数*
狂犬病の注射をした日
犬の写真
飼い主の氏名*
飼い主の住所*
飼い主の電話番号*
飼い主のメールアドレス*
備考
上の内容に同意*"""
MOST_CLICKS_TO_BUILD = 16
"""From the desk to a procedure without anything left to mend."""
MOST_TYPED_TO_BUILD = 5
"""Boxes that are filled on the way: name, fields, condition, fee, deputy."""
MOST_CLICKS_TO_PUBLISH = 18
"""Of both people: twelve questions of the checklist, and six for sending, approving and publishing."""


class Builder:
    """Whoever works in the studio, with every press and every filled box counted."""

    def __init__(self, clerk: Clerk) -> None:
        self.page = clerk.page
        self.page.set_default_timeout(PATIENCE_MS)
        self.clicks = self.typed = 0

    def clicks_on(self, what: Locator) -> None:
        self.clicks += 1
        what.click()

    def follows(self, name: str, *, within: str = "body") -> None:
        """Presses the link or button that leads to another page."""
        self.clicks += 1
        found = self.page.locator(within).get_by_role("link", name=name)
        press(self.page, (found.or_(self.page.locator(within).get_by_role("button", name=name))).first)

    def opens_step(self, name: str) -> None:
        """A line of the task list."""
        self.follows(f"：{name}", within=".steps")

    def goes_to(self, tab: str) -> None:
        """Another designer, as soon as it can be worked in."""
        self.clicks += 1
        press(self.page, self.page.get_by_role("link", name=tab, exact=True))
        expect(self.page.locator("html[data-ready]")).to_be_attached(timeout=PATIENCE_MS)

    def writes(self, label: str, text: str) -> None:
        self.typed += 1
        self.page.get_by_label(label, exact=True).fill(text)

    def pastes(self, text: str) -> None:
        self.typed += 1
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.page.keyboard.press("Control+v")

    def chooses(self, label: str, option: str) -> None:
        self.typed += 1
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def has_nothing_to_mend(self) -> None:
        """Everything is kept, and the checks of what is kept found nothing."""
        expect(self.page.locator("#save-status")).to_contain_text("保存しました", timeout=PATIENCE_MS)
        expect(self.page.locator("#save-status")).not_to_have_class(re.compile("saved--busy"), timeout=PATIENCE_MS)
        expect(self.page.locator("#findings-count")).to_have_text("直すところなし", timeout=PATIENCE_MS)


def make_the_form(watanabe: Builder) -> None:
    """Fifteen fields out of a list, one of them only asked on a condition."""
    page = watanabe.page
    watanabe.follows("アプリを作る")
    watanabe.follows("新しいアプリを作る")
    watanabe.writes("アプリの名前", APP)
    watanabe.follows("作る", within="main form")
    watanabe.opens_step("フォーム")
    expect(page.locator("html[data-ready]")).to_be_attached(timeout=PATIENCE_MS)
    watanabe.clicks_on(page.locator("#quick-label"))
    watanabe.pastes(FIELDS)
    watanabe.clicks_on(page.get_by_role("button", name="15個の項目を足す"))
    expect(page.locator("#canvas .slot")).to_have_count(15)
    watanabe.clicks_on(page.locator(".slot__main", has_text="その他の種類"))
    watanabe.clicks_on(page.locator("summary", has_text="だれに、いつ聞くか"))
    watanabe.writes("この条件のときだけ聞く", '犬の種類 = "その他"')
    watanabe.has_nothing_to_mend()


def make_the_procedure(watanabe: Builder) -> None:
    """Three steps, open to residents, 3,000 yen a dog, and somebody who answers when the builder is away."""
    page = watanabe.page
    watanabe.goes_to("プロセス")
    watanabe.clicks_on(page.get_by_role("button", name="受付 → 審査 → 完了"))
    expect(page.locator(".flow-list")).to_contain_text("審査中")
    watanabe.has_nothing_to_mend()
    watanabe.goes_to("住民に開く")
    watanabe.clicks_on(page.get_by_role("button", name="住民に開く"))
    watanabe.clicks_on(page.get_by_label("手数料がかかる"))
    watanabe.writes("金額の式（円）", "3000 * 登録する頭数")
    expect(page.get_by_label("試しに計算する")).to_contain_text("3,000円", timeout=PATIENCE_MS)
    watanabe.has_nothing_to_mend()
    watanabe.follows("準備に戻る")
    watanabe.opens_step("責任者と副担当")
    watanabe.chooses("副担当", "伊藤 直子（ito）")
    watanabe.follows("保存する")
    expect(page.get_by_role("heading", level=1)).to_have_text("確認に出せます")


def have_it_reviewed(watanabe: Builder, ito: Builder) -> None:
    """The builder answers the checklist; another person approves and publishes."""
    watanabe.follows("確認に出す", within=".page__tools")
    expect(watanabe.page.get_by_text("自動の確認では、気になるところはありませんでした")).to_be_visible()
    for yes in watanabe.page.get_by_role("radio", name="はい", exact=True).all():
        watanabe.clicks_on(yes)
    watanabe.follows("この内容で確認に出す")
    expect(watanabe.page.get_by_role("heading", level=1)).to_have_text("確認を待っています")
    ito.follows("アプリを作る")
    ito.follows(APP, within="[aria-labelledby=reviews]")
    ito.follows("承認する")
    ito.follows("今すぐ公開する")
    expect(ito.page.get_by_text("第1版を公開しました")).to_be_visible(timeout=PATIENCE_MS)


def apply_in_line(phone: Phone) -> Form:
    """What is about the dog, in the talk; leads to the page where its keeper goes on."""
    phone.taps(APP)
    phone.reads("こちらの手続でよろしいですか", patience_s=30)
    phone.page.locator(".line.bot").last.get_by_role("button", name=APP).click()
    phone.reads("犬の名前", patience_s=30)
    phone.writes("犬の名前", "ポチ")
    phone.answers("犬の種類", "その他")
    phone.writes("その他の種類", "秋田犬")
    phone.answers("性別", "オス")
    phone.answers("毛の色", "答えない")
    phone.answers("マイクロチップの番号", "答えない")
    phone.writes("登録する頭数", "2")
    phone.picks_date("狂犬病の注射をした日", "2026-04-10")
    phone.answers("犬の写真", "答えない")
    phone.reads("市のページで入力してください", patience_s=30)
    form = Form(phone.opens("入力を続ける"))
    form.page.set_default_timeout(PATIENCE_MS)
    return form


def answer_on_the_page(form: Form) -> None:
    """What is about the keeper, up to the summary with the fee for two dogs."""
    form.writes_name("飼い主の氏名", "市川", "花子", "イチカワ", "ハナコ")
    form.writes_address("飼い主の住所", "2720021", "1丁目1番1号", "")
    form.writes("飼い主の電話番号", "090-1234-5678")
    form.writes("飼い主のメールアドレス", "inu@example.jp")
    form.is_asked("備考")
    form.goes_on()
    form.agrees("上の内容に同意")
    form.is_asked("入力内容を確認してください")
    expect(form.page.get_by_text("6,000円").first).to_be_visible()


def test_a_procedure_is_built_from_nothing_published_applied_for_paid_and_finished(town: Town, pages: Pages) -> None:
    browser = pages(viewport=LARGE, permissions=["clipboard-read", "clipboard-write"])
    watanabe = Builder(Clerk(browser, town, "watanabe"))
    make_the_form(watanabe)
    make_the_procedure(watanabe)
    assert watanabe.clicks <= MOST_CLICKS_TO_BUILD
    assert watanabe.typed <= MOST_TYPED_TO_BUILD
    built_with = watanabe.clicks
    ito = Builder(Clerk(pages(viewport=LARGE), town, "ito"))
    have_it_reviewed(watanabe, ito)
    to_publish = watanabe.clicks - built_with + ito.clicks
    assert to_publish <= MOST_CLICKS_TO_PUBLISH

    hanako = Phone(pages(viewport={"width": 1280, "height": 900}), town)
    form = apply_in_line(hanako)
    answer_on_the_page(form)
    form.presses("この内容で申請する")
    form.pays("PayPay")
    number = form.receipt_number
    hanako.reads("お支払いを確認しました", number, patience_s=30)
    hanako.never_reads("花子")

    finish(Clerk(pages(viewport=LARGE), town, "sato"), number)
    hanako.reads("申請の状況が変わりました", "手続が終わりました", patience_s=30)
    expect(status_of(hanako).get_by_text("手続が終わりました").first).to_be_visible(timeout=PATIENCE_MS)


def finish(sato: Clerk, number: str) -> None:
    """The clerk finds the new procedure in the menu, and the application in its list."""
    press(sato.page, sato.page.get_by_role("link", name=re.compile(f"^{APP}")).first)
    press(sato.page, sato.page.get_by_role("link", name=number, exact=True))
    sato.sees("市川 花子", "秋田犬")
    sato.sees_state("受付")
    sato.presses("審査を始める")
    sato.sees_state("審査中")
    sato.presses("完了にする")
    sato.sees_state("完了")


def status_of(phone: Phone) -> Page:
    """The status page that the last message leads to."""
    return phone.opens("申請の状況を見る")
