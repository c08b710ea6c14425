"""The phone of the LINE simulator, used by a person."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Check, Photograph
from tests.line_simulator import LineSimulator, Person, Webhook, line_simulator, listening_webhook

pytestmark = pytest.mark.browser
Json = dict[str, Any]


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with listening_webhook() as webhook:
        yield webhook


@pytest.fixture
def line(webhook: Webhook, tmp_path: Path) -> Iterator[LineSimulator]:
    with line_simulator(tmp_path, webhook.url) as simulator:
        yield simulator


@pytest.fixture
def page(chromium: Browser, line: LineSimulator) -> Iterator[Page]:
    """A page on which any script error or refused resource fails the test."""
    context = chromium.new_context(base_url=line.base_url, locale="ja-JP", viewport={"width": 1440, "height": 900})
    page, wrong = context.new_page(), []
    page.set_default_timeout(10_000)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
    yield page
    context.close()
    assert wrong == []


def choice(label: str) -> Json:
    return {"type": "postback", "label": label, "data": f"ans:{label}", "displayText": label}


def text(words: str, *actions: Json) -> Json:
    items = [{"type": "action", "action": action} for action in actions]
    return {"type": "text", "text": words, **({"quickReply": {"items": items}} if items else {})}


def template(kind: str, **more: Any) -> Json:
    return {"type": "template", "altText": "質問", "template": {"type": kind, **more}}


def row(name: str, value: str) -> Json:
    cells = [
        {"type": "text", "text": name, "size": "sm", "color": "#555555", "flex": 2},
        {"type": "text", "text": value, "size": "sm", "wrap": True, "flex": 4, "align": "end"},
    ]
    return {"type": "box", "layout": "horizontal", "spacing": "md", "contents": cells}


def summary() -> Json:
    header = {"type": "text", "text": "申請内容の確認", "color": "#ffffff", "weight": "bold"}
    body = [row("種類", "世帯全員の住民票の写し"), {"type": "separator"}, row("通数", "2通")]
    buttons = [{"type": "button", "style": "primary", "action": choice("申請する")}]
    box = {"type": "box", "layout": "vertical"}
    bubble = {
        "type": "bubble",
        "styles": {"header": {"backgroundColor": "#0017c1"}},
        "header": {**box, "paddingAll": "md", "contents": [header]},
        "body": {**box, "spacing": "md", "contents": body},
        "footer": {**box, "contents": buttons},
    }
    return {"type": "flex", "altText": "申請内容の確認", "contents": bubble}


def send(line: LineSimulator, person: Person, *messages: Json) -> None:
    answer = line.api("POST", "/v2/bot/message/push", {"to": person.user_id, "messages": messages})
    assert answer.status_code == 200, answer.text


def give_menu(line: LineSimulator, *labels: str) -> None:
    """A rich menu for everybody, one area a label."""
    width = 2500 // len(labels)
    areas = [
        {"bounds": {"x": width * index, "y": 0, "width": width, "height": 843}, "action": choice(label)}
        for index, label in enumerate(labels)
    ]
    menu = {"size": {"width": 2500, "height": 843}, "selected": True, "name": "手続", "chatBarText": "手続を選ぶ"}
    menu_id = line.api("POST", "/v2/bot/richmenu", {**menu, "areas": areas}).json()["richMenuId"]
    picture = io.BytesIO()
    Image.new("RGB", (2500, 843), "#d6e4ee").save(picture, "PNG")
    headers = {"Authorization": f"Bearer {line.channel_access_token}", "Content-Type": "image/png"}
    url = f"/v2/bot/richmenu/{menu_id}/content"
    line.client.post(url, content=picture.getvalue(), headers=headers).raise_for_status()
    line.api("POST", f"/v2/bot/user/all/richmenu/{menu_id}").raise_for_status()


def open_phone(page: Page, person: Person) -> None:
    page.goto(f"/phone/{person.user_id}")
    expect(page.locator("#device[data-ready]")).to_be_visible()


def last_answer(person: Person) -> Json:
    return dict(person.last_event().get("postback") or person.last_event()["message"])


def test_somebody_adds_the_account_and_gets_a_phone(page: Page, line: LineSimulator, webhook: Webhook):
    page.goto("/")
    page.get_by_label("名前").fill("髙橋 一郎")
    page.get_by_role("button", name="友だちに追加する").click()
    expect(page.get_by_text("髙橋 一郎さんのスマートフォン")).to_be_visible()
    expect(page.get_by_text("友だちに追加しました")).to_be_visible()
    assert b'"type":"follow"' in webhook.requests[0][1]
    page.goto("/")
    page.get_by_role("link", name="髙橋 一郎").click()
    expect(page.get_by_role("heading", name="市川市")).to_be_visible()


def test_a_message_typed_is_sent_and_the_answer_appears_by_itself(page: Page, line: LineSimulator):
    person = line.person()
    open_phone(page, person)
    page.get_by_label("メッセージ", exact=True).fill("住民票がほしい")
    page.keyboard.press("Enter")
    expect(page.locator(".line.user .bubble")).to_have_text("住民票がほしい")
    expect(page.get_by_label("メッセージ", exact=True)).to_have_value("")
    send(line, person, text("何通ですか"))
    expect(page.locator(".line.bot .bubble")).to_have_text("何通ですか")


def test_what_was_typed_is_not_lost_while_blocked(page: Page, line: LineSimulator):
    person = line.person()
    open_phone(page, person)
    page.get_by_role("button", name="ブロックする").click()
    expect(page.get_by_role("button", name="ブロックを解除する")).to_be_visible()
    page.get_by_label("メッセージ", exact=True).fill("もしもし")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("できませんでした")
    expect(page.get_by_label("メッセージ", exact=True)).to_have_value("もしもし")


def test_a_quick_reply_is_pressed_by_keyboard_and_goes_away(page: Page, line: LineSimulator):
    person = line.person()
    open_phone(page, person)
    send(line, person, text("よいですか", choice("はい"), choice("いいえ")))
    page.get_by_role("button", name="はい", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".line.user .bubble")).to_have_text("はい")
    expect(page.locator("#chips")).to_be_hidden()
    assert last_answer(person)["data"] == "ans:はい"


def test_a_date_is_picked(page: Page, line: LineSimulator):
    person = line.person()
    open_phone(page, person)
    picker = {"type": "datetimepicker", "label": "生年月日を選ぶ", "data": "b", "mode": "date", "initial": "1960-01-01"}
    send(line, person, text("生年月日は", picker))
    page.get_by_role("button", name="生年月日を選ぶ").click()
    expect(page.get_by_label("日付")).to_have_value("1960-01-01")
    page.get_by_label("日付").fill("1950-04-01")
    page.get_by_role("dialog").get_by_role("button", name="送信する").click()
    expect(page.locator("#chips")).to_be_hidden()
    assert last_answer(person)["params"] == {"date": "1950-04-01"}


def test_a_sample_photo_and_a_place_are_sent(page: Page, line: LineSimulator):
    person = line.person()
    open_phone(page, person)
    send(line, person, text("写真と場所を", {"type": "camera", "label": "撮る"}, {"type": "location", "label": "場所"}))
    page.locator("#chips").get_by_role("button", name="撮る").click()
    page.get_by_role("button", name="見本の身分証（表）を送る").click()
    expect(page.get_by_alt_text("送った写真")).to_be_visible()
    identifier = last_answer(person)["id"]
    assert Image.open(io.BytesIO(line.api("GET", f"/v2/bot/message/{identifier}/content").content)).size == (1280, 800)
    page.get_by_role("button", name="写真や場所を送る").click()
    page.locator("#attachments").get_by_role("button", name="場所").click()
    page.get_by_role("dialog").get_by_role("button", name="送信する").click()
    expect(page.get_by_text("見本の場所")).to_be_visible()
    assert last_answer(person)["latitude"] == 35.6896


def test_a_photo_is_chosen_from_this_machine(page: Page, line: LineSimulator, tmp_path: Path):
    for name in ("a.jpg", "b.jpg"):
        Image.new("RGB", (300, 200), "#336699").save(tmp_path / name)
    person = line.person()
    open_phone(page, person)
    page.get_by_role("button", name="写真や場所を送る").click()
    page.get_by_role("button", name="写真を選ぶ").click()
    page.get_by_label("この端末の写真").set_input_files([tmp_path / "a.jpg", tmp_path / "b.jpg"])
    page.get_by_role("dialog").get_by_role("button", name="送信する").click()
    expect(page.get_by_alt_text("送った写真")).to_have_count(2)
    assert last_answer(person)["imageSet"]["total"] == 2


def test_the_rich_menu_opens_closes_and_is_tapped(page: Page, line: LineSimulator):
    person = line.person()
    give_menu(line, "住民票", "粗大ごみ", "職員に聞く")
    open_phone(page, person)
    page.get_by_role("button", name="手続を選ぶ").click()
    expect(page.get_by_role("button", name="粗大ごみ")).to_be_hidden()
    page.get_by_role("button", name="手続を選ぶ").click()
    size = page.locator("#rich-menu img").bounding_box()
    assert size is not None
    assert size["width"] / size["height"] == pytest.approx(2500 / 843, rel=0.02)
    page.get_by_role("button", name="粗大ごみ").click()
    expect(page.locator(".line.user .bubble")).to_have_text("粗大ごみ")
    assert last_answer(person)["data"] == "ans:粗大ごみ"


def test_the_clock_and_the_faults_are_turned_beside_the_phone(page: Page, line: LineSimulator, webhook: Webhook):
    person = line.person()
    open_phone(page, person)
    page.get_by_role("button", name="1日", exact=True).click()
    expect(page.get_by_text("本当の時刻より1日先")).to_be_visible()
    page.get_by_label("同じ通知を二度届ける").check()
    page.get_by_label("メッセージ", exact=True).fill("二度")
    page.keyboard.press("Enter")
    expect(page.locator("#log tr")).to_have_count(3)
    assert webhook.requests[-1][1] == webhook.requests[-2][1]


def test_every_kind_of_message_is_drawn_and_accessible(
    page: Page, line: LineSimulator, assert_accessible: Check, photograph: Photograph
):
    person = line.person()
    give_menu(line, "住民票", "粗大ごみ", "職員に聞く")
    columns = [
        {"title": name, "text": f"{name}の写しです。", "actions": [choice(name)]} for name in ("世帯全員", "一部")
    ]
    send(line, person, text("こんにちは。くわしくは https://example.jp/guide をご覧ください。"))
    send(line, person, template("confirm", text="よいですか", actions=[choice("はい"), choice("いいえ")]))
    send(
        line,
        person,
        template("carousel", columns=columns),
        {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    )
    place = {"type": "location", "title": "市役所", "address": "八幡1-1-1", "latitude": 35.72, "longitude": 139.93}
    person.say("長い文" * 60)
    send(line, person, place, summary())
    send(line, person, text("選んでください", *[choice(f"選択肢その{n}") for n in range(1, 14)]))
    open_phone(page, person)
    heading = page.get_by_text("申請内容の確認", exact=True)
    expect(heading).to_have_css("color", "rgb(255, 255, 255)")
    expect(heading).to_have_css("font-weight", "700")
    expect(page.locator(".flex-header")).to_have_css("background-color", "rgb(0, 23, 193)")
    assert_accessible(page)
    photograph(page, "line-phone")
    page.get_by_role("button", name="申請する").click()
    expect(page.locator(".line.user .bubble").last).to_have_text("申請する")


@pytest.mark.parametrize("people", [0, 3])
def test_the_list_of_people_is_accessible(
    page: Page, line: LineSimulator, people: int, assert_accessible: Check, photograph: Photograph
):
    for number in range(people):
        line.person("長い名前の人物" * 4 + str(number))
    page.goto("/")
    assert_accessible(page)
    photograph(page, f"line-people-{people}")


def test_an_empty_name_is_explained(page: Page, assert_accessible: Check):
    page.goto("/")
    page.get_by_label("名前").fill("　")
    page.get_by_role("button", name="友だちに追加する").click()
    expect(page.get_by_role("alert")).to_contain_text("1文字以上")
    assert_accessible(page)
