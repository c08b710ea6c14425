"""List pages of an app's records: one statement, keyset paging, nothing read that may not be seen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DataError, connection, transaction
from django.db.utils import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import errors, sql

from madoguchi import query
from madoguchi.accounts.language import current
from madoguchi.catalog.indexes import SYSTEM_SORTS, SortKey, sort_keys
from madoguchi.catalog.queries import AppRevision
from madoguchi.catalog.tables import table_name
from madoguchi.definition.app import AppDefinition, Sort, View
from madoguchi.definition.fields import AnyField
from madoguchi.definition.values import Value
from madoguchi.query import Condition, OrderBy
from madoguchi.records import search
from madoguchi.records.filters import conditions
from madoguchi.records.joined import Joined, is_joined, read_fields
from madoguchi.records.paging import BadCursor, cursor_of, position_of, steps
from madoguchi.records.permissions import Access, live_copies
from madoguchi.records.query_sql import condition_sql, order_keys

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


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a person asks beyond the view: chips (status, channel, assignee …), words, and a condition of their own."""

    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    search: str = ""
    condition: Condition | None = None


# --- what the desk and the API share -------------------------------------------------------------------------------


def page_sql(
    access: Access, *, select: sql.Composable, where: Iterable[sql.Composable] = (), keys: Sequence[SortKey],
    limit: int, offset: int = 0, position: Sequence[str | None] | None = None, joins: Iterable[sql.Composable] = (),
) -> sql.Composed:
    """The rows that ``access`` may view and ``where`` chooses, in the order of ``keys``, as whatever ``select`` says.

    ``select`` is an expression about the app's row, called ``t``, and what ``joins`` add to it (see ``joined``);
    joins cost only for the rows of the page. ``position`` are the sort values of the row before the first one.
    """
    everything = [access.where("view"), *where]
    order = sql.SQL(", ").join(key.sql() for key in keys)
    branches = [everything] if position is None else [[*everything, *step] for step in steps(keys, position)]
    one = sql.SQL("(SELECT * FROM {} WHERE {} ORDER BY {} LIMIT {}{})")
    table = sql.Identifier(table_name(access.app.app_id))
    skip = sql.SQL(" OFFSET {}").format(sql.Literal(offset)) if offset else sql.SQL("")
    # Each branch walks an index from where the page before ended; together they yield the next rows in order.
    selects = [one.format(table, _and(branch), order, sql.Literal(limit), skip) for branch in branches]
    rows = selects[0]
    if len(selects) > 1:
        union = sql.SQL(" UNION ALL ").join(selects)
        rows = sql.SQL("(SELECT * FROM ({}) AS u ORDER BY {} LIMIT {})").format(union, order, sql.Literal(limit))
    in_t = sql.SQL(", ").join(key.sql(table="t") for key in keys)
    more = sql.SQL(" ").join([sql.SQL(""), *joins])
    return sql.SQL("SELECT {} FROM {} AS t{} ORDER BY {}").format(select, rows, more, in_t)


def count_sql(access: Access, *, where: Iterable[sql.Composable] = (), cap: int | None = None) -> sql.Composed:
    """How many records there are, counting no further than ``cap``."""
    limit = sql.SQL("") if cap is None else sql.SQL(" LIMIT {}").format(sql.Literal(cap))
    return sql.SQL("SELECT count(*) FROM (SELECT 1 FROM {} WHERE {}{}) t").format(
        sql.Identifier(table_name(access.app.app_id)), _and([access.where("view"), *where]), limit
    )


def own_condition(access: Access, condition: Condition | None) -> sql.Composable:
    """A condition that the viewer wrote. Raises query.QueryCheckError; a field not seen does not exist for them."""
    if condition is not None:
        query.check(condition, access.query_fields)
    return condition_sql(condition, access.app, staff=access.viewer.staff, now=timezone.now())


def own_order(access: Access, order_by: Sequence[OrderBy]) -> tuple[SortKey, ...]:
    """An order that the viewer asks for. Raises query.QueryCheckError as ``own_condition`` does."""
    query.check(query.Query(order_by=tuple(order_by)), access.query_fields)
    return order_keys(order_by, access.app)


def select(
    access: Access, *, condition: Condition | None = None, order: Sequence[OrderBy] = (), limit: int = 100,
    offset: int = 0, columns: Sequence[str],
) -> tuple[dict[str, Value], ...]:
    """Records by a condition of the viewer's own; ``columns`` are field codes and system columns, as in views.

    Raises PermissionDenied, query.QueryCheckError, ListTooSlow.
    """
    access.require("view")
    keys = own_order(access, order)
    reading = _Reading.of(access, columns)
    where = [own_condition(access, condition)]
    statement = reading.statement(access, where=where, keys=keys, limit=limit, offset=offset)
    return tuple(reading.row(json.loads(text)) for (text,) in fetch(statement))


def fetch(statement: sql.Composable) -> list[tuple[Any, ...]]:
    """The rows of a statement that people composed; one round trip. Raises ListTooSlow after 3 seconds."""
    limited = sql.SQL("SET LOCAL statement_timeout = {}; {}; SET LOCAL statement_timeout = DEFAULT").format(
        sql.Literal(TIMEOUT), statement
    )
    # Three statements sent as one are a transaction of their own; within another one a savepoint keeps it usable.
    guard = transaction.atomic() if connection.in_atomic_block else nullcontext()
    with _readable_slowness(), guard, connection.cursor() as cursor:
        cursor.execute(limited)
        cursor.nextset()
        return list(cursor.fetchall())


# --- pages of a view -----------------------------------------------------------------------------------------------


def list_records(
    app: AppRevision, view: View, *, access: Access, filters: Mapping[str, Sequence[str]] | None = None,
    search: str = "", condition: Condition | None = None, after: str | None = None, limit: int = 100,
    sort: Sequence[Sort] | None = None,
) -> Page:
    """One page of ``view``: its own filter, then ``filters`` (status, channel, assignee), ``search``, ``condition``.

    ``sort`` replaces the view's order. ``after`` is the ``next_cursor`` of the page before; a bad one gives the first
    page and a message, and so does a filter or an order by what the viewer may not see. Raises PermissionDenied without
    the right to view, ListTooSlow.
    """
    if not access.has("view"):
        raise PermissionDenied(_("この一覧を見る権限がありません。"))
    asked = Narrowing(filters or {}, search, condition)
    keys, messages = _order(access, view.sort if sort is None else sort)
    where, unknown = _where(access, view, asked)
    position, lost = _position(after, keys)
    reading = _Reading.of(access, visible_columns(access, view))
    statement = reading.statement(access, where=where, keys=keys, limit=limit + 1, position=position)
    try:
        found = [json.loads(text) for (text,) in fetch(statement)]
    except DataError:
        if position is None:
            raise
        return list_records(
            app, view, access=access, filters=filters, search=search, condition=condition, after="!", limit=limit,
            sort=sort,
        )
    shown = found[:limit]
    return Page(
        rows=tuple(reading.row(row) for row in shown),
        columns=reading.columns,
        next_cursor=cursor_of(shown[-1], keys) if len(found) > limit else None,
        personal_field_ids=frozenset(field.id for field in reading.fields if field.personal),
        messages=(*messages, *unknown, *lost),
    )


def visible_columns(access: Access, view: View) -> tuple[str, ...]:
    """The view's columns that the viewer may see and that show something."""
    by_code = access.app.definition.by_code

    def visible(code: str) -> bool:
        field = by_code.get(code)
        return code in SYSTEM_SORTS if field is None else field.type != "heading" and access.sees_field(field)

    return tuple(code for code in view.columns if visible(code))


def count_capped(
    access: Access, view: View, *, filters: Mapping[str, Sequence[str]] | None = None, search: str = "",
    condition: Condition | None = None, cap: int = 1000,
) -> int:
    """How many records the list has, counting no further than ``cap`` + 1. Raises ListTooSlow."""
    where, _messages = _where(access, view, Narrowing(filters or {}, search, condition))
    ((count,),) = fetch(count_sql(access, where=where, cap=cap + 1))
    return int(count)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Which columns are read, and how."""

    app: AppRevision
    columns: tuple[str, ...]
    fields: tuple[AnyField, ...]
    joined: Joined

    @classmethod
    def of(cls, access: Access, columns: Sequence[str]) -> _Reading:
        defn = access.app.definition
        fields = access.seen(found for code in columns if (found := defn.by_code.get(code)))
        return cls(access.app, tuple(columns), fields, read_fields(access, defn, fields))

    def statement(
        self, access: Access, *, where: Sequence[sql.Composable], keys: Sequence[SortKey], limit: int, offset: int = 0,
        position: Sequence[str | None] | None = None,
    ) -> sql.Composed:
        by_code = self.app.definition.by_code
        system = [SYSTEM_EXPRESSIONS.get(code, code) for code in self.columns if code not in by_code]
        names = dict.fromkeys([*ALWAYS, *system])
        # Sort values travel as text, exactly as the database prints them, so that the cursor loses nothing.
        sorts = [
            sql.SQL("{}::text AS {}").format(sql.Identifier("t", key.column), sql.Identifier(f"k{n}"))
            for n, key in enumerate(keys)
        ]
        read = [*(sql.Identifier("t", name) for name in names), *self.joined.expressions, *sorts]
        inner = page_sql(
            access, select=sql.SQL(", ").join(read), where=where, keys=keys, limit=limit, offset=offset,
            position=position, joins=self.joined.joins,
        )
        return sql.SQL("SELECT row_to_json(r)::text FROM ({}) r").format(inner)

    def row(self, row: Mapping[str, Any]) -> dict[str, Value]:
        """A row by code."""
        found = {name: value for name, value in row.items() if name in SYSTEM_SORTS or name in ALWAYS}
        found |= {name: row[column] for name, column in SYSTEM_EXPRESSIONS.items() if column in row}
        return found | {item.code: self.joined.value(item, row) for item in self.fields}


def _and(where: Sequence[sql.Composable]) -> sql.Composable:
    return sql.SQL(" AND ").join(where)


def narrowed(access: Access, view: View, asked: Narrowing) -> tuple[list[sql.Composable], list[str]]:
    """The conditions of a view and of what a person asks beyond it, and what of that could not be followed."""
    return _where(access, view, asked)


def _where(access: Access, view: View, asked: Narrowing) -> tuple[list[sql.Composable], list[str]]:
    """The view's own filter may speak of what the viewer does not see: its author decided so. Theirs may not."""
    now = timezone.now()
    own = query.parse(view.filter or "", options=False).condition
    where = [condition_sql(own, access.app, staff=access.viewer.staff, now=now)] if own else []
    more, messages = conditions(access, asked.filters)
    found, remarks = search.conditions(access, asked.search, fetch)
    more, messages = [*more, *found], [*messages, *remarks]
    try:
        if asked.condition is not None:
            more.append(own_condition(access, asked.condition))
    except query.QueryCheckError as problem:
        messages.append(problem.message_en if current() == "en" else problem.message_ja)
        more.append(sql.SQL("FALSE"))
    return [*where, *more], messages


def _order(access: Access, sorts: Sequence[Sort]) -> tuple[tuple[SortKey, ...], list[str]]:
    """Values one sorts by travel in the next page's address: nothing hidden, nothing that lives in another app."""
    defn = access.app.definition
    live = live_copies(defn)
    refused = [sort for sort in sorts if not _sortable(access, defn, live, sort.field)]
    messages = [_("「%(column)s」では並べ替えられません。") % {"column": sort.field} for sort in refused]
    return sort_keys(defn, [sort for sort in sorts if sort not in refused]), messages


def _sortable(access: Access, defn: AppDefinition, live: Mapping[str, Any], code: str) -> bool:
    field = defn.by_code.get(code)
    return field is None or (access.sees_field(field) and not is_joined(field, live))


def _position(after: str | None, keys: Sequence[SortKey]) -> tuple[list[str | None] | None, list[str]]:
    """The sort values in ``after``; None (first page) and a message if it is not one of this order."""
    if not after:
        return None, []
    try:
        return position_of(after, keys), []
    except BadCursor:
        return None, [_("ページの続きが見つからなかったため、先頭から表示しています。")]


@contextmanager
def _readable_slowness() -> Iterator[None]:
    try:
        yield
    except OperationalError as slow:
        if isinstance(slow.__cause__, errors.QueryCanceled):
            message = _("検索に時間がかかりすぎました。状態などで絞り込むか、語を長くしてください。")
            raise ListTooSlow(message) from slow
        raise
