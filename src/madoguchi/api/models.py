"""What the API keeps: tokens, uploads on their way into a record, cursors, and settings only kintone's clients know."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from madoguchi.api.webhook_models import Webhook, WebhookDelivery
from madoguchi.catalog.models import App

__all__ = ("ApiToken", "AppState", "Cursor", "Upload", "Webhook", "WebhookDelivery")


class ApiToken(models.Model):
    """A program's key to one app. Only its keyed hash is stored; ``rights`` are the app rights it carries."""

    app = models.ForeignKey(App, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100, help_text="What it is for, so that the next person knows")
    digest = models.CharField(max_length=64, unique=True)
    rights = ArrayField(models.CharField(max_length=10))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("app", "id")

    def __str__(self) -> str:
        return f"{self.app} {self.name}"


class Upload(models.Model):
    """A file that was sent and no record has taken yet; its content lies sealed beside the attachments."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    owner = models.CharField(max_length=40, help_text="Who sent it: only they may put it into a record")
    kept = models.BooleanField(default=False, help_text="A customization uses it: it stays")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return str(self.id)


class Cursor(models.Model):
    """A long list being read page by page, in the order it had when the cursor was made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app = models.ForeignKey(App, models.CASCADE, related_name="+")
    owner = models.CharField(max_length=40)
    fields = ArrayField(models.TextField(), default=list)
    record_ids = ArrayField(models.BigIntegerField(), default=list)
    total = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    position = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.id)


class AppState(models.Model):
    """What kintone's clients count and keep about an app and our definition has no place for.

    ``revision`` rises with every change of the draft through the API, ``live_revision`` catches up on deploy.
    ``preview`` and ``live`` hold customize, reports' extras and the like as they were sent.
    """

    app = models.OneToOneField(App, models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    live_revision = models.PositiveIntegerField(default=1)
    preview = models.JSONField(default=dict)
    live = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.app} {self.live_revision}/{self.revision}"
