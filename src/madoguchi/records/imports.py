"""Imports of tables: begin one, stop it, see how far it is, get the rows that were not taken."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision, revision
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.columns import ColumnMap, map_problems
from madoguchi.definition.fields import COMPUTED_TYPES, FieldBase
from madoguchi.lib import tables, vault
from madoguchi.lib.jobs import app as jobs
from madoguchi.lib.tables import Source, writing
from madoguchi.lib.text import nfc
from madoguchi.records import import_files
from madoguchi.records.errors import RecordError
from madoguchi.records.import_models import Import, ImportErrors, KeptTable
from madoguchi.records.models import AccessLog
from madoguchi.records.permissions import Access, staff_access
from madoguchi.records.read import personal_field_ids

KEPT_DAYS = 30
"""File and error list are deleted so long after the import has ended."""
KEY_TYPES = frozenset({"text", "number", "serial", "link", "phone", "email", "lookup", "date", "formula"})
SYSTEM_KEYS = frozenset({"id", "receipt_number"})
ERROR_COLUMN = "エラー"

RowError = tuple[int, list[str], list[list[str]]]
"""A row that was not taken: its number, its cells, and ``[column, message]`` for everything wrong with it."""


class ImportRefused(RecordError):
    """An import that cannot begin; ``problems`` say in Japanese what to change."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def start_import(
    *, app: AppRevision, staff: Staff, file: BinaryIO, name: str, source: Source, header: Sequence[str],
    maps: Sequence[ColumnMap], key: tuple[str, int] | None = None,
) -> Import:
    """Keeps the file and enqueues its import; ``source`` and ``header`` are those of its preview.

    ``key`` (field code, ``id`` or ``receipt_number``, and the column that holds it) makes rows that have a record
    change it; without it every row becomes a new record. Needs the right to add, with a key also the one to edit.
    Raises PermissionDenied, ImportRefused, TableError.
    """
    access = staff_access(app, staff)
    access.require("add")
    if key:
        access.require("edit")
    problems = _problems(access, maps, key, width=source.width)
    if problems:
        raise ImportRefused(problems)
    import_id = uuid.uuid4()
    size, sha256 = import_files.keep(import_id, file)
    total = tables.count(file, source)
    with transaction.atomic():
        row = Import.objects.create(
            id=import_id, app_id=app.app_id, revision_id=app.revision_id, staff=staff, name=safe_name(name),
            size=size, sha256=sha256, source=asdict(source), header=list(header),
            maps=[one.as_json() for one in maps], key={"code": key[0], "column": key[1]} if key else None,
            total=total,
        )
        _enqueue(row)
    return row


def _enqueue(row: Import) -> None:
    # One import an app at a time: two at once would hinder each other at the same keys.
    task = jobs.configure_task("records.run_import", lock=f"import:{row.app_id}")
    task.defer(import_id=str(row.id))


def safe_name(name: str) -> str:
    base = PurePath(nfc(name).replace("\\", "/")).name
    return "".join(c for c in base if c.isprintable())[:200]


def _problems(access: Access, maps: Sequence[ColumnMap], key: tuple[str, int] | None, *, width: int) -> list[str]:
    defn = access.app.definition
    found = map_problems(defn, maps, width=width)
    fixed = [defn.by_code[m.code].label for m in maps if m.code in defn.by_code and not access.changes(m.code)]
    words = _("「%(field)s」を変更する権限がありません。この列は外してください。")
    found += [words % {"field": label} for label in fixed]
    if key is None or key[0] not in SYSTEM_KEYS:
        found += [
            _("必須の「%(field)s」に入れる列がありません。列を選ぶか、必須を外してください。") % {"field": field.label}
            for field in _unfilled(defn, maps)
        ]
    return found + (_key_problems(defn, *key, width=width) if key else [])


def _unfilled(defn: AppDefinition, maps: Sequence[ColumnMap]) -> Iterator[FieldBase]:
    filled = {one.code for one in maps}
    copied = {here for one in maps for here in getattr(defn.by_code.get(one.code), "copies", {})}
    for field in defn.value_fields:
        asked = field.required and not (field.show_if or field.channels or getattr(field, "default", None))
        if asked and field.code not in filled | copied and field.type not in COMPUTED_TYPES:
            yield field


def _key_problems(defn: AppDefinition, code: str, column: int, *, width: int) -> list[str]:
    field = defn.by_code.get(code)
    if code not in SYSTEM_KEYS and (field is None or field.type not in KEY_TYPES):
        words = _("「%(field)s」は、どのレコードかを決める項目には使えません。")
        return [words % {"field": field.label if field else code}]
    if not 0 <= column < width:
        return [_("どのレコードかを決める列がファイルにありません。列を選び直してください。")]
    return []


@transaction.atomic
def cancel_import(*, import_id: uuid.UUID, staff: Staff) -> Import:
    """Stops an import after the batch that is being written; what was added stays.

    Raises PermissionDenied unless ``staff`` began it or manages the app.
    """
    row = Import.objects.select_for_update().get(pk=import_id)
    if row.staff_id != staff.pk:
        staff_access(revision(row.revision_id), staff).require("manage")
    if row.is_open:
        row.state, row.message = Import.State.CANCELLED, _("%(name)sさんが取りやめました。") % {"name": str(staff)}
        close(row)
    return row


def close(row: Import) -> None:
    """Saves an import that has come to its end, whichever."""
    row.finished_at = timezone.now()
    row.delete_after = row.finished_at + timedelta(days=KEPT_DAYS)
    row.save()


def source_of(row: Import) -> Source:
    """How its file is read."""
    return Source(**row.source)


def maps_of(row: Import) -> list[ColumnMap]:
    """Which columns feed which field."""
    return [ColumnMap.from_json(data) for data in row.maps]


def same_columns(row: Import, header: Sequence[str]) -> bool:
    """Whether a file with this header can be read as that import was: a corrected error list can."""
    return list(row.header) == list(header[: len(row.header)])


# --- the rows that were not taken ----------------------------------------------------------------------------------


def keep_errors(row: Import, errors: Sequence[RowError]) -> None:
    """Seals the rows of one batch that were not taken."""
    if errors:
        first = errors[0][0]
        sealed = vault.seal_json(errors, context=_context(row.id, first))
        ImportErrors.objects.create(imported=row, first_row=first, sealed=sealed)


def errors_of(row: Import) -> Iterator[RowError]:
    """The rows that were not taken, in the file's order; empty once they were deleted."""
    for batch in row.errors.order_by("first_row").iterator(chunk_size=20):
        yield from vault.unseal_json(bytes(batch.sealed), context=_context(row.id, batch.first_row))


def error_header(row: Import) -> list[str]:
    """The columns of the error list: those of the file, and 「エラー」."""
    return [*row.header, ERROR_COLUMN]


def error_rows(row: Import) -> Iterator[list[str]]:
    """The error list's rows: the cells as they were, and what is wrong with them."""
    for _number, cells, messages in errors_of(row):
        yield [*cells, " ".join(message for _column, message in messages)]


def error_csv(row: Import, staff: Staff) -> Iterator[bytes]:
    """The error list as CSV, piece by piece; noted in the access log."""
    _log_download(row, staff)
    return writing.csv_pieces(error_header(row), error_rows(row))


def error_xlsx(row: Import, staff: Staff) -> bytes:
    """The error list as an Excel workbook; noted in the access log."""
    _log_download(row, staff)
    return writing.xlsx(error_header(row), error_rows(row), title=ERROR_COLUMN)


def _log_download(row: Import, staff: Staff) -> None:
    # These rows are no records yet, so there are no ids; the field ids say what was read.
    defn = revision(row.revision_id).definition
    fields = sorted(personal_field_ids(defn.fields) & {defn.by_code[one.code].id for one in maps_of(row)})
    if fields:
        AccessLog.objects.create(
            app_id=row.app_id, record_ids=[], staff=staff, purpose="import_errors", field_ids=fields
        )


def _context(import_id: uuid.UUID, first_row: int) -> str:
    return f"import-errors:{import_id}:{first_row}"


def forget_old(*, now: datetime) -> int:
    """Deletes files and error lists whose day has come; returns of how many imports."""
    due: Any = Import.objects.filter(deleted_at=None, delete_after__lte=now)
    for row in due.iterator():
        import_files.delete(row.id)
        row.errors.all().delete()
        Import.objects.filter(pk=row.pk).update(deleted_at=now)
    KeptTable.objects.filter(delete_after__lte=now).delete()  # their files are orphans then
    return int(Import.objects.filter(deleted_at=now).count())


def sweep_orphans(*, older_than: datetime) -> int:
    """Removes files that no import wants: uploads that were never imported, what a crash left; returns how many."""
    old = import_files.kept(older_than=older_than)
    ids = [found for _path, found in old if found]
    wanted = set(Import.objects.filter(pk__in=ids, deleted_at=None).values_list("pk", flat=True))
    wanted |= set(KeptTable.objects.filter(pk__in=ids).values_list("pk", flat=True))
    orphans = [path for path, found in old if found not in wanted]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)
