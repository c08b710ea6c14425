"""Every webhook the LINE simulator sends, held against the shapes of LINE's SDK; nothing unknown, nothing missing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from linebot.v3 import WebhookParser
from linebot.v3.webhooks import Event, MessageContent

from tests.line_shapes import subtypes, webhook_findings
from tests.line_simulator import CHANNEL_SECRET, LineSimulator, Person, Webhook

Json = dict[str, Any]
NOBODY_SENDS = {
    "join", "leave", "memberJoined", "memberLeft", "membership", "module", "activated", "deactivated", "botSuspended",
    "botResumed", "delivery", "beacon", "videoPlayComplete", "messageEdited",
}  # fmt: skip
"""Group chats, memberships, module channels, phone-number messages, beacons and film statistics are not simulated."""


def files(person: Person, *sent: tuple[str, bytes, str]) -> None:
    url = f"/control/users/{person.user_id}/file"
    person.client.post(url, files=[("files", one) for one in sent]).raise_for_status()


def press(person: Person, **action: str) -> None:
    value = action.pop("value", None)
    person.act("press", action={"label": "選ぶ", **action}, value=value)


def pick(mode: str, value: str) -> Callable[[Person], None]:
    return lambda person: press(person, type="datetimepicker", data="d", mode=mode, value=value)


def link_account(nonce: str) -> Callable[[Person], None]:
    def act(person: Person) -> None:
        bearer = {"Authorization": "Bearer a-long-lived-token"}
        token = person.client.post(f"/v2/bot/user/{person.user_id}/linkToken", headers=bearer).json()["linkToken"]
        person.client.get("/dialog/bot/accountLink", params={"linkToken": token, "nonce": nonce})

    return act


def say_and_unsend(person: Person) -> None:
    person.say("まちがい")
    person.act("unsend")


BY_LINE = {"contentProvider": {"type": "line"}}
PLACE = {"latitude": 35.721, "longitude": 139.931}
CONTENTS: dict[str, tuple[Callable[[Person, bytes], object], Json]] = {
    "text": (lambda person, photo: person.say("𠮷田です"), {"text": "𠮷田です"}),
    "image": (
        lambda person, photo: files(person, ("a.jpg", photo, "image/jpeg")),
        {"contentProvider": {"type": "line"}},
    ),
    "video": (lambda person, photo: files(person, ("a.mp4", b"x", "video/mp4")), BY_LINE),
    "audio": (lambda person, photo: files(person, ("a.m4a", b"x", "audio/m4a")), BY_LINE),
    "file": (
        lambda person, photo: files(person, ("委任状.pdf", b"%PDF", "application/pdf")),
        {"fileName": "委任状.pdf", "fileSize": 4},
    ),
    "location": (lambda person, photo: person.act("location", title="市役所", address="八幡1-1-1", **PLACE), PLACE),
    "sticker": (lambda person, photo: person.act("sticker"), {"packageId": "446", "stickerId": "1988"}),
}


def block_and_unblock(person: Person) -> None:
    person.act("block")
    person.act("unblock")


def postback(**params: str) -> Json:
    return {"type": "postback", "postback": {"data": "d", **({"params": params} if params else {})}}


NO_TAB = {"newRichMenuAliasId": "nowhere", "status": "RICHMENU_ALIAS_ID_NOTFOUND"}
EVENTS: dict[str, tuple[Callable[[Person], object], Json]] = {
    "follow": (lambda person: None, {"follow": {"isUnblocked": False}}),
    "unblocking": (block_and_unblock, {"type": "follow", "follow": {"isUnblocked": True}}),
    "unfollow": (lambda person: person.act("block"), {}),
    "unsend": (say_and_unsend, {}),
    "message": (lambda person: person.say("はい"), {}),
    "postback": (lambda person: press(person, type="postback", data="d"), postback()),
    "date": (pick("date", "2026-11-23"), postback(date="2026-11-23")),
    "time": (pick("time", "09:30"), postback(time="09:30")),
    "datetime": (pick("datetime", "2026-11-23T09:30"), postback(datetime="2026-11-23T09:30")),
    "richmenuswitch": (
        lambda person: press(person, type="richmenuswitch", data="d", richMenuAliasId="nowhere"),
        postback(**NO_TAB),
    ),
    "accountLink": (link_account("n" * 24), {"link": {"result": "ok", "nonce": "n" * 24}}),
    "accountLink failed": (link_account("n"), {"type": "accountLink", "link": {"result": "failed", "nonce": "n"}}),
}
CANNOT_BE_ANSWERED = {"unfollow", "unsend", "accountLink failed"}


def last_body(webhook: Webhook) -> Json:
    """The newest webhook, which LINE's own parser takes and whose every property LINE knows."""
    headers, raw = webhook.requests[-1]
    WebhookParser(CHANNEL_SECRET).parse(raw.decode(), headers["x-line-signature"])
    body = dict(json.loads(raw))
    assert webhook_findings(body) == []
    return body


@pytest.mark.parametrize("kind", EVENTS)
def test_every_event_has_the_shape_line_promises(kind: str, line: LineSimulator, webhook: Webhook):
    act, expected = EVENTS[kind]
    person = line.person()
    act(person)
    (event,) = last_body(webhook)["events"]
    assert event == {**event, "type": kind, **expected}
    assert event["mode"] == "active"
    assert event["deliveryContext"] == {"isRedelivery": False}
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", event["webhookEventId"])
    assert ("replyToken" in event) == (kind not in CANNOT_BE_ANSWERED)
    source = {"type": "user", "userId": person.user_id}
    assert event.get("source") == (None if kind == "accountLink failed" else source)


@pytest.mark.parametrize("kind", CONTENTS)
def test_every_kind_of_message_has_the_shape_line_promises(
    kind: str, line: LineSimulator, webhook: Webhook, photo: bytes
):
    act, expected = CONTENTS[kind]
    act(line.person(), photo)
    (event,) = last_body(webhook)["events"]
    assert event["message"] == {**event["message"], "type": kind, **expected}
    assert event["message"]["markAsReadToken"]
    assert ("quoteToken" in event["message"]) == (kind in ("text", "image", "video", "sticker"))


def test_several_photos_belong_to_one_set(line: LineSimulator, webhook: Webhook, photo: bytes):
    files(line.person(), ("a.jpg", photo, "image/jpeg"), ("b.jpg", photo, "image/jpeg"))
    sets = [event["message"]["imageSet"] for event in last_body(webhook)["events"]]
    assert [(one["index"], one["total"]) for one in sets] == [(1, 2), (2, 2)]
    assert len({one["id"] for one in sets}) == 1


def test_a_waiting_account_gets_the_same_events_without_reply_tokens(line: LineSimulator, webhook: Webhook):
    line.faults(standby=True)
    for kind in sorted(EVENTS.keys() - {"follow", "unblocking"}):
        EVENTS[kind][0](line.person())
        (event,) = last_body(webhook)["events"]
        assert event["mode"] == "standby" and "replyToken" not in event


def test_an_event_delivered_again_says_so_and_is_otherwise_the_same(line: LineSimulator, webhook: Webhook):
    line.faults(redeliver=True, redeliver_after_ms=50)
    person = line.person()
    webhook.status = 500
    person.say("もう一度")
    count = len(webhook.requests)
    webhook.status = 200
    while len(webhook.requests) == count:
        person.messages(wait=0)
    (again,) = last_body(webhook)["events"]
    assert again == {**person.last_event(), "deliveryContext": {"isRedelivery": True}}


def test_the_webhook_test_sends_no_event(line: LineSimulator, webhook: Webhook):
    line.api("POST", "/v2/bot/channel/webhook/test")
    assert last_body(webhook)["events"] == []


def test_the_webhook_test_tries_the_address_it_is_given(line: LineSimulator, webhook: Webhook):
    line.api("PUT", "/v2/bot/channel/webhook/endpoint", {"endpoint": "https://city.invalid/line"})
    assert line.api("POST", "/v2/bot/channel/webhook/test", {"endpoint": webhook.url}).json()["success"]
    assert line.api("POST", "/v2/bot/channel/webhook/test", {"endpoint": "nowhere"}).status_code == 400


def test_no_kind_of_message_is_forgotten():
    assert set(CONTENTS) == set(subtypes(MessageContent))


def test_an_event_that_is_not_simulated_is_left_out_on_purpose():
    simulated = {expected.get("type", kind) for kind, (_, expected) in EVENTS.items()}
    assert set(subtypes(Event)) == simulated | NOBODY_SENDS
