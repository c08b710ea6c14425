"""The log of who read personal fields."""

from __future__ import annotations

from collections.abc import Iterable

from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.records.models import AccessLog


def log_access(
    *, app: AppRevision, record_ids: Iterable[int], staff: Staff, purpose: str, field_ids: Iterable[int]
) -> None:
    """Notes that ``staff`` read these personal fields of these records; nothing personal read, nothing noted.

    ``purpose`` is where in the product, at most 20 characters: ``list``, ``record``, ``search``, ``letter``,
    ``export``, ``file``. A list page is one row.
    """
    records, fields = list(record_ids), sorted(field_ids)
    if records and fields:
        AccessLog.objects.create(app_id=app.app_id, record_ids=records, staff=staff, purpose=purpose, field_ids=fields)
