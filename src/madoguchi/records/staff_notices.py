"""Telling staff about records: whoever a comment is for. What they are told holds nothing personal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision, published_by_id
from madoguchi.records.models import Event
from madoguchi.records.permissions import staff_access
from madoguchi.records.staff_notice_models import StaffNotice

MENTION_KINDS = {"USER": "staff", "ORGANIZATION": "department", "GROUP": "group"}
"""How events (and kintone's API) write whom a mention is of."""


def mentioned(mentions: Sequence[Mapping[str, Any]]) -> QuerySet[Staff]:
    """The active staff whom these mentions reach, each once."""
    codes: dict[str, list[str]] = {kind: [] for kind in MENTION_KINDS}
    for mention in mentions:
        codes.setdefault(str(mention.get("type")), []).append(str(mention.get("code")))
    return Staff.objects.filter(
        Q(username__in=codes["USER"]) | Q(departments__code__in=codes["ORGANIZATION"])
        | Q(staff_groups__code__in=codes["GROUP"]),
        is_active=True,
    ).distinct()


def tell_mentioned(event: Event) -> int:
    """Tells those whom a comment names, except its author and who may not see the record; returns how many."""
    app = published_by_id(event.app_id)
    people = [one for one in mentioned(event.data.get("mentions") or ()) if one.pk != event.actor_staff_id]
    name = str(event.actor_staff) if event.actor_staff else "API"
    text = f"{name}: {app.definition.name} #{event.record_id}"
    return tell(app, event.record_id, people, kind=StaffNotice.Kind.MENTION, text=text, event=event)


def tell(
    app: AppRevision, record_id: int, people: Iterable[Staff], *, kind: StaffNotice.Kind, text: str,
    event: Event | None = None, key: str = "",
) -> int:
    """Tells those of ``people`` who may see the record; nobody twice of the same event or ``key``. Returns how many."""
    told = [one for one in people if staff_access(app, one).allows(record_id, "view")]
    rows = [
        StaffNotice(staff=one, app_id=app.app_id, record_id=record_id, kind=kind, text=text[:200], event=event, key=key)
        for one in told
    ]
    return len(StaffNotice.objects.bulk_create(rows, ignore_conflicts=True))


def unread(staff: Staff) -> QuerySet[StaffNotice]:
    """What ``staff`` has not read yet, newest first."""
    return StaffNotice.objects.filter(staff=staff, read_at=None).select_related("event__actor_staff").order_by("-id")


def mark_read(staff: Staff, *, app_id: int, record_id: int) -> int:
    """Who opens a record has read what they were told about it; returns how much that was."""
    found = StaffNotice.objects.filter(staff=staff, app_id=app_id, record_id=record_id, read_at=None)
    return found.update(read_at=timezone.now())
