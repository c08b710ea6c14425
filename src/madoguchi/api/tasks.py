"""Jobs of the API."""

from __future__ import annotations

import uuid

from django.utils import timezone
from procrastinate import RetryStrategy

from madoguchi.api import uploads, webhook_note, webhook_send, webhooks
from madoguchi.api.models import Cursor, Webhook
from madoguchi.lib.jobs import RETRY, app, daily_in_japan

_PATIENT = RetryStrategy(max_attempts=webhook_send.RETRIES + 4, exponential_wait=webhook_send.PAUSE_BASE)
"""The delivery counts its own tries and gives up first; what is left is for workers that were killed meanwhile."""


@app.periodic(cron=daily_in_japan(3, 40))
@app.task(name="api.sweep", pass_context=False)
def sweep(timestamp: int = 0) -> None:
    """Removes uploads that no record took, cursors that nobody read to the end and old deliveries of webhooks."""
    del timestamp
    uploads.sweep()
    Cursor.objects.filter(expires_at__lt=timezone.now()).delete()
    webhooks.sweep()


@app.task(name="api.deliver", retry=_PATIENT, pass_context=False)
def deliver(delivery_id: str) -> None:
    """Sends one message of a webhook."""
    webhook_send.deliver(uuid.UUID(delivery_id))


@app.task(name="api.tell_webhook_owner", retry=RETRY, pass_context=False)
def tell_webhook_owner(webhook_id: int) -> None:
    """Tells the owner of a webhook that it was switched off."""
    hook = Webhook.objects.select_related("owner", "app").filter(pk=webhook_id, active=False).first()
    if hook is not None:
        webhook_note.tell_owner(hook)
