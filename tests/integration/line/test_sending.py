"""Answers arrive, once, in order, whatever LINE does; and what LINE refuses is told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from madoguchi.catalog.queries import AppRevision
from madoguchi.channels.line import client, conversation, dialogue, sending
from madoguchi.channels.line.client import LineUnavailable
from madoguchi.channels.line.conversation import answer_all, unanswered
from madoguchi.channels.line.models import Friend, OutgoingMessage, ReceivedEvent
from madoguchi.lib.jobs import RETRY
from madoguchi.site.config import Service
from madoguchi.site.errors import PlainFormatter
from tests.integration.line.walking import start
from tests.line_chat import Chat
from tests.line_simulator import CHANNEL_ID, LineSimulator

pytestmark = pytest.mark.django_db
REPLY, PUSH = "/v2/bot/message/reply", "/v2/bot/message/push"


def work() -> None:
    """What the job does for the only resident."""
    answer_all(Friend.objects.get().user_hash)


def said(chat: Chat, text: str) -> None:
    """Delivered, but nobody has worked on it yet."""
    chat.person.say(text)
    chat.deliver()


def answers() -> list[OutgoingMessage]:
    return list(OutgoingMessage.objects.order_by("created_at"))[1:]


@pytest.fixture
def greeted(pilot: AppRevision, hanako: Chat) -> Chat:
    """Hanako, in a city with a procedure."""
    return hanako


def test_an_answer_goes_out_as_a_free_reply_and_is_forgotten(greeted: Chat):
    greeted.say("申請状況")
    (answer,) = answers()
    assert (answer.sent_as, answer.messages) == ("reply", None)


def test_a_late_answer_is_pushed_because_its_reply_token_is_stale(greeted: Chat):
    said(greeted, "申請状況")
    ReceivedEvent.objects.update(received_at=timezone.now() - timedelta(seconds=55))
    work()
    assert answers()[0].sent_as == "push"
    assert greeted.heard().count("まだ申請はありません") == 1


def test_a_reply_token_that_line_no_longer_takes_leads_to_a_push(greeted: Chat, line: LineSimulator):
    said(greeted, "申請状況")
    line.advance(120)
    try:
        work()
    finally:
        line.advance(-120)
    assert answers()[0].sent_as == "push"
    assert greeted.heard().count("まだ申請はありません") == 1


def test_a_worker_that_dies_right_after_the_reply_does_not_send_it_again(
    greeted: Chat, monkeypatch: pytest.MonkeyPatch
):
    said(greeted, "申請状況")
    note = sending._note

    def die(*args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sending, "_note", die)
    with pytest.raises(KeyboardInterrupt):
        work()
    monkeypatch.setattr(sending, "_note", note)
    work()
    assert greeted.heard().count("まだ申請はありません") == 1
    assert answers()[0].sent_as == "reply"


def test_a_worker_that_dies_right_after_the_push_does_not_send_it_again(
    greeted: Chat, monkeypatch: pytest.MonkeyPatch
):
    said(greeted, "申請状況")
    ReceivedEvent.objects.update(received_at=timezone.now() - timedelta(minutes=2))
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_note", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            work()
    work()
    assert greeted.heard().count("まだ申請はありません") == 1


def test_a_push_that_arrives_although_line_answers_500_arrives_once(greeted: Chat, line: LineSimulator):
    said(greeted, "申請状況")
    ReceivedEvent.objects.update(received_at=timezone.now() - timedelta(minutes=2))
    line.faults(fail_api={PUSH: 500}, fail_after=True)
    with pytest.raises(LineUnavailable):
        work()
    line.faults(fail_api={}, fail_after=False)
    work()
    assert greeted.heard().count("まだ申請はありません") == 1


@pytest.mark.parametrize("status", [500, 503, 429])
def test_while_line_is_down_everything_waits_and_then_comes_in_order(
    greeted: Chat, line: LineSimulator, status: int
):
    line.faults(fail_api={REPLY: status, PUSH: status})
    said(greeted, "申請状況")
    said(greeted, "職員に聞く")
    for _ in range(2):
        with pytest.raises(LineUnavailable):
            work()
    assert greeted.heard() == ""
    line.faults(fail_api={})
    work()
    heard = greeted.heard()
    assert heard.index("まだ申請はありません") < heard.index("お電話でお答えします")
    assert heard.count("まだ申請はありません") == 1


def test_the_job_is_tried_again_with_growing_pauses_and_found_again_should_it_be_lost(greeted: Chat):
    assert (RETRY.exponential_wait, RETRY.max_attempts) == (2, 8)
    said(greeted, "申請状況")
    assert unanswered() == set()
    ReceivedEvent.objects.update(received_at=timezone.now() - timedelta(minutes=3))
    assert unanswered() == {Friend.objects.get().user_hash}


def test_a_token_that_line_no_longer_takes_is_renewed_at_once(greeted: Chat):
    client._token.value = "old and revoked"
    assert "まだ申請はありません" in greeted.say("申請状況")


def test_a_wrong_channel_secret_loses_no_answer(greeted: Chat, settings: Settings):
    said(greeted, "申請状況")
    right = settings.LINE
    settings.LINE = Service(right.base_url, CHANNEL_ID, "wrong")
    client.forget_token()
    with pytest.raises(LineUnavailable):
        work()
    settings.LINE = right
    work()
    assert greeted.heard().count("まだ申請はありません") == 1


def test_an_answer_that_line_refuses_becomes_an_apology(greeted: Chat, monkeypatch: pytest.MonkeyPatch):
    broken = [{"type": "text", "text": ""}]
    monkeypatch.setattr(conversation, "respond", lambda *args: broken)
    assert "返事を表示できませんでした" in greeted.say("申請状況")
    assert answers()[0].sent_as == "sorry"


def test_an_event_that_always_fails_is_put_aside_and_those_behind_it_are_answered(
    greeted: Chat, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    respond = dialogue.respond

    def poisoned(friend: Any, event: Any, content: Any = None) -> Any:
        if event.get("message", {}).get("text") == "どくの文":
            raise ValueError(f"cannot digest {event['message']['text']}")
        return respond(friend, event, content)

    monkeypatch.setattr(conversation, "respond", poisoned)
    said(greeted, "どくの文")
    said(greeted, "申請状況")
    for _ in range(2):
        with pytest.raises(ValueError, match="digest"):
            work()
    work()
    heard = greeted.heard()
    assert heard.index("うまく処理できませんでした") < heard.index("まだ申請はありません")
    assert ReceivedEvent.objects.filter(handled_at=None).count() == 0
    logged = "\n".join(PlainFormatter("%(message)s").format(record) for record in caplog.records)
    assert "is put aside" in logged and "どく" not in logged


def test_nothing_a_resident_writes_gets_into_the_log(
    pilot: AppRevision, newcomer: Callable[..., Chat], line: LineSimulator, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG, logger="madoguchi")
    chat = newcomer("髙橋 一郎")
    start(chat)
    chat.say("髙橋 一郎")
    chat.say("タカハシ イチロウ")
    line.faults(fail_api={REPLY: 400})
    chat.say("昭和60年4月1日")
    line.faults(fail_api={})
    chat.say("ひみつの文")
    logged = "\n".join(PlainFormatter("%(message)s").format(record) for record in caplog.records)
    for personal in ("髙橋", "タカハシ", "昭和60", "ひみつ", chat.person.user_id):
        assert personal not in logged


def test_somebody_who_blocks_us_costs_no_retries(greeted: Chat):
    greeted.person.say("申請状況")
    greeted.act("block")
    assert ReceivedEvent.objects.filter(handled_at=None).count() == 0
    assert OutgoingMessage.objects.filter(sent_at=None).count() == 0
