"""A webhook's message on its way: signed, sent, noted, tried again, given up."""

from __future__ import annotations

import hashlib
import hmac
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from madoguchi.api import webhooks
from madoguchi.api.webhook_models import Webhook, WebhookDelivery
from madoguchi.api.webhook_payload import TEST, NothingToSend, payload
from madoguchi.lib import outbound
from madoguchi.lib.jobs import app as jobs

RETRIES, PAUSE_BASE = 8, 4
"""After the first failure up to eight more tries, 4, 16, 64 … 65,536 seconds apart: about a day in all."""
OFF_AFTER = timedelta(days=3)
State = WebhookDelivery.State


class NotDelivered(Exception):
    """To be tried again. Its text names the kind of failure only."""


@dataclass(frozen=True, slots=True)
class Result:
    """How one attempt went: ``error`` is empty for success. ``text`` is the beginning of the answer, never kept."""

    status: int | None
    error: str
    milliseconds: int
    text: str = ""


def signature(secret: str, body: bytes, at: int) -> str:
    """The value of ``X-Madoguchi-Signature``: HMAC-SHA256 over ``<unix time>.<body>``."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def send(hook: Webhook, body: bytes, delivery_id: uuid.UUID) -> Result:
    """Posts once. Whatever goes wrong on the way is in the result."""
    headers = {
        "Content-Type": "application/json", "User-Agent": "Madoguchi-Webhook",
        "X-Madoguchi-Delivery": str(delivery_id),
        "X-Madoguchi-Signature": signature(hook.secret, body, int(time.time())),
    }  # fmt: skip
    began = time.monotonic()
    try:
        answer = outbound.post(hook.url, body=body, headers=headers, allow_private=settings.WEBHOOK_ALLOW_PRIVATE)
    except outbound.NotReached as failure:
        return Result(None, failure.code, _since(began))
    error = "" if 200 <= answer.status < 300 else "redirect" if 300 <= answer.status < 400 else "status"
    return Result(answer.status, error, _since(began), answer.text)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def send_test(hook: Webhook) -> Result:
    """A message of type ``TEST``, at once and once; it is in the log as others are. Raises NothingToSend."""
    delivery = WebhookDelivery(webhook=hook, type=TEST)
    result = send(hook, payload(delivery), delivery.pk)
    delivery.state = State.FAILED if result.error else State.DELIVERED
    delivery.attempts = [_attempt(result)]
    delivery.save()
    return result


def deliver(delivery_id: uuid.UUID) -> None:
    """Sends one message; again is without effect once it has arrived. Raises NotDelivered to be called again."""
    delivery = (
        WebhookDelivery.objects.select_related("webhook__owner", "event__actor_staff").filter(pk=delivery_id).first()
    )
    if delivery is None or delivery.state != State.WAITING:
        return
    if not delivery.webhook.active:
        _skip(delivery, "off")
        return
    try:
        body = payload(delivery)
    except NothingToSend as nothing:
        _skip(delivery, nothing.reason)
        if nothing.reason == "owner":
            _stop(delivery.webhook, Webhook.Off.OWNER)
        return
    _note(delivery, send(delivery.webhook, body, delivery.pk))


def _skip(delivery: WebhookDelivery, reason: str) -> None:
    delivery.state, delivery.reason, delivery.next_at = State.SKIPPED, reason, None
    delivery.save(update_fields=["state", "reason", "next_at"])


def _attempt(result: Result) -> dict[str, Any]:
    at = timezone.now().isoformat(timespec="seconds")
    return {"at": at, "status": result.status, "error": result.error, "ms": result.milliseconds}


def _note(delivery: WebhookDelivery, result: Result) -> None:
    delivery.attempts = [*delivery.attempts, _attempt(result)]
    delivery.tries += 1
    given_up = bool(result.error) and delivery.tries > RETRIES
    delivery.state = State.DELIVERED if not result.error else State.FAILED if given_up else State.WAITING
    waits = delivery.state == State.WAITING
    delivery.next_at = timezone.now() + pause(delivery.tries) if waits else None
    delivery.save(update_fields=["attempts", "tries", "state", "next_at"])
    _note_health(delivery.webhook, result)
    if waits:
        raise NotDelivered(result.error if result.status is None else f"HTTP {result.status}")


def pause(tries: int) -> timedelta:
    """How long to wait after that many tries."""
    return timedelta(seconds=PAUSE_BASE**tries)


def _note_health(hook: Webhook, result: Result) -> None:
    """Since when it fails; after three days without one success it is switched off."""
    rows = Webhook.objects.filter(pk=hook.pk)
    if not result.error:
        rows.exclude(failing_since=None).update(failing_since=None)
        return
    rows.filter(failing_since=None).update(failing_since=timezone.now())
    if hook.failing_since is not None and timezone.now() - hook.failing_since > OFF_AFTER:
        _stop(hook, Webhook.Off.FAILING)


def _stop(hook: Webhook, reason: Webhook.Off) -> None:
    with transaction.atomic():
        if webhooks.switch_off(hook, reason):
            jobs.configure_task("api.tell_webhook_owner").defer(webhook_id=hook.pk)
