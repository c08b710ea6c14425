"""Events that come late, again or twice are not obeyed out of place."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from madoguchi.catalog.queries import AppRevision
from madoguchi.channels.line import sending
from madoguchi.channels.line.conversation import answer_all
from madoguchi.channels.line.models import Friend, OutgoingMessage, ReceivedEvent
from madoguchi.channels.line.webhook import signature_of
from tests.integration.line.walking import start
from tests.line_chat import Chat
from tests.line_simulator import CHANNEL_SECRET

pytestmark = pytest.mark.django_db


def late(chat: Chat, text: str, *, seconds: float, again: bool = True) -> dict[str, Any]:
    """What this person wrote ``seconds`` before their latest message, and LINE could not deliver until now."""
    latest = chat.person.last_event()
    return {
        **latest, "type": "message", "timestamp": latest["timestamp"] - int(seconds * 1000), "replyToken": "",
        "webhookEventId": f"late-{text}", "deliveryContext": {"isRedelivery": again},
        "message": {"id": "9", "type": "text", "text": text},
    }  # fmt: skip


def deliver(chat: Chat, event: dict[str, Any]) -> str:
    body = json.dumps({"destination": "U", "events": [event]}).encode()
    assert chat.post(body, signature_of(body, CHANNEL_SECRET)) == 200
    return chat.settle()


def test_a_late_answer_does_not_answer_the_question_after_it(pilot: AppRevision, hanako: Chat):
    start(hanako)
    assert deliver(hanako, late(hanako, "戻る", seconds=5)) == ""
    assert not ReceivedEvent.objects.filter(handled_at=None).exists()


def test_also_what_was_only_overtaken_on_the_way_is_left_alone(pilot: AppRevision, hanako: Chat):
    start(hanako)
    assert deliver(hanako, late(hanako, "最初から", seconds=1, again=False)) == ""


def test_a_message_from_a_wrong_clock_is_answered(pilot: AppRevision, hanako: Chat):
    start(hanako)
    assert deliver(hanako, late(hanako, "職員に聞く", seconds=86_400, again=False)) != ""


def test_words_repeated_before_the_answer_came_count_once(pilot: AppRevision, hanako: Chat):
    start(hanako)
    hanako.person.say("どこかの言葉")
    hanako.person.say("どこかの言葉")
    hanako.deliver()
    assert hanako.settle() != ""
    received = ReceivedEvent.objects.filter(type="message").order_by("-id")[:2]
    assert [hasattr(one, "answer") for one in received] == [False, True]


def test_the_same_words_after_the_answer_are_a_new_answer(pilot: AppRevision, hanako: Chat):
    start(hanako)
    assert hanako.say("どこかの言葉") != ""
    assert hanako.say("どこかの言葉") != ""


def test_also_when_it_is_not_yet_noted_that_the_answer_arrived(pilot: AppRevision, hanako: Chat):
    start(hanako)
    assert hanako.say("どこかの言葉") != ""
    OutgoingMessage.objects.update(sent_at=timezone.now() + timedelta(seconds=5))
    assert hanako.say("どこかの言葉") != ""


def test_what_comes_in_while_a_job_answers_is_answered_by_it(
    pilot: AppRevision, hanako: Chat, monkeypatch: pytest.MonkeyPatch
):
    start(hanako)
    deliver_for_real, more = sending.deliver, ["職員に聞く"]

    def deliver_and_hear_more(message: OutgoingMessage) -> None:
        deliver_for_real(message)
        if more:
            hanako.person.say(more.pop())
            hanako.deliver()

    monkeypatch.setattr(sending, "deliver", deliver_and_hear_more)
    hanako.person.say("どこかの言葉")
    hanako.deliver()
    answer_all(Friend.objects.get().user_hash)
    assert not ReceivedEvent.objects.filter(handled_at=None).exists()
