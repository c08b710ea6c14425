"""Reading records. One SQL statement a page; PostgreSQL builds the JSON and leaves out what may not be seen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from madoguchi.catalog.queries import AppRevision, revision
from madoguchi.catalog.tables import columns_of, table_name
from madoguchi.definition.fields import AnyField, ChannelName
from madoguchi.definition.values import Value
from madoguchi.records.lists import ListTooSlow, Page, count_capped, list_records
from madoguchi.records.models import Event
from madoguchi.records.rows import select_list, values_of

__all__ = (
    "ListTooSlow", "Page", "Record", "RecordNotFound", "count_capped", "find_by_interview", "find_by_key",
    "get_record", "history", "list_records", "personal_field_ids",
)

SYSTEM = (
    "id", "revision", "app_revision_id", "receipt_number", "status", "assignee_id", "created_by_id", "updated_by_id",
    "channel", "interview_id",
    "created_at", "updated_at", "submitted_at",
)


class RecordNotFound(LookupError):
    """The app has no such record."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it is now. ``app`` is the revision it was filed under; ``values`` (by code) are read by that one.

    ``revision`` rises with every change: hand it back as ``expected_revision``. Blank fields are not in ``values``.
    """

    app: AppRevision
    id: int
    revision: int
    receipt_number: str | None
    status: str | None
    assignee_id: int | None
    created_by_id: int | None
    updated_by_id: int | None
    channel: ChannelName
    interview_id: UUID | None
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    values: dict[str, Value] = field(repr=False)

    @property
    def app_revision_id(self) -> int:
        return self.app.revision_id


def get_record(app: AppRevision, record_id: int, *, lock: bool = False) -> Record:
    """One record, read by the revision it was filed under, whichever revision ``app`` is; raises RecordNotFound.

    ``lock`` keeps others from changing it until the transaction ends. Says nothing about rights and logs no access.
    """
    row = _one(app, sql.SQL("id = {}").format(sql.Literal(record_id)), lock=lock)
    if row is None:
        raise RecordNotFound(f"{app.code}/{record_id}")
    if row["app_revision_id"] != app.revision_id:
        return get_record(revision(row["app_revision_id"]), record_id, lock=lock)
    return _record(app, row)


def _one(app: AppRevision, where: sql.Composable, *, lock: bool = False) -> dict[str, Any] | None:
    statement = sql.SQL("SELECT row_to_json(r)::text FROM (SELECT {} FROM {} WHERE {} LIMIT 1{}) r").format(
        select_list(app.definition.value_fields, SYSTEM),
        sql.Identifier(table_name(app.app_id)),
        where,
        sql.SQL(" FOR UPDATE" if lock else ""),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchone()
    return json.loads(found[0]) if found else None


def _record(app: AppRevision, row: Mapping[str, Any]) -> Record:
    def moment(name: str) -> datetime | None:
        return datetime.fromisoformat(row[name]) if row[name] else None

    created, updated = moment("created_at"), moment("updated_at")
    assert created and updated  # NOT NULL in the table
    return Record(
        app=app, id=row["id"], revision=row["revision"], receipt_number=row["receipt_number"],
        status=row["status"], assignee_id=row["assignee_id"],
        created_by_id=row["created_by_id"], updated_by_id=row["updated_by_id"], channel=row["channel"],
        interview_id=UUID(row["interview_id"]) if row["interview_id"] else None,
        created_at=created, updated_at=updated, submitted_at=moment("submitted_at"),
        values=values_of(app.definition, row),
    )


def find_by_interview(app: AppRevision, interview_id: UUID) -> tuple[int, str | None] | None:
    """Id and receipt number of the record that came of an interview, or None."""
    statement = sql.SQL("SELECT id, receipt_number FROM {} WHERE interview_id = {}::uuid").format(
        sql.Identifier(table_name(app.app_id)), sql.Literal(interview_id)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchone()
    return (found[0], found[1]) if found else None


def find_by_key(app: AppRevision, code: str, value: str) -> dict[str, Value] | None:
    """Values of the newest record whose plain text field ``code`` is ``value``, or None."""
    key = app.definition.by_code.get(code)
    columns = columns_of(key) if key else ()
    if len(columns) != 1 or columns[0].sql_type != "text":
        return None
    where = sql.SQL("{} = {} ORDER BY id DESC").format(sql.Identifier(columns[0].name), sql.Literal(value))
    row = _one(app, where)
    return values_of(app.definition, row) if row else None


def history(app: AppRevision, record_id: int) -> list[Event]:
    """What happened to a record, oldest first, with the staff who acted."""
    found = Event.objects.filter(app_id=app.app_id, record_id=record_id).select_related("actor_staff")
    return list(found.order_by("id"))


def personal_field_ids(fields: Sequence[AnyField]) -> frozenset[int]:
    """Ids of the fields whose reading is logged."""
    return frozenset(item.id for item in fields if item.personal)
