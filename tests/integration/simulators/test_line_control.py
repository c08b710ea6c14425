"""The remote control of the LINE simulator: what people do and what may go wrong."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.line_simulator import LineSimulator, Person, Webhook

Json = dict[str, Any]


def send(line: LineSimulator, person: Person, *messages: Json) -> None:
    line.api("POST", "/v2/bot/message/push", {"to": person.user_id, "messages": messages}).raise_for_status()


def quick(*actions: Json) -> Json:
    items = [{"type": "action", "action": action} for action in actions]
    return {"type": "text", "text": "どれにしますか", "quickReply": {"items": items}}


def choice(label: str) -> Json:
    return {"type": "postback", "label": label, "data": f"ans:{label}", "displayText": label}


def refusal(line: LineSimulator, person: Person, **body: Any) -> str:
    answer = line.client.post(f"/control/users/{person.user_id}/tap", json=body)
    assert answer.status_code == 400
    return str(answer.json()["error"])


def test_a_quick_reply_can_be_tapped_once(line: LineSimulator):
    person = line.person()
    send(line, person, quick(choice("はい"), choice("いいえ")))
    person.tap("はい")
    assert person.last_event()["postback"]["data"] == "ans:はい"
    assert "nothing to press" in refusal(line, person, label="いいえ")


def test_quick_replies_of_an_older_message_are_gone(line: LineSimulator):
    person = line.person()
    send(line, person, quick(choice("はい")), {"type": "text", "text": "続き"})
    assert "nothing to press" in refusal(line, person, label="はい")


def test_typing_makes_quick_replies_disappear(line: LineSimulator):
    person = line.person()
    send(line, person, quick(choice("はい")))
    person.say("ええと")
    assert "nothing to press" in refusal(line, person, label="はい")


def test_buttons_of_an_older_message_stay(line: LineSimulator):
    person = line.person()
    for data in ("old", "new"):
        action = {"type": "postback", "label": "選ぶ", "data": data}
        template = {"type": "buttons", "text": "質問", "actions": [action]}
        send(line, person, {"type": "template", "altText": "質問", "template": template})
    send(line, person, {"type": "text", "text": "続き"})
    person.tap("選ぶ")
    assert person.last_event()["postback"]["data"] == "new", "the newest message that has it"


def test_a_button_deep_inside_flex_can_be_tapped(line: LineSimulator):
    person = line.person()
    button = {"type": "button", "action": choice("変更する")}
    row = {"type": "box", "layout": "horizontal", "contents": [{"type": "text", "text": "氏名"}, button]}
    body = {"type": "box", "layout": "vertical", "contents": [row]}
    bubble = {"type": "bubble", "body": body}
    carousel = {"type": "carousel", "contents": [bubble]}
    send(line, person, {"type": "flex", "altText": "確認", "contents": carousel})
    person.tap("変更する")
    assert person.last_event()["postback"]["data"] == "ans:変更する"


@pytest.mark.parametrize(
    ("mode", "value"), [("date", "1950-04-01"), ("time", "09:30"), ("datetime", "2026-11-23T09:30")]
)
def test_a_picker_sends_the_chosen_moment(line: LineSimulator, mode: str, value: str):
    person = line.person()
    send(line, person, quick({"type": "datetimepicker", "label": "選ぶ", "data": "ans:x", "mode": mode}))
    person.tap("選ぶ", value)
    assert person.last_event()["postback"] == {"data": "ans:x", "params": {mode: value}}


@pytest.mark.parametrize("value", [None, "", "昭和25年", "1950-02-30", "1950-4-1", "1899-12-31", "2027-01-01"])
def test_a_picker_takes_no_impossible_moment(line: LineSimulator, value: str | None):
    person = line.person()
    action = {"type": "datetimepicker", "label": "選ぶ", "data": "x", "mode": "date", "max": "2026-12-31"}
    send(line, person, quick(action))
    assert "value must" in refusal(line, person, label="選ぶ", value=value)


def test_a_link_is_opened_not_sent(line: LineSimulator, webhook: Webhook):
    person = line.person()
    send(line, person, quick({"type": "uri", "label": "開く", "uri": "https://example.jp/"}))
    before = len(webhook.requests)
    assert person.tap("開く") == {"opened": "https://example.jp/"}
    assert person.tap("開く") == {"opened": "https://example.jp/"}, "a link stays"
    assert len(webhook.requests) == before


@pytest.mark.parametrize(
    ("kind", "instead"), [("camera", "/image"), ("cameraRoll", "/image"), ("location", "/location")]
)
def test_the_phones_own_pickers_are_pointed_out(line: LineSimulator, kind: str, instead: str):
    person = line.person()
    send(line, person, quick({"type": kind, "label": "選ぶ"}))
    assert instead in refusal(line, person, label="選ぶ")


def test_a_place_arrives_with_its_address(line: LineSimulator):
    person = line.person()
    person.act("location", latitude=35.7219, longitude=139.9311, title="市役所", address="八幡1-1-1")
    place = person.last_event()["message"]
    assert (place["type"], place["latitude"], place["address"]) == ("location", 35.7219, "八幡1-1-1")


@pytest.mark.parametrize("file", [b"", b"not a picture", b"\xff\xd8\xff broken"])
def test_a_broken_picture_is_refused(line: LineSimulator, file: bytes):
    person = line.person()
    files = {"image": ("a.jpg", file, "image/jpeg")}
    answer = line.client.post(f"/control/users/{person.user_id}/image", files=files)
    assert answer.status_code == 400
    assert "not a picture" in answer.json()["error"]


def test_nobody_is_not_found(line: LineSimulator):
    assert line.client.post("/control/users/U0/text", json={"text": "はい"}).status_code == 404


@pytest.mark.parametrize("body", [b"", b"{}", b'{"text": ""}', b'{"text": "  "}', b"[]", b"{"])
def test_nothing_cannot_be_said(line: LineSimulator, body: bytes):
    person = line.person()
    assert line.client.post(f"/control/users/{person.user_id}/text", content=body).status_code == 400


def test_waiting_ends_when_something_is_said(line: LineSimulator):
    person = line.person()
    last = person.messages()[-1]["n"]
    line.client.post(f"/control/users/{person.user_id}/text?async=1", json={"text": "はい"})
    started = time.monotonic()
    assert person.messages(after=last, wait=5)[0]["message"]["message"]["text"] == "はい"
    assert time.monotonic() - started < 2


def test_waiting_in_vain_ends_in_time(line: LineSimulator):
    person = line.person()
    started = time.monotonic()
    assert person.messages(after=person.messages()[-1]["n"], wait=0.3) == []
    assert 0.25 < time.monotonic() - started < 2


def test_an_unknown_fault_is_pointed_out(line: LineSimulator):
    answer = line.client.post("/control/faults", json={"duplicat": 1})
    assert answer.status_code == 400
    assert "duplicat" in answer.json()["error"]


@pytest.mark.parametrize(
    "faults", [{"duplicate": "yes"}, {"reorder": 2}, {"fail_api": [1]}, {"delay_ms": -1}, {"redeliver": 1}]
)
def test_a_fault_of_the_wrong_kind_changes_nothing(line: LineSimulator, faults: Json):
    before = line.client.get("/control/faults").json()
    assert line.client.post("/control/faults", json=faults).status_code == 400
    assert line.client.get("/control/faults").json() == before


@pytest.mark.parametrize("body", [b'{"advance_s": NaN}', b'{"advance_s": "x"}', b'{"advance_s": 1e30}', b"[]"])
def test_the_clock_takes_no_nonsense(line: LineSimulator, body: bytes):
    assert line.client.post("/control/clock", content=body).status_code == 400
    assert line.client.get("/control/clock").json()["offset_s"] == 0


@pytest.mark.parametrize("action", [None, {}, {"type": "postback"}, {"type": "datetimepicker"}, {"type": "fax"}])
def test_what_is_no_action_cannot_be_pressed(line: LineSimulator, action: Any):
    url = f"/control/users/{line.person().user_id}/press"
    assert line.client.post(url, json={"action": action}).status_code == 400


def test_half_a_character_is_refused_and_harms_nothing(line: LineSimulator):
    person = line.person()
    half = b'{"text": "\\ud842"}'
    assert line.client.post(f"/control/users/{person.user_id}/text", content=half).status_code == 400
    assert person.say("\U00020bb7")["delivered"]


def test_a_person_needs_a_name(line: LineSimulator):
    assert line.client.post("/control/users", json={"displayName": " "}).status_code == 400


def test_the_link_to_the_account_opens_the_phone_this_browser_is(line: LineSimulator):
    hanako, taro = line.person(), line.person()
    address = "/R/ti/p/@madoguchi"
    assert line.client.get(address).headers["location"] == "/"
    for person in (hanako, taro):
        line.client.get(f"/phone/{person.user_id}")
        assert line.client.get(address).headers["location"] == f"/phone/{person.user_id}"
    line.client.cookies.clear()
    assert line.client.get(address, headers={"cookie": "line_simulator_user=gone"}).headers["location"] == "/"
