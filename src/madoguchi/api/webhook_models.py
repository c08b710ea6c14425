"""Webhooks: where an app tells other programs what happened to its records, and how that went."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from madoguchi.catalog.models import App
from madoguchi.lib import ids, vault
from madoguchi.records.models import Event


class Webhook(models.Model):
    """An address that is told of an app's events.

    What is sent is what ``owner`` may see: whoever saved it last, so that nobody sends what they do not see themselves.
    ``failing_since`` is the first failure after the last success.
    """

    class Off(models.TextChoices):
        """Why it does not send; nothing while it does."""

        NOT = "", ""
        PERSON = "person", _("止めています")
        FAILING = "failing", _("失敗が続いたので止まりました")
        OWNER = "owner", _("保存した人の権限がなくなったので止まりました")

    app = models.ForeignKey(App, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=2000)
    events = ArrayField(models.CharField(max_length=20))
    personal = models.BooleanField(default=False)
    sealed_secret = models.BinaryField()
    active = models.BooleanField(default=True)
    off_reason = models.CharField(max_length=10, choices=Off.choices, default=Off.NOT, blank=True)
    off_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("app", "id")
        indexes = (models.Index(fields=("app",), condition=models.Q(active=True), name="webhook_active"),)

    def __str__(self) -> str:
        return f"{self.app} {self.name}"

    @property
    def secret(self) -> str:
        """What both sides sign with."""
        return vault.unseal(bytes(self.sealed_secret), context=f"webhook:{self.app_id}").decode()

    def new_secret(self) -> str:
        """Gives it a new secret, which is to be shown this once; the caller saves."""
        text = f"whsec_{ids.token(32)}"
        self.sealed_secret = vault.seal(text.encode(), context=f"webhook:{self.app_id}")
        return text


class WebhookDelivery(models.Model):
    """One message to one address; its id is the same however often it is sent.

    Nothing of the record is kept here. ``attempts`` are ``{at, status, error, ms}``; ``tries`` counts those since it
    was last asked for, by the event or by somebody.
    """

    class State(models.TextChoices):
        """How it stands."""

        WAITING = "waiting", _("送信待ち")
        DELIVERED = "delivered", _("届きました")
        FAILED = "failed", _("届きませんでした")
        SKIPPED = "skipped", _("送りませんでした")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", db_index=False)
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    type = models.CharField(max_length=20)
    record_id = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=20, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    attempts = models.JSONField(default=list)
    next_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "id")
        indexes = (
            models.Index(fields=("webhook", "-created_at"), name="delivery_by_webhook"),
            models.Index(fields=("created_at",), name="delivery_by_age"),
        )

    def __str__(self) -> str:
        return str(self.id)

    @property
    def last(self) -> dict[str, Any]:
        """The attempt made last; empty before the first."""
        return self.attempts[-1] if self.attempts else {}
