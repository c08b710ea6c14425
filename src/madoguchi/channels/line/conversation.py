"""One resident's events in order: each is answered in one transaction, then the answer is sent.

What was decided is stored before anything is sent, so a worker that dies in between leaves an answer that the next
attempt sends, and never a second submission.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.channels.line import attachments, flex, order, sending
from madoguchi.channels.line.dialogue import respond
from madoguchi.channels.line.friends import friend_of, language_of, speaking
from madoguchi.channels.line.models import Friend, OutgoingMessage, ReceivedEvent
from madoguchi.lib import vault

log = logging.getLogger("madoguchi.line")

MAX_ATTEMPTS = 3
"""After so many failures an event is answered with an apology and put aside, so that those behind it are answered."""
KEEP_DAYS = 7
ANSWERED_LATE = timedelta(minutes=2)
Event = dict[str, Any]


def answer_all(user_hash: str) -> None:
    """Sends what an earlier attempt left unsent, then answers every waiting event, oldest first."""
    for left in sending.unsent(user_hash):
        sending.deliver(left)
    seen: set[int] = set()
    # Asked again after each round: what came in meanwhile has a job that must wait for the end of this one, and the
    # worker looks for such a job only at its next poll (measured: half a second).
    while new := [event_id for event_id in _waiting(user_hash) if event_id not in seen]:
        for event_id in new:
            seen.add(event_id)
            message = _answer(event_id)
            if message:
                sending.deliver(message)


def _waiting(user_hash: str) -> list[int]:
    waiting = ReceivedEvent.objects.filter(user_hash=user_hash, handled_at=None)
    return list(waiting.order_by("sent_at", "id").values_list("id", flat=True))


def _answer(event_id: int) -> OutgoingMessage | None:
    received = ReceivedEvent.objects.get(pk=event_id)
    if received.handled_at or received.payload is None:
        return None
    event: Event = vault.unseal_json(bytes(received.payload), context=f"line-event:{received.webhook_event_id}")
    ReceivedEvent.objects.filter(pk=event_id).update(attempts=F("attempts") + 1)
    try:
        return _decide(received, event)
    except Exception:
        if received.attempts + 1 < MAX_ATTEMPTS:
            raise
        log.exception("event %s is put aside after %s attempts", event_id, MAX_ATTEMPTS)
        return _apologise(received, event)


def _decide(received: ReceivedEvent, event: Event) -> OutgoingMessage | None:
    """The answer, stored together with everything the event changed."""
    content = attachments.fetch(event)
    with transaction.atomic():
        if not _still_waiting(received):
            return None
        friend = friend_of(event["source"]["userId"])
        if order.out_of_place(friend, received, event):
            return _store(received, event, friend, [])
        order.remember(friend, received, event)
        with speaking(language_of(friend)):
            messages = respond(friend, event, content)
        return _store(received, event, friend, messages)


def _still_waiting(received: ReceivedEvent) -> bool:
    """Locks the event. A worker taken for dead may still be at it: whoever comes second finds it handled."""
    return ReceivedEvent.objects.select_for_update().filter(pk=received.pk, handled_at=None).first() is not None


def _apologise(received: ReceivedEvent, event: Event) -> OutgoingMessage | None:
    with transaction.atomic():
        friend = friend_of(event["source"]["userId"])
        with speaking(language_of(friend)):
            sentence = _(
                "すみません、うまく処理できませんでした。入力した内容は残っています。少し待ってから、もう一度送ってください。"
            )
        return _store(received, event, friend, [flex.text(sentence)])


def _store(
    received: ReceivedEvent, event: Event, friend: Friend, messages: list[flex.Message]
) -> OutgoingMessage | None:
    """Marks the event handled, forgets what it said, and keeps the answer until it is sent."""
    ReceivedEvent.objects.filter(pk=received.pk).update(handled_at=timezone.now(), payload=None)
    if not messages:
        return None
    return sending.keep(friend, messages, event=received, reply_token=str(event.get("replyToken") or ""))


def unanswered() -> set[str]:
    """Residents with an event or an answer that waited too long."""
    before = timezone.now() - ANSWERED_LATE
    events = ReceivedEvent.objects.filter(handled_at=None, received_at__lt=before).exclude(user_hash="")
    messages = OutgoingMessage.objects.filter(sent_at=None, created_at__lt=before)
    return {*events.values_list("user_hash", flat=True), *messages.values_list("friend__user_hash", flat=True)}


def forget_handled() -> None:
    """Deletes handled events older than a week; LINE does not deliver again that late."""
    before = timezone.now() - timedelta(days=KEEP_DAYS)
    ReceivedEvent.objects.filter(handled_at__lt=before).delete()
    ReceivedEvent.objects.filter(user_hash="", received_at__lt=before).delete()
    OutgoingMessage.objects.filter(sent_at__lt=before).delete()
