"""Messages to residents and whether they arrived."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from madoguchi.catalog.models import App
from madoguchi.lib import vault


class Notice(models.Model):
    """One message to one resident about one event. (event, channel) is unique: told once, never twice.

    ``id`` doubles as X-Line-Retry-Key. The channel looks the address up by ``resident_id`` when it sends. A notice
    on the channel ``letter`` waits, queued, until staff have printed it. ``sealed_link`` is encrypted because the
    status page opens to whoever has its address.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("送信待ち")
        SENT = "sent", _("送信済")
        FAILED = "failed", _("不達")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app = models.ForeignKey(App, models.PROTECT, related_name="+")
    record_id = models.BigIntegerField()
    event_id = models.BigIntegerField()
    resident_id = models.UUIDField()
    channel = models.CharField(max_length=10)
    template = models.CharField(max_length=60)
    language = models.CharField(max_length=10, default="ja")
    title = models.CharField(max_length=200)
    body = models.TextField()
    sealed_link = models.BinaryField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("event_id", "channel"), name="notice_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "sent", "failed"]), name="notice_state_known"
            ),
        )
        indexes = (
            models.Index(fields=("app", "record_id"), name="notice_by_record"),
            models.Index(
                fields=("app", "created_at"), condition=models.Q(channel="letter", state="queued"),
                name="notice_letters_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"{self.template} {self.channel} {self.state}"

    @property
    def link(self) -> str:
        """The address of the status page."""
        return vault.unseal(bytes(self.sealed_link), context="notice.link").decode()

    @link.setter
    def link(self, address: str) -> None:
        self.sealed_link = vault.seal(address.encode(), context="notice.link")
