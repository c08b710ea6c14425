"""Many rows at once, by COPY: part of the one write path. Rows and their events are written in the caller's
transaction. Values are canonical and complete (``RowReader``). Subscribers to events are not told: what an import
adds happened long ago, and nobody waits for a notice about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from madoguchi.catalog.queries import AppRevision
from madoguchi.catalog.tables import columns_of, table_name
from madoguchi.definition.compute import visible_codes
from madoguchi.definition.fields import SerialField
from madoguchi.definition.values import Value, Values
from madoguchi.records import extras, search_columns, serials
from madoguchi.records.actor import Actor
from madoguchi.records.copying import RowEncoder, copy_lines, escaped, json_cell
from madoguchi.records.models import Event
from madoguchi.records.receipts import next_receipt_numbers
from madoguchi.records.world import DatabaseWorld

_EVENT_COLUMNS = (
    "app_id", "record_id", "record_revision", "kind", "actor_kind", "actor_staff_id", "at", "before", "after", "data",
)
_EventParts: TypeAlias = tuple[int, int, str, str, str]
"""Record id, its revision, and before, after and data as JSON cells."""
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
    rows = _with_serials(app, rows, timezone.localdate(now))
    ids = _reserve_ids(app, len(rows))
    prefix = defn.procedure.prefix if defn.procedure else None
    numbers = next_receipt_numbers(prefix, timezone.localdate(now), len(rows)) if prefix else [None] * len(rows)
    status = defn.process.initial if defn.process else None
    _copy_rows(app, rows, ids, numbers, status, now, actor)
    search_columns.follow(app, ids)
    shown = {key: value for key, value in (("status", status), ("channel", "counter")) if value is not None}
    codes = {code: str(field.id) for code, field in defn.by_code.items()}

    def parts() -> Iterator[_EventParts]:
        for row, record_id, number in zip(rows, ids, numbers, strict=True):
            after = {**shown, "receipt_number": number} if number else dict(shown)
            for code, value in row.values.items():
                after[codes[code]] = value
            yield record_id, 1, "{}", json_cell(after), json_cell(row.data)

    copy_lines(Event._meta.db_table, _EVENT_COLUMNS, _event_lines(app, "created", actor, now, parts()))
    return ids


def _with_serials(app: AppRevision, rows: Sequence[NewRow], day: date) -> Sequence[NewRow]:
    """The rows with the next serial numbers in every serial field that they show."""
    for field in app.definition.fields:
        if isinstance(field, SerialField):
            shows = [_shows(app, field, row) for row in rows]
            numbers = iter(serials.take(app.app_id, field, day, count=sum(shows))) if any(shows) else iter(())
            rows = [
                NewRow({**row.values, field.code: next(numbers)}, row.data) if shown else row
                for row, shown in zip(rows, shows, strict=True)
            ]
    return rows


def _shows(app: AppRevision, field: SerialField, row: NewRow) -> bool:
    conditional = field.show_if or field.channels
    return not conditional or field.code in visible_codes(app.definition, row.values, DatabaseWorld("counter"))


def _reserve_ids(app: AppRevision, count: int) -> list[int]:
    statement = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    with connection.cursor() as cursor:
        cursor.execute(statement, [table_name(app.app_id), count])
        return [number for (number,) in cursor.fetchall()]


def _copy_rows(
    app: AppRevision, rows: Sequence[NewRow], ids: Sequence[int], numbers: Sequence[str | None], status: str | None,
    now: datetime, actor: Actor,
) -> None:
    encoder = _encoder(app, set().union(*(row.values for row in rows)))
    moment, encode = now.isoformat(), encoder.cells
    before = f"\t1\t{app.revision_id}\t"
    after = f"\t{escaped(status or '')}\tcounter\t{moment}\t{moment}\t"
    more = extras.of_new(app, [(row.values, number) for row, number in zip(rows, numbers, strict=True)], actor)
    lines = (
        "\t".join([
            f"{record_id}{before}{number or ''}{after}{moment if number else ''}", *extra, *encode(row.values)
        ]) + "\n"
        for row, record_id, number, extra in zip(rows, ids, numbers, more, strict=True)
    )  # fmt: skip
    copy_lines(table_name(app.app_id), (*_SYSTEM, *extras.ON_INSERT, *encoder.columns), lines)


def _encoder(app: AppRevision, codes: Iterable[str]) -> RowEncoder:
    wanted = set(codes)
    return RowEncoder(field for field in app.definition.value_fields if field.code in wanted)


def _event_lines(
    app: AppRevision, kind: str, actor: Actor, now: datetime, parts: Iterable[_EventParts]
) -> Iterator[str]:
    staff = "" if actor.staff_id is None else actor.staff_id
    who = f"{kind}\t{actor.kind}\t{staff}\t{now.isoformat()}"
    for record_id, revision, before, after, data in parts:
        yield f"{app.app_id}\t{record_id}\t{revision}\t{who}\t{before}\t{after}\t{data}\n"


def update_rows(app: AppRevision, rows: Sequence[ChangedRow], *, actor: Actor) -> None:
    """Changes locked records that were filed under ``app``, with their ``updated`` events; at least one value each."""
    if not rows:
        return
    now = timezone.now()
    codes = set().union(*(row.changed() for row in rows))
    with transaction.atomic():
        _update(app, rows, codes, now, actor)
        search_columns.follow(app, [row.record_id for row in rows])
    ids = {code: str(field.id) for code, field in app.definition.by_code.items()}
    parts = []
    for row in rows:
        changed = row.changed()
        before, after = ({ids[c]: values.get(c) for c in changed} for values in (row.before, row.after))
        parts.append((row.record_id, row.revision + 1, json_cell(before), json_cell(after), json_cell(row.data)))
    copy_lines(Event._meta.db_table, _EVENT_COLUMNS, _event_lines(app, "updated", actor, now, parts))


_TEMPORARY = "bulk_changes"


def _update(app: AppRevision, rows: Sequence[ChangedRow], codes: set[str], now: datetime, actor: Actor) -> None:
    """The new values go into a temporary table by COPY, and from there into the rows with one statement."""
    encoder = _encoder(app, codes)
    receipts = search_columns.receipts_of(app, [row.record_id for row in rows])
    more = extras.of_changed(app, [(row.after, receipts[row.record_id]) for row in rows], actor)
    columns = ["id", *extras.ON_UPDATE, *encoder.columns]
    lines = [
        "\t".join([str(row.record_id), *extra, *encoder.cells(row.after)]) + "\n"
        for row, extra in zip(rows, more, strict=True)
    ]
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
