"""Reads of notices, for the desk."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db.models import QuerySet

from madoguchi.notices.channels import LETTER
from madoguchi.notices.models import Notice


def notices_of(app_id: int, record_id: int) -> list[Notice]:
    """Everything that was told about one record, newest first."""
    return list(Notice.objects.filter(app_id=app_id, record_id=record_id).order_by("-created_at"))


def letters_to_print(
    app_ids: Collection[int], *, only: Collection[uuid.UUID] | None = None, limit: int | None = None
) -> list[Notice]:
    """Notices of those apps that wait for staff to print and post them, oldest first; ``only`` of these, if given."""
    waiting = _waiting_letters(app_ids).order_by("created_at")
    return list(waiting.filter(pk__in=only)[:limit] if only is not None else waiting[:limit])


def count_letters(app_ids: Collection[int], *, cap: int) -> int:
    """How many letters wait, counted no further than one more than ``cap``."""
    return _waiting_letters(app_ids)[: cap + 1].count()


def _waiting_letters(app_ids: Collection[int]) -> QuerySet[Notice]:
    return Notice.objects.filter(app_id__in=app_ids, channel=LETTER, state=Notice.State.QUEUED)
