"""What must be remembered about LINE: friends, received events, messages still to send."""

from __future__ import annotations

import uuid

from django.db import models

from madoguchi.intake.models import Interview, Resident


class Friend(models.Model):
    """A LINE account that added the city's. The user id is encrypted; ``user_hash`` (HMAC) finds it again.

    ``heard_until`` is when the latest event we answered was sent (by LINE's clock), ``heard_words`` a keyed hash of
    its text: see ``order``.
    """

    user_hash = models.CharField(max_length=64, unique=True)
    user_id = models.BinaryField()
    resident = models.OneToOneField(Resident, models.PROTECT, related_name="line_friend")
    interview = models.ForeignKey(Interview, models.SET_NULL, null=True, blank=True, related_name="+")
    blocked_at = models.DateTimeField(null=True, blank=True)
    heard_until = models.DateTimeField(null=True, blank=True)
    heard_words = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.user_hash[:8]


class ReceivedEvent(models.Model):
    """One webhook event, stored before the 200. ``webhook_event_id`` is unique: the database drops duplicates.

    ``payload`` is encrypted and blanked once handled, so that no chat text stays.
    """

    webhook_event_id = models.CharField(max_length=64, unique=True)
    user_hash = models.CharField(max_length=64, blank=True)
    type = models.CharField(max_length=40)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    payload = models.BinaryField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("user_hash", "sent_at"), condition=models.Q(handled_at=None), name="line_event_waiting"
            ),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.webhook_event_id}"


class OutgoingMessage(models.Model):
    """A reply or push that must arrive once. ``id`` is the X-Line-Retry-Key of the push.

    ``replying_since`` is noted before a reply is tried: should we die meanwhile, a reply token that LINE calls used
    up tells that the reply did arrive.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    friend = models.ForeignKey(Friend, models.CASCADE, related_name="+")
    event = models.OneToOneField(ReceivedEvent, models.CASCADE, null=True, blank=True, related_name="answer")
    messages = models.BinaryField(null=True)
    reply_token = models.CharField(max_length=100, blank=True)
    reply_token_until = models.DateTimeField(null=True, blank=True)
    replying_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_as = models.CharField(max_length=10, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("friend", "created_at"), condition=models.Q(sent_at=None), name="line_unsent"),
        )

    def __str__(self) -> str:
        return str(self.id)


class ChatImage(models.Model):
    """A picture sent in chat, tied to its LINE message id so that ``unsend`` can delete it."""

    message_id = models.CharField(max_length=64, unique=True)
    friend = models.ForeignKey(Friend, models.CASCADE, related_name="+")
    file_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.message_id
