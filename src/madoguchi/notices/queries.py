"""Reads of notices, for the desk."""

from __future__ import annotations

from madoguchi.notices.channels import LETTER
from madoguchi.notices.models import Notice


def notices_of(app_id: int, record_id: int) -> list[Notice]:
    """Everything that was told about one record, newest first."""
    return list(Notice.objects.filter(app_id=app_id, record_id=record_id).order_by("-created_at"))


def letters_to_print(app_id: int) -> list[Notice]:
    """Notices that wait for staff to print and post them, oldest first."""
    waiting = Notice.objects.filter(app_id=app_id, channel=LETTER, state=Notice.State.QUEUED)
    return list(waiting.order_by("created_at"))
