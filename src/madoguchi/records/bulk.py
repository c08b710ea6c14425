"""Many rows at once, by COPY: part of the one write path. Rows and their events are written in the caller's
transaction. Values are canonical and complete (``RowReader``). Subscribers to events are not told: what an import
adds happened long ago, and nobody waits for a notice about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from madoguchi.catalog.queries import AppRevision
from madoguchi.catalog.tables import columns_of, table_name
from madoguchi.definition.values import Value, Values
from madoguchi.records import extras
from madoguchi.records.actor import Actor
from madoguchi.records.copying import copy_lines, encoders, escaped, json_cell, line
from madoguchi.records.models import Event
from madoguchi.records.receipts import next_receipt_numbers

_EVENT_COLUMNS = (
    "app_id", "record_id", "record_revision", "kind", "actor_kind", "actor_staff_id", "at", "before", "after", "data",
)
_SYSTEM = (
    "id", "revision", "app_revision_id", "receipt_number", "status", "channel", "created_at", "updated_at",
    "submitted_at",
)


@dataclass(frozen=True, slots=True)
class NewRow:
    """A record to add; ``data`` goes into its event."""

    values: Values
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A locked record to change: what it held before and holds after, both whole, blanks left out."""

    record_id: int
    revision: int
    before: Values
    after: Values
    data: Mapping[str, Any]

    def changed(self) -> list[str]:
        """The codes of what differs."""
        codes = dict.fromkeys([*self.before, *self.after])
        return [code for code in codes if self.before.get(code) != self.after.get(code)]


def insert_rows(app: AppRevision, rows: Sequence[NewRow], *, actor: Actor) -> list[int]:
    """Adds the rows with their ``created`` events, status, channel and receipt numbers; returns their ids in order.

    Raises DataError and IntegrityError as the database does.
    """
    if not rows:
        return []
    now, defn = timezone.now(), app.definition
    ids = _reserve_ids(app, len(rows))
    prefix = defn.procedure.prefix if defn.procedure else None
    numbers = next_receipt_numbers(prefix, timezone.localdate(now), len(rows)) if prefix else [None] * len(rows)
    status = defn.process.initial if defn.process else None
    _copy_rows(app, rows, ids, numbers, status, now, actor)
    shown = {key: value for key, value in (("status", status), ("channel", "counter")) if value is not None}
    codes = {code: str(field.id) for code, field in defn.by_code.items()}
    lines = []
    for row, record_id, number in zip(rows, ids, numbers, strict=True):
        after = {**shown, "receipt_number": number} if number else dict(shown)
        after.update((codes[code], value) for code, value in row.values.items())
        lines.append(_event_line(app, record_id, 1, "created", actor, now, "{}", json_cell(after), json_cell(row.data)))
    copy_lines(Event._meta.db_table, _EVENT_COLUMNS, lines)
    return ids


def _reserve_ids(app: AppRevision, count: int) -> list[int]:
    statement = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    with connection.cursor() as cursor:
        cursor.execute(statement, [table_name(app.app_id), count])
        return [number for (number,) in cursor.fetchall()]


def _copy_rows(
    app: AppRevision, rows: Sequence[NewRow], ids: Sequence[int], numbers: Sequence[str | None], status: str | None,
    now: datetime, actor: Actor,
) -> None:
    names, encode = _value_columns(app, set().union(*(row.values for row in rows)))
    moment, revision, status_cell = now.isoformat(), str(app.revision_id), escaped(status or "")
    more = extras.of_new(app, [row.values for row in rows], actor)
    lines = [
        line([
            str(record_id), "1", revision, number, status_cell, "counter", moment, moment, moment if number else None,
            *extra, *encode(row.values),
        ])
        for row, record_id, number, extra in zip(rows, ids, numbers, more, strict=True)
    ]  # fmt: skip
    copy_lines(table_name(app.app_id), (*_SYSTEM, *extras.ON_INSERT, *names), lines)


def _value_columns(app: AppRevision, codes: Iterable[str]) -> tuple[list[str], Callable[[Values], list[str]]]:
    """The columns of these fields, and what makes their cells out of a record's values."""
    wanted = set(codes)
    fields = [(f.code, encoders(f)) for f in app.definition.value_fields if f.code in wanted]
    names = [column.name for _, columns in fields for column, _ in columns]

    def encode(values: Values) -> list[str]:
        cells: list[str] = []
        for code, columns in fields:
            value = values.get(code)
            if value is None:
                cells += [""] * len(columns)
            else:
                cells += [make(value) for _, make in columns]
        return cells

    return names, encode


def _event_line(
    app: AppRevision, record_id: int, revision: int, kind: str, actor: Actor, now: datetime, before: str, after: str,
    data: str,
) -> str:
    staff = "" if actor.staff_id is None else actor.staff_id
    return (
        f"{app.app_id}\t{record_id}\t{revision}\t{kind}\t{actor.kind}\t{staff}\t{now.isoformat()}\t"
        f"{before}\t{after}\t{data}\n"
    )


def update_rows(app: AppRevision, rows: Sequence[ChangedRow], *, actor: Actor) -> None:
    """Changes locked records that were filed under ``app``, with their ``updated`` events; at least one value each."""
    if not rows:
        return
    now = timezone.now()
    codes = set().union(*(row.changed() for row in rows))
    with transaction.atomic():
        _update(app, rows, codes, now, actor)
    ids = {code: str(field.id) for code, field in app.definition.by_code.items()}
    lines = []
    for row in rows:
        changed = row.changed()
        before, after = ({ids[c]: values.get(c) for c in changed} for values in (row.before, row.after))
        lines.append(_event_line(
            app, row.record_id, row.revision + 1, "updated", actor, now, json_cell(before), json_cell(after),
            json_cell(row.data),
        ))  # fmt: skip
    copy_lines(Event._meta.db_table, _EVENT_COLUMNS, lines)


_TEMPORARY = "bulk_changes"


def _update(app: AppRevision, rows: Sequence[ChangedRow], codes: set[str], now: datetime, actor: Actor) -> None:
    """The new values go into a temporary table by COPY, and from there into the rows with one statement."""
    names, encode = _value_columns(app, codes)
    more = extras.of_changed(app, [row.after for row in rows], actor)
    columns = ["id", *extras.ON_UPDATE, *names]
    lines = [
        line([str(row.record_id), *extra, *encode(row.after)]) for row, extra in zip(rows, more, strict=True)
    ]  # fmt: skip
    table, changes = sql.Identifier(table_name(app.app_id)), sql.Identifier(_TEMPORARY)
    create = sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
        changes, sql.SQL(", ").join(map(sql.Identifier, columns)), table
    )
    sets = sql.SQL(", ").join(sql.SQL("{0} = c.{0}").format(sql.Identifier(name)) for name in columns[1:])
    update = sql.SQL(
        "UPDATE {} t SET revision = t.revision + 1, updated_at = {}, {} FROM {} c WHERE t.id = c.id"
    ).format(table, sql.Literal(now), sets, changes)
    with connection.cursor() as cursor:
        cursor.execute(create)
        copy_lines(_TEMPORARY, columns, lines)
        cursor.execute(update)
        cursor.execute(sql.SQL("DROP TABLE {}").format(changes))


def taken(app: AppRevision, code: str, values: Sequence[Value]) -> dict[Any, list[int]]:
    """Which of ``values`` records already have in that field: the ids by value, as text."""
    field = app.definition.by_code[code]
    column = columns_of(field)[0]
    statement = sql.SQL("SELECT {0}::text, id FROM {1} WHERE {0} = ANY({2}::{3}[])").format(
        sql.Identifier(column.name), sql.Identifier(table_name(app.app_id)), sql.Literal(list(values)),
        sql.SQL(column.sql_type),
    )
    found: dict[Any, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement)
        for value, record_id in cursor.fetchall():
            found.setdefault(value, []).append(record_id)
    return found
