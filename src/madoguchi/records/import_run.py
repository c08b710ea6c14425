"""The work of an import: batch after batch, each one transaction that also counts it. Killed anywhere, it goes on with
the first row that was not counted: nothing is lost and nothing is written twice."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeAlias
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from madoguchi.catalog.queries import AppRevision, revision
from madoguchi.catalog.tables import columns_of, table_name
from madoguchi.definition.compute import visible_values
from madoguchi.definition.problems import Problem
from madoguchi.definition.row_reader import ReadRow, RowReader
from madoguchi.definition.values import Value, Values
from madoguchi.definition.world import PeopleKind
from madoguchi.lib import tables
from madoguchi.lib.ahead import ahead
from madoguchi.lib.tables import Row, TableError
from madoguchi.records import bulk, checks, import_files
from madoguchi.records.access import log_access
from madoguchi.records.actor import staff_actor
from madoguchi.records.bulk import ChangedRow, NewRow
from madoguchi.records.defaults import with_defaults
from madoguchi.records.errors import InvalidValues, RecordError
from madoguchi.records.import_models import Import
from madoguchi.records.imports import RowError, close, keep_errors, maps_of, source_of
from madoguchi.records.permissions import staff_access
from madoguchi.records.read import personal_field_ids
from madoguchi.records.rows import json_expression, values_of
from madoguchi.records.world import DatabaseWorld
from madoguchi.records.write import update_record

BATCH_ROWS = 2000

ASKING_TYPES = frozenset({"lookup", "staff", "department", "group"})
"""Fields whose values are looked up in the database."""

Messages: TypeAlias = list[list[str]]
_Read: TypeAlias = tuple[Row, ReadRow | None]
"""A row, and what it means where that is known already."""


class StandingWorld(DatabaseWorld):
    """The world at one moment: nothing is asked twice."""

    def __init__(self) -> None:
        super().__init__("counter")
        self._now = super().now
        self._rows: dict[tuple[str, str, str], Mapping[str, Value] | None] = {}
        self._people: dict[tuple[PeopleKind, tuple[str, ...]], frozenset[str]] = {}

    @property
    def now(self) -> datetime:
        """The moment at which the import began or went on."""
        return self._now

    def known(self, kind: PeopleKind, codes: Sequence[str]) -> frozenset[str]:
        """As DatabaseWorld."""
        asked = (kind, tuple(codes))
        if asked not in self._people:
            self._people[asked] = super().known(kind, codes)
        return self._people[asked]

    def lookup(self, app: str, key: str, value: str) -> Mapping[str, Value] | None:
        """As DatabaseWorld."""
        asked = (app, key, value)
        if asked not in self._rows:
            self._rows[asked] = super().lookup(app, key, value)
        return self._rows[asked]


@dataclass(frozen=True, slots=True)
class _Existing:
    """A record that a row's key found."""

    id: int
    revision: int
    app_revision_id: int
    editable: bool
    values: dict[str, Value]


@dataclass(slots=True)
class _Batch:
    """What is to be done with the rows of one batch, and what became of them."""

    new: list[tuple[Row, NewRow]]
    changed: list[tuple[Row, ChangedRow]]
    elsewhere: list[tuple[Row, _Existing, Values]]
    errors: list[RowError]
    added: int = 0
    updated: int = 0
    unchanged: int = 0


def run(import_id: UUID, *, batch_rows: int = BATCH_ROWS) -> None:
    """Works off an import, from the first row that is not counted yet. An import that has ended is left alone."""
    row = Import.objects.select_related("staff").get(pk=import_id)
    if not row.is_open:
        return
    try:
        Work(row).run(batch_rows)
    except (TableError, FileNotFoundError) as wrong:
        message = str(wrong) if isinstance(wrong, TableError) else _("読み込むファイルがありません。")
        with transaction.atomic():
            row = Import.objects.select_for_update().get(pk=import_id)
            row.state, row.message = Import.State.FAILED, message
            close(row)


class Work:
    """One run of one import."""

    def __init__(self, row: Import) -> None:
        self._import = row
        self._app: AppRevision = revision(row.revision_id)
        self._actor = staff_actor(row.staff)
        self._world = StandingWorld()
        self._reader = RowReader(self._app.definition, maps_of(row), self._world, defaults=self._defaults(row))
        self._labels = {f.code: str(f.label) for f in self._app.definition.fields}
        self._key: Mapping[str, Any] | None = row.key
        self._mapped = {one.code: one for one in maps_of(row)}
        unique = [f for f in self._app.definition.fields if getattr(f, "unique", False) and f.code in self._mapped]
        self._unique = [field.code for field in unique]
        self._seen: dict[tuple[str, str], int] = {}
        personal = personal_field_ids(self._app.definition.fields)
        self._personal = {f.id for f in self._app.definition.fields if f.code in self._mapped and f.id in personal}

    def _defaults(self, row: Import) -> Values:
        mapped = dict.fromkeys(one.code for one in maps_of(row))
        found = with_defaults(self._app.definition, mapped, self._actor, self._world.now)
        return {code: value for code, value in found.items() if code not in mapped}

    def run(self, batch_rows: int) -> None:
        """Batch after batch until the file ends, or somebody stops the import."""
        with (
            import_files.opened(self._import.id, self._import.size) as file,
            closing(tables.rows(file, source_of(self._import))) as rows,
        ):
            done = self._import.done
            for row in islice(rows, done):
                self._remember(row)
            batches = self._batches(rows, batch_rows)
            with closing(ahead(batches) if self._may_read_ahead else batches) as waiting:
                for batch in waiting:
                    if not self._write_batch(batch, done):
                        return
                    done += len(batch)
        self._finish(done)

    @property
    def _may_read_ahead(self) -> bool:
        """Whether another thread can read the rows: not where reading asks the database, in the batch's transaction."""
        types = {self._app.definition.by_code[code].type for code in self._mapped}
        return self._key is None and not types & ASKING_TYPES

    def _batches(self, rows: Iterator[Row], batch_rows: int) -> Generator[list[_Read], None, None]:
        while batch := list(islice(rows, batch_rows)):
            # With a key a row may be a change to a record, which is read differently.
            yield [(row, None if self._key else self._reader.read(row[1])) for row in batch]

    def _remember(self, row: Row) -> None:
        """Keys of rows that an earlier run has written, so that a later row with the same one is noticed."""
        if self._unique or self._key:
            self._twice(row, self._reader.read(row[1]).values)

    @transaction.atomic
    def _write_batch(self, rows: Sequence[_Read], done: int) -> bool:
        """False where somebody stopped the import, or another worker has taken it over."""
        row = Import.objects.select_for_update().get(pk=self._import.pk)
        if not row.is_open or row.done != done:
            return False
        batch = self._sorted_out(rows)
        ids = self._insert(batch, batch.new) + self._update(batch)
        log_access(
            app=self._app, record_ids=ids, staff=self._import.staff, purpose="import", field_ids=self._personal
        )
        batch.errors.sort(key=lambda error: error[0])
        keep_errors(row, batch.errors)
        row.state, row.done = Import.State.RUNNING, done + len(rows)
        row.added, row.updated = row.added + batch.added, row.updated + batch.updated
        row.unchanged, row.failed = row.unchanged + batch.unchanged, row.failed + len(batch.errors)
        row.save()
        return True

    @transaction.atomic
    def _finish(self, done: int) -> None:
        row = Import.objects.select_for_update().get(pk=self._import.pk)
        if row.is_open and row.done == done:
            row.state, row.total = Import.State.DONE, done
            close(row)

    # --- what becomes of each row ---

    def _sorted_out(self, rows: Sequence[_Read]) -> _Batch:
        batch = _Batch([], [], [], [])
        existing = self._existing([row for row, _read in rows]) if self._key else {}
        for row, read in rows:
            self._sort_out(row, read, batch, existing)
        self._refuse_taken(batch)
        return batch

    def _sort_out(
        self, row: Row, read: ReadRow | None, batch: _Batch, existing: Mapping[str, list[_Existing]]
    ) -> None:
        number, cells = row
        key = self._key_of(cells)
        found = existing.get(key, []) if key else []
        if not found:
            read = read or self._reader.read(cells)
            messages = self._words(read.problems) + self._twice(row, read.values) + self._no_such(key)
            data = {"import": str(self._import.pk), "row": number}
            if messages:
                batch.errors.append((number, cells, messages))
            else:
                batch.new.append((row, NewRow(read.values, data)))
            return
        change = self._reader.changes(cells, found[0].values)
        messages = self._words(change.problems) + self._twice(row, change.values) + self._unfit(found)
        if messages:
            batch.errors.append((number, cells, messages))
        elif found[0].app_revision_id != self._app.revision_id:
            batch.elsewhere.append((row, found[0], change.values))
        else:
            self._change(row, found[0], change.values, batch)

    def _change(self, row: Row, record: _Existing, changes: Values, batch: _Batch) -> None:
        whole = visible_values(self._app.definition, {**record.values, **changes}, self._world)
        after = {code: value for code, value in whole.items() if value is not None}
        data = {"import": str(self._import.pk), "row": row[0]}
        changed = ChangedRow(record.id, record.revision, record.values, after, data)
        if changed.changed():
            batch.changed.append((row, changed))
        else:
            batch.unchanged += 1

    def _words(self, problems: Mapping[str, Sequence[Problem]]) -> Messages:
        return [
            [self._labels.get(code, code), self._with_label(code, str(problem.text))]
            for code, found in problems.items() for problem in found
        ]  # fmt: skip

    def _with_label(self, code: str, message: str) -> str:
        label = self._labels.get(code, code)
        return message if label in message else f"「{label}」: {message}"

    # --- keys ---

    def _key_of(self, cells: Sequence[str]) -> str:
        """What finds the record of a row, as PostgreSQL prints the column; blank: a new record."""
        if self._key is None:
            return ""
        code = self._key["code"]
        if code in self._mapped:
            value = self._reader.value_of(code, cells)
            return "" if value is None else str(value)
        return str(cells[self._key["column"]]).strip()

    def _existing(self, rows: Sequence[Row]) -> dict[str, list[_Existing]]:
        """The records of these rows by key, locked."""
        assert self._key is not None
        keys = sorted({key for _number, cells in rows if (key := self._key_of(cells))})
        column, sql_type = self._key_column(self._key["code"])
        if sql_type == "bigint":
            keys = [key for key in keys if key.isascii() and key.isdigit() and len(key) < 19]
        fields = self._app.definition.value_fields
        statement = sql.SQL(
            "SELECT k, id, revision, app_revision_id, editable, row_to_json(r)::text FROM ("
            "SELECT {0}::text AS k, id, revision, app_revision_id, {1} AS editable, {2} FROM {3}"
            " WHERE {0} = ANY({4}::{5}[]) ORDER BY id FOR UPDATE) r"
        ).format(
            sql.Identifier(column), staff_access(self._app, self._import.staff).where("edit"),
            sql.SQL(", ").join(map(json_expression, fields)), sql.Identifier(table_name(self._app.app_id)),
            sql.Literal(keys), sql.SQL(sql_type),
        )  # fmt: skip
        return self._fetched(statement)

    def _key_column(self, code: str) -> tuple[str, str]:
        if code in ("id", "receipt_number"):
            return code, "bigint" if code == "id" else "text"
        column = columns_of(self._app.definition.by_code[code])[0]
        return column.name, column.sql_type

    def _fetched(self, statement: sql.Composed) -> dict[str, list[_Existing]]:
        found: dict[str, list[_Existing]] = {}
        with connection.cursor() as cursor:
            cursor.execute(statement)
            for key, record_id, number, app_revision_id, editable, data in cursor.fetchall():
                values = values_of(self._app.definition, json.loads(data))
                found.setdefault(key, []).append(_Existing(record_id, number, app_revision_id, bool(editable), values))
        return found

    def _no_such(self, key: str) -> Messages:
        """A number that we give ourselves must be there."""
        if not key or self._key is None or self._key["code"] in self._mapped:
            return []
        words = _("「%(key)s」のレコードがありません。番号を確かめるか、空欄にして追加してください。")
        return [["", words % {"key": key}]]

    def _unfit(self, found: Sequence[_Existing]) -> Messages:
        if len(found) > 1:
            words = _("同じ値のレコードが%(count)s件あり、どれを更新するか決められません。")
            return [["", words % {"count": len(found)}]]
        return [] if found[0].editable else [["", _("このレコードを変更する権限がありません。")]]

    def _twice(self, row: Row, values: Values) -> Messages:
        """Rows of the same file that claim what may be there only once."""
        number, cells = row
        claims = [(code, str(values[code])) for code in self._unique if values.get(code) is not None]
        if self._key and (key := self._key_of(cells)):
            claims.append((self._key["code"], key))
        messages: Messages = []
        for claim in dict.fromkeys(claims):
            first = self._seen.setdefault(claim, number)
            if first != number:
                label = self._labels.get(claim[0], claim[0])
                words = _("「%(field)s」の値が%(row)s行目と同じです。") % {"field": label, "row": first}
                messages.append([label, words])
        return messages

    def _refuse_taken(self, batch: _Batch) -> None:
        """New rows whose unique value a record already has; most would else be found out by the database one by one."""
        for code in self._unique:
            values = [new.values[code] for _row, new in batch.new if code in new.values]
            taken = bulk.taken(self._app, code, values) if values else {}
            kept = []
            for row, new in batch.new:
                if str(new.values.get(code)) in taken:
                    field = self._app.definition.by_code[code]
                    batch.errors.append((*row, [[str(field.label), str(checks.taken(field.label).text)]]))
                else:
                    kept.append((row, new))
            batch.new = kept

    # --- writing ---

    def _insert(self, batch: _Batch, rows: Sequence[tuple[Row, NewRow]]) -> list[int]:
        """Adds rows; where the database refuses some, halves find out which."""
        if not rows:
            return []
        try:
            with transaction.atomic():
                ids = bulk.insert_rows(self._app, [new for _row, new in rows], actor=self._actor)
        except (DataError, IntegrityError) as refusal:
            if len(rows) == 1:
                batch.errors.append((*rows[0][0], self._refused(refusal)))
                return []
            half = len(rows) // 2
            return self._insert(batch, rows[:half]) + self._insert(batch, rows[half:])
        batch.added += len(ids)
        return ids

    def _update(self, batch: _Batch) -> list[int]:
        ids = self._change_all(batch, batch.changed)
        for row, record, changes in batch.elsewhere:
            ids += self._change_elsewhere(batch, row, record, changes)
        return ids

    def _change_all(self, batch: _Batch, rows: Sequence[tuple[Row, ChangedRow]]) -> list[int]:
        if not rows:
            return []
        try:
            with transaction.atomic():
                bulk.update_rows(self._app, [change for _row, change in rows], actor=self._actor)
        except (DataError, IntegrityError) as refusal:
            if len(rows) == 1:
                batch.errors.append((*rows[0][0], self._refused(refusal)))
                return []
            half = len(rows) // 2
            return self._change_all(batch, rows[:half]) + self._change_all(batch, rows[half:])
        batch.updated += len(rows)
        return [change.record_id for _row, change in rows]

    def _change_elsewhere(self, batch: _Batch, row: Row, record: _Existing, changes: Values) -> list[int]:
        """A record that was filed under another revision follows the rules of that one."""
        data = {"import": str(self._import.pk), "row": row[0]}
        try:
            update_record(
                app=self._app, record_id=record.id, changes=changes, expected_revision=record.revision,
                actor=self._actor, data=data,
            )
        except InvalidValues as refusal:
            batch.errors.append((*row, self._words(refusal.problems)))
            return []
        except RecordError as refusal:
            batch.errors.append((*row, [["", str(refusal)]]))
            return []
        batch.updated += 1
        return [record.id]

    def _refused(self, refusal: DataError | IntegrityError) -> Messages:
        words = checks.readable(self._app, refusal)
        if not isinstance(words, InvalidValues):
            raise words from None
        return self._words(words.problems)
