"""What a webhook sends: kintone's shape, with what the webhook's owner may see at that moment."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from madoguchi.api import reading
from madoguchi.api.shapes import Shape
from madoguchi.api.shapes_sql import ADMINISTRATOR, RESIDENT
from madoguchi.api.webhook_models import Webhook, WebhookDelivery
from madoguchi.catalog.queries import AppNotFound, published_by_id
from madoguchi.records.models import Event
from madoguchi.records.permissions import Access, staff_access

Body = dict[str, Any]
TEST = "TEST"


class NothingToSend(Exception):
    """The message is left out. ``reason``: ``app`` or ``record`` is gone or hidden, ``owner`` may not see it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def payload(delivery: WebhookDelivery) -> bytes:
    """The JSON to post, as things are now. Raises NothingToSend. Personal values that it holds are logged as read."""
    hook = delivery.webhook
    access = _access(hook)
    head = {
        "id": str(delivery.pk), "type": delivery.type,
        "app": {"id": str(hook.app_id), "name": str(access.app.definition.name)},
    }
    return json.dumps(head | _rest(delivery, access), ensure_ascii=False, separators=(",", ":")).encode()


def _access(hook: Webhook) -> Access:
    try:
        access = staff_access(published_by_id(hook.app_id), hook.owner)
    except AppNotFound:
        raise NothingToSend("app") from None
    if not access.has("view"):
        raise NothingToSend("owner")
    return access


def _rest(delivery: WebhookDelivery, access: Access) -> Body:
    event = delivery.event
    if event is None:
        return {"test": True}
    match delivery.type:
        case "DELETE_RECORD":
            return {"recordId": str(event.record_id), "deletedBy": _actor(event), "deletedAt": _moment(event.at)}
        case "ADD_RECORD_COMMENT":
            return _commented(delivery.webhook, access, event)
        case _:
            return _recorded(delivery.webhook, access, event)


def _recorded(hook: Webhook, access: Access, event: Event) -> Body:
    shapes = [shape for shape in reading.visible_shapes(access) if hook.personal or not is_personal(shape)]
    codes = ["$id", "$revision", *(shape.code for shape in shapes)]
    found = reading.records_by_id(access, [event.record_id], codes, purpose="webhook")
    if not found:
        raise NothingToSend("record")
    record = json.loads(found)
    return {"record": record, "recordTitle": _title(access, shapes, record), "url": _url(access, event.record_id)}


def is_personal(shape: Shape) -> bool:
    """Whether the value is marked as personal, or a column of the table is."""
    fields = [shape, *shape.rows.values()]
    return any(one.field is not None and one.field.personal for one in fields)


def _title(access: Access, shapes: list[Shape], record: Body) -> str:
    """What names the record: its title field (of a name, family and given name), or the receipt number, or its id."""
    wanted = access.app.definition.title_field
    parts = [shape.code for shape in shapes if shape.field is not None and shape.field.code == wanted][:2]
    words = [value for code in parts if isinstance(value := record[code]["value"], str) and value]
    number = record.get("受付番号", {}).get("value")
    return " ".join(words) or number or f"#{record['$id']['value']}"


def _commented(hook: Webhook, access: Access, event: Event) -> Body:
    """What staff write to each other is free text: it is sent only where personal values are."""
    if not access.allows(event.record_id, "view"):
        raise NothingToSend("record")
    comment = {
        "id": str(event.pk), "text": event.data.get("text", "") if hook.personal else "",
        "createdAt": _moment(event.at), "creator": _actor(event),
        "mentions": event.data.get("mentions", []) if hook.personal else [],
    }
    return {"recordId": str(event.record_id), "comment": comment, "url": _url(access, event.record_id)}


def _actor(event: Event) -> dict[str, str]:
    if event.actor_staff is not None:
        return {"code": event.actor_staff.username, "name": str(event.actor_staff)}
    return RESIDENT if event.actor_kind == "resident" else ADMINISTRATOR


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _url(access: Access, record_id: int) -> str:
    return f"{settings.BASE_URL}{reverse('desk:record', args=[access.app.code, record_id])}"
