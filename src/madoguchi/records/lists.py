"""List pages of an app's records: one statement, keyset paging, nothing read that may not be seen."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DataError, connection, transaction
from django.db.utils import OperationalError
from django.utils.translation import gettext as _
from psycopg import errors, sql

from madoguchi.catalog.indexes import SYSTEM_SORTS, SortKey, sort_keys
from madoguchi.catalog.queries import AppRevision
from madoguchi.catalog.tables import table_name
from madoguchi.definition.app import Right, Sort, View
from madoguchi.definition.fields import VALUELESS_TYPES, AnyField
from madoguchi.definition.values import Value
from madoguchi.records.filters import conditions
from madoguchi.records.rows import json_expression

SYSTEM_EXPRESSIONS = {"assignee": "assignee_id", "created_by": "created_by_id", "updated_by": "updated_by_id"}
ALWAYS = ("id", "revision", "status")
"""Read in every list, whatever the view shows: the link, the optimistic lock, the colour of the state."""
TIMEOUT = "3s"


class ListTooSlow(Exception):
    """The database stopped a query that took more than 3 seconds; ``str(error)`` says what staff can do."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. ``rows`` map the shown columns' codes, and id, revision, status, to JSON values.

    ``assignee`` is a staff id, moments are ISO texts. ``columns`` are the view's columns that may be seen, in order;
    ``personal_field_ids`` those to note with ``records.access.log_access``; ``messages`` say in Japanese what of the
    request could not be followed. ``next_cursor`` is None on the last page.
    """

    rows: tuple[dict[str, Value], ...]
    columns: tuple[str, ...]
    next_cursor: str | None
    personal_field_ids: frozenset[int]
    messages: tuple[str, ...] = ()


def list_records(
    app: AppRevision, view: View, *, rights: frozenset[Right], filters: Mapping[str, Sequence[str]] | None = None,
    search: str = "", after: str | None = None, limit: int = 100, sort: Sequence[Sort] | None = None,
) -> Page:
    """One page of ``view``: its own filters, then ``filters`` (status, channel, assignee, choices) and ``search``.

    ``sort`` replaces the view's order. ``after`` is the ``next_cursor`` of the page before; a bad one gives the first
    page and a message. Raises PermissionDenied without the right to view, ListTooSlow.
    """
    if "view" not in rights:
        raise PermissionDenied(_("この一覧を見る権限がありません。"))
    keys = sort_keys(app.definition, view.sort if sort is None else sort)
    position, messages = _position(after, keys)
    where, unknown = conditions(app.definition, view, filters or {}, search)
    columns = visible_columns(app, view, rights)
    statement = _statement(app, columns, where, keys, position, limit + 1)
    try:
        with _time_limit(bool(filters or search or sort or position)), connection.cursor() as cursor:
            cursor.execute(statement)
            found = [json.loads(text) for (text,) in cursor.fetchall()]
    except DataError:
        if position is None:
            raise
        return list_records(
            app, view, rights=rights, filters=filters, search=search, after="!", limit=limit, sort=sort
        )
    shown = found[:limit]
    fields = [field for code in columns if (field := app.definition.by_code.get(code))]
    return Page(
        rows=tuple(_row(row, fields) for row in shown),
        columns=columns,
        next_cursor=_cursor(shown[-1], keys) if len(found) > limit else None,
        personal_field_ids=frozenset(field.id for field in fields if field.personal),
        messages=(*messages, *unknown),
    )


def visible_columns(app: AppRevision, view: View, rights: frozenset[Right]) -> tuple[str, ...]:
    """The view's columns that staff with ``rights`` may see: pictures of ID documents only with ``identity``."""

    def visible(code: str) -> bool:
        field = app.definition.by_code.get(code)
        if field is None:
            return code in SYSTEM_SORTS
        hidden = field.type == "photo" and field.identity and "identity" not in rights
        return field.type not in VALUELESS_TYPES and not hidden

    return tuple(code for code in view.columns if visible(code))


def count_capped(
    app: AppRevision, view: View, *, filters: Mapping[str, Sequence[str]] | None = None, search: str = "",
    cap: int = 1000,
) -> int:
    """How many records the list has, counting no further than ``cap`` + 1. Raises ListTooSlow."""
    where, _ = conditions(app.definition, view, filters or {}, search)
    statement = sql.SQL("SELECT count(*) FROM (SELECT 1 FROM {} WHERE {} LIMIT {}) t").format(
        sql.Identifier(table_name(app.app_id)), _and(where), sql.Literal(cap + 1)
    )
    with _time_limit(True), connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def _and(where: Sequence[sql.Composable]) -> sql.Composable:
    return sql.SQL(" AND ").join(where) if where else sql.SQL("TRUE")


def _statement(
    app: AppRevision, columns: Sequence[str], where: Sequence[sql.Composable], keys: Sequence[SortKey],
    position: Sequence[Any] | None, limit: int,
) -> sql.Composed:
    """Each branch walks an index from where the page before ended; together they yield the next rows in order."""
    order = sql.SQL(", ").join(key.sql() for key in keys)
    branches = [where] if position is None else [[*where, *branch] for branch in _after(keys, position)]
    table = sql.Identifier(table_name(app.app_id))
    selects = sql.SQL(" UNION ALL ").join(
        sql.SQL("(SELECT * FROM {} WHERE {} ORDER BY {} LIMIT {})").format(table, _and(b), order, sql.Literal(limit))
        for b in branches
    )
    return sql.SQL("SELECT row_to_json(r)::text FROM (SELECT {} FROM ({}) t ORDER BY {} LIMIT {}) r").format(
        _select(app, columns, keys), selects, order, sql.Literal(limit)
    )


def _select(app: AppRevision, columns: Sequence[str], keys: Sequence[SortKey]) -> sql.Composed:
    fields = [field for code in columns if (field := app.definition.by_code.get(code))]
    system = [SYSTEM_EXPRESSIONS.get(code, code) for code in columns if code not in app.definition.by_code]
    names = dict.fromkeys([*ALWAYS, *system])
    # Sort values travel as text, exactly as the database prints them, so that the cursor loses nothing.
    sorts = [
        sql.SQL("{}::text AS {}").format(sql.Identifier(key.column), sql.Identifier(f"k{n}"))
        for n, key in enumerate(keys)
    ]
    return sql.SQL(", ").join([*map(sql.Identifier, names), *map(json_expression, fields), *sorts])


def _after(keys: Sequence[SortKey], position: Sequence[Any]) -> Iterator[list[sql.Composable]]:
    """Conditions for "comes after ``position``", one per branch: equal up to a key and beyond it there."""
    equal: list[sql.Composable] = []
    for key, value in zip(keys, position, strict=True):
        column = sql.Identifier(key.column)
        if value is not None:
            beyond = sql.SQL("{} < {}" if key.descending else "{} > {}").format(column, sql.Literal(value))
            yield [*equal, beyond]
            if key.nullable:
                yield [*equal, sql.SQL("{} IS NULL").format(column)]
            equal = [*equal, sql.SQL("{} = {}").format(column, sql.Literal(value))]
        else:
            equal = [*equal, sql.SQL("{} IS NULL").format(column)]


def _row(row: Mapping[str, Any], fields: Sequence[AnyField]) -> dict[str, Value]:
    system = {name: value for name, value in row.items() if name in SYSTEM_SORTS or name in ALWAYS}
    system |= {name: row[column] for name, column in SYSTEM_EXPRESSIONS.items() if column in row}
    return system | {field.code: row[f"f{field.id}"] for field in fields}


def _cursor(row: Mapping[str, Any], keys: Sequence[SortKey]) -> str:
    position = [[key.column, row[f"k{n}"]] for n, key in enumerate(keys)]
    return base64.urlsafe_b64encode(json.dumps(position, ensure_ascii=False).encode()).decode().rstrip("=")


def _position(cursor: str | None, keys: Sequence[SortKey]) -> tuple[list[str | None] | None, tuple[str, ...]]:
    """The sort values in ``cursor``; None (first page) and a message if it is not one of this order."""
    if not cursor:
        return None, ()
    try:
        pairs = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [value for _, value in pairs]
        fits = [name for name, _ in pairs] == [key.column for key in keys]
        if fits and all(value is None or isinstance(value, str) for value in values):
            return values, ()
    except (binascii.Error, ValueError, TypeError):
        pass
    return None, (_("ページの続きが見つからなかったため、先頭から表示しています。"),)


@contextmanager
def _time_limit(wanted: bool) -> Iterator[None]:
    """Stops queries that people composed; saved views have their index and save the round trips."""
    if not wanted:
        yield
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{TIMEOUT}'")
            yield
            cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    except OperationalError as slow:
        if isinstance(slow.__cause__, errors.QueryCanceled):
            message = _("検索に時間がかかりすぎました。状態などで絞り込むか、語を長くしてください。")
            raise ListTooSlow(message) from slow
        raise
