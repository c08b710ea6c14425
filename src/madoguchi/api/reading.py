"""Reading records: one statement a page, written once for each question that is asked again and again."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

import psycopg
from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from madoguchi import query as language
from madoguchi.api.shapes import Shape, shapes_of
from madoguchi.api.shapes_sql import record_json
from madoguchi.catalog.queries import as_filed
from madoguchi.catalog.tables import table_name
from madoguchi.definition.fields import AnyField
from madoguchi.query import Query
from madoguchi.query.nodes import predicates
from madoguchi.records.joined import is_joined, read_fields
from madoguchi.records.permissions import Access, live_copies
from madoguchi.records.query_sql import condition_sql, order_sql

DEFAULT_LIMIT = 100
SLOW_SECONDS = 0.5
TIMEOUT = "10s"
MAX_PLANS = 1000
_IDS = ("$id", "$revision")
_ONE = "$1"
"""Stands for a query where one record is meant; no query is written so."""


@dataclass(slots=True)
class Plan:
    """A statement ready to be sent. ``is_quick`` once it was seen to be: then it needs no time limit."""

    statement: bytes
    is_quick: bool = False


_plans: OrderedDict[tuple[Any, ...], Plan] = OrderedDict()
_lock = Lock()


def visible_shapes(access: Access, codes: Iterable[str] = ()) -> tuple[Shape, ...]:
    """The codes of a record that the viewer may see, all or those of ``codes``; unknown ones are left out."""
    wanted = frozenset(codes)
    stored = (shape for shape in shapes_of(access.app).values() if shape.is_stored)
    chosen = (shape for shape in stored if not wanted or shape.code in wanted)
    return tuple(shape for shape in chosen if shape.field is None or access.sees_field(shape.field))


def page(access: Access, text: str, codes: Sequence[str]) -> bytes:
    """The records that the query chooses as JSON, with commas between them. Raises query.QueryError."""
    key = _key(access, text, codes)
    plan = _plans.get(key) if key else None
    if plan is None:
        plan = Plan(_statement(access, language.parse(text), codes))
        if key:
            _keep(key, plan)
    return _run(plan, keep=key is not None)


def _key(access: Access, text: str, codes: Sequence[str]) -> tuple[Any, ...] | None:
    """Everything the statement follows from; None where the clock, who asks or other apps decide, too."""
    rules = access.app.definition.record_rules
    if _reads_other_apps(access.app.revision_id):
        return None
    if "(" in text and _has_functions(text):
        return None
    token = access.viewer.token
    if token is not None:
        return (access.app.revision_id, "token", token.id, access.rights, access.hidden, text, tuple(codes))
    if rules:
        return None
    assert access.viewer.staff is not None
    staff = access.viewer.staff.pk
    return (access.app.revision_id, "staff", staff, access.rights, access.hidden, text, tuple(codes))


@lru_cache(maxsize=1024)
def _has_functions(text: str) -> bool:
    """Whether the query speaks of today or of who asks."""
    found = predicates(language.parse(text).condition)
    return any(isinstance(value, language.Call) for predicate in found for value in predicate.values)


def _keep(key: tuple[Any, ...], plan: Plan) -> None:
    with _lock:
        _plans[key] = plan
        while len(_plans) > MAX_PLANS:
            _plans.popitem(last=False)


def _statement(access: Access, query: Query, codes: Sequence[str]) -> bytes:
    app = access.app
    chosen = _chosen(access, query)
    rows = sql.SQL("SELECT * FROM {} WHERE {} ORDER BY {} LIMIT {} OFFSET {}").format(
        sql.Identifier(table_name(app.app_id)), chosen, order_sql(query.order_by, app),
        sql.Literal(DEFAULT_LIMIT if query.limit is None else query.limit), sql.Literal(query.offset or 0),
    )
    return _of_rows(access, rows, codes).as_bytes(None)


def _chosen(access: Access, query: Query) -> sql.Composable:
    """What the viewer may see of what the query asks for; a field they do not see does not exist for it."""
    language.check(query, access.query_fields)
    own = condition_sql(query.condition, access.app, staff=access.viewer.staff, now=timezone.now())
    return sql.SQL("{} AND {}").format(access.where("view"), own)


def _of_rows(
    access: Access, rows: sql.Composable, codes: Sequence[str], *, purpose: str = "api"
) -> sql.Composed:
    """Records as JSON and, in the same statement, the note that personal fields were read."""
    shapes = visible_shapes(access, codes)
    ids = [name for name in _IDS if not codes or name in codes]
    form = """WITH page AS MATERIALIZED (SELECT t.id, {} AS record FROM ({}) t {}) {}
        SELECT string_agg(record, ',') FROM page"""
    joins, joined = _joined(access, shapes)
    body = record_json(shapes, access.app.definition, ids=ids, joined=joined)
    return sql.SQL(form).format(body, rows, joins, _note(access, shapes, purpose))


@lru_cache(maxsize=256)
def _reads_other_apps(revision_id: int) -> bool:
    defn = as_filed(revision_id).definition
    live = live_copies(defn)
    return any(is_joined(field, live) for field in defn.fields)


def _elsewhere(access: Access, shapes: Iterable[Shape]) -> list[AnyField]:
    """The fields whose values are read from other apps."""
    live = live_copies(access.app.definition)
    found = {shape.field.id: shape.field for shape in shapes if shape.field is not None}
    return [field for field in found.values() if is_joined(field, live)]


def _joined(access: Access, shapes: Iterable[Shape]) -> tuple[sql.Composable, dict[int, sql.Composable]]:
    """What to join for such fields, and where their values are then, as jsonb."""
    fields = _elsewhere(access, shapes)
    if not fields:
        return sql.SQL(""), {}
    read = read_fields(access, access.app.definition, fields)
    own = sql.SQL("CROSS JOIN LATERAL (SELECT {}) AS elsewhere").format(sql.SQL(", ").join(read.expressions))
    names = {field.id: sql.Identifier("elsewhere", f"f{field.id}") for field in fields}
    return sql.SQL(" ").join([*read.joins, own]), {
        number: sql.SQL("to_jsonb({})").format(name) for number, name in names.items()
    }


_NOTE = """, noted AS (INSERT INTO records_accesslog (app_id, record_ids, staff_id, token_id, purpose, field_ids, at)
    SELECT {app}, jsonb_agg(id), {staff}, {token}, {purpose}, {fields}::jsonb, now() FROM page HAVING count(*) > 0) """


def _note(access: Access, shapes: Iterable[Shape], purpose: str) -> sql.Composable:
    personal = sorted({shape.field.id for shape in shapes if shape.field is not None and shape.field.personal})
    if not personal:
        return sql.SQL(" ")
    viewer = access.viewer
    return sql.SQL(_NOTE).format(
        app=sql.Literal(access.app.app_id), fields=sql.Literal(str(personal)),
        staff=sql.Literal(viewer.staff.pk if viewer.staff else None),
        token=sql.Literal(viewer.token.id if viewer.token else None), purpose=sql.Literal(purpose),
    )


def _run(plan: Plan, *, keep: bool) -> bytes:
    if plan.is_quick:
        return fetch(plan.statement, prepare=True)
    started = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{TIMEOUT}'")
        found = fetch(plan.statement, prepare=False)
        cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    plan.is_quick = keep and time.monotonic() - started < SLOW_SECONDS
    return found


def fetch(statement: bytes, *values: int, prepare: bool) -> bytes:
    """The one text that the statement yields, as the bytes PostgreSQL sent; empty for NULL. ``$1`` is the first value.

    What is prepared is parsed and planned once a connection.
    """
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    with connection.wrap_database_errors, psycopg.RawCursor(raw) as cursor:
        if prepare and raw.prepare_threshold is None:
            raw.prepare_threshold = 5
        cursor.execute(statement, values or None, prepare=prepare)
        assert cursor.pgresult is not None
        return cursor.pgresult.get_value(0, 0) or b""


def record(access: Access, record_id: int) -> bytes | None:
    """One record as JSON text; None where there is none that may be seen."""
    key = _key(access, _ONE, ())
    plan = _plans.get(key) if key else None
    if plan is None:
        rows = sql.SQL("SELECT * FROM {} WHERE id = $1::bigint AND {}").format(
            sql.Identifier(table_name(access.app.app_id)), access.where("view")
        )
        plan = Plan(_of_rows(access, rows, ()).as_bytes(None), is_quick=True)
        if key:
            _keep(key, plan)
    return fetch(plan.statement, record_id, prepare=key is not None) or None


def records_by_id(
    access: Access, record_ids: Sequence[int], codes: Sequence[str], *, purpose: str = "api"
) -> bytes:
    """These records in this order as JSON, with commas between them; those that may not be seen are left out.

    ``purpose`` goes into the access log.
    """
    form = """SELECT r.* FROM unnest({}::bigint[]) WITH ORDINALITY w(wanted, place) JOIN {} r ON r.id = w.wanted
        WHERE {} ORDER BY w.place"""
    rows = sql.SQL(form).format(
        sql.Literal(list(record_ids)), sql.Identifier(table_name(access.app.app_id)), access.where("view")
    )
    return fetch(_of_rows(access, rows, codes, purpose=purpose).as_bytes(None), prepare=False)


def count(access: Access, text: str) -> int:
    """How many records the query's condition covers. Raises query.QueryError."""
    query = language.parse(text)
    statement = sql.SQL("SELECT count(*)::text FROM {} WHERE {}").format(
        sql.Identifier(table_name(access.app.app_id)), _chosen(access, query)
    )
    return int(_run(Plan(statement.as_bytes(None)), keep=False))


def matching_ids(access: Access, query: Query, *, limit: int) -> list[int]:
    """The ids of the records that the query chooses, in its order. Raises query.QueryError."""
    statement = sql.SQL("SELECT array_to_json(array(SELECT id FROM {} WHERE {} ORDER BY {} LIMIT {}))::text").format(
        sql.Identifier(table_name(access.app.app_id)), _chosen(access, query),
        order_sql(query.order_by, access.app), sql.Literal(limit),
    )
    found = _run(Plan(statement.as_bytes(None)), keep=False)
    return [int(number) for number in found.decode().strip("[]").split(",") if number]
