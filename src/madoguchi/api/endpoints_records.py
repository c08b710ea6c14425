"""Records: one, many, by cursor."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from madoguchi import query as language
from madoguchi.api import reading, writing
from madoguchi.api.call import Call
from madoguchi.api.errors import ApiError, Words, invalid, invalid_at, record_missing, refused
from madoguchi.api.models import Cursor
from madoguchi.api.params import NEEDED, Params, whole
from madoguchi.api.shapes import shapes_of
from madoguchi.api.uploads import as_uuid
from madoguchi.records.permissions import Access

MAX_CURSORS, CURSOR_SECONDS, MAX_CURSOR_SIZE, MAX_CURSOR_ROWS = 10, 600, 500, 1_000_000
Body = dict[str, Any]
Parts = tuple[bytes, ...]
"""JSON in pieces: pages are large, and each putting together copies them."""


def get_record(call: Call) -> Parts:
    """GET record."""
    access = call.access(call.app(), "view")
    record_id = call.params.id("id")
    found = reading.record(access, record_id)
    if found is None:
        raise record_missing(record_id)
    return (b'{"record":', found, b"}")


def add_record(call: Call) -> Body:
    """POST record."""
    app = call.app()
    access = call.access(app, "add")
    with transaction.atomic():
        record_id = writing.add(call, app, access, call.params.mapping("record"), "record")
    return {"id": str(record_id), "revision": "1"}


def update_record(call: Call) -> Body:
    """PUT record."""
    app = call.app()
    access = call.access(app, "edit")
    with transaction.atomic():
        record_id = writing.target(access, call.params)
        if record_id is None:
            raise record_missing(call.params.mapping("updateKey").get("value", ""))
        revision = writing.change(
            call, app, access, record_id, call.params.mapping("record"), expected(call.params), "record"
        )
    return {"revision": str(revision)}


def expected(params: Params) -> int | None:
    """The revision that the record must have; None for -1 and where none is given."""
    found = params.integer("revision")
    return None if found is None or found < 0 else found


def get_records(call: Call) -> Parts:
    """GET records."""
    access = call.access(call.app(), "view")
    text = call.params.text("query", "")
    records = reading.page(access, text, call.params.texts("fields"))
    total = json.dumps(str(reading.count(access, text))) if call.params.flag("totalCount") else "null"
    return (b'{"records":[', records, b'],"totalCount":', total.encode(), b"}")


def add_records(call: Call) -> Body:
    """POST records."""
    app = call.app()
    access = call.access(app, "add")
    rows = _rows(call, "追加", "added")
    with transaction.atomic():
        ids = [writing.add(call, app, access, row.values, f"records[{n}]") for n, row in enumerate(rows)]
    return {"ids": [str(number) for number in ids], "revisions": ["1"] * len(ids)}


def _rows(call: Call, word: str, english: str) -> list[Params]:
    if not call.params.has("records"):
        raise invalid_at("records", NEEDED)
    rows = call.params.rows("records")
    if len(rows) > writing.MANY:
        english = f"Up to {writing.MANY} records can be {english} at one time."
        raise invalid_at("records", (f"一度に{writing.MANY}件までのレコードを{word}できます。", english))
    return rows


def update_records(call: Call) -> Body:
    """PUT records, also with ``upsert``."""
    app = call.app()
    upsert = call.params.flag("upsert")
    access = call.access(app, "edit")
    if upsert:
        call.access(app, "add")
    rows = _rows(call, "更新", "updated")
    with transaction.atomic():
        return {"records": [_update(call, access, row, n, upsert) for n, row in enumerate(rows)]}


def _update(call: Call, access: Access, row: Params, number: int, upsert: bool) -> Body:
    path = f"records[{number}]"
    record_id = writing.target(access, row, f"{path}.")
    if record_id is not None and upsert and not writing.revisions_of(access, [record_id]):
        record_id = None  # An id that is not there, such as the largest number JavaScript knows, means: a new one.
    record = row.mapping("record")
    if record_id is None and upsert:
        added = writing.add(call, access.app, access, record | writing.update_key(row), path)
        return {"id": str(added), "revision": "1", "operation": "INSERT"}
    if record_id is None:
        raise record_missing(row.mapping("updateKey").get("value", ""))
    revision = writing.change(call, access.app, access, record_id, record, expected(row), path)
    found = {"id": str(record_id), "revision": str(revision)}
    return found | {"operation": "UPDATE"} if upsert else found


def delete_records(call: Call) -> Body:
    """DELETE records."""
    access = call.access(call.app(), "delete")
    ids = [whole(item, f"ids[{n}]") for n, item in enumerate(call.params.items("ids"))]
    if not 1 <= len(ids) <= writing.MANY:
        many: Words = (
            "一度に1件から100件までのレコードを削除できます。", "From 1 to 100 records can be deleted at one time.",
        )  # fmt: skip
        raise invalid({"ids": [many] if ids else [NEEDED, many]})
    given = call.params.items("revisions")
    if given and len(given) != len(ids):
        raise invalid_at("revisions", ("idsと同じ数にしてください。", "The same number as ids is needed."))
    revisions = [_revision(item, n) for n, item in enumerate(given)] or [None] * len(ids)
    with transaction.atomic():
        for record_id, revision in zip(ids, revisions, strict=True):
            writing.remove(access, record_id, revision)
    return {}


def _revision(item: Any, number: int) -> int | None:
    if item in (None, "", "null"):
        return None
    found = whole(item, f"revisions[{number}]")
    return None if found < 0 else found


# --- cursors -------------------------------------------------------------------------------------------------------


def add_cursor(call: Call) -> Body:
    """POST records/cursor."""
    access = call.access(call.app(), "view")
    size = call.params.integer("size", 100) or 100
    if not 1 <= size <= MAX_CURSOR_SIZE:
        raise invalid_at("size", ("1から500までの整数で指定してください。", "From 1 to 500."))
    parsed = language.parse(call.params.text("query", ""))
    if parsed.limit is not None or parsed.offset is not None:
        words = ("カーソルではlimitとoffsetを使用できません。", "limit and offset cannot be used with a cursor.")
        raise refused(words, "GAIA_CQ01")
    now = timezone.now()
    Cursor.objects.filter(expires_at__lt=now).delete()
    if Cursor.objects.filter(owner=call.caller.owner).count() >= MAX_CURSORS:
        words = ("カーソルの数が上限（10）に達しています。", "The number of cursors has reached its limit (10).")
        raise ApiError(429, "GAIA_TO05", words)
    ids = reading.matching_ids(access, parsed, limit=MAX_CURSOR_ROWS)
    cursor = Cursor.objects.create(
        app_id=access.app.app_id, owner=call.caller.owner, fields=call.params.texts("fields"), record_ids=ids,
        total=len(ids), size=size, expires_at=now + timedelta(seconds=CURSOR_SECONDS),
    )
    return {"id": str(cursor.pk), "totalCount": str(len(ids))}


def _cursor(call: Call) -> Cursor:
    """The caller's own live cursor, held until the transaction ends, so that two readers get different pages."""
    key = call.params.text("id")
    found = (
        Cursor.objects.select_for_update().defer("record_ids")
        .filter(pk=as_uuid(key), owner=call.caller.owner, expires_at__gt=timezone.now()).first()
    )  # fmt: skip
    if found is None:
        words = (f"指定したカーソル（id: {key}）が見つかりません。", f"The specified cursor (id: {key}) is not found.")
        raise ApiError(404, "GAIA_CU01", words)
    return found


@transaction.atomic
def get_cursor(call: Call) -> Parts:
    """GET records/cursor: the next page; the last one ends the cursor."""
    cursor = _cursor(call)
    access = call.access(call.caller.app(cursor.app_id), "view")
    end = cursor.position + cursor.size
    part = f"record_ids__{cursor.position}_{end}"  # Only this page's ids leave the database.
    ids = Cursor.objects.filter(pk=cursor.pk).values_list(part, flat=True).get()
    records = reading.records_by_id(access, ids or [], cursor.fields)
    more = end < cursor.total
    if more:
        cursor.position = end
        cursor.save(update_fields=("position",))
    else:
        cursor.delete()
    return (b'{"records":[', records, b'],"next":', b"true" if more else b"false", b"}")


@transaction.atomic
def delete_cursor(call: Call) -> Body:
    """DELETE records/cursor."""
    _cursor(call).delete()
    return {}


# --- who may do what -----------------------------------------------------------------------------------------------


def evaluate_acl(call: Call) -> Body:
    """GET records/acl/evaluate."""
    access = call.access(call.app(), "view")
    ids = [whole(item, f"ids[{n}]") for n, item in enumerate(call.params.items("ids"))]
    if not 1 <= len(ids) <= writing.MANY:
        raise invalid_at("ids", NEEDED)
    given = access.rights_on(ids)
    shapes = {code: shape for code, shape in shapes_of(access.app).items() if shape.field is not None}
    found = []
    for record_id in ids:
        held = given.get(record_id, frozenset())
        fields = {
            code: {
                "viewable": "view" in held and access.sees(shape.field.code),  # type: ignore[union-attr]
                "editable": "edit" in held and shape.is_written and access.changes(shape.field.code),  # type: ignore[union-attr]
            }
            for code, shape in shapes.items()
        }
        record = {"viewable": "view" in held, "editable": "edit" in held, "deletable": "delete" in held}
        found.append({"id": str(record_id), "record": record, "fields": fields})
    return {"rights": found}
