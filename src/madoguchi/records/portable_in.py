"""Takes the records of a pack that another instance wrote: all of an app in one transaction, or nothing."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction
from psycopg import sql

from madoguchi.catalog import manifest as manifests
from madoguchi.catalog import packs
from madoguchi.catalog.manifest import AppPart, Manifest, RowsPart, TablePart
from madoguchi.catalog.models import Revision
from madoguchi.catalog.past import revisions_in_use
from madoguchi.catalog.queries import AppRevision, published
from madoguchi.catalog.schema import existing_columns
from madoguchi.catalog.tables import table_name
from madoguchi.definition.findings import DefinitionError, error
from madoguchi.records import files, portable, search_fill
from madoguchi.records.actor import Actor
from madoguchi.records.models import Event, SearchFill, StoredFile
from madoguchi.records.portable_out import FILE_HEADINGS, file_name, thumbnail_name, unmark
from madoguchi.records.rows import json_value

PIECE = 1024 * 1024
_RAISE_RECEIPT = (
    "INSERT INTO records_receiptcounter (prefix, era_year, last) VALUES (%s, %s, %s)"
    " ON CONFLICT (prefix, era_year) DO UPDATE SET last = greatest(records_receiptcounter.last, EXCLUDED.last)"
)
_RAISE_SERIAL = (
    "INSERT INTO records_serialcounter (app_id, field_id, period, last) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (app_id, field_id, period) DO UPDATE"
    " SET last = greatest(records_serialcounter.last, EXCLUDED.last)"
)


@dataclass(frozen=True, slots=True)
class Report:
    """What loading did, in words; ``loaded`` are the numbers of records by app."""

    lines: tuple[str, ...]
    loaded: Mapping[str, int]


@transaction.atomic
def load_pack(path: Path, *, actor: Actor) -> Report:
    """Loads definitions and, where the pack has them, records; all or nothing, and a second time changes nothing.

    Records come only into an app that never had any. Nobody is told of them: they happened elsewhere, long ago. Raises
    DefinitionError.
    """
    lines = packs.load(path, actor=actor).lines
    manifest = manifests.read(path)
    loaded = {}
    for code, part in (manifest.apps.items() if manifest else ()):
        if part.rows is not None:
            assert manifest is not None
            carried = _Carried(path, published(code), part, part.rows, manifests.fingerprint(path), actor)
            found = carried.load()
            loaded[code] = found
            lines += carried.lines(found)
    return Report((*lines, *_partial(manifest)), loaded)


def _partial(manifest: Manifest | None) -> list[str]:
    if manifest is None or manifest.whole:
        return []
    return ["△ 書き出した人に見えないレコードか項目は、このひな形に入っていません。"]


class _Carried:
    """The records of one app on their way in."""

    def __init__(
        self, path: Path, app: AppRevision, part: AppPart, rows: RowsPart, mark: str, actor: Actor
    ) -> None:
        self._path, self._app, self._part, self._rows, self._mark, self._actor = path, app, part, rows, mark, actor
        self._table = table_name(app.app_id)
        self._unknown: set[str] = set()
        self._same = False

    def load(self) -> int:
        """Brings everything in; returns how many records. 0 if they are here already."""
        if self._is_here():
            self._same = True
            return 0
        try:
            with transaction.atomic():
                self._insert()
        except (DataError, IntegrityError):
            # Not "from": PostgreSQL quotes the value, and personal data must not reach a log.
            mend = "書き出したフォルダーを、もう一度丸ごと写してください。定義を変えたなら、元に戻してください。"
            raise _refused(self._rows.file, "行の中身が、アプリの定義に合いません。", mend) from None
        self._write_events()
        self._raise_counters()
        self._load_files()
        self._prepare_search()
        return self._rows.count

    def lines(self, count: int) -> list[str]:
        """What became of it, in words."""
        code = self._app.code
        if self._same:
            return [f"レコードは読み込み済みです: {code}"]
        found = [f"レコードを読み込みました: {code} {count:,}件"]
        if self._unknown:
            names = "、".join(sorted(self._unknown))
            found.append(f"△ {code}: この自治体にいない職員の担当・登録者は空欄にしました: {names}")
        if self._rows.files is None and any(f.type in ("file", "photo") for f in self._app.definition.fields):
            found.append(f"△ {code}: 写真とファイルは、このひな形に入っていません（書き出しの --files）。")
        if self._rows.missing_files:
            found.append(f"△ {code}: 書き出した元で失われていたファイルが{self._rows.missing_files}点あります。")
        return found

    def _is_here(self) -> bool:
        """Whether these very records were loaded before. Raises DefinitionError where others are."""
        first = Event.objects.filter(app_id=self._app.app_id).order_by("record_id", "id").first()
        if first is None:
            return self._rows.count == 0 and self._app.number == self._part.number
        if first.data.get("carried") == self._mark:
            return True
        mend = "アプリのコードを変えるか、レコードのまだないアプリに読み込んでください。"
        raise _refused(self._rows.file, "このアプリには、もうレコードがあります。", mend)

    # --- rows ---

    def _insert(self) -> None:
        headings = self._header(self._rows.file)
        wanted = [*portable.SYSTEM, *self._rows.columns]
        if headings != wanted:
            raise _refused(self._rows.file, "列の見出しが目録と違います。", "もう一度書き出してください。")
        self._copy_in("carried_rows", self._rows.file, len(headings))
        for number, part in enumerate(self._rows.tables):
            self._copy_in(f"carried_{number}", part.file, len(self._header(part.file)))
        self._find_unknown_staff()
        self._run(self._insert_sql())
        self._run(sql.SQL("DROP TABLE {}").format(
            sql.SQL(", ").join(sql.Identifier(f"carried_{n}") for n in ("rows", *range(len(self._rows.tables))))
        ))  # fmt: skip

    def _header(self, name: str) -> list[str]:
        with (self._path / name).open(encoding="utf-8-sig", newline="") as file:
            return next(csv.reader(file), [])

    def _copy_in(self, table: str, name: str, width: int) -> None:
        columns = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(f"c{n}")) for n in range(width))
        self._run(sql.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(sql.Identifier(table), columns))
        statement = sql.SQL("COPY {} FROM STDIN (FORMAT csv, HEADER, ENCODING 'UTF8')").format(sql.Identifier(table))
        with (
            (self._path / name).open("rb") as file, connection.cursor() as cursor, connection.wrap_database_errors,
            cursor.copy(statement) as copy,
        ):  # fmt: skip
            while piece := file.read(PIECE):
                copy.write(piece)

    def _find_unknown_staff(self) -> None:
        names = sql.SQL(" UNION ").join(
            sql.SQL("SELECT {} FROM carried_rows").format(portable.unmarked(_cell(heading)))
            for heading in ("$assignee", "$created_by", "$updated_by")
        )
        statement = sql.SQL(
            "SELECT n FROM ({}) t(n) WHERE n IS NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM accounts_staff s WHERE s.username = n)"
        ).format(names)
        with connection.cursor() as cursor:
            cursor.execute(statement)
            self._unknown = {name for (name,) in cursor.fetchall()}

    def _insert_sql(self) -> sql.Composed:
        types = existing_columns(self._table)
        first = len(portable.SYSTEM)
        pairs = _system_pairs(self._revisions())
        for number, column in enumerate(self._rows.columns.values(), first):
            if column not in types:
                words = f"列 {column} がアプリの定義にありません。"
                raise _refused(self._rows.file, words, "定義を元に戻してください。")
            pairs.append((column, portable.cell_in(sql.Identifier("r", f"c{number}"), types[column])))
        joins = []
        for number, part in enumerate(self._rows.tables):
            name = sql.Identifier(f"t{number}")
            inner = portable.sub_rows_in(sql.Identifier(f"carried_{number}"), _subs(part))
            joins.append(sql.SQL("LEFT JOIN ({}) {} ON {}.record = r.c0::bigint").format(inner, name, name))
            pairs.append((part.column, sql.SQL("{}.whole").format(name)))
        return sql.SQL("INSERT INTO {} ({}) SELECT {} FROM carried_rows r {} ORDER BY r.c0::bigint").format(
            sql.Identifier(self._table), sql.SQL(", ").join(sql.Identifier(name) for name, _ in pairs),
            sql.SQL(", ").join(value for _, value in pairs), sql.SQL(" ").join(joins),
        )  # fmt: skip

    def _revisions(self) -> dict[int, int]:
        """The ids here of the revisions that records name by number."""
        found = dict(Revision.objects.filter(app_id=self._app.app_id).values_list("number", "pk"))
        past = {int(number) for number in self._part.past}
        if self._app.number != self._part.number:
            if past:
                mend = "このアプリがまだない環境に読み込んでください。"
                raise _refused(self._rows.file, "前の版のレコードがあり、版の番号が合いません。", mend)
            found = {self._part.number: self._app.revision_id}
        return {number: pk for number, pk in found.items() if number in past | {self._part.number}}

    # --- what follows from them ---

    def _write_events(self) -> None:
        """One ``created`` for each record, saying where it came from."""
        fields = [field for _h, field, _f in portable.fields_of(revisions_in_use(self._app))]
        values = [sql.SQL("{} AS {}").format(json_value(field), sql.Identifier(str(field.id))) for field in fields]
        self._run(sql.SQL(
            "INSERT INTO records_event (app_id, record_id, record_revision, kind, actor_kind, actor_staff_id, at,"
            " before, after, data) SELECT {app}, r.id, r.revision, 'created', {kind}, {staff}, now(), '{{}}',"
            " jsonb_strip_nulls(jsonb_build_object('status', r.status, 'channel', r.channel, 'receipt_number',"
            " r.receipt_number) || coalesce(to_jsonb(v), '{{}}')),"
            " jsonb_build_object('carried', {mark}::text, 'created_at', r.created_at)"
            " FROM {table} r LEFT JOIN LATERAL (SELECT {values}) v ON TRUE ORDER BY r.id"
        ).format(
            app=sql.Literal(self._app.app_id), kind=sql.Literal(self._actor.kind),
            staff=sql.SQL("{}::bigint").format(sql.Literal(self._actor.staff_id)), mark=sql.Literal(self._mark),
            table=sql.Identifier(self._table), values=sql.SQL(", ").join(values),
        ))  # fmt: skip

    def _raise_counters(self) -> None:
        """No number is given out here that was given out there."""
        rows = self._rows
        with connection.cursor() as cursor:
            for one in rows.receipts:
                cursor.execute(_RAISE_RECEIPT, [one.key, one.period, one.last])
            for one in rows.serials:
                cursor.execute(_RAISE_SERIAL, [self._app.app_id, int(one.key), one.period, one.last])
            cursor.execute(sql.SQL(
                "SELECT setval(pg_get_serial_sequence({0}, 'id'), m) FROM"
                " (SELECT greatest({1}, (SELECT max(id) FROM {2})) m) t WHERE m > 0"
            ).format(sql.Literal(self._table), sql.Literal(rows.last_id), sql.Identifier(self._table)))  # fmt: skip
            cursor.execute(
                "SELECT setval('records_row_number', %s) FROM records_row_number WHERE last_value < %s",
                [rows.last_row_number, rows.last_row_number],
            )

    def _prepare_search(self) -> None:
        """A job makes the words by which the records are found."""
        SearchFill.objects.filter(pk=self._app.app_id).update(
            position=0, last=self._rows.last_id, finished_at=None
        )
        search_fill.defer(self._app.app_id)
        self._run(sql.SQL("ANALYZE {}").format(sql.Identifier(self._table)))

    # --- files ---

    def _load_files(self) -> None:
        if self._rows.files is None:
            return
        for cells in self._file_rows(self._rows.files):
            row = _stored(self._app.app_id, cells)
            if StoredFile.objects.filter(pk=row.pk).exists():
                words = "同じ番号のファイルが、もうあります。"
                raise _refused(self._rows.files, words, "ほかの環境に読み込んでください。")
            if row.deleted_at is None:
                self._keep(row)
            created = row.created_at
            row.save(force_insert=True)
            StoredFile.objects.filter(pk=row.pk).update(created_at=created)

    def _file_rows(self, name: str) -> Iterator[dict[str, str]]:
        with (self._path / name).open(encoding="utf-8-sig", newline="") as file:
            for cells in csv.DictReader(file):
                yield {heading: unmark(cells.get(heading) or "") for heading in FILE_HEADINGS}

    def _keep(self, row: StoredFile) -> None:
        content = (self._path / file_name(self._app.code, row)).read_bytes()
        if hashlib.sha256(content).hexdigest() != row.sha256:
            raise _refused(file_name(self._app.code, row), "中身が一覧と違います。", "もう一度書き出してください。")
        small = (self._path / thumbnail_name(self._app.code, row)).read_bytes() if row.has_thumbnail else None
        files.keep_content(row, content, small)

    def _run(self, statement: sql.Composed) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)


def _cell(heading: str) -> sql.Identifier:
    return sql.Identifier(f"c{portable.SYSTEM.index(heading)}")


def _subs(part: TablePart) -> list[tuple[str, str, str, portable.Kind]]:
    return [(heading, code, inner, kind) for heading, (code, inner, kind) in part.columns.items()]


def _system_pairs(revisions: Mapping[int, int]) -> list[tuple[str, sql.Composable]]:
    cells = dict(zip(portable.SYSTEM, (sql.Identifier("r", f"c{n}") for n in range(99)), strict=False))
    staff = sql.SQL("(SELECT id FROM accounts_staff s WHERE s.username = {})")
    number = sql.SQL("(SELECT id FROM unnest({}::bigint[], {}::bigint[]) v(number, id) WHERE number = {}::bigint)")
    found: list[tuple[str, sql.Composable]] = [
        ("id", sql.SQL("{}::bigint").format(cells["$id"])),
        ("revision", sql.SQL("{}::integer").format(cells["$revision"])),
        ("app_revision_id", number.format(
            sql.Literal(list(revisions)), sql.Literal(list(revisions.values())), cells["$app_revision"]
        )),
    ]  # fmt: skip
    found += [(name, portable.unmarked(cells[f"${name}"])) for name in ("receipt_number", "status", "channel")]
    people = (("assignee_id", "$assignee"), ("created_by_id", "$created_by"), ("updated_by_id", "$updated_by"))
    found += [(name, staff.format(portable.unmarked(cells[heading]))) for name, heading in people]
    moments = ("created_at", "updated_at", "submitted_at")
    return found + [(name, sql.SQL("{}::timestamptz").format(cells[f"${name}"])) for name in moments]


def _stored(app_id: int, cells: Mapping[str, str]) -> StoredFile:
    def moment(name: str) -> Any:
        return datetime.fromisoformat(cells[name]) if cells[name] else None

    return StoredFile(
        id=UUID(cells["id"]), app_id=app_id, record_id=int(cells["record"]), field_id=int(cells["field"]),
        identity=cells["identity"] == "1", content_type=cells["type"], original_name=cells["name"],
        size=int(cells["size"]), sha256=cells["sha256"], has_thumbnail=cells["thumbnail"] == "1",
        created_at=moment("created_at"), delete_after=moment("delete_after"), deleted_at=moment("deleted_at"),
    )  # fmt: skip


def _refused(where: str, message: str, mend: str) -> DefinitionError:
    return DefinitionError([error(where, message, mend)])
