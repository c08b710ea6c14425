"""From the first tap to the letter box: the whole product as its users meet it, nothing replaced but the outside world.

One demo runs for all of these, with web pages, worker and every simulator as processes of their own. Each test is
somebody's day; they share the town but no application.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.town import LARGE, SMALL, Clerk, Form, Pages, Phone, Town, press

PACKS = Path(__file__).parents[2] / "packs"
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("town")]


@pytest.fixture
def sato(pages: Pages, town: Town) -> Clerk:
    """佐藤, 市民課受付, signed in at a desk with a large screen."""
    return Clerk(pages(viewport=LARGE), town, "sato")


NAME = ("市川", "花子", "イチカワ", "ハナコ")


def answer_in_chat(hanako: Phone) -> None:
    """Everything the re-enactment of 2019 asks, up to the summary."""
    hanako.taps("住民票")
    hanako.taps("住民票の写し（2019年実証実験の再現）")
    hanako.answers("住民票に載せる範囲", "世帯全員")
    hanako.writes("何通必要ですか", "いちまい")
    hanako.reads("数字で入力してください")
    hanako.answers("何通必要ですか", "2")
    hanako.answers("何に使いますか", "年金")
    hanako.writes("お名前", "市川 花子")
    hanako.writes("フリガナ", "イチカワ ハナコ")
    hanako.picks_date("生年月日", "1990-04-01")
    hanako.writes("郵便番号", "272-0021")
    hanako.writes("丁目・番地・号", "1丁目1番1号")
    hanako.writes("建物名", "コーポ窓口 203")
    hanako.writes("電話番号", "090-1234-5678")
    hanako.answers("写真を送る身分証", "運転免許証")
    hanako.photographs("身分証の表面", "表")
    hanako.photographs("身分証の裏面", "裏")
    hanako.answers("次のことを確認してください", "同意する")
    hanako.reads("これでよろしいですか")


def answer_what_is_wanted(form: Form, *, copies: str = "1") -> None:
    """The questions of 住民票の写し about the certificate, which anybody may know."""
    form.chooses("どなたの住民票が必要ですか", "本人")
    form.chooses("住民票に載せる範囲を選んでください", "世帯全員")
    form.chooses("世帯主の氏名と続柄を載せますか", "載せない")
    form.chooses("本籍と筆頭者を載せますか", "載せない")
    form.chooses("マイナンバーを載せますか", "載せない")
    form.writes("何通必要ですか", copies)
    form.chooses("何に使いますか", "年金")


def answer_who_asks(form: Form, *, mail: str = "", street: str = "1丁目1番1号") -> None:
    """The personal questions of 住民票の写し, up to the summary."""
    form.writes_name("あなたの氏名を入力してください", *NAME)
    form.writes_date("あなたの生年月日を入力してください", "平成", 2, 4, 1)
    form.writes_address("住民登録をしている住所を入力してください", "2720021", street, "コーポ窓口 203")
    form.writes("日中に連絡できる電話番号を入力してください", "090-1234-5678")
    if mail:
        form.writes("お知らせを受け取るメールアドレスを入力してください", mail)
    form.chooses("郵送の種類を選んでください", "普通郵便（110円）")
    form.agrees("次のことを確認してください")
    form.is_asked("入力内容を確認してください")


def apply_on_the_web(form: Form, town: Town, mail: str) -> str:
    """The lawful procedure without LINE, signed and paid; returns the receipt number."""
    town.lay_card()
    form.begins(town, "住民票の写し")
    answer_what_is_wanted(form)
    answer_who_asks(form, mail=mail)
    form.presses("電子署名に進む")
    form.signs_with_card()
    form.pays("PayPay")
    return form.receipt_number


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_certificate_is_asked_for_in_chat_checked_printed_and_posted(town: Town, pages: Pages, sato: Clerk) -> None:
    sato.page.goto(f"{town.url}/desk/juminhyo-2019/")
    hanako = Phone(pages(viewport={"width": 1280, "height": 900}), town)
    answer_in_chat(hanako)
    hanako.taps("支払いに進む")
    hanako.reads("受付番号は JT-R08-")
    payment = Form(hanako.opens("支払いに進む"))
    expect(payment.page.get_by_text("710円").first).to_be_visible()
    payment.pays("LINE Pay")
    number = payment.receipt_number
    hanako.reads("申請を受け付けました", number)

    sato.page.get_by_role("link", name=re.compile("新しい申請が.件あります。表示する")).click(timeout=7_000)
    press(sato.page, sato.page.get_by_role("link", name=number, exact=True))
    sato.sees("市川 花子", "平成2年4月1日", "納付済")
    expect(sato.page.get_by_role("button", name="受け付ける")).to_be_disabled()
    sato.presses("画像を見て確かめる")
    for picture in sato.page.locator("[data-frame] img").all():
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 600
    for box in sato.page.get_by_role("checkbox").all():
        box.check()
    sato.presses("確認できた")
    sato.presses("受け付ける")
    sato.sees_state("審査中")
    hanako.reads("審査を始めました")
    for link in ("送付状", "宛名ラベル"):
        paper = sato.download(link)
        assert paper.headers["content-type"] == "application/pdf"
        assert "市川" in text_of(paper.content) and "八幡" in text_of(paper.content)
    sato.presses("発送済みにする")
    sato.page.get_by_label("追跡番号").fill("123-45-67890")
    sato.presses("発送済みにする")
    sato.sees_state("発送済")
    hanako.reads("発送しました", number)
    status = hanako.opens("申請の状況を見る")
    expect(status.get_by_text("住民票を発送しました").first).to_be_visible()
    expect(status.get_by_text("123-45-67890")).to_be_visible()


def test_personal_answers_are_given_on_our_page_and_signed_with_the_card(
    town: Town, pages: Pages, sato: Clerk
) -> None:
    town.lay_card()
    hanako = Phone(pages(viewport={"width": 1280, "height": 900}), town)
    hanako.taps("住民票")
    hanako.taps("住民票の写し")
    hanako.answers("どなたの住民票が必要ですか", "本人")
    hanako.answers("住民票に載せる範囲", "世帯全員")
    hanako.answers("世帯主の氏名と続柄", "載せない")
    hanako.answers("本籍と筆頭者", "載せない")
    hanako.answers("マイナンバーを載せますか", "載せない")
    hanako.answers("何通必要ですか", "1")
    hanako.answers("何に使いますか", "年金")
    hanako.reads("市のページで入力してください")
    form = Form(hanako.opens("入力を続ける"))
    answer_who_asks(form)
    expect(form.page.get_by_text("410円").first).to_be_visible()
    form.presses("電子署名に進む")
    form.signs_with_card()
    form.pays("PayPay")
    number = form.receipt_number
    hanako.reads("申請を受け付けました", number)
    hanako.never_reads("花子")
    hanako.never_reads("八幡")
    sato.opens("juminhyo", number)
    sato.sees("市川 花子", "納付済", "確認済")


def test_without_line_and_without_javascript_everything_arrives_by_mail(
    town: Town, pages: Pages, sato: Clerk
) -> None:
    form = Form(pages(viewport=SMALL, java_script_enabled=False))
    number = apply_on_the_web(form, town, "nojs@example.jp")
    mail = town.mail_to("nojs@example.jp", "申請を受け付けました")
    assert number in mail and "花子" not in mail
    sato.opens("juminhyo", number)
    sato.presses("受け付ける")
    sato.presses("発送済みにする")
    sato.presses("発送済みにする")
    form.page.goto(link_in(town.mail_to("nojs@example.jp", "発送しました")))
    expect(form.page.get_by_text("住民票を発送しました").first).to_be_visible()


def test_only_what_the_clerk_asks_for_is_corrected(town: Town, pages: Pages, sato: Clerk) -> None:
    form = Form(pages(viewport=SMALL))
    town.lay_card(address="千葉県市川市八幡2丁目3番4号 コーポ窓口203")
    form.begins(town, "住民票の写し")
    answer_what_is_wanted(form)
    answer_who_asks(form, mail="correct@example.jp", street="2丁目3番4号")
    form.presses("電子署名に進む")
    form.signs_with_card()
    form.pays("PayPay")
    number = form.receipt_number

    sato.opens("juminhyo", number)
    sato.presses("差し戻す")
    sato.presses("住所が住民登録と違う")
    sato.presses("差し戻す")
    sato.sees_state("補正依頼")

    town.lay_card(address="千葉県市川市八幡5丁目6番7号 コーポ窓口203")
    form.page.goto(link_in(town.mail_to("correct@example.jp", "直していただきたいところ")))
    form.presses("直すところを見る")
    expect(form.page.get_by_text("住所が、住民登録の住所と一致しませんでした")).to_be_visible()
    form.presses("直しはじめる")
    form.writes_address("住民登録をしている住所を入力してください", "2720021", "5丁目6番7号", "コーポ窓口 203")
    form.is_asked("入力内容を確認してください")
    expect(form.page.get_by_role("link", name="変更")).to_have_count(1)
    form.presses("直した内容を送信する")
    form.signs_with_card()
    expect(form.page.get_by_text("直した内容を受け取りました").first).to_be_visible()

    sato.page.reload()
    sato.sees_state("補正済")
    changes = sato.page.locator(".changes").first
    expect(changes.locator("del")).to_contain_text("2丁目3番4号")
    expect(changes.locator("ins")).to_contain_text("5丁目6番7号")
    sato.presses("受け付ける")
    sato.sees_state("審査中")


def test_who_is_refused_reads_why_and_gets_the_fee_back(town: Town, pages: Pages) -> None:
    form = Form(pages(viewport=SMALL))
    number = apply_on_the_web(form, town, "refused@example.jp")
    suzuki = Clerk(pages(viewport=LARGE), town, "suzuki")
    suzuki.opens("juminhyo", number)
    suzuki.presses("却下する")
    suzuki.sees("410円は、申請者に返金されます")
    suzuki.presses("却下する")
    suzuki.sees("文章がありません")
    suzuki.presses("他の市区町村に住民登録がある")
    suzuki.presses("却下する")
    suzuki.sees_state("却下")
    form.page.goto(link_in(town.mail_to("refused@example.jp", "交付できませんでした")))
    expect(form.page.get_by_text("住民登録が他の市区町村にあるため").first).to_be_visible()
    expect_refunded(form.page)
    assert town.refunded("paypay", number) == 410


def test_an_application_is_withdrawn_only_until_it_is_accepted(town: Town, pages: Pages, sato: Clerk) -> None:
    form = Form(pages(viewport=SMALL))
    kept = apply_on_the_web(form, town, "withdraw@example.jp")
    form.presses("この申請の状況を見る")
    form.presses("取下げに進む")
    form.presses("申請を取り下げる")
    expect(form.page.locator(".state__name")).to_contain_text("申請を取り下げました")
    expect_refunded(form.page)
    assert town.refunded("paypay", kept) == 410
    town.mail_to("withdraw@example.jp", "取り下げました")

    number = apply_on_the_web(form, town, "keep@example.jp")
    form.presses("この申請の状況を見る")
    expect(form.page.get_by_role("link", name="取下げに進む")).to_be_visible()
    form.presses("取下げに進む")
    sato.opens("juminhyo", number)
    sato.presses("受け付ける")
    form.presses("申請を取り下げる")
    expect(form.page.get_by_text("取り下げられません").first).to_be_visible()
    form.page.goto(link_in(town.mail_to("keep@example.jp", "審査を始めました")))
    expect(form.page.get_by_role("link", name="取下げに進む")).to_have_count(0)
    assert town.refunded("paypay", number) == 0


def test_another_citys_pack_is_loaded_and_its_fee_fixed_after_review(town: Town, pages: Pages) -> None:
    here = ("--data-dir", str(town.folder))
    assert "certificate" in town.run("pack", "load", str(PACKS / "starter"), *here)
    town.run(
        "staff", "add", "inoue", "--name", "井上 修", "--department", "reception", "--role", "reception",
        "--password", town.password, *here,
    )
    form = Form(pages(viewport=SMALL))
    form.begins(town, "証明書の交付")
    form.chooses("どの証明書が必要ですか", "課税証明書")
    form.writes_name("あなたの氏名を入力してください", *NAME)
    form.writes_date("あなたの生年月日を入力してください", "平成", 2, 4, 1)
    form.writes_address("あなたの住所を入力してください", "2720021", "1丁目1番1号", "")
    form.writes("日中に連絡できる電話番号を入力してください", "090-1234-5678")
    form.writes("お知らせを受け取るメールアドレスを入力してください", "fee@example.jp")
    form.writes("何年度のものが必要ですか", "8")
    form.writes("何通必要ですか", "2")
    form.agrees("次のことを確認してください")
    expect(form.page.get_by_text("金額が決まってから")).to_be_visible()
    press(form.page, form.page.locator("main form button"))
    number = form.receipt_number

    inoue = Clerk(pages(viewport=LARGE), town, "inoue")
    inoue.opens("certificate", number)
    inoue.presses("受け付ける")
    inoue.presses("手数料を確定する")
    inoue.page.get_by_label("1行目の金額").fill("千円")
    inoue.presses("手数料を確定する")
    expect(inoue.page.locator(".field__error").first).to_be_visible()
    inoue.page.get_by_label("1行目の金額").fill("500")
    inoue.page.get_by_label("計算と違うときの理由").fill("1通は無料の対象のため")
    inoue.presses("手数料を確定する")
    inoue.sees_state("支払い待ち")

    form.page.goto(link_in(town.mail_to("fee@example.jp", "手数料")))
    form.presses("支払いに進む")
    form.pays("PayPay")
    inoue.page.reload()
    inoue.sees_state("納付済")
    inoue.presses("発送済みにする")
    inoue.presses("発送済みにする")
    inoue.sees_state("発送済")


def test_somebody_elses_card_submits_nothing_and_the_mistake_can_be_mended(town: Town, pages: Pages) -> None:
    form = Form(pages(viewport=SMALL))
    town.lay_card(name="髙橋一郎", birthdate="19550505")
    form.begins(town, "住民票の写し")
    answer_what_is_wanted(form)
    answer_who_asks(form, mail="card@example.jp")
    form.presses("電子署名に進む")
    form.signs_with_card()
    alert = form.page.get_by_role("alert")
    expect(alert).to_contain_text("氏名")
    expect(alert).to_contain_text("生年月日")
    expect(form.page.locator(".panel__number")).to_have_count(0)
    town.lay_card(birthdate="19900402")
    form.signs_with_card()
    expect(alert).not_to_contain_text("氏名")
    form.presses("「生年月日」を直す")
    form.writes_date("あなたの生年月日を入力してください", "平成", 2, 4, 2)
    form.presses("電子署名に進む")
    form.signs_with_card()
    form.pays("PayPay")
    assert form.receipt_number.startswith("JM-R08-")


def test_another_department_sees_nothing(town: Town, pages: Pages, sato: Clerk) -> None:
    number = apply_on_the_web(Form(pages(viewport=SMALL)), town, "secret@example.jp")
    sato.opens("juminhyo", number)
    record = sato.page.url
    yamamoto = Clerk(pages(viewport=LARGE), town, "yamamoto")
    expect(yamamoto.page.get_by_role("link", name="住民票の写し")).to_have_count(0)
    for address in (f"{town.url}/desk/juminhyo/", record, f"{record}identity/", f"{record}letter.pdf"):
        answer = yamamoto.page.goto(address)
        assert answer is not None and answer.status in {403, 404}, address
        expect(yamamoto.page.get_by_text("花子")).to_have_count(0)


def test_a_message_that_line_refuses_is_seen_explained_and_sent_again(town: Town, pages: Pages, sato: Clerk) -> None:
    hanako = Phone(pages(viewport={"width": 1280, "height": 900}), town)
    answer_in_chat(hanako)
    hanako.taps("支払いに進む")
    hanako.reads("受付番号は JT-R08-")
    town.spoil_line(fail_api={"push": 500})
    payment = Form(hanako.opens("支払いに進む"))
    payment.pays("LINE Pay")
    kobayashi = Clerk(pages(viewport=LARGE), town, "kobayashi")
    kobayashi.sees_on_operations("再試行を待っています")
    town.use_up_retries()
    kobayashi.sees_failed_on_operations("LineUnavailable")
    town.spoil_line(fail_api={})
    kobayashi.presses_first("もう一度実行する")
    hanako.reads(f"受付番号は {payment.receipt_number} です。進み具合は")
    kobayashi.sees_on_operations("失敗した処理はありません")


def link_in(mail: str) -> str:
    """The link to the status page."""
    found = re.search(r"https?://\S+/s/\S+", mail)
    assert found, mail
    return found.group()


def expect_refunded(page: Page) -> None:
    """Looked up again until the wallet has given the money back."""
    for _ in range(30):
        if page.get_by_text("に返金しました").count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(page.locator("main").inner_text())
