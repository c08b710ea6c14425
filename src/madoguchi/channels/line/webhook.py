"""Webhook in: verify, drop duplicates, store, enqueue, 200. Nothing else, so that LINE never waits.

Source: LINE Messaging API reference, "Webhook event objects" and "Signature validation".
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from madoguchi.channels.line import tasks
from madoguchi.channels.line.friends import user_hash_of
from madoguchi.lib import vault

MAX_BODY = 2 * 1024 * 1024
INSERT = """
    INSERT INTO line_receivedevent (webhook_event_id, user_hash, type, sent_at, received_at, payload)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::bytea[])
    ON CONFLICT (webhook_event_id) DO NOTHING
    RETURNING user_hash
"""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event as it came, with what is needed to store it."""

    id: str
    user_hash: str
    type: str
    sent_at: datetime
    raw: Mapping[str, Any]

    @property
    def sealed(self) -> bytes | None:
        """The event, encrypted: it may hold what a resident wrote. None of what nobody here will read (groups)."""
        return vault.seal_json(dict(self.raw), context=f"line-event:{self.id}") if self.user_hash else None


def signature_of(body: bytes, secret: str) -> str:
    """Base64 of HMAC-SHA256 over the raw body bytes."""
    return b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """200 as soon as the events are stored; 401 without the right signature, 400 for what is not an envelope."""
    body = request.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        return HttpResponse(status=413)
    given = request.headers.get("x-line-signature", "")
    if not settings.LINE.client_secret or not hmac.compare_digest(
        signature_of(body, settings.LINE.client_secret).encode(), given.encode()
    ):
        return HttpResponse(status=401)
    try:
        events = list(_events(body))
    except (ValueError, RecursionError):
        return HttpResponseBadRequest()
    if events:
        store(events)
    return HttpResponse()


def _events(body: bytes) -> Iterator[Incoming]:
    """Every event of the envelope that has at least a type; what is missing elsewhere is made up for."""
    envelope = json.loads(body)
    found = envelope.get("events") if isinstance(envelope, dict) else None
    if not isinstance(found, list):
        raise ValueError("no events")
    for event in found:
        if isinstance(event, dict) and isinstance(event.get("type"), str):
            yield _incoming(_writable(event))


def _writable(event: dict[str, Any]) -> dict[str, Any]:
    """The event without halves of characters, which JSON may hold but no text that is stored or sent."""
    try:
        json.dumps(event, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        text = json.dumps(event, ensure_ascii=False).encode("utf-8", "replace").decode()
        return dict(json.loads(text))
    return event


def _incoming(event: dict[str, Any]) -> Incoming:
    source = event.get("source")
    user_id = source.get("userId") if isinstance(source, dict) and source.get("type") == "user" else None
    return Incoming(
        id=_text(event.get("webhookEventId")) or _digest(event),
        user_hash=user_hash_of(user_id) if isinstance(user_id, str) else "",
        type=_text(event["type"])[:40],
        sent_at=_moment(event.get("timestamp")),
        raw=event,
    )


def _text(value: object) -> str:
    return value[:64] if isinstance(value, str) and value.isprintable() else ""


def _digest(event: Mapping[str, Any]) -> str:
    """Stands in for a missing webhookEventId: the same event twice has the same digest."""
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()


def _moment(milliseconds: object) -> datetime:
    if isinstance(milliseconds, int) and 0 < milliseconds < 10**14:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    return datetime.now(UTC)


def store(events: list[Incoming]) -> None:
    """Stores what is new and enqueues one job per resident with news, in one transaction."""
    now = datetime.now(UTC)
    columns = (
        [e.id for e in events], [e.user_hash for e in events], [e.type for e in events],
        [e.sent_at for e in events], [now] * len(events), [e.sealed for e in events],
    )
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(INSERT, columns)
            new = {row[0] for row in cursor.fetchall()}
        for user_hash in sorted(new - {""}):
            tasks.answer.configure(lock=f"line:{user_hash}").defer(user_hash=user_hash)
