"""The one write path. Every change writes the row and its event in one transaction and is refused if the record was
changed meanwhile. Values are by field code, in the canonical form; codes are those of the revision the record was
filed under (``Record.app``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone
from psycopg import sql

from madoguchi.catalog.queries import AppRevision, published_by_id
from madoguchi.catalog.tables import table_name
from madoguchi.definition.app import Action, AppDefinition, Trigger
from madoguchi.definition.compute import visible_values
from madoguchi.definition.fields import ChannelName
from madoguchi.definition.values import Value, Values
from madoguchi.records import checks, files, search_columns
from madoguchi.records.actor import Actor
from madoguchi.records.defaults import with_defaults
from madoguchi.records.errors import (
    AlreadyCreated,
    FieldsRefused,
    InvalidValues,
    NotAllowedNow,
    NotDeletable,
    RecordError,
    RecordRef,
    StaleRecord,
)
from madoguchi.records.events import write_event
from madoguchi.records.guards import refuse_fields, refuse_record, refuse_undeletable, register_deletion_guard
from madoguchi.records.models import Event
from madoguchi.records.permissions import Access, RecordRight
from madoguchi.records.read import Record, find_by_interview, find_record, get_record
from madoguchi.records.receipts import next_receipt_number
from madoguchi.records.requirements import refuse_unless_movable, register_requirement, triggered_action
from madoguchi.records.row_numbers import numbered
from madoguchi.records.rows import assignments, by_field_id
from madoguchi.records.serials import serial_numbers
from madoguchi.records.world import DatabaseWorld

__all__ = (
    "AlreadyCreated", "FieldsRefused", "InvalidValues", "NotAllowedNow", "NotDeletable", "RecordError", "RecordRef",
    "StaleRecord", "add_event", "assign_record", "create_record", "delete_record", "fire_trigger", "move_record",
    "register_deletion_guard", "register_requirement", "update_record",
)

Assignments = list[tuple[sql.Identifier, sql.Composable]]

CLOSED = frozenset({"done", "rejected", "cancelled", "expired"})
"""Kinds of status in which a record is finished: its ID photos are then due for deletion."""


@transaction.atomic
def create_record(
    *, app: AppRevision, values: Values, actor: Actor, status: str | None = None, channel: ChannelName = "counter",
    interview_id: UUID | None = None, receipt_prefix: str | None = None, data: Mapping[str, Any] | None = None,
    access: Access | None = None,
) -> RecordRef:
    """Adds a record, with a receipt number if the app has a procedure (or ``receipt_prefix`` is given).

    Hidden fields are dropped, formulas computed and serial numbers given; where staff or a program add the record,
    fields that ``values`` does not name get their defaults. ``status`` defaults to the process's initial one. Raises
    AlreadyCreated when ``interview_id`` has become a record before, InvalidValues; with ``access`` also
    PermissionDenied without the right to add, and FieldsRefused.
    """
    if interview_id is not None:
        _refuse_second(app, interview_id)
    if access is not None:
        access.require("add")
        refuse_fields(access, values)
    world = DatabaseWorld(channel, access.viewer if access else None)
    if actor.is_checked and interview_id is None:
        values = checks.checked_whole(app.definition, with_defaults(app.definition, values, actor, world.now), world)
    visible = visible_values(app.definition, numbered(app.definition, values), world)
    stored = {code: value for code, value in visible.items() if value is not None}
    stored |= serial_numbers(app, visible, world.now.date())
    system = _initial_columns(app.definition, world.now, status, channel, receipt_prefix)
    made = {"interview_id": interview_id, "created_by_id": actor.staff_id, "updated_by_id": actor.staff_id}
    record_id = _insert(app, system | made, stored)
    if record_id is None and interview_id is not None:
        _refuse_second(app, interview_id)  # Another transaction was faster and has committed by now.
    assert record_id is not None
    search_columns.follow(app, [record_id])
    shown = {key: system[key] for key in ("status", "channel", "receipt_number") if system[key] is not None}
    event = write_event(
        app_id=app.app_id, record_id=record_id, record_revision=1, kind="created", actor=actor,
        after=shown | by_field_id(app.definition, stored), data=data,
    )
    return RecordRef(app.app_id, record_id, system["receipt_number"], event.pk)


def _refuse_second(app: AppRevision, interview_id: UUID) -> None:
    found = find_by_interview(app, interview_id)
    if found:
        event = Event.objects.filter(app_id=app.app_id, record_id=found[0], kind="created").earliest("id")
        raise AlreadyCreated(RecordRef(app.app_id, found[0], found[1], event.pk))


def _initial_columns(
    defn: AppDefinition, now: datetime, status: str | None, channel: ChannelName, prefix: str | None
) -> dict[str, Any]:
    prefix = prefix or (defn.procedure.prefix if defn.procedure else None)
    number = next_receipt_number(prefix, now.date()) if prefix else None
    return {
        "status": status or (defn.process.initial if defn.process else None),
        "channel": channel, "receipt_number": number, "submitted_at": now if number else None,
        "created_at": now, "updated_at": now,
    }


def _insert(app: AppRevision, system: Mapping[str, Any], values: Values) -> int | None:
    pairs = _system_assignments({**system, "app_revision_id": app.revision_id}) + _field_assignments(app, values)
    pairs += search_columns.assignments(app, values, system["receipt_number"])
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT (interview_id) DO NOTHING RETURNING id").format(
        sql.Identifier(table_name(app.app_id)),
        sql.SQL(", ").join(name for name, _ in pairs),
        sql.SQL(", ").join(value for _, value in pairs),
    )
    with _readable_refusals(app), connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchone()
    return int(found[0]) if found else None


def _system_assignments(columns: Mapping[str, Any]) -> Assignments:
    return [(sql.Identifier(name), sql.Literal(value)) for name, value in columns.items()]


def _field_assignments(app: AppRevision, values: Mapping[str, Value]) -> Assignments:
    fields = app.definition.by_code
    return [pair for code, value in values.items() for pair in assignments(fields[code], value)]


@contextmanager
def _readable_refusals(app: AppRevision) -> Iterator[None]:
    """Says in plain words why the database refused; the savepoint keeps the caller's transaction usable."""
    try:
        with transaction.atomic():
            yield
    except (DataError, IntegrityError) as refusal:
        # Not "from refusal": PostgreSQL's text quotes the value, and personal data must not reach a log.
        raise checks.readable(app, refusal) from None


@transaction.atomic
def update_record(
    *, app: AppRevision, record_id: int, changes: Values, expected_revision: int | None, actor: Actor,
    kind: str = "updated", data: Mapping[str, Any] | None = None, access: Access | None = None,
) -> Event:
    """Changes some values (None clears one). ``expected_revision`` None means: whatever it is now.

    Changes by staff and programs are checked against the definition. Raises RecordNotFound, StaleRecord, InvalidValues;
    with ``access`` also PermissionDenied and FieldsRefused, by the rules as they hold for the locked record.
    """
    record = _current(app, record_id, expected_revision, access, "edit")
    if access is not None:
        refuse_fields(access, changes)
    return _change(record, kind=kind, actor=actor, changes=changes, data=data, access=access)


@transaction.atomic
def recalculate_record(*, app: AppRevision, record_id: int, actor: Actor) -> Event | None:
    """Calculates the record's formulas anew; None if they yield what they did. Raises RecordNotFound."""
    record = get_record(app, record_id, lock=True)
    defn = record.app.definition
    after = visible_values(defn, record.values, DatabaseWorld(record.channel))
    changes = {
        field.code: after.get(field.code) for field in defn.value_fields
        if field.type in ("formula", "table") and after.get(field.code) != record.values.get(field.code)
    }
    if not changes:
        return None
    return _change(record, kind="updated", actor=actor, changes=changes, data={"recalculated": True})


@transaction.atomic
def move_record(
    *, app: AppRevision, record_id: int, action: Action, expected_revision: int | None, actor: Actor,
    changes: Values | None = None, data: Mapping[str, Any] | None = None, access: Access | None = None,
) -> Event:
    """Moves a record by ``action`` of its own process. Whether this person may is decided by ``permissions.may_act``.

    Raises RecordNotFound (with ``access`` also where a rule hides the record), StaleRecord, InvalidValues, and
    NotAllowedNow when the record is in another status, when a requirement (identity, payment) is not met or when the
    action's condition is false.
    """
    record = _current(app, record_id, expected_revision, access, "view")
    if access is not None:
        refuse_fields(access, changes or {})
    refuse_unless_movable(record, action, access.viewer.staff if access else None)
    return _move(record, action, actor, changes or {}, data or {}, access)


@transaction.atomic
def fire_trigger(
    *, app_id: int, record_id: int, trigger: Trigger, actor: Actor, data: Mapping[str, Any] | None = None
) -> Event | None:
    """Moves a record by the action that ``trigger`` has in its current status, or does nothing if there is none."""
    record = _current(published_by_id(app_id), record_id, None)
    action = triggered_action(record, trigger)
    return _move(record, action, actor, {}, data or {}) if action else None


@transaction.atomic
def assign_record(
    *, app: AppRevision, record_id: int, staff_id: int | None, expected_revision: int | None, actor: Actor,
    access: Access | None = None,
) -> Event:
    """Gives a record to someone, or to nobody (None). Raises RecordNotFound, StaleRecord."""
    record = _current(app, record_id, expected_revision, access, "view")
    return _change(record, kind="assigned", actor=actor, system={"assignee_id": staff_id})


@transaction.atomic
def add_event(
    *, app: AppRevision, record_id: int, kind: str, actor: Actor, data: Mapping[str, Any] | None = None,
    access: Access | None = None,
) -> Event:
    """Notes something that changes no value: a comment, a payment, a letter. Raises RecordNotFound."""
    record = get_record(app, record_id) if access is None else find_record(access, record_id)
    return write_event(
        app_id=app.app_id, record_id=record_id, record_revision=record.revision, kind=kind, actor=actor, data=data
    )


@transaction.atomic
def delete_record(
    *, app: AppRevision, record_id: int, expected_revision: int | None, actor: Actor, access: Access | None = None,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Removes a record; its last values stay in the event ``deleted``, its files are deleted by the daily job.

    What a resident filed is never deleted: it ends with an action of the process (rejected, cancelled), its status page
    stays, and how long it is kept is a matter of law. Raises RecordNotFound, StaleRecord, PermissionDenied, and
    NotDeletable for such a record or where a room above objects (``register_deletion_guard``).
    """
    record = _current(app, record_id, expected_revision, access, "delete")
    refuse_undeletable(record)
    files.schedule_all(app_id=app.app_id, record_id=record.id)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("DELETE FROM {} WHERE id = {}").format(
                sql.Identifier(table_name(app.app_id)), sql.Literal(record.id)
            )
        )
    system = {name: getattr(record, name) for name in ("status", "assignee_id", "receipt_number", "created_by_id")}
    before = {name: value for name, value in system.items() if value is not None}
    return write_event(
        app_id=app.app_id, record_id=record.id, record_revision=record.revision, kind="deleted", actor=actor, data=data,
        before=before | by_field_id(record.app.definition, record.values),
    )


def _current(
    app: AppRevision, record_id: int, expected_revision: int | None, access: Access | None = None,
    right: RecordRight = "view",
) -> Record:
    """The record, locked. Rules are asked once it is: what they hold of cannot change any more."""
    record = get_record(app, record_id, lock=True)
    if access is not None:
        refuse_record(access, record_id, right)
    if expected_revision is not None and record.revision != expected_revision:
        raise StaleRecord(record.revision)
    return record


def _move(
    record: Record, action: Action, actor: Actor, changes: Values, data: Mapping[str, Any],
    access: Access | None = None,
) -> Event:
    assert record.app.definition.process is not None
    closed = record.app.definition.process.status(action.to).kind in CLOSED
    files.schedule_deletion(app=record.app, record_id=record.id, closed=closed)
    story = {**data, "action": action.code, "from": record.status, "to": action.to, "notice": action.notice}
    return _change(
        record, kind="moved", actor=actor, changes=changes, system={"status": action.to}, data=story, access=access
    )


def _change(
    record: Record, *, kind: str, actor: Actor, changes: Values | None = None,
    system: Mapping[str, Any] | None = None, data: Mapping[str, Any] | None = None, access: Access | None = None,
) -> Event:
    new = _changed_values(record, changes, actor, access) if changes else {}
    columns = {name: value for name, value in (system or {}).items() if value != getattr(record, name)}
    revision = _update(record, columns | {"updated_by_id": actor.staff_id}, new)
    if new:
        search_columns.follow(record.app, [record.id])
    old_values = {code: record.values.get(code) for code in new}
    defn = record.app.definition
    return write_event(
        app_id=record.app.app_id, record_id=record.id, record_revision=revision, kind=kind, actor=actor, data=data,
        before={name: getattr(record, name) for name in columns} | by_field_id(defn, old_values),
        after=columns | by_field_id(defn, new),
    )


def _changed_values(record: Record, changes: Values, actor: Actor, access: Access | None) -> dict[str, Value]:
    """What differs after ``changes``: values, fields that they hide or show, formulas; None where now blank."""
    world, defn = DatabaseWorld(record.channel, access.viewer if access else None), record.app.definition
    if actor.is_checked:
        changes = checks.checked(defn, changes, world, values=record.values)
    changes = numbered(defn, changes, before=record.values)
    after = visible_values(defn, {**record.values, **changes}, world)
    codes = [field.code for field in defn.value_fields]
    return {code: after.get(code) for code in codes if after.get(code) != record.values.get(code)}


def _update(record: Record, system: Mapping[str, Any], values: Values) -> int:
    pairs = _system_assignments(system) + _field_assignments(record.app, values)
    if values:
        pairs += search_columns.assignments(record.app, {**record.values, **values}, record.receipt_number)
    pairs += [(sql.Identifier("updated_at"), sql.Literal(timezone.now()))]
    pairs += [(sql.Identifier("revision"), sql.SQL("revision + 1"))]
    statement = sql.SQL("UPDATE {} SET {} WHERE id = {} AND revision = {} RETURNING revision").format(
        sql.Identifier(table_name(record.app.app_id)),
        sql.SQL(", ").join(sql.SQL("{} = {}").format(name, value) for name, value in pairs),
        sql.Literal(record.id),
        sql.Literal(record.revision),
    )
    with _readable_refusals(record.app), connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchone()
    if found is None:
        raise StaleRecord(record.revision)
    return int(found[0])
