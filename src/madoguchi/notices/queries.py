"""Reads of notices, for the desk."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db.models import QuerySet

from madoguchi.notices.channels import LETTER
from madoguchi.notices.models import Notice
from madoguchi.records.permissions import Access, of_seen_records


def notices_of(app_id: int, record_id: int) -> list[Notice]:
    """Everything that was told about one record, newest first."""
    return list(Notice.objects.filter(app_id=app_id, record_id=record_id).order_by("-created_at"))


def letters_to_print(
    accesses: Collection[Access], *, only: Collection[uuid.UUID] | None = None, limit: int | None = None
) -> list[Notice]:
    """Notices that wait for staff to print and post them, oldest first; ``only`` of these, if given.

    Of the apps of ``accesses``, and of the records that may be viewed there.
    """
    waiting = _waiting_letters(accesses).order_by("created_at")
    return list(waiting.filter(pk__in=only)[:limit] if only is not None else waiting[:limit])


def count_letters(accesses: Collection[Access], *, cap: int) -> int:
    """How many letters wait, counted no further than one more than ``cap``."""
    return _waiting_letters(accesses)[: cap + 1].count()


def _waiting_letters(accesses: Collection[Access]) -> QuerySet[Notice]:
    return Notice.objects.filter(of_seen_records(accesses), channel=LETTER, state=Notice.State.QUEUED)
