"""Reading records. One SQL statement a page; PostgreSQL builds the JSON and leaves out what may not be seen.

What people and programs read goes by their ``Access``: ``find_record``, ``list_records``, ``history`` with one.
``get_record`` is for the platform itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models.expressions import RawSQL
from psycopg import sql

from madoguchi.catalog.queries import AppRevision, revision
from madoguchi.catalog.tables import columns_of, table_name
from madoguchi.definition.fields import AnyField, ChannelName
from madoguchi.definition.values import Value
from madoguchi.records.joined import read_fields
from madoguchi.records.lists import ListTooSlow, Page, count_capped, list_records
from madoguchi.records.models import Event
from madoguchi.records.permissions import Access, RecordRight, given, live_copies
from madoguchi.records.rows import json_expression, values_of

__all__ = (
    "ListTooSlow", "Page", "Record", "RecordNotFound", "count_capped", "find_by_interview", "find_by_key",
    "find_record", "get_record", "history", "list_records", "personal_field_ids",
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
    Of ``find_record`` only: ``values`` holds what the viewer sees, ``others`` the totals and related records by code,
    ``rights`` what rules about records give.
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
    others: dict[str, Value] = field(repr=False, default_factory=dict)
    rights: frozenset[RecordRight] = frozenset()

    @property
    def app_revision_id(self) -> int:
        return self.app.revision_id


def get_record(app: AppRevision, record_id: int, *, lock: bool = False) -> Record:
    """One record, read by the revision it was filed under, whichever revision ``app`` is; raises RecordNotFound.

    ``lock`` keeps others from changing it until the transaction ends. For the platform: whatever the record holds,
    whoever asks; copies of lookups as they were written. Logs no access.
    """
    row = _one(app, sql.SQL("id = {}").format(sql.Literal(record_id)), lock=lock)
    if row is None:
        raise RecordNotFound(f"{app.code}/{record_id}")
    if row["app_revision_id"] != app.revision_id:
        return get_record(revision(row["app_revision_id"]), record_id, lock=lock)
    return _record(app, row)


def find_record(access: Access, record_id: int) -> Record:
    """One record as this viewer may see it; raises RecordNotFound also where a rule hides it. Logs no access."""
    return _find(access, access.app, record_id)


def _find(access: Access, app: AppRevision, record_id: int) -> Record:
    fields = access.seen(app.definition.fields)
    joined = read_fields(access, app.definition, fields)
    system = [sql.Identifier("t", name) for name in (*SYSTEM, "may_edit", "may_delete")]
    statement = sql.SQL(
        "SELECT row_to_json(r)::text FROM (SELECT {} FROM (SELECT *, {} AS may_edit, {} AS may_delete FROM {}"
        " WHERE id = {} AND {}) AS t {}) r"
    ).format(
        sql.SQL(", ").join([*system, *joined.expressions]), access.where("edit"), access.where("delete"),
        sql.Identifier(table_name(app.app_id)), sql.Literal(record_id), access.where("view"),
        sql.SQL(" ").join(joined.joins),
    )
    row = _first(statement)
    if row is None:
        raise RecordNotFound(f"{app.code}/{record_id}")
    if row["app_revision_id"] != app.revision_id:
        return _find(access, revision(row["app_revision_id"]), record_id)
    others = {item.code: joined.value(item, row) for item in fields if item.type in ("total", "related")}
    rights = given(edit=row["may_edit"], delete=row["may_delete"])
    return replace(_record(app, row), others=others, rights=rights)


def _one(
    app: AppRevision, where: sql.Composable, *, fields: Sequence[AnyField] | None = None, lock: bool = False
) -> dict[str, Any] | None:
    read = app.definition.value_fields if fields is None else fields
    columns = [*map(sql.Identifier, SYSTEM), *map(json_expression, read)]
    return _first(
        sql.SQL("SELECT row_to_json(r)::text FROM (SELECT {} FROM {} WHERE {} LIMIT 1{}) r").format(
            sql.SQL(", ").join(columns), sql.Identifier(table_name(app.app_id)), where,
            sql.SQL(" FOR UPDATE" if lock else ""),
        )
    )


def _first(statement: sql.Composable) -> dict[str, Any] | None:
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


def find_by_key(app: AppRevision, code: str, value: str, *, access: Access | None = None) -> dict[str, Value] | None:
    """Values of the newest record whose plain text field ``code`` is ``value``, or None.

    With ``access``: of those that may be viewed, the values that are seen.
    """
    if access is not None and not access.sees(code):
        return None
    key = app.definition.by_code.get(code)
    columns = columns_of(key) if key else ()
    if len(columns) != 1 or columns[0].sql_type != "text":
        return None
    where = sql.SQL("{} = {} AND {} ORDER BY id DESC").format(
        sql.Identifier(columns[0].name), sql.Literal(value), access.where("view") if access else sql.SQL("TRUE")
    )
    row = _one(app, where, fields=access.seen(app.definition.value_fields) if access else None)
    return values_of(app.definition, row) if row else None


def history(app: AppRevision, record_id: int, *, access: Access | None = None) -> list[Event]:
    """What happened to a record, oldest first, with the staff who acted.

    With ``access``: without values that are hidden, and without copies that follow another app's row, which may be
    hidden there.
    """
    found = Event.objects.filter(app_id=app.app_id, record_id=record_id).select_related("actor_staff").order_by("id")
    hidden = _hidden_in_history(access) if access is not None else []
    if not hidden:
        return list(found)
    return [_as_seen(event) for event in found.defer("before", "after").annotate(**_seen_values(hidden))]


def _hidden_in_history(access: Access) -> list[str]:
    """Ids of fields as events hold them."""
    by_code = access.app.definition.by_code
    copies = {by_code[code].id for code in live_copies(access.app.definition) if code in by_code}
    return sorted(map(str, access.hidden | copies))


def _seen_values(hidden: list[str]) -> dict[str, RawSQL]:
    return {
        f"seen_{name}": RawSQL(f'records_event."{name}" - %s::text[]', [hidden], models.JSONField())  # noqa: S611
        for name in ("before", "after")
    }


def _as_seen(event: Any) -> Event:
    event.before, event.after = event.seen_before, event.seen_after
    found: Event = event
    return found


def personal_field_ids(fields: Sequence[AnyField]) -> frozenset[int]:
    """Ids of the fields whose reading is logged."""
    return frozenset(item.id for item in fields if item.personal)
