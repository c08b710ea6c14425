"""From an event to a message: which text, over which channel, told once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from django.db import transaction
from django.utils import timezone

from madoguchi.catalog import queries as catalog
from madoguchi.definition.app import Action, AppDefinition
from madoguchi.definition.text import Language
from madoguchi.lib.jobs import app
from madoguchi.notices import channels, texts
from madoguchi.notices.models import Notice
from madoguchi.notices.residents import ResidentAddress, resident_of
from madoguchi.records import read, write
from madoguchi.records.actor import SYSTEM, Actor
from madoguchi.records.models import Event

KEY_BY_KIND: Mapping[str, str] = {
    "created": "submitted", "corrected": "corrected", "payment_paid": "paid", "payment_refunded": "refunded",
    "payment_expired": "expired",
}
KEY_BY_ACTION: Mapping[str, str] = {
    "return": "returned", "reject": "rejected", "fix_fee": "fee_fixed", "post": "posted",
}
KEY_BY_STATUS: Mapping[str, str] = {
    "done": "completed", "rejected": "rejected", "cancelled": "cancelled", "expired": "expired",
}
TRIGGER_OF_KIND: Mapping[str, str] = {
    "corrected": "correction", "payment_paid": "payment", "payment_expired": "payment_expiry",
}
"""Events that usually move the record as well: the resident hears of them once, not twice."""
HEARD_KINDS = frozenset({*KEY_BY_KIND, "moved"})


def on_event(event: Event) -> None:
    """Enqueues the telling, in the transaction of the event."""
    if event.kind in HEARD_KINDS:
        lock = f"notices:{event.app_id}:{event.record_id}"
        app.configure_task("notices.prepare", lock=lock).defer(event_id=event.pk)


def key_for(definition: AppDefinition, kind: str, data: Mapping[str, object]) -> str | None:
    """The key of the text for an event, or None if the resident need not hear of it.

    ``data`` is the event's data and, for ``created``, the record's status and channel.
    """
    if kind == "created":
        return _key_for_application(definition, data)
    actions = definition.process.actions if definition.process else ()
    if kind == "moved":
        action = next((a for a in actions if a.code == data.get("action")), None)
        return _key_for_move(definition, action, str(data.get("to") or "")) if action else None
    trigger = TRIGGER_OF_KIND.get(kind)
    own = next((a.notice for a in actions if trigger and a.trigger == trigger and a.notice), None)
    return own or KEY_BY_KIND.get(kind)


def prepare_notice(event_id: int) -> Notice | None:
    """Writes the notice for an event, unless it exists or nobody is to hear of it. Enqueues the sending."""
    event = Event.objects.select_related("app").get(pk=event_id)
    address = resident_of(event.app_id, event.record_id)
    if address is None:
        return None
    definition, status = _definition_and_status(event)
    key = key_for(definition, event.kind, {**event.after, **event.data})
    if key is None or definition.procedure is None:
        return None
    facts = {
        "受付番号": address.receipt_number,
        "状態": _status_text(definition, status, address),
        "期限": _date_text(address.due_at, address.language),
    }
    message = texts.message(definition.procedure, key, language=address.language, facts=facts)
    return _enqueue(event, address, key, message, channels.choose(address.resident_id))


def mark_sent(notice: Notice, *, actor: Actor = SYSTEM) -> None:
    """It left the house."""
    with transaction.atomic():
        notice.state, notice.sent_at, notice.error = Notice.State.SENT, timezone.now(), ""
        notice.save(update_fields=["state", "sent_at", "error"])
        _add_event(notice, "notice_sent", actor)


def mark_failed(notice: Notice, *, reason: str) -> Notice | None:
    """It will not arrive this way; staff see it, and the next channel takes over (returned, if there is one)."""
    with transaction.atomic():
        notice.state, notice.error = Notice.State.FAILED, reason[:300]
        notice.save(update_fields=["state", "error"])
        _add_event(notice, "notice_failed", SYSTEM)
        return _hand_over(notice)


def mark_printed(notice: Notice, *, actor: Actor) -> None:
    """Staff have printed and posted a notice of the channel ``letter``; again is without effect."""
    with transaction.atomic():
        notice = Notice.objects.select_for_update().get(pk=notice.pk)
        if notice.channel == channels.LETTER and notice.state == Notice.State.QUEUED:
            mark_sent(notice, actor=actor)


def _key_for_application(definition: AppDefinition, data: Mapping[str, object]) -> str | None:
    procedure, process = definition.procedure, definition.process
    if procedure and procedure.all_in_chat and data.get("channel") == "line":
        return None  # the chat itself has just answered
    unpaid = [s.code for s in process.statuses if s.kind == "waiting_payment"] if process else []
    return "unpaid" if data.get("status") in unpaid else KEY_BY_KIND["created"]


def _key_for_move(definition: AppDefinition, action: Action, to: str) -> str | None:
    if action.trigger in TRIGGER_OF_KIND.values():
        return None  # told by the payment or the correction that caused the move
    kind = definition.process.status(to).kind if definition.process else ""
    return action.notice or KEY_BY_ACTION.get(action.kind) or KEY_BY_STATUS.get(kind)


def _definition_and_status(event: Event) -> tuple[AppDefinition, str | None]:
    """What the record was filed under, and its status right after the event."""
    record = read.get_record(catalog.published_by_id(event.app_id), event.record_id)
    return record.app.definition, event.data.get("to") or record.status


def _status_text(definition: AppDefinition, code: str | None, address: ResidentAddress) -> str:
    found = [s for s in definition.process.statuses if s.code == code] if definition.process else []
    if not found:
        return ""
    return (found[0].resident or found[0].name).in_language(cast(Language, address.language))


def _date_text(moment: datetime | None, language: str) -> str:
    if moment is None:
        return ""
    return texts.day_text(timezone.localtime(moment).date(), language)


def _enqueue(event: Event, address: ResidentAddress, key: str, message: texts.Message, channel: str) -> Notice | None:
    notice = Notice(
        app_id=event.app_id, record_id=event.record_id, event_id=event.pk, resident_id=address.resident_id,
        channel=channel, template=key, language=address.language, title=message.title, body=message.body,
    )
    notice.link = address.status_url
    return _save_once(notice)


def _hand_over(failed: Notice) -> Notice | None:
    """The same message on the next channel."""
    siblings = Notice.objects.filter(event_id=failed.event_id)
    tried = frozenset(siblings.values_list("channel", flat=True))
    channel = channels.choose(failed.resident_id, tried=tried)
    following = Notice(
        app_id=failed.app_id, record_id=failed.record_id, event_id=failed.event_id, resident_id=failed.resident_id,
        channel=channel, template=failed.template, language=failed.language, title=failed.title, body=failed.body,
        sealed_link=failed.sealed_link,
    )
    return _save_once(following)


def _save_once(notice: Notice) -> Notice | None:
    """Saves the notice and enqueues its sending; None if this event was already told on that channel."""
    with transaction.atomic():
        made = Notice.objects.bulk_create([notice], ignore_conflicts=True)
        if not Notice.objects.filter(pk=made[0].pk).exists():
            return None
        if notice.channel != channels.LETTER:
            lock = f"notices:{notice.resident_id}"
            app.configure_task("notices.send", lock=lock).defer(notice_id=str(notice.pk))
    return notice


def _add_event(notice: Notice, kind: str, actor: Actor) -> None:
    write.add_event(
        app=catalog.published_by_id(notice.app_id), record_id=notice.record_id, kind=kind, actor=actor,
        data={"channel": notice.channel, "template": notice.template, "notice": str(notice.pk)},
    )
