"""Compiles checked queries to SQL. Only names of columns and literals made by psycopg get into the text.

Follows the tests of ``query.meaning``, as ``query.evaluate`` does in Python; a property test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from psycopg import sql

from madoguchi import query
from madoguchi.accounts.models import Staff
from madoguchi.catalog.indexes import SORT_PARTS, SYSTEM_SORTS, SortKey
from madoguchi.catalog.queries import AppRevision
from madoguchi.catalog.tables import columns_of
from madoguchi.definition.app import AppDefinition
from madoguchi.query import And, Condition, Login, Or, OrderBy, Predicate, QueryField
from madoguchi.query.meaning import Contains, Empty, Form, OneOf, Scalar, Within, test_of
from madoguchi.query.nodes import Call, predicates
from madoguchi.query.rows import Group, grouped
from madoguchi.query.texts import SPACES
from madoguchi.query.values import CITY_ZONE
from madoguchi.records.models import StoredFile
from madoguchi.records.query_operands import Operand, operand, rows
from madoguchi.records.search_columns import prefilter

TRUE, FALSE = sql.SQL("TRUE"), sql.SQL("FALSE")
_BIGINT = 2**63
_NULLABLE = dict(SYSTEM_SORTS.values())


def condition_sql(
    condition: Condition | None, app: AppRevision, *, staff: Staff | None, now: datetime
) -> sql.Composable:
    """The condition about a row of the app's table; TRUE if there is none.

    Raises query.QueryCheckError if it does not fit the app. ``staff`` is who ``LOGINUSER()`` is; without, it is nobody.
    """
    if condition is None:
        return TRUE
    fields = query.fields_of(app.definition)
    query.check(condition, fields)
    login = login_of(staff, condition) if staff else None
    return _Compiler(app, fields, now, login).condition(condition)


def login_of(staff: Staff, condition: Condition | None = None) -> Login:
    """Who asks, for ``query.evaluate``; departments are read only if the condition (None: any) speaks of them."""
    calls = {value.name for p in predicates(condition) for value in p.values if isinstance(value, Call)}
    wanted = condition is None or "PRIMARY_ORGANIZATION" in calls
    joined = staff.memberships.order_by("id").values_list("department__code", flat=True) if wanted else ()
    return Login(staff.username, tuple(dict.fromkeys(joined)))


def order_keys(order_by: Iterable[OrderBy], app: AppRevision) -> tuple[SortKey, ...]:
    """The columns to sort by, ending with the id so that the order is total; the newest first if none is given.

    Raises query.QueryCheckError for a field by which records cannot be sorted.
    """
    wanted = tuple(order_by)
    fields = query.fields_of(app.definition)
    query.check(query.Query(order_by=wanted), fields)
    keys: list[SortKey] = []
    for order in wanted:
        known = {key.column for key in keys}
        new = _sort_columns(fields[order.field], app.definition)
        keys += [SortKey(name, order.descending, _NULLABLE.get(name, True)) for name in new if name not in known]
    if any(key.column == "id" for key in keys):
        return tuple(keys)
    return (*keys, SortKey("id", keys[-1].descending if keys else True, nullable=False))


def order_sql(order_by: Iterable[OrderBy], app: AppRevision) -> sql.Composable:
    """What stands behind ORDER BY."""
    return sql.SQL(", ").join(key.sql() for key in order_keys(order_by, app))


def _sort_columns(field: QueryField, defn: AppDefinition) -> list[str]:
    if field.system:
        return [field.system]
    owner = defn.by_code[field.source]
    parts = SORT_PARTS.get(owner.type, field.parts) if len(field.parts) > 1 else field.parts
    return [c.name for part in parts or (None,) for c in columns_of(owner) if c.part == part]


@dataclass(frozen=True, slots=True)
class _Compiler:
    app: AppRevision
    fields: Mapping[str, QueryField]
    now: datetime
    login: Login | None

    def condition(self, condition: Condition) -> sql.Composable:
        match condition:
            case And(parts=parts):
                return _join(" AND ", [self._group(group) for group in grouped(parts, self.fields)])
            case Or(parts=parts):
                return _join(" OR ", [self.condition(part) for part in parts])
        return self._predicate(condition)

    def _group(self, group: Group) -> sql.Composable:
        if group.table is None:
            return self.condition(group.condition)
        first = next(predicates(group.condition))
        return _some_row(rows(self.fields[first.field], self.app.definition), self._in_row(group.condition))

    def _in_row(self, condition: Condition) -> sql.Composable:
        match condition:
            case And(parts=parts):
                return _join(" AND ", [self._in_row(part) for part in parts])
            case Or(parts=parts):
                return _join(" OR ", [self._in_row(part) for part in parts])
        form, _ = self._test(condition)
        return form

    def _predicate(self, predicate: Predicate) -> sql.Composable:
        field = self.fields[predicate.field]
        form, negative = self._test(predicate)
        if field.table is None:
            return sql.SQL("(({}) IS NOT TRUE)").format(form) if negative else self._by_index(predicate, form)
        column = rows(field, self.app.definition)
        if not negative:
            return self._by_index(predicate, _some_row(column, form))
        return sql.SQL("(jsonb_array_length({}) > 0 AND NOT {})").format(column, _some_row(column, form))

    def _by_index(self, predicate: Predicate, form: sql.Composable) -> sql.Composable:
        """The same, led by the search's index where the comparison looks for a text."""
        field = self.fields[predicate.field]
        test = test_of(predicate, field, now=self.now, login=self.login).form
        found = prefilter(self.app, field, test) if isinstance(test, Contains) else None
        return sql.SQL("({} AND {})").format(found, form) if found is not None else form

    def _test(self, predicate: Predicate) -> tuple[sql.Composable, bool]:
        field = self.fields[predicate.field]
        test = test_of(predicate, field, now=self.now, login=self.login)
        return _form(test.form, operand(field, self.app.definition)), test.negative


def _join(word: str, parts: Sequence[sql.Composable]) -> sql.Composable:
    return parts[0] if len(parts) == 1 else sql.SQL("({})").format(sql.SQL(word).join(parts))


def _some_row(column: sql.Composable, condition: sql.Composable) -> sql.Composable:
    statement = "EXISTS (SELECT FROM jsonb_array_elements({}) AS line(item) WHERE {})"
    return sql.SQL(statement).format(column, condition)


def _form(form: Form, value: Operand) -> sql.Composable:
    match form:
        case OneOf(values=values, blank=blank):
            parts = [_among(value, values)] if values else []
            return _join(" OR ", [*parts, _blank(value)] if blank else parts or [FALSE])
        case Within(bounds=bounds):
            compared = [
                sql.SQL("{} {} {}").format(value.expression, sql.SQL(operator), _literal(bound, value))
                for operator, bound in bounds
            ]
            return _join(" AND ", compared)
        case Contains(spellings=spellings):
            return _contains(value, spellings)
        case Empty():
            text = sql.SQL("translate(coalesce({}, ''), {}, '') = ''")
            return text.format(value.expression, sql.Literal(SPACES))


def _among(value: Operand, values: Sequence[Scalar]) -> sql.Composable:
    """A single value is compared with ``=``, which lets indexes serve."""
    texts = sql.Literal([str(wanted) for wanted in values])
    match value.storage:
        case "text[]":
            return sql.SQL("{} && {}::text[]").format(value.expression, texts)
        case "json":
            return sql.SQL("{} ?| {}::text[]").format(value.expression, texts)
        case "boolean":
            return sql.SQL("{} = {}").format(value.expression, sql.Literal("true" in values))
        case "staff":
            return _staff(value, [str(wanted) for wanted in values])
    literals = [_literal(wanted, value) for wanted in values]
    if len(literals) == 1:
        return sql.SQL("{} = {}").format(value.expression, literals[0])
    return sql.SQL("{} IN ({})").format(value.expression, sql.SQL(", ").join(literals))


def _staff(value: Operand, usernames: Sequence[str]) -> sql.Composable:
    table = sql.Identifier(Staff._meta.db_table)
    if len(usernames) == 1:
        one = sql.SQL("{} = (SELECT person.id FROM {} AS person WHERE person.username = {})")
        return one.format(value.expression, table, sql.Literal(usernames[0]))
    many = sql.SQL("{} IN (SELECT person.id FROM {} AS person WHERE person.username = ANY({}::text[]))")
    return many.format(value.expression, table, sql.Literal(list(usernames)))


def _blank(value: Operand) -> sql.Composable:
    match value.storage:
        case "boolean":
            return sql.SQL("{} IS NOT TRUE").format(value.expression)
        case "json":
            return sql.SQL("coalesce({}, 'null') IN ('null', '[]', '\"\"')").format(value.expression)
    return sql.SQL("{} IS NULL").format(value.expression)


def _contains(value: Operand, spellings: Sequence[str]) -> sql.Composable:
    if value.storage == "uuid[]":
        statement = "EXISTS (SELECT FROM {} AS file WHERE file.id = ANY({}) AND {})"
        names = _contains(Operand(sql.SQL("file.original_name"), "text"), spellings)
        return sql.SQL(statement).format(sql.Identifier(StoredFile._meta.db_table), value.expression, names)
    patterns = [sql.Literal("%" + re.sub(r"([\\%_])", r"\\\1", spelling) + "%") for spelling in spellings]
    return _join(" OR ", [sql.SQL("{} ILIKE {}").format(value.expression, pattern) for pattern in patterns])


def _literal(scalar: Scalar, value: Operand) -> sql.Composable:
    match value.storage, scalar:
        case "iso", _:
            return sql.SQL("{} COLLATE \"C\"").format(sql.Literal(_iso(scalar)))
        case "bigint", Decimal() if abs(scalar) < _BIGINT and scalar == scalar.to_integral_value():
            return sql.Literal(int(scalar))
        case "double precision", Decimal():
            return sql.Literal(float(scalar))
        case _, Decimal():
            return sql.SQL("{}::numeric").format(sql.Literal(str(scalar)))
    return sql.Literal(scalar)


def _iso(scalar: Scalar) -> str:
    match scalar:
        case datetime():
            return scalar.astimezone(CITY_ZONE).isoformat(timespec="seconds")
        case time():
            return scalar.isoformat("minutes")
        case date():
            return scalar.isoformat()
    return str(scalar)
