"""Events: what happened to records, append-only, written in the transaction of the change itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from madoguchi.records.actor import Actor
from madoguchi.records.models import Event

KINDS = frozenset({
    "created", "updated", "moved", "corrected", "assigned", "commented", "identity_passed", "identity_failed",
    "payment_due", "payment_paid", "payment_failed", "payment_expired", "payment_cancelled", "payment_refunded",
    "file_deleted", "letter_made", "notice_sent", "notice_failed", "deleted", "comment_deleted",
})

Subscriber = Callable[[Event], None]
_subscribers: list[Subscriber] = []


def subscribe(callback: Subscriber) -> Subscriber:
    """Calls ``callback`` with every new event, inside the transaction that wrote it; may be used as a decorator.

    A callback only enqueues jobs: anything slow or outside would hold the record's lock, and an exception undoes the
    change itself. Subscribing the same function twice has no effect.
    """
    if callback not in _subscribers:
        _subscribers.append(callback)
    return callback


def write_event(
    *, app_id: int, record_id: int, record_revision: int, kind: str, actor: Actor,
    before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Inserts an event and tells the subscribers. Only ``records.write`` calls this. ValueError for unknown kinds.

    Of a program's event ``data["token"]`` says whose it is.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of event: {kind}")
    if actor.token_id is not None:
        data = {**(data or {}), "token": actor.token_id}
    event = Event.objects.create(
        app_id=app_id, record_id=record_id, record_revision=record_revision, kind=kind,
        actor_kind=actor.kind, actor_staff_id=actor.staff_id,
        before=dict(before or {}), after=dict(after or {}), data=dict(data or {}),
    )
    for callback in _subscribers:
        callback(event)
    return event
