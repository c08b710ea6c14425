"""Webhooks: made, changed, told of events. How a message is sent is in ``webhook_send``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from madoguchi.accounts.models import Staff
from madoguchi.api.webhook_models import Webhook, WebhookDelivery
from madoguchi.catalog.models import App
from madoguchi.lib import outbound
from madoguchi.lib.jobs import app as jobs
from madoguchi.lib.prepared import execute_prepared
from madoguchi.records.models import Event

TYPES: Mapping[str, str] = {
    "created": "ADD_RECORD", "updated": "UPDATE_RECORD", "corrected": "UPDATE_RECORD", "assigned": "UPDATE_RECORD",
    "moved": "UPDATE_STATUS", "commented": "ADD_RECORD_COMMENT", "deleted": "DELETE_RECORD",
}  # fmt: skip
"""What kintone calls our kinds of events; of others nobody is told."""
EVENTS = tuple(dict.fromkeys(TYPES.values()))
MAX_WEBHOOKS = 10
"""An app's, as in kintone."""
KEEP = timedelta(days=90)
Off = Webhook.Off
State = WebhookDelivery.State
_NOTE = """
    INSERT INTO api_webhookdelivery
        (id, webhook_id, event_id, type, record_id, state, reason, tries, attempts, created_at, next_at)
    SELECT gen_random_uuid(), w.id, %(event)s, %(type)s::varchar, %(record)s, 'waiting', '', 0, '[]', now(), now()
      FROM api_webhook w WHERE w.app_id = %(app)s AND w.active AND %(type)s::varchar = ANY(w.events)
     ORDER BY w.id
    RETURNING id, webhook_id
"""


class WebhookRefused(ValueError):
    """Why a webhook was not saved. ``code`` is that of ``outbound.NotReached``, or ``many``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def on_event(event: Event) -> None:
    """Notes whom to tell, in the transaction of the event and in one statement; no webhook, no job."""
    kind = TYPES.get(event.kind)
    if kind is None:
        return
    facts = {"event": event.pk, "type": kind, "record": event.record_id, "app": event.app_id}
    for delivery_id, webhook_id in execute_prepared(_NOTE, facts):
        enqueue(str(delivery_id), webhook_id, event.record_id)


def enqueue(delivery_id: str, webhook_id: int, record_id: int | None) -> None:
    """The job. What one record's lock holds is sent in its order: the next waits until the one before has arrived."""
    jobs.configure_task("api.deliver", lock=f"webhook:{webhook_id}:{record_id}").defer(delivery_id=delivery_id)


def save_webhook(
    hook: Webhook | None, *, app: App, name: str, url: str, events: Iterable[str], personal: bool, actor: Staff
) -> tuple[Webhook, str]:
    """Makes a webhook, whose secret is returned this once, or changes one. Raises WebhookRefused.

    Whoever saves it becomes its owner: what is sent is what they may see.
    """
    try:
        outbound.check_url(url, allow_private=settings.WEBHOOK_ALLOW_PRIVATE)
    except outbound.NotReached as refusal:
        raise WebhookRefused(refusal.code) from None
    secret = ""
    if hook is None:
        if Webhook.objects.filter(app=app).count() >= MAX_WEBHOOKS:
            raise WebhookRefused("many")
        hook = Webhook(app=app, created_by=actor)
        secret = hook.new_secret()
    hook.name, hook.url, hook.personal, hook.owner = name.strip(), url, personal, actor
    hook.events = [event for event in EVENTS if event in set(events)]
    hook.save()
    return hook, secret


def switch_on(hook: Webhook, *, actor: Staff) -> None:
    """It sends again, with what ``actor`` may see; what happened meanwhile is not told."""
    hook.active, hook.off_reason, hook.off_at, hook.failing_since = True, Off.NOT, None, None
    hook.owner = actor
    hook.save(update_fields=["active", "off_reason", "off_at", "failing_since", "owner"])


def switch_off(hook: Webhook, reason: Webhook.Off) -> bool:
    """It stops; what still waits is not sent. False if it was off already."""
    found = Webhook.objects.filter(pk=hook.pk, active=True)
    return bool(found.update(active=False, off_reason=reason, off_at=timezone.now()))


@transaction.atomic
def resend(delivery: WebhookDelivery) -> bool:
    """Sends it once more, with the same id and what the record holds now; False while it waits anyway."""
    row = WebhookDelivery.objects.select_for_update().get(pk=delivery.pk)
    if row.state == State.WAITING or row.event_id is None:
        return False
    row.state, row.reason, row.tries, row.next_at = State.WAITING, "", 0, timezone.now()
    row.save(update_fields=["state", "reason", "tries", "next_at"])
    enqueue(str(row.pk), row.webhook_id, row.record_id)
    return True


def sweep() -> None:
    """Forgets old deliveries."""
    WebhookDelivery.objects.filter(created_at__lt=timezone.now() - KEEP).exclude(state=State.WAITING).delete()
