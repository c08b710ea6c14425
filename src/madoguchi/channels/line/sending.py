"""Messages out: as a reply while its token is fresh, else as a push that arrives once."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.channels.line import client, flex
from madoguchi.channels.line.flex import Message
from madoguchi.channels.line.friends import friend_of_resident, language_of, speaking, user_id_of
from madoguchi.channels.line.models import Friend, OutgoingMessage, ReceivedEvent
from madoguchi.channels.line.render import without_ruby
from madoguchi.lib import vault
from madoguchi.notices.channels import Undeliverable
from madoguchi.notices.models import Notice

log = logging.getLogger("madoguchi.line")

REPLY_FRESH = timedelta(seconds=50)
"""A reply token is good for about a minute after the webhook; later we push."""
REPLY_DEAD = timedelta(minutes=20)
"""However often an event is redelivered, its reply token ends so long after the event."""
INVALID_TOKEN = "Invalid reply token"  # noqa: S105 - LINE's words


def keep(
    friend: Friend, messages: Sequence[Message], *, event: ReceivedEvent | None = None, reply_token: str = ""
) -> OutgoingMessage:
    """Stores an answer, to be sent after the transaction."""
    message = OutgoingMessage(friend=friend, event=event, reply_token=reply_token)
    message.messages = vault.seal_json(list(messages), context=f"line-message:{message.id}")
    if event and reply_token:
        message.reply_token_until = min(event.received_at + REPLY_FRESH, event.sent_at + REPLY_DEAD)
    message.save(force_insert=True)
    return message


def unsent(user_hash: str) -> Iterable[OutgoingMessage]:
    """Answers of this resident that are stored but not known to have arrived, oldest first."""
    waiting = OutgoingMessage.objects.filter(friend__user_hash=user_hash, sent_at=None)
    return waiting.select_related("friend__resident").order_by("created_at")


def deliver(message: OutgoingMessage) -> None:
    """Sends and notes how. Raises LineUnavailable to be tried again; what LINE refuses for good is told instead."""
    if message.messages is None:
        return
    messages = vault.unseal_json(bytes(message.messages), context=f"line-message:{message.id}")
    try:
        sent_as = "reply" if _replied(message, messages) else _pushed(message, messages)
    except client.LineRefused as refused:
        log.error("message %s was refused: %s", message.id, refused)
        sent_as = _said_sorry(message)
    _note(message, sent_as)


def _replied(message: OutgoingMessage, messages: list[Message]) -> bool:
    """True if it arrived as a reply, now or in an attempt that died before it could be noted."""
    now = timezone.now()
    if not message.reply_token or message.reply_token_until is None or now > message.reply_token_until:
        return False
    tried_before = not _note_attempt(message, now)
    try:
        client.reply(message.reply_token, messages)
    except client.LineRefused as refused:
        if refused.message != INVALID_TOKEN:
            raise
        return tried_before
    return True


def _pushed(message: OutgoingMessage, messages: list[Message]) -> str:
    client.push(user_id_of(message.friend), messages, retry_key=str(message.id))
    return "push"


def _said_sorry(message: OutgoingMessage) -> str:
    """LINE did not take our answer: our fault, but the resident must not be left without one."""
    with speaking(language_of(message.friend)):
        sentence = _("すみません、返事を表示できませんでした。「入力に戻る」か「職員に聞く」と送ってください。")
    try:
        key = str(uuid.uuid5(message.id, "sorry"))
        client.push(user_id_of(message.friend), [flex.text(sentence)], retry_key=key)
    except client.LineRefused:
        return "refused"
    return "sorry"


def _note_attempt(message: OutgoingMessage, now: datetime) -> bool:
    """False if an attempt was noted before, even by another worker after ``message`` was read here."""
    return bool(OutgoingMessage.objects.filter(pk=message.pk, replying_since=None).update(replying_since=now))


def _note(message: OutgoingMessage, sent_as: str) -> None:
    OutgoingMessage.objects.filter(pk=message.pk).update(sent_at=timezone.now(), sent_as=sent_as, messages=None)


class NoticeSender:
    """Sends notices to residents who are friends."""

    def can_reach(self, resident_id: uuid.UUID) -> bool:
        """Whether they added the account and do not block it."""
        return friend_of_resident(resident_id) is not None

    def send(self, notice: Notice) -> None:
        """Pushes a bubble with title, body and a button to the status page; the notice's id arrives once."""
        friend = friend_of_resident(notice.resident_id)
        if friend is None:
            raise Undeliverable("not a friend (any more)")
        try:
            with speaking(notice.language):
                bubble = _bubble(notice)
            client.push(user_id_of(friend), [bubble], retry_key=str(notice.id))
        except client.LineRefused as refused:
            raise Undeliverable(str(refused)) from refused


def _bubble(notice: Notice) -> Message:
    buttons = [flex.button(flex.uri(_("申請の状況を見る"), notice.link), primary=True)] if notice.link else []
    title, body = (without_ruby(text, notice.language) for text in (notice.title, notice.body))
    return flex.bubble(f"{title}\n{body}", title=title, body=[flex.line_of(body)], buttons=buttons)
