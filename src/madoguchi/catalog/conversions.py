"""Fields that get another type with their values: what would be lost, and the copying into columns of the new type.

A column of another type is filled beside the old one while people keep working; publishing then takes what changed
meanwhile and swaps the names. The old column stays under the name ``o<id>_<revision>``: nothing is thrown away.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from madoguchi.catalog.models import App, Conversion, Revision
from madoguchi.catalog.queries import AppRevision, as_filed, revision
from madoguchi.catalog.schema import LARGE_TABLE, existing_columns, has_more_rows_than
from madoguchi.catalog.tables import columns_of, table_name
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.conversion import changes_kind, convert
from madoguchi.definition.fields import AnyField
from madoguchi.definition.findings import DefinitionError, Finding, error
from madoguchi.definition.part_words import FIELD_TYPES
from madoguchi.definition.values import Value, Values

BATCH = 5_000
MARGIN = timedelta(minutes=10)
"""Rows changed so long before the copying began are looked at again: their transactions may have ended after it."""
SAMPLES = 10
_READ = {
    "time without time zone": "to_char({}, 'HH24:MI')", "numeric": "{}::text",
    "timestamp with time zone": "to_char({} AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD\"T\"HH24:MI:SS') || '+09:00'",
    "date": "{}::text",
}
_ARRAY = "CASE WHEN v.value IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(v.value::jsonb)) END"


@dataclass(frozen=True, slots=True)
class Change:
    """One field whose values are converted. ``swap`` is true where the column gets another type."""

    old: AnyField
    new: AnyField
    old_type: str
    new_type: str

    @property
    def swap(self) -> bool:
        return self.old_type != self.new_type

    @property
    def column(self) -> str:
        return f"f{self.new.id}"

    @property
    def fresh(self) -> str:
        """The column that is filled before the names are swapped."""
        return f"n{self.new.id}"


@dataclass(slots=True)
class Preview:
    """What converting one field does: how many values, and how many are lost in which way, with some records."""

    label: str
    before: str
    after: str
    total: int = 0
    losses: dict[str, int] = field(default_factory=dict)
    samples: dict[str, list[str]] = field(default_factory=dict)

    @property
    def lossy(self) -> bool:
        """Whether something is gone afterwards, apart from the old column that is kept."""
        return bool(self.losses.get("all") or self.losses.get("part"))

    @property
    def lines(self) -> list[str]:
        """The losses in words."""
        words = {
            "all": "新しい種類では持てないため、空欄になります",
            "part": "一部が失われます（端数、時刻、2つめ以降の選択など）",
            "odd": "選択肢にない値のまま残ります",
        }
        return [
            f"{count:,}件は、{words[loss]}（例：{'、'.join(self.samples[loss])}）。"
            for loss, count in self.losses.items() if count
        ]

    def count(self, loss: str, record: str) -> None:
        """Takes note of one record."""
        self.total += 1
        if loss:
            self.losses[loss] = self.losses.get(loss, 0) + 1
            known = self.samples.setdefault(loss, [])
            if len(known) < SAMPLES:
                known.append(record)


def changes(app: App, defn: AppDefinition) -> list[Change]:
    """The fields that hold values of another type now; empty for an app without a table."""
    if app.published_id is None:
        return []
    there = existing_columns(table_name(app.pk))
    old = {item.id: item for item in as_filed(app.published_id).definition.fields}
    pairs = [(old[item.id], item) for item in defn.fields if item.id in old and changes_kind(old[item.id], item)]
    return [
        Change(before, after, there[f"f{after.id}"], columns_of(after)[0].sql_type)
        for before, after in pairs if f"f{after.id}" in there
    ]


def previews(app: App, defn: AppDefinition) -> list[Preview]:
    """What publishing ``defn`` would do to the values of fields that change their type; reads, changes nothing."""
    found = changes(app, defn)
    shown = [Preview(str(c.new.label), FIELD_TYPES[c.old.type], FIELD_TYPES[c.new.type]) for c in found]
    for row_id, number, values in _rows(app.pk, found) if found else ():
        for change, preview, value in zip(found, shown, values, strict=True):
            if value is not None:
                preview.count(convert(change.old, change.new, value).loss, number or str(row_id))
    return shown


def needs_job(row: Revision) -> bool:
    """Whether publishing takes so long that a job does it."""
    found = changes(row.app, AppDefinition.model_validate(row.definition))
    return any(change.swap for change in found) and has_more_rows_than(table_name(row.app_id), LARGE_TABLE)


def begin(row: Revision) -> Conversion:
    """Notes that values are being converted, for its progress to be shown."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table_name(row.app_id))))
        found = cursor.fetchone()
    total = int(found[0]) if found else 0
    conversion, _ = Conversion.objects.get_or_create(revision=row, defaults={"total": total})
    return conversion


def copy_all(row: Revision) -> None:
    """Fills the new columns of a large table batch by batch, each in a transaction of its own; goes on where it was."""
    if not needs_job(row):
        return
    conversion = begin(row)
    found = [c for c in changes(row.app, AppDefinition.model_validate(row.definition)) if c.swap]
    add_columns(row.app_id, found)
    while _copy_batch(row.app_id, found, conversion):
        pass


def _copy_batch(app_id: int, found: Sequence[Change], conversion: Conversion) -> bool:
    with transaction.atomic():
        rows = list(_rows(app_id, found, after=conversion.last_id, limit=BATCH))
        if not rows:
            return False
        _write(app_id, found, rows)
        conversion.last_id, conversion.done = rows[-1][0], conversion.done + len(rows)
        conversion.save(update_fields=("last_id", "done"))
    return True


def undo(row: Revision) -> None:
    """Drops the half-filled columns of a publication that did not come about."""
    with transaction.atomic():
        Conversion.objects.filter(revision=row).delete()
        there = existing_columns(table_name(row.app_id))
        for change in changes(row.app, AppDefinition.model_validate(row.definition)):
            if change.fresh in there:
                _alter(row.app_id, sql.SQL("DROP COLUMN {}").format(sql.Identifier(change.fresh)))


def apply(row: Revision, defn: AppDefinition) -> None:
    """Brings the values into the new types, inside the transaction that publishes ``row``. Raises DefinitionError."""
    found = changes(row.app, defn)
    if not found:
        _remember(row, changed_formulas(row.app, defn))
        return
    if not row.accept_losses and (lossy := [p for p in previews(row.app, defn) if p.lossy]):
        raise DefinitionError([_refused(preview) for preview in lossy])
    swaps = [change for change in found if change.swap]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.Identifier(table_name(row.app_id))))
    _finish_copy(row, swaps)
    for change in swaps:
        _swap(row, change)
    _rename_options(row.app_id, [change for change in found if not change.swap])
    _remember(row, [*(change.new for change in swaps), *changed_formulas(row.app, defn)])


def changed_formulas(app: App, defn: AppDefinition) -> list[AnyField]:
    """Formula fields that are new or calculate something else than what is published."""
    if app.published_id is None:
        return []
    before = {item.id: item for item in as_filed(app.published_id).definition.fields}
    return [item for item in defn.fields if item.type == "formula" and _calculates_otherwise(before.get(item.id), item)]


def _calculates_otherwise(old: AnyField | None, new: AnyField) -> bool:
    return any(getattr(old, name, None) != getattr(new, name) for name in ("type", "formula", "format", "decimals"))


def _remember(row: Revision, fields: Iterable[AnyField]) -> None:
    """Records of earlier revisions have these types and formulas from now on (``queries.revision``)."""
    stored = {item.id: item.model_dump(mode="json", by_alias=True) for item in fields}
    if stored:
        App.objects.filter(pk=row.app_id).update(
            conversions=[*row.app.conversions, {"number": row.number, "fields": list(stored.values())}]
        )


def _refused(preview: Preview) -> Finding:
    message = f"種類を「{preview.before}」から「{preview.after}」に変えると、失われる値があります。"
    mend = "公開の画面で内容を確かめ、失われてよいことを選んでください。"
    return error(f"フィールド「{preview.label}」", message + "".join(preview.lines), mend)


def _finish_copy(row: Revision, swaps: Sequence[Change]) -> None:
    """What was not copied yet, and what was changed since; nobody writes meanwhile."""
    if not swaps:
        return
    conversion = Conversion.objects.filter(revision=row).first()
    add_columns(row.app_id, swaps)
    after = conversion.last_id if conversion else 0
    while rows := list(_rows(row.app_id, swaps, after=after, limit=BATCH)):
        _write(row.app_id, swaps, rows)
        after = rows[-1][0]
    if conversion:
        changed = sql.SQL("updated_at >= {}").format(sql.Literal(conversion.started_at - MARGIN))
        _write(row.app_id, swaps, list(_rows(row.app_id, swaps, where=changed)))
        Conversion.objects.filter(pk=conversion.pk).update(finished_at=timezone.now(), done=conversion.total)


def add_columns(app_id: int, found: Iterable[Change]) -> None:
    """Adds the columns that are filled, unless they are there: at once, however many rows there are."""
    for change in found:
        clause = sql.SQL("ADD COLUMN IF NOT EXISTS {} {}")
        _alter(app_id, clause.format(sql.Identifier(change.fresh), sql.SQL(change.new_type)))


def _swap(row: Revision, change: Change) -> None:
    """The indexes of the old column go: their names follow from column names, and the new column needs its own."""
    table = table_name(row.app_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
            " WHERE i.indrelid = to_regclass(%s) AND a.attname = %s",
            [table, change.column],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(sql.Identifier(name)))
    rename = sql.SQL("RENAME COLUMN {} TO {}")
    old_name = f"o{change.new.id}_{row.pk}"
    _alter(row.app_id, rename.format(sql.Identifier(change.column), sql.Identifier(old_name)))
    _alter(row.app_id, rename.format(sql.Identifier(change.fresh), sql.Identifier(change.column)))


def _rename_options(app_id: int, found: Iterable[Change]) -> None:
    """Texts that mean an option (its label, another width) become the option's value."""
    for change in found:
        if change.new.type != "choice":
            continue
        column, table = sql.Identifier(change.column), sql.Identifier(table_name(app_id))
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("SELECT DISTINCT {0} FROM {1} WHERE {0} IS NOT NULL").format(column, table))
            for (text,) in cursor.fetchall():
                value = convert(change.old, change.new, text).value
                if value != text:
                    update = sql.SQL("UPDATE {} SET {} = {} WHERE {} = {}")
                    cursor.execute(update.format(table, column, sql.Literal(value), column, sql.Literal(text)))


def _rows(
    app_id: int, found: Sequence[Change], *, after: int = 0, limit: int | None = None,
    where: sql.Composable | None = None,
) -> Iterator[tuple[int, str | None, tuple[Value, ...]]]:
    """Id, receipt number and the old values of rows, by id."""
    values = [sql.SQL(_READ.get(c.old_type, "{}")).format(sql.Identifier(c.column)) for c in found]
    statement = sql.SQL("SELECT id, receipt_number, {} FROM {} WHERE id > {} AND {} ORDER BY id{}").format(
        sql.SQL(", ").join(values), sql.Identifier(table_name(app_id)), sql.Literal(after), where or sql.SQL("TRUE"),
        sql.SQL(" LIMIT {}").format(sql.Literal(limit)) if limit else sql.SQL(""),
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(BATCH):
            for row in rows:
                yield row[0], row[1], tuple(row[2:])


def _write(app_id: int, found: Sequence[Change], rows: Sequence[tuple[int, Any, tuple[Value, ...]]]) -> None:
    for n, change in enumerate(found):
        pairs = [(row_id, convert(change.old, change.new, values[n]).value) for row_id, _, values in rows]
        texts = [None if value is None else _as_text(value) for _, value in pairs]
        shape = _ARRAY if change.new_type == "text[]" else f"v.value::{change.new_type}"
        # Rows that hold the value already are not written again: what is looked at twice costs only the looking.
        statement = sql.SQL(
            "UPDATE {0} t SET {1} = {2} FROM unnest(%s::bigint[], %s::text[]) v(id, value)"
            " WHERE t.id = v.id AND t.{1} IS DISTINCT FROM {2}"
        )
        with connection.cursor() as cursor:
            cursor.execute(
                statement.format(sql.Identifier(table_name(app_id)), sql.Identifier(change.fresh), sql.SQL(shape)),
                [[row_id for row_id, _ in pairs], texts],
            )


def _as_text(value: Value) -> str:
    return json.dumps(value) if isinstance(value, (list, bool)) else str(value)


def _alter(app_id: int, clause: sql.Composable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ALTER TABLE {} {}").format(sql.Identifier(table_name(app_id)), clause))


def fitted(app: AppRevision, values: Values) -> tuple[AppRevision, dict[str, Value]]:
    """An interview's revision and answers as the app's columns hold them now, after later changes of type."""
    now = revision(app.revision_id)
    if now is app:
        return app, dict(values)
    fields = app.definition.by_code
    return now, {
        code: convert(fields[code], new, value).value
        if code in fields and changes_kind(fields[code], new := now.definition.by_code[code]) else value
        for code, value in values.items()
    }
