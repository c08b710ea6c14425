"""What LINE (or somebody pretending to be LINE) may send, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.catalog.queries import AppRevision
from madoguchi.channels.line.conversation import forget_handled
from madoguchi.channels.line.models import Friend, ReceivedEvent
from madoguchi.channels.line.webhook import read, signature_of, store
from tests.line_chat import Chat
from tests.line_simulator import CHANNEL_SECRET, LineSimulator

pytestmark = pytest.mark.django_db
Json = dict[str, Any]
NOBODY = "U" + "0" * 32


def event(text: str = "こんにちは", **changes: Any) -> Json:
    """A text message as LINE sends it; None takes a key away."""
    whole = {
        "type": "message", "mode": "active", "timestamp": 1795000000000, "replyToken": "0" * 32,
        "source": {"type": "user", "userId": NOBODY}, "webhookEventId": "01K000000000000000000000AA",
        "deliveryContext": {"isRedelivery": False}, "message": {"id": "1", "type": "text", "text": text}, **changes,
    }  # fmt: skip
    return {key: value for key, value in whole.items() if value is not None}


def body_of(*events: Any) -> bytes:
    return json.dumps({"destination": "U" + "1" * 32, "events": list(events)}).encode()


@pytest.fixture
def post(hanako: Chat) -> Callable[[bytes], int]:
    """Posts a body signed with our secret."""
    return lambda body: hanako.post(body, signature_of(body, CHANNEL_SECRET))


def stored() -> list[ReceivedEvent]:
    """Events since the welcome."""
    return list(ReceivedEvent.objects.exclude(type="follow").order_by("id"))


def waiting_jobs() -> int:
    return ProcrastinateJob.objects.filter(status="todo", task_name="line.answer").count()


@pytest.mark.parametrize(
    "signature", ["", "AAAA", "あ", signature_of(body_of(), "another secret"), signature_of(body_of(), CHANNEL_SECRET)]
)
def test_a_wrong_signature_is_refused_and_nothing_is_stored(hanako: Chat, signature: str):
    assert hanako.post(body_of(event()), signature) == 401
    assert stored() == []


def test_a_missing_signature_is_refused(hanako: Chat):
    response = hanako.client.post("/line/webhook", body_of(event()), content_type="application/json")
    assert response.status_code == 401


def test_the_signature_covers_the_raw_bytes_not_what_they_mean(hanako: Chat):
    body = body_of(event())
    signature = signature_of(body, CHANNEL_SECRET)
    assert hanako.post(body + b" ", signature) == 401
    assert hanako.post(body, signature) == 200


def test_only_posts_are_taken(hanako: Chat):
    assert hanako.client.get("/line/webhook").status_code == 405


def test_the_verify_button_of_line_sends_no_events_and_gets_200(post: Callable[[bytes], int]):
    assert post(body_of()) == 200
    assert stored() == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b'{"events":{}}', b'{"events":null}', b"\xff\xfe", b"[" * 100_000]
)
def test_what_is_no_envelope_is_refused_politely(post: Callable[[bytes], int], body: bytes):
    assert post(body) == 400


def test_more_than_two_megabytes_are_refused(post: Callable[[bytes], int]):
    assert post(body_of(event("あ" * 400_000))) == 413
    assert stored() == []


def test_one_strange_event_does_not_cost_the_others(post: Callable[[bytes], int]):
    strange: list[Any] = [None, 7, "x", [], {}, {"type": 7}, {"type": "message"}, event(source="x", webhookEventId="a")]
    assert post(body_of(*strange, event("普通の文"))) == 200
    assert "01K000000000000000000000AA" in {one.webhook_event_id for one in stored()}


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "messageEdited"}, {"type": "not-invented-yet"}, {"message": {"type": "hologram", "id": "2"}},
        {"message": {"type": "text"}}, {"message": None}, {"message": "x"}, {"futureField": {"a": [1]}},
        {"type": "postback", "postback": None}, {"type": "postback", "postback": {"data": 7}},
        {"type": "postback", "postback": {"data": "answer|x", "params": "y"}}, {"type": "beacon", "beacon": {}},
        {"type": "unsend", "unsend": "x"}, {"type": "unsend", "unsend": {"messageId": "9"}},
        {"type": "follow", "follow": "x"}, {"timestamp": None}, {"timestamp": "yesterday"}, {"timestamp": -5},
        {"timestamp": 10**30}, {"mode": None}, {"deliveryContext": None}, {"webhookEventId": None},
        {"webhookEventId": "\x00"}, {"webhookEventId": "x" * 500}, {"replyToken": None}, {"type": "x" * 100},
        *({"message": {"id": "3", "type": "text", "text": text}} for text in ("\ud800", "\x00", "", "長" * 5000)),
        {"message": {"id": "3", "type": "location", "latitude": "x"}}, {"message": {"id": "4", "type": "image"}},
    ],
)  # fmt: skip
def test_events_of_any_kind_and_shape_are_taken_and_handled(
    pilot: AppRevision, hanako: Chat, post: Callable[[bytes], int], changes: Json
):
    changes = {"source": {"type": "user", "userId": hanako.person.user_id}, **changes}
    assert post(body_of(event(**changes))) == 200
    hanako.settle()
    assert ReceivedEvent.objects.count() == 2
    assert not ReceivedEvent.objects.filter(handled_at=None).exists()


def test_an_event_without_an_id_is_still_dropped_when_it_comes_again(post: Callable[[bytes], int]):
    for _ in range(2):
        assert post(body_of(event(webhookEventId=None))) == 200
    assert post(body_of(event("別の文", webhookEventId=None))) == 200
    assert len(stored()) == 2


@pytest.mark.parametrize(
    "source",
    [
        {"type": "group", "groupId": "C1"}, {"type": "group", "groupId": "C1", "userId": NOBODY},
        {"type": "room", "roomId": "R1", "userId": NOBODY}, {}, None, {"type": "user"}, {"type": "user", "userId": 7},
    ],
)  # fmt: skip
def test_talk_in_groups_and_by_nobody_is_neither_kept_nor_answered(post: Callable[[bytes], int], source: Any):
    assert post(body_of(event(source=source))) == 200
    assert [bytes(one.payload or b"") for one in stored()] == [b""]
    assert waiting_jobs() == 0


def test_in_standby_nothing_is_said(line: LineSimulator, hanako: Chat):
    line.faults(standby=True)
    assert hanako.say("こんにちは") == ""
    assert stored()[0].handled_at is not None


def test_the_same_event_twice_in_one_request_and_again_in_another_is_answered_once(
    hanako: Chat, post: Callable[[bytes], int]
):
    mine = event(source={"type": "user", "userId": hanako.person.user_id})
    assert post(body_of(mine, mine)) == post(body_of({**mine, "deliveryContext": {"isRedelivery": True}})) == 200
    assert len(stored()) == 1
    assert hanako.settle().count("うまく読み取れませんでした") == 1


def test_one_request_with_several_people_answers_each_in_their_own_chat(newcomer: Callable[..., Chat]):
    first, second = newcomer("市川 花子"), newcomer("髙橋 一郎")
    mine = [
        event(word, webhookEventId=f"01K{n}", source={"type": "user", "userId": chat.person.user_id})
        for n, (chat, word) in enumerate([(first, "申請状況"), (second, "職員に聞く"), (first, "うーん")])
    ]
    body = body_of(*mine)
    assert first.post(body, signature_of(body, CHANNEL_SECRET)) == 200
    assert waiting_jobs() == 2
    heard = first.settle()
    assert "まだ申請はありません" in heard and "うまく読み取れません" in heard and "お電話で" not in heard
    assert "お電話でお答えします" in second.heard()


def test_events_that_overtook_each_other_are_answered_in_the_order_in_which_they_happened(
    pilot: AppRevision, hanako: Chat
):
    hanako.tap("住民票")
    hanako.tap("住民票の写し")
    hanako.person.say("市川 花子")
    hanako.person.say("イチカワ ハナコ")
    hanako.webhook.requests.reverse()
    assert hanako.settle().splitlines()[-3:] == ["（2/14）生年月日", "", "例: 昭和60年4月1日"]


def test_a_redelivered_event_that_was_answered_is_not_answered_again(line: LineSimulator, hanako: Chat):
    hanako.say("申請状況")
    hanako.seen = hanako.person.messages()[-1]["n"]
    recorded = [one for one in line.deliveries() if one["events"] == ["message"]][-1]
    line.client.post("/control/replay", json={"deliveries": [recorded]}).raise_for_status()
    assert hanako.settle() == ""


def test_a_duplicate_from_line_is_answered_once(line: LineSimulator, hanako: Chat):
    line.faults(duplicate=1)
    assert hanako.say("申請状況").count("まだ申請はありません") == 1


def test_what_a_resident_wrote_is_encrypted_while_it_waits_and_gone_once_it_is_answered(hanako: Chat):
    hanako.person.say("わたしのひみつ")
    hanako.deliver()
    (waiting,) = stored()
    assert waiting.payload is not None and "ひみつ".encode() not in bytes(waiting.payload)
    hanako.settle()
    (answered,) = stored()
    assert answered.payload is None and answered.handled_at is not None


def test_the_user_id_is_stored_encrypted_and_found_again(hanako: Chat):
    hanako.say("こんにちは")
    (friend,) = Friend.objects.all()
    assert hanako.person.user_id.encode() not in bytes(friend.user_id)
    assert hanako.person.user_id not in friend.user_hash


def test_handled_events_are_forgotten_after_a_week(hanako: Chat, post: Callable[[bytes], int]):
    post(body_of(event(source={"type": "group", "groupId": "C1"})))
    hanako.say("こんにちは")
    long_ago = timezone.now() - timedelta(days=8)
    ReceivedEvent.objects.update(received_at=long_ago)
    ReceivedEvent.objects.exclude(handled_at=None).update(handled_at=long_ago)
    forget_handled()
    assert ReceivedEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_lost_database_connection_loses_no_event():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])
    store(read(body_of(event())))
    assert ReceivedEvent.objects.count() == 1
    assert waiting_jobs() == 1
