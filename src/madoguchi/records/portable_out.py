"""Writes an app with its records as a pack: one CSV an app, one a table, the files beside them, and the manifest."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from psycopg import sql

from madoguchi import __version__
from madoguchi.catalog import packs
from madoguchi.catalog.manifest import FORMAT, MANIFEST_FILE, AppPart, Counter, Entry, Manifest, RowsPart, TablePart
from madoguchi.catalog.models import App, City
from madoguchi.catalog.past import revisions_in_use
from madoguchi.catalog.queries import AppRevision, as_filed
from madoguchi.catalog.tables import table_name
from madoguchi.definition import yaml
from madoguchi.definition.fields import AnyField
from madoguchi.definition.values import ROW_ID
from madoguchi.lib.bundles import Listed
from madoguchi.records import files, portable
from madoguchi.records.models import AccessLog, ReceiptCounter, SerialCounter, StoredFile
from madoguchi.records.permissions import Access
from madoguchi.records.portable import Held, HeldTable
from madoguchi.records.query_sql import TRUE
from madoguchi.records.read import personal_field_ids

IDS_AT_ONCE = 10_000
FILE_HEADINGS = (
    "id", "record", "field", "type", "name", "size", "sha256", "identity", "thumbnail", "created_at", "delete_after",
    "deleted_at",
)
_ENDINGS = {"image/jpeg": ".jpg", "application/pdf": ".pdf", "image/png": ".png"}
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Content:
    """What of an app is written. ``access`` limits it to what somebody may see; None: all (who runs the server)."""

    app: AppRevision
    rows: bool = False
    files: bool = False
    access: Access | None = None

    @property
    def where(self) -> sql.Composable:
        """The condition about a record."""
        return self.access.where("view") if self.access else TRUE

    @property
    def is_whole(self) -> bool:
        """Whether nothing is held back."""
        return self.access is None or not (self.access.limits_records or self.access.hidden)

    def sees(self, field: AnyField) -> bool:
        """Whether a field of any of its revisions is written."""
        return self.access is None or self.access.sees_field(field)


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read in the block is of the same moment, however long it takes; nothing is written."""
    if connection.in_atomic_block:  # then the caller decides about the moment
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def write_pack(
    bundle: Listed, contents: Sequence[Content], *, name: str, with_city: bool = False, progress: Progress | None = None
) -> Manifest:
    """Writes the pack; ``progress`` is told how many records of an app are written."""
    with one_moment():
        packs.write(bundle, [content.app for content in contents], name=name, with_city=with_city)
        parts = {content.app.code: _app_part(bundle, content, progress) for content in contents}
        city = City.objects.first()
    manifest = Manifest(
        format=FORMAT, product=__version__, written_at=timezone.now(), city=city.name if city else "",
        whole=all(content.is_whole for content in contents), apps=parts,
        files={name: Entry(size=size, sha256=digest) for name, (size, digest) in bundle.written.items()},
    )  # fmt: skip
    bundle.write_text(MANIFEST_FILE, manifest.model_dump_json(indent=1) + "\n")
    return manifest


def _app_part(bundle: Listed, content: Content, progress: Progress | None) -> AppPart:
    app = content.app
    if not content.rows:
        return AppPart(number=app.number)
    revisions = revisions_in_use(app)
    past = {}
    for one in revisions[1:]:
        past[str(one.number)] = name = f"apps/past/{app.code}.{one.number}.yaml"
        bundle.write_text(name, yaml.dump(as_filed(one.revision_id).definition))
    conversions = App.objects.values_list("conversions", flat=True).get(pk=app.app_id)
    return AppPart(
        number=app.number, past=past, conversions=tuple(conversions),
        rows=_rows_part(bundle, content, revisions, progress),
    )


def _rows_part(
    bundle: Listed, content: Content, revisions: Sequence[AppRevision], progress: Progress | None
) -> RowsPart:
    app, table = content.app, table_name(content.app.app_id)
    fields = [one for one in portable.fields_of(revisions) if content.sees(one[1])]
    columns, tables = portable.held_columns(fields, files=content.files), portable.held_tables(fields)
    file = f"rows/{app.code}.csv"
    count = _copy_out(bundle, file, portable.rows_out(table, columns, content.where), progress)
    parts = []
    for held in tables:
        part = TablePart(file=f"rows/{app.code}.{held.heading}.csv", column=held.column, columns=_sub_columns(held))
        _copy_out(bundle, part.file, portable.table_out(table, held, content.where))
        parts.append(part)
    files_list, missing = _write_files(bundle, content, fields) if content.files else (None, 0)
    return RowsPart(
        file=file, count=count, last_id=_last_id(table), columns={one.heading: one.column.name for one in columns},
        tables=tuple(parts), files=files_list, missing_files=missing, receipts=_receipts(revisions),
        serials=_serials(app.app_id), last_row_number=max((_last_row(table, held) for held in tables), default=0),
    )


def _sub_columns(held: HeldTable) -> dict[str, tuple[str, str, portable.Kind]]:
    return {heading: (code, part, kind) for heading, code, part, kind in held.subs}


def _copy_out(bundle: Listed, name: str, statement: sql.Composed, progress: Progress | None = None) -> int:
    """Streams what PostgreSQL writes; returns how many rows, without the heading."""
    with bundle.open(name) as out, connection.cursor() as cursor:
        out.write(portable.BOM)
        waiting = bytearray()
        with cursor.copy(statement) as copy:
            for number, piece in enumerate(copy):  # a piece is a row
                waiting += piece
                if len(waiting) > 65_536:
                    out.write(bytes(waiting))
                    waiting.clear()
                    if progress:
                        progress(number)
        out.write(bytes(waiting))
        return int(cursor.rowcount)


def _number(statement: sql.Composed) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchone()
    return int(found[0] or 0) if found else 0


def _last_id(table: str) -> int:
    """The last id that was given out, also to records that are gone by now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        (sequence,) = cursor.fetchone() or ("",)
    schema, name = str(sequence).replace('"', "").split(".")
    return _number(sql.SQL("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {}").format(
        sql.Identifier(schema, name)
    ))  # fmt: skip


def _last_row(table: str, held: HeldTable) -> int:
    return _number(sql.SQL(
        "SELECT max((e->>{id})::bigint) FROM {table}, jsonb_array_elements({column}) e WHERE e->>{id} ~ '^[0-9]+$'"
    ).format(id=sql.Literal(ROW_ID), table=sql.Identifier(table), column=sql.Identifier(held.column)))  # fmt: skip


def _receipts(revisions: Sequence[AppRevision]) -> tuple[Counter, ...]:
    prefixes = {one.definition.procedure.prefix for one in revisions if one.definition.procedure}
    statement = sql.SQL("SELECT DISTINCT split_part(receipt_number, '-', 1) FROM {} WHERE receipt_number IS NOT NULL")
    with connection.cursor() as cursor:
        cursor.execute(statement.format(sql.Identifier(table_name(revisions[0].app_id))))
        prefixes |= {prefix for (prefix,) in cursor.fetchall()}
    found = ReceiptCounter.objects.filter(prefix__in=prefixes).order_by("prefix", "era_year")
    return tuple(Counter(key=one.prefix, period=one.era_year, last=one.last) for one in found)


def _serials(app_id: int) -> tuple[Counter, ...]:
    found = SerialCounter.objects.filter(app_id=app_id).order_by("field_id", "period")
    return tuple(Counter(key=str(one.field_id), period=one.period, last=one.last) for one in found)


# --- files ---------------------------------------------------------------------------------------------------------


def _write_files(
    bundle: Listed, content: Content, fields: Sequence[tuple[str, AnyField, list[AnyField]]]
) -> tuple[str, int]:
    """The contents, then the list of them; returns its name and how many contents are not on the disk."""
    code = content.app.code
    missing: set[object] = set()
    stored = _stored(content, [field.id for _heading, field, _forms in fields])
    for row in stored.filter(deleted_at=None).iterator(chunk_size=500):
        try:
            plain, thumbnail = files.read_file(row), files.read_thumbnail(row) if row.has_thumbnail else None
        except FileNotFoundError:
            missing.add(row.pk)
            continue
        with bundle.open(file_name(code, row)) as out:
            out.write(plain)
        if thumbnail is not None:
            with bundle.open(thumbnail_name(code, row)) as out:
                out.write(thumbnail)
    name = f"rows/{code}.files.csv"
    with bundle.open(name) as out:
        out.write(portable.BOM + _line(FILE_HEADINGS))
        for row in stored.iterator(chunk_size=500):
            out.write(_line(_cells(row, lost=row.pk in missing)))
    return name, len(missing)


def _stored(content: Content, field_ids: Sequence[int]) -> QuerySet[StoredFile]:
    table = sql.Identifier(table_name(content.app.app_id))
    inner = sql.SQL("record_id IN (SELECT id FROM {} WHERE {})").format(table, content.where).as_string()
    found = StoredFile.objects.filter(app_id=content.app.app_id, field_id__in=field_ids)
    return found.extra(where=[inner.replace("%", "%%")]).order_by("record_id", "created_at", "pk")  # noqa: S610


def file_name(code: str, row: StoredFile) -> str:
    """Where a content lies in the pack. Its own name is in the list only: names may hold anything."""
    return f"files/{code}/{row.pk}{_ENDINGS.get(row.content_type, '')}"


def thumbnail_name(code: str, row: StoredFile) -> str:
    """Where its small picture lies."""
    return f"files/{code}/{row.pk}.small.jpg"


def _cells(row: StoredFile, *, lost: bool) -> list[str]:
    moments = (row.created_at, row.delete_after, timezone.now() if lost else row.deleted_at)
    plain = (
        row.pk, row.record_id, row.field_id, row.content_type, row.original_name, row.size, row.sha256,
        int(row.identity), int(row.has_thumbnail), *(moment.isoformat() if moment else "" for moment in moments),
    )  # fmt: skip
    return [mark(str(cell)) for cell in plain]


def mark(text: str) -> str:
    """As ``portable.marked``."""
    return f"'{text}" if re.match(portable.MARKED, text) else text


def unmark(text: str) -> str:
    """The inverse of ``mark``."""
    return text[1:] if re.match(portable.UNMARKED, text) else text


def _line(cells: Sequence[str]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue().encode()


# --- the access log ------------------------------------------------------------------------------------------------


def log_export(content: Content, *, staff_id: int | None = None, operator: str = "", purpose: str = "export") -> int:
    """Notes who takes the records of an app out, before they are written; returns how many records.

    ``operator`` is the account of whoever does so on the server itself.
    """
    fields = sorted(personal_field_ids(content.app.definition.fields))
    after = count = 0
    while ids := _ids(content, after):
        AccessLog.objects.create(
            app_id=content.app.app_id, record_ids=ids, staff_id=staff_id, operator=operator[:100], purpose=purpose,
            field_ids=fields,
        )
        after, count = ids[-1], count + len(ids)
    return count


def _ids(content: Content, after: int) -> list[int]:
    statement = sql.SQL("SELECT id FROM {} WHERE id > {} AND {} ORDER BY id LIMIT {}").format(
        sql.Identifier(table_name(content.app.app_id)), sql.Literal(after), content.where, sql.Literal(IDS_AT_ONCE)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [number for (number,) in cursor.fetchall()]


__all__ = (
    "Content", "Held", "file_name", "log_export", "one_moment", "thumbnail_name", "unmark", "write_pack",
)
