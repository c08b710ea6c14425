"""Webhook in: verify, drop duplicates, store, enqueue, 200. Nothing else, so that LINE never waits.

Source: LINE Messaging API reference, "Webhook event objects" and "Signature validation".
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from madoguchi.channels.line import tasks
from madoguchi.channels.line.friends import user_hash_of
from madoguchi.lib import vault
from madoguchi.lib.prepared import execute_prepared

PATH = "/line/webhook"
MAX_BODY = 2 * 1024 * 1024
STORE = f"""
    WITH new AS (
        INSERT INTO line_receivedevent (webhook_event_id, user_hash, type, sent_at, received_at, payload)
        SELECT * FROM unnest(%(ids)s::text[], %(user_hashes)s::text[], %(types)s::text[],
                             %(sent_at)s::timestamptz[], %(received_at)s::timestamptz[], %(payloads)s::bytea[])
        ON CONFLICT (webhook_event_id) DO NOTHING
        RETURNING user_hash
    ), waiting AS (SELECT DISTINCT user_hash FROM new WHERE user_hash <> '')
    SELECT procrastinate_defer_jobs_v1(array_agg(
        ROW('{tasks.answer.queue}', '{tasks.answer.name}', 0, 'line:' || user_hash, NULL,
            jsonb_build_object('user_hash', user_hash), NULL)::procrastinate_job_to_defer_v1
    )) FROM waiting HAVING count(*) > 0
"""  # noqa: S608 - put together from names in our own code
"""Stores what is new and enqueues one job a resident with news: one statement, so both happen or neither.

The job is what ``tasks.answer.configure(lock=…).defer(…)`` makes; see docs/explanation/performance.md.
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


class Shortcut:
    """Middleware, the first of all: LINE's webhook needs no session, language, cookie or page header."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info != PATH:
            return self.get_response(request)
        response = webhook(request)
        response["Content-Length"] = str(len(response.content))
        return response


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
        events = read(body)
    except (ValueError, RecursionError):
        return HttpResponseBadRequest()
    if events:
        store(events)
    return HttpResponse()


def read(body: bytes) -> list[Incoming]:
    """The events of a webhook's body; ValueError for what is not an envelope."""
    return list(_events(body))


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
    """Stores what is new and enqueues one job per resident with news."""
    columns = columns_of(events)
    # Django would ask "SELECT 1" first. Instead a lost connection is made anew and the same stored again, which is
    # safe because the database drops duplicates, and right even where LINE is not set to deliver again.
    connection.health_check_done = True  # type: ignore[attr-defined] # django-stubs does not know it
    try:
        execute_prepared(STORE, columns)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        execute_prepared(STORE, columns)


def columns_of(events: list[Incoming]) -> dict[str, list[Any]]:
    """What ``STORE`` takes."""
    return {
        "ids": [e.id for e in events], "user_hashes": [e.user_hash for e in events],
        "types": [e.type for e in events], "sent_at": [e.sent_at for e in events],
        "received_at": [datetime.now(UTC)] * len(events), "payloads": [e.sealed for e in events],
    }
