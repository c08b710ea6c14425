"""Webhooks of the LINE simulator, read with LINE's own SDK."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from linebot.v3 import SignatureValidator, WebhookParser
from linebot.v3.webhooks import FollowEvent, MessageEvent, UnfollowEvent, UnsendEvent

from tests.line_simulator import CHANNEL_SECRET, LineSimulator, Webhook


def parsed(webhook: Webhook) -> list[Any]:
    """Every event received, through the SDK's signature check and parser."""
    parser = WebhookParser(CHANNEL_SECRET)
    return [
        event
        for headers, body in webhook.requests
        for event in parser.parse(body.decode(), headers["x-line-signature"])
    ]


def eventually(condition: Callable[[], bool], seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def bodies(webhook: Webhook) -> list[dict[str, Any]]:
    return [event for _, body in webhook.requests for event in json.loads(body)["events"]]


def test_a_new_friend_sends_a_follow_event_the_sdk_accepts(line: LineSimulator, webhook: Webhook):
    person = line.person()
    (event,) = parsed(webhook)
    assert isinstance(event, FollowEvent)
    assert event.source.user_id == person.user_id
    assert event.reply_token
    assert not event.follow.is_unblocked


def test_the_signature_covers_the_raw_bytes(line: LineSimulator, webhook: Webhook):
    line.person().say("𠮷野家で昼食を🍚")
    headers, body = webhook.requests[-1]
    validator = SignatureValidator(CHANNEL_SECRET)
    assert validator.validate(body.decode(), headers["x-line-signature"])
    assert not validator.validate(body.decode() + " ", headers["x-line-signature"])
    assert not SignatureValidator("another").validate(body.decode(), headers["x-line-signature"])


def test_a_text_arrives_as_it_was_typed(line: LineSimulator, webhook: Webhook):
    answer = line.person().say("住民票がほしい\n２通")
    event = parsed(webhook)[-1]
    assert isinstance(event, MessageEvent)
    assert event.message.text == "住民票がほしい\n２通"
    assert answer["delivered"]
    assert answer["webhookEventIds"] == [event.webhook_event_id]


def test_the_ping_has_no_events(line: LineSimulator, webhook: Webhook):
    answer = line.api("POST", "/v2/bot/channel/webhook/test", {})
    assert answer.json()["success"] is True
    assert answer.json()["reason"] == "OK"
    headers, body = webhook.requests[-1]
    assert json.loads(body)["events"] == []
    assert SignatureValidator(CHANNEL_SECRET).validate(body.decode(), headers["x-line-signature"])


def test_a_webhook_that_takes_longer_than_two_seconds_has_failed(line: LineSimulator, webhook: Webhook):
    person = line.person()
    webhook.delay_s = 2.5
    assert person.say("遅い")["reason"] == "request_timeout"


@pytest.mark.parametrize(("status", "delivered"), [(200, True), (204, True), (302, False), (404, False), (500, False)])
def test_only_2xx_counts_as_delivered(line: LineSimulator, webhook: Webhook, status: int, delivered: bool):
    webhook.status = status
    person = line.person()
    assert person.say("はい")["delivered"] is delivered
    assert line.deliveries()[-1]["status"] == status


def test_without_redelivery_a_failure_is_final(line: LineSimulator, webhook: Webhook):
    webhook.status = 500
    line.person()
    time.sleep(0.3)
    assert len(webhook.requests) == 1


def test_redelivery_repeats_the_same_event_and_says_so(line: LineSimulator, webhook: Webhook):
    line.faults(redeliver=True, redeliver_after_ms=50)
    webhook.status = 500
    line.person()
    eventually(lambda: len(webhook.requests) >= 2)
    webhook.status = 200
    first, second = bodies(webhook)[:2]
    assert first["deliveryContext"] == {"isRedelivery": False}
    assert second["deliveryContext"] == {"isRedelivery": True}
    same = ("webhookEventId", "replyToken", "timestamp", "source")
    assert [first[key] for key in same] == [second[key] for key in same]
    assert len({headers["x-line-signature"] for headers, _ in webhook.requests[:2]}) == 2


def test_redelivery_ends_with_the_first_success(line: LineSimulator, webhook: Webhook):
    line.faults(redeliver=True, redeliver_after_ms=20)
    webhook.status = 503
    line.person()
    eventually(lambda: len(webhook.requests) >= 3)
    webhook.status = 200
    eventually(lambda: line.deliveries()[-1]["reason"] == "ok")
    count = len(webhook.requests)
    time.sleep(0.4)
    assert len(webhook.requests) == count


def test_a_lost_response_is_redelivered_although_it_was_handled(line: LineSimulator, webhook: Webhook):
    line.faults(redeliver=True, redeliver_after_ms=20, drop_response=True)
    line.person()
    eventually(lambda: len(webhook.requests) >= 2)
    line.faults(drop_response=0)
    assert len({event["webhookEventId"] for event in bodies(webhook)}) == 1


def test_a_duplicate_has_the_same_event_id(line: LineSimulator, webhook: Webhook):
    person = line.person()
    line.faults(duplicate=1)
    person.say("二度届く")
    first, second = bodies(webhook)[-2:]
    assert first == second


def test_reordering_lets_a_later_event_overtake(line: LineSimulator, webhook: Webhook):
    person = line.person()
    line.faults(reorder=True)
    line.client.post(f"/control/users/{person.user_id}/text?async=1", json={"text": "一"})
    eventually(lambda: len(person.messages()) == 2)
    line.faults(reorder=False)
    person.say("二")
    eventually(lambda: len(webhook.requests) == 3)
    texts = [event["message"]["text"] for event in bodies(webhook)[1:]]
    assert texts == ["二", "一"]
    stamps = [event["timestamp"] for event in bodies(webhook)[1:]]
    assert stamps[0] >= stamps[1], "the timestamp tells the true order"


def test_in_standby_there_is_no_reply_token(line: LineSimulator, webhook: Webhook):
    line.faults(standby=True)
    line.person().say("だれか")
    event = bodies(webhook)[-1]
    assert event["mode"] == "standby"
    assert "replyToken" not in event


def test_several_photos_are_one_set_in_one_webhook(line: LineSimulator, webhook: Webhook, photo: bytes):
    person = line.person()
    files = [("image", (f"{n}.jpg", photo, "image/jpeg")) for n in range(3)]
    line.client.post(f"/control/users/{person.user_id}/image", files=files).raise_for_status()
    events = json.loads(webhook.requests[-1][1])["events"]
    sets = [event["message"]["imageSet"] for event in events]
    assert [item["index"] for item in sets] == [1, 2, 3]
    assert {item["total"] for item in sets} == {3}
    assert len({item["id"] for item in sets}) == 1
    assert all(isinstance(event, MessageEvent) for event in parsed(webhook)[-3:])


def test_blocking_unblocking_and_unsending_are_told(line: LineSimulator, webhook: Webhook):
    person = line.person()
    said = person.say("まちがい")
    person.act("unsend")
    person.act("block")
    person.act("unblock")
    *_, unsend, unfollow, follow = parsed(webhook)
    assert isinstance(unsend, UnsendEvent)
    assert unsend.unsend.message_id == said["messageIds"][0]
    assert isinstance(unfollow, UnfollowEvent)
    assert isinstance(follow, FollowEvent)
    assert follow.follow.is_unblocked


def test_who_blocked_the_account_can_send_nothing(line: LineSimulator):
    person = line.person()
    person.act("block")
    answer = line.client.post(f"/control/users/{person.user_id}/text", json={"text": "もしもし"})
    assert answer.status_code == 400
    assert "blocked" in answer.json()["error"]


def test_what_was_recorded_can_be_replayed(line: LineSimulator, webhook: Webhook):
    line.person().say("録音")
    recorded = line.deliveries()
    before = [body for _, body in webhook.requests]
    line.client.post("/control/replay", json={"deliveries": recorded}).raise_for_status()
    assert [body for _, body in webhook.requests] == before * 2
    assert len(parsed(webhook)) == 4


def test_an_unreachable_webhook_is_reported_not_fatal(line: LineSimulator):
    line.api("PUT", "/v2/bot/channel/webhook/endpoint", {"endpoint": "http://127.0.0.1:9/hook"})
    assert line.person().say("もしもし")["reason"] == "could_not_connect"
    assert line.api("POST", "/v2/bot/channel/webhook/test", {}).json()["reason"] == "COULD_NOT_CONNECT"
