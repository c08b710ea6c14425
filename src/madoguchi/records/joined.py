"""Values that live in other apps: totals, related records and lookups that follow the other row.

They are read by lateral joins in the statement of the list or record that shows them, and only from what the viewer may
see there: without the right to view the other app they are blank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils import timezone
from psycopg import sql

from madoguchi import query
from madoguchi.catalog import queries as catalog
from madoguchi.catalog.indexes import sort_keys
from madoguchi.catalog.tables import Column, columns_of, table_name
from madoguchi.definition.app import AppDefinition, Sort
from madoguchi.definition.fields import AnyField, LookupField, RelatedField, TotalField
from madoguchi.definition.values import Value
from madoguchi.records.permissions import Access, live_copies
from madoguchi.records.query_sql import condition_sql
from madoguchi.records.rows import json_expression, json_value

ROW = sql.SQL("t")
"""What statements call the rows of the app itself."""
RELATED_SYSTEM = frozenset({"id", "receipt_number", "status", "created_at", "updated_at", "submitted_at"})
"""System columns that related records may show."""
_BLANK = sql.SQL("NULL")
_AGGREGATES = {"sum": "coalesce(sum({}), 0)", "average": "avg({})", "min": "min({})", "max": "max({})"}


@dataclass(frozen=True, slots=True)
class Joined:
    """``expressions`` are SQL for the fields (named ``f<id>``); ``joins`` stand after ``FROM … AS t``.

    ``names`` lead, for each field of related records, from the codes of what is shown to the names in its rows.
    """

    expressions: tuple[sql.Composable, ...]
    joins: tuple[sql.Composable, ...]
    names: Mapping[str, Mapping[str, str]]

    def value(self, field: AnyField, row: Mapping[str, Value]) -> Value:
        """The field's value in a row that was read; related records by the codes of the other app's fields."""
        value = row.get(f"f{field.id}")
        if field.type != "related":
            return value
        names = self.names.get(field.code, {})
        return [{code: line[name] for code, name in names.items()} for line in value or ()] or None


def is_joined(field: AnyField, live: Mapping[str, LookupField]) -> bool:
    """Whether the field's value is read from another app."""
    return field.type in ("total", "related") or field.code in live


def read_fields(access: Access, defn: AppDefinition, fields: Iterable[AnyField]) -> Joined:
    """How to read ``fields`` of ``defn`` for this viewer; headings are left out."""
    live = live_copies(defn)
    expressions: list[sql.Composable] = []
    joins: dict[int, sql.Composable] = {}
    names: dict[str, Mapping[str, str]] = {}
    for field in fields:
        if not is_joined(field, live):
            expressions += [json_expression(field)] if columns_of(field) else []
            continue
        source = live.get(field.code, field)
        way = _Way.of(access, defn, source)
        join = way.join() if way else None
        if join is not None and way is not None:
            joins[source.id] = join
            names |= {field.code: _names(field, way.other)} if isinstance(field, RelatedField) else {}
        value = _value(field, source) if join is not None else _BLANK
        expressions.append(sql.SQL("{} AS {}").format(value, sql.Identifier(f"f{field.id}")))
    return Joined(tuple(expressions), tuple(joins.values()), names)


def _value(field: AnyField, source: AnyField) -> sql.Composable:
    name = f"value{field.id}" if isinstance(source, LookupField) else "value"
    return sql.SQL("{}.{}").format(sql.Identifier(f"j{source.id}"), sql.Identifier(name))


@dataclass(frozen=True, slots=True)
class _Way:
    """The way of one field into the other app. ``same`` is what makes a row there belong to ours."""

    access: Access
    defn: AppDefinition
    field: LookupField | RelatedField | TotalField
    other: Access
    same: sql.Composable

    @classmethod
    def of(cls, access: Access, defn: AppDefinition, field: AnyField) -> _Way | None:
        """None where nothing may be seen or the other app is not as it was."""
        assert isinstance(field, LookupField | RelatedField | TotalField)
        try:
            other = access.to(catalog.published(field.app))
        except catalog.AppNotFound:
            return None
        here, there = (field.code, field.key) if isinstance(field, LookupField) else (field.here, field.there)
        same = _same(defn, here, other.app.definition, there)
        ours = defn.by_code.get(here)
        seen = other.sees(there) and (ours is None or access.sees_field(ours))
        return cls(access, defn, field, other, same) if same is not None and seen else None

    def join(self) -> sql.Composable | None:
        """The join, called ``j<field id>``; None where the number to add up may not be seen."""
        match self.field:
            case LookupField():
                inner: sql.Composable | None = _one_row(self.defn, self.field, self.other, self.same)
            case TotalField():
                inner = _total(self.field, self.other, self.same)
            case _:
                inner = _rows(self.field, self.other, self.same)
        if inner is None:
            return None
        return sql.SQL("LEFT JOIN LATERAL ({}) AS {} ON TRUE").format(inner, sql.Identifier(f"j{self.field.id}"))


def _same(defn: AppDefinition, here: str, other: AppDefinition, there: str) -> sql.Composable | None:
    """The condition that a row of the other app belongs to ours; None if the two cannot be compared."""
    ours, theirs = _column(defn, here), _column(other, there)
    if ours is None or theirs is None:
        return None
    our_value: sql.Composable = sql.SQL("{}.{}").format(ROW, sql.Identifier(ours.name))
    if ours.sql_type != theirs.sql_type:
        if theirs.sql_type != "text" or ours.sql_type not in ("numeric", "bigint"):
            return None
        our_value = sql.SQL("{}::text").format(our_value)
    return sql.SQL("{} = {}").format(sql.Identifier(theirs.name), our_value)


def _column(defn: AppDefinition, code: str) -> Column | None:
    """The one column that holds what two apps have in common."""
    field = defn.by_code.get(code)
    if field is None:
        return {"id": Column("id", "bigint"), "receipt_number": Column("receipt_number", "text")}.get(code)
    columns = columns_of(field)
    return columns[0] if len(columns) == 1 and not columns[0].sql_type.endswith("]") else None


def _where(other: Access, same: sql.Composable, source: str | None) -> sql.Composable:
    parts = [same, other.where("view")]
    if source:
        condition = query.parse(source, options=False).condition
        parts.append(condition_sql(condition, other.app, staff=other.viewer.staff, now=timezone.now()))
    return sql.SQL(" AND ").join(parts)


def _table(other: Access) -> sql.Identifier:
    return sql.Identifier(table_name(other.app.app_id))


def _one_row(defn: AppDefinition, lookup: LookupField, other: Access, same: sql.Composable) -> sql.Composable:
    """The row that a live lookup has chosen: the newest, as when values are copied."""
    theirs = other.app.definition.by_code
    values: list[sql.Composable] = [
        sql.SQL("{} AS {}").format(
            json_value(theirs[there]) if there in theirs and other.sees(there) else _BLANK,
            sql.Identifier(f"value{defn.by_code[here].id}"),
        )
        for here, there in lookup.copies.items() if here in defn.by_code
    ]
    return sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY id DESC LIMIT 1").format(
        sql.SQL(", ").join(values or [_BLANK]), _table(other), _where(other, same, None)
    )


def _total(total: TotalField, other: Access, same: sql.Composable) -> sql.Composable | None:
    number: sql.Composable = sql.SQL("count(*)")
    if total.how != "count":
        of = other.app.definition.by_code.get(total.of or "")
        if of is None or not other.sees_field(of) or columns_of(of)[0].sql_type not in ("numeric", "bigint"):
            return None
        aggregate = sql.SQL(_AGGREGATES[total.how]).format(sql.Identifier(columns_of(of)[0].name))
        number = sql.SQL("trim_scale(round({}, {}))").format(aggregate, sql.Literal(total.decimals))
    return sql.SQL("SELECT {}::text AS value FROM {} WHERE {}").format(
        number, _table(other), _where(other, same, total.filter)
    )


def _rows(related: RelatedField, other: Access, same: sql.Composable) -> sql.Composable:
    defn, names = other.app.definition, _names(related, other)
    shown = [defn.by_code[code] for code in names if code in defn.by_code]
    system = [sql.Identifier(code) for code in names if code not in defn.by_code]
    # Sorting by a field that is not seen would tell what is in it.
    sorts = [Sort(field=related.sort, descending=related.descending)] if related.sort else []
    keys = sort_keys(defn, [sort for sort in sorts if other.sees(sort.field)])
    return sql.SQL(
        "SELECT json_agg(row_to_json(r)) AS value FROM (SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT {}) AS r"
    ).format(
        sql.SQL(", ").join([*system, *map(json_expression, shown)]), _table(other),
        _where(other, same, related.filter), sql.SQL(", ").join(key.sql() for key in keys), sql.Literal(related.size),
    )


def _names(related: RelatedField, other: Access) -> dict[str, str]:
    """What is shown of related records, by code: the id, then the columns that the viewer sees."""
    by_code = other.app.definition.by_code
    system = {code: code for code in related.columns if code in RELATED_SYSTEM}
    fields = {code: by_code[code] for code in related.columns if code in by_code}
    seen = {code: f"f{field.id}" for code, field in fields.items() if columns_of(field) and other.sees_field(field)}
    return {"id": "id", **{code: {**system, **seen}[code] for code in related.columns if code in {**system, **seen}}}
