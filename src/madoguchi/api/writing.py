"""Writing records: adding, changing and deleting, each through the one write path of ``records``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

from madoguchi import query as language
from madoguchi.api import uploads
from madoguchi.api.call import Call
from madoguchi.api.errors import Words, changed_meanwhile, invalid, invalid_at, record_missing
from madoguchi.api.params import NEEDED, Params
from madoguchi.api.reading import matching_ids
from madoguchi.api.shapes import shapes_of
from madoguchi.api.values_in import Given, as_api_error, missing, read_record
from madoguchi.catalog.queries import AppRevision
from madoguchi.catalog.tables import table_name
from madoguchi.definition.compute import visible_codes
from madoguchi.definition.fields import AnyField
from madoguchi.definition.values import Values
from madoguchi.records.errors import InvalidValues
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record, RecordNotFound, get_record
from madoguchi.records.rebase import needs_rebase, rebase
from madoguchi.records.world import DatabaseWorld
from madoguchi.records.write import create_record, delete_record, update_record

MANY = 100
UPDATE_KEY_TYPES = frozenset({"SINGLE_LINE_TEXT", "NUMBER"})
NO_KEY: Words = (
    "更新キーには、「重複を禁止」にした文字列か数値のフィールドを指定してください。",
    "The update key must be a text or number field that prohibits duplicate values.",
)


def add(call: Call, app: AppRevision, access: Access, record: Mapping[str, Any], path: str) -> int:
    """Adds a record and returns its id. Raises ApiError."""
    given = read_record(app, record, path)
    _refuse_closed_fields(call, access, given)
    values = given.values | _stored_files(call, app, given, kept={})
    try:
        ref = create_record(app=app, values=values, actor=access.viewer.actor)
    except InvalidValues as refusal:
        raise as_api_error(refusal, app, path) from refusal
    uploads.attach(app.app_id, ref.record_id, values, given.files)
    return ref.record_id


def change(
    call: Call, app: AppRevision, access: Access, record_id: int, record: Mapping[str, Any], revision: int | None,
    path: str,
) -> int:
    """Changes a record and returns its new revision. Raises ApiError."""
    found = locked(access, record_id, "edit", call)
    if revision is not None and found.revision != revision:
        raise changed_meanwhile()
    before = _by_published_code(app, found)
    given = read_record(app, record, path, before=before)
    _refuse_closed_fields(call, access, given)
    values = given.values | _stored_files(call, app, given, kept=before)
    data = None
    if needs_rebase(app, found, values):
        rebase(app, found)
        data = {"app_revision": app.revision_id, "app_revision_before": found.app_revision_id}
        found = get_record(app, record_id)
    _refuse_missing(app, found, {**before, **values}, path)
    try:
        event = update_record(
            app=app, record_id=record_id, changes=_own_codes(app, found, values), expected_revision=None,
            actor=access.viewer.actor, data=data,
        )
    except InvalidValues as refusal:
        raise as_api_error(refusal, app, path) from refusal
    uploads.attach(app.app_id, record_id, values, given.files)
    uploads.drop(before, values, given.files)
    return int(event.record_revision)


def remove(access: Access, record_id: int, revision: int | None) -> None:
    """Deletes a record. Raises ApiError, and what ``delete_record`` does."""
    try:
        delete_record(
            app=access.app, record_id=record_id, expected_revision=revision, actor=access.viewer.actor, access=access
        )
    except RecordNotFound as gone:
        raise record_missing(record_id) from gone


def locked(access: Access, record_id: int, right: Any, call: Call) -> Record:
    """The record, kept from others until the transaction ends; 404 if it may not be seen, 403 without ``right``.

    Rules are asked once it is locked: what they hold of cannot change any more.
    """
    try:
        found = get_record(access.app, record_id, lock=True)
    except RecordNotFound as gone:
        raise record_missing(record_id) from gone
    given = access.rights_on([record_id]).get(record_id)
    if given is None:
        raise record_missing(record_id)
    if right not in given:
        raise call.denied()
    return found


def _by_published_code(app: AppRevision, record: Record) -> dict[str, Any]:
    """The record's values by the codes of the published revision."""
    codes = {field.id: field.code for field in app.definition.fields}
    own = record.app.definition.by_code
    return {codes[own[code].id]: value for code, value in record.values.items() if own[code].id in codes}


def _own_codes(app: AppRevision, record: Record, values: Values) -> dict[str, Any]:
    """``values`` by the codes of the revision under which the record was filed."""
    own = {field.id: field.code for field in record.app.definition.fields}
    ids = {code: app.definition.by_code[code].id for code in values}
    return {own[ids[code]]: value for code, value in values.items() if ids[code] in own}


def _refuse_closed_fields(call: Call, access: Access, given: Given) -> None:
    if not all(access.changes(code) for code in (*given.values, *given.files)):
        raise call.denied()


def _refuse_missing(app: AppRevision, record: Record, merged: Values, path: str) -> None:
    """As kintone, what is required is asked of the whole record, also where it became required later."""
    if record.app.revision_id != app.revision_id:
        return
    defn = app.definition
    visible = visible_codes(defn, merged, DatabaseWorld(record.channel))
    blank = {f.code for f in defn.value_fields if f.required and f.code in visible and not merged.get(f.code)}
    blank -= {f.code for f in defn.value_fields if f.type in ("formula", "serial", "consent") or _is_radio(f)}
    if blank:
        raise missing(app, blank, path)


def _stored_files(call: Call, app: AppRevision, given: Given, *, kept: Values) -> dict[str, list[str]]:
    fields = app.definition.by_code
    return {
        code: uploads.take(call.caller.owner, app, fields[code], keys, kept=kept.get(code) or [])
        for code, keys in given.files.items()
    }


# --- which record is meant -----------------------------------------------------------------------------------------


def target(access: Access, params: Params, path: str = "") -> int | None:
    """The record that ``id`` or ``updateKey`` names; None where none has that key."""
    if params.has("id"):
        return params.id("id")
    if not params.has("updateKey"):
        raise invalid_at(f"{path}id", NEEDED)
    key = Params(params.mapping("updateKey"))
    return _by_key(access, key.text("field"), key.text("value", ""), path)


def update_key(params: Params) -> dict[str, Any]:
    """The key as a value of a record that is added; empty where an id was given."""
    key = params.mapping("updateKey") if not params.has("id") else {}
    return {str(key["field"]): {"value": key.get("value")}} if "field" in key else {}


def _by_key(access: Access, code: str, value: str, path: str) -> int | None:
    shape = shapes_of(access.app).get(code)
    unique = shape is not None and (
        getattr(shape.field, "unique", False) or getattr(shape.field, "type", "") == "serial"
        or shape.system == "receipt_number"
    )
    if shape is None or not unique or shape.type not in UPDATE_KEY_TYPES:
        raise invalid({f"{path}updateKey.field": [NO_KEY]})
    if not value:
        return None
    condition = language.Predicate(code, "=", (language.Word(value),))
    found = matching_ids(access, language.Query(condition=condition), limit=1)
    return found[0] if found else None


def revisions_of(access: Access, record_ids: Sequence[int]) -> dict[int, int]:
    """The revisions of these records now."""
    statement = sql.SQL("SELECT id, revision FROM {} WHERE id = ANY({}::bigint[])").format(
        sql.Identifier(table_name(access.app.app_id)), sql.Literal(list(record_ids))
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return dict(cursor.fetchall())



def _is_radio(field: AnyField) -> bool:
    """kintone does not insist on radio buttons."""
    return field.type == "choice" and field.widget == "radio"
