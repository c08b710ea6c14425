"""Whether an event still means what it meant when it was sent.

LINE delivers again what we did not take, so an old message may come in after newer ones were answered; and people who
get no answer say the same once more. Obeyed out of place, a late 「最初から」 loses every answer since, and the second
"2" answers the next question.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from madoguchi.channels.line.models import Friend, OutgoingMessage, ReceivedEvent
from madoguchi.lib import vault

IN_ITS_PLACE_ONLY = frozenset({"message", "postback", "unfollow"})
"""Kinds of event that mean something else, or nothing, after a later one."""
REORDERED_WITHIN = timedelta(minutes=2)
"""What was not delivered again cannot have been under way longer; such a time is a wrong clock's."""


def out_of_place(friend: Friend, received: ReceivedEvent, event: Mapping[str, Any]) -> bool:
    """Whether to leave the event unanswered: the friend has an answer to a later one, or to the same words."""
    return _overtaken(friend, received, event) or _repeated(friend, received, event)


def remember(friend: Friend, received: ReceivedEvent, event: Mapping[str, Any]) -> None:
    """Notes until when this friend was heard, and a keyed hash of their latest words."""
    friend.heard_until, friend.heard_words = received.sent_at, _words(friend, event)
    Friend.objects.filter(pk=friend.pk).update(heard_until=friend.heard_until, heard_words=friend.heard_words)


def _overtaken(friend: Friend, received: ReceivedEvent, event: Mapping[str, Any]) -> bool:
    if received.type not in IN_ITS_PLACE_ONLY or friend.heard_until is None:
        return False
    late = friend.heard_until - received.sent_at
    context = event.get("deliveryContext")
    again = isinstance(context, dict) and context.get("isRedelivery") is True
    return late > timedelta() and (again or late < REORDERED_WITHIN)


def _repeated(friend: Friend, received: ReceivedEvent, event: Mapping[str, Any]) -> bool:
    """The same words, here before our answer to them began to go out: they cannot be meant for what it asked.

    When it arrived is known only some milliseconds after whoever waits for it could have answered.
    """
    words = _words(friend, event)
    if not words or words != friend.heard_words:
        return False
    answer = OutgoingMessage.objects.filter(friend=friend).order_by("created_at").last()
    return answer is not None and received.received_at < (answer.replying_since or answer.created_at)


def _words(friend: Friend, event: Mapping[str, Any]) -> str:
    message = event.get("message")
    text = message.get("text") if isinstance(message, dict) and message.get("type") == "text" else None
    return vault.keyed_hash(text, context=f"line-words:{friend.user_hash}") if isinstance(text, str) else ""
