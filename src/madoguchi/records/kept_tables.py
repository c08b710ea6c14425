"""Tables that were given and wait for their import: kept, read again another way, imported, let go."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import BinaryIO

from django.utils import timezone

from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.columns import ColumnMap
from madoguchi.lib import tables
from madoguchi.lib.tables import Preview, Source
from madoguchi.records import import_files
from madoguchi.records.import_models import Import, KeptTable
from madoguchi.records.imports import safe_name, start_import

KEPT_DAYS = 30


def keep(*, staff: Staff, file: BinaryIO, name: str, app_id: int | None = None) -> KeptTable:
    """Keeps a file once it proves to be a table; raises TableError, and then nothing is kept."""
    found = tables.preview(file)
    kept_id = uuid.uuid4()
    size, _sha256 = import_files.keep(kept_id, file)
    return KeptTable.objects.create(
        id=kept_id, app_id=app_id, staff=staff, name=safe_name(name), size=size, source=asdict(found.source),
        header=list(found.header), delete_after=timezone.now() + timedelta(days=KEPT_DAYS),
    )


def preview(kept: KeptTable) -> Preview:
    """What is in it, read as was chosen; raises TableError."""
    source = Source(**kept.source)
    with import_files.opened(kept.id, kept.size) as file:
        return tables.preview(file, sheet=source.sheet, header_row=source.header_row or 0)


def read_otherwise(kept: KeptTable, *, sheet: str | None, header_row: int | None) -> Preview:
    """Reads another sheet, or takes another row for the header (0: none), and remembers that; raises TableError."""
    with import_files.opened(kept.id, kept.size) as file:
        found = tables.preview(file, sheet=sheet, header_row=header_row)
    kept.source, kept.header, kept.maps = asdict(found.source), list(found.header), []
    kept.save()
    return found


def choose(kept: KeptTable, maps: Sequence[ColumnMap], *, app_id: int | None = None) -> None:
    """Remembers which column feeds which field."""
    kept.maps = [one.as_json() for one in maps]
    kept.app_id = app_id if app_id is not None else kept.app_id
    kept.save()


def maps_of(kept: KeptTable) -> list[ColumnMap]:
    """The columns chosen so far."""
    return [ColumnMap.from_json(data) for data in kept.maps]


def begin_import(
    kept: KeptTable, *, app: AppRevision, staff: Staff, maps: Sequence[ColumnMap], key: tuple[str, int] | None
) -> Import:
    """Imports it; raises as ``start_import`` does, and then it is still kept."""
    with import_files.opened(kept.id, kept.size) as file:
        begun = start_import(
            app=app, staff=staff, file=file, name=kept.name, source=Source(**kept.source), header=kept.header,
            maps=maps, key=key,
        )
    drop(kept)
    return begun


def drop(kept: KeptTable) -> None:
    """Lets it go, with its file."""
    import_files.delete(kept.id)
    kept.delete()
