"""The order of a list and the index that serves it, from one place: an index whose direction or NULLS order differs
from the query's is not used (measured: 170 ms instead of 40 ms)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from psycopg import sql

from madoguchi import query
from madoguchi.definition.app import AppDefinition, Sort, View
from madoguchi.query import And, Call, Condition, Predicate, QueryError

SYSTEM_SORTS: Mapping[str, tuple[str, bool]] = {
    "id": ("id", False), "receipt_number": ("receipt_number", True), "status": ("status", True),
    "assignee": ("assignee_id", True), "created_at": ("created_at", False), "updated_at": ("updated_at", False),
    "submitted_at": ("submitted_at", True), "channel": ("channel", False), "created_by": ("created_by_id", True),
    "updated_by": ("updated_by_id", True),
}
"""System columns by their name in views: column, and whether it may be null."""

SORT_PARTS: Mapping[str, tuple[str, ...]] = {"name": ("family_kana", "given_kana"), "address": ("postal_code",)}
"""Composite fields sort by these parts; Japanese sorts by kana, as the database has no ICU."""

UNSORTABLE = frozenset({
    "heading", "table", "file", "photo", "location", "choices", "textarea", "richtext", "staff", "department", "group",
    "related", "total",
})
EQUALITY_TYPES = frozenset({"text", "choice", "lookup", "phone", "email", "link", "serial"})


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column of an ORDER BY. Blank values come last in both directions."""

    column: str
    descending: bool = False
    nullable: bool = True

    def sql(self, *, table: str | None = None) -> sql.Composed:
        """The same text for the query and for the index; where names could be mistaken, with the table's."""
        # Ascending puts NULL last by itself; without NULL the plain form lets the primary key serve too.
        ending = (" DESC NULLS LAST" if self.nullable else " DESC") if self.descending else ""
        column = sql.Identifier(table, self.column) if table else sql.Identifier(self.column)
        return sql.SQL("{}{}").format(column, sql.SQL(ending))


@dataclass(frozen=True, slots=True)
class Index:
    """One index of an app's table; the name follows from what it holds, so the same index is never built twice."""

    table: str
    keys: tuple[SortKey, ...]
    unique: bool = False

    @property
    def name(self) -> str:
        text = f"{self.keys!r} {self.unique}"
        return f"{self.table}_{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    def create(self, *, concurrently: bool = False) -> sql.Composed:
        """The statement that builds it unless it is there."""
        return sql.SQL("CREATE {}INDEX {}IF NOT EXISTS {} ON {} ({})").format(
            sql.SQL("UNIQUE " if self.unique else ""),
            sql.SQL("CONCURRENTLY " if concurrently else ""),
            sql.Identifier(self.name),
            sql.Identifier(self.table),
            sql.SQL(", ").join(key.sql() for key in self.keys),
        )


def sort_keys(defn: AppDefinition, sorts: Iterable[Sort]) -> tuple[SortKey, ...]:
    """The columns to sort by, ending with the id so that the order is total; what cannot be sorted by is left out."""
    keys: list[SortKey] = []
    for sort in sorts:
        keys += [SortKey(name, sort.descending, nullable) for name, nullable in _sort_columns(defn, sort.field)]
        if sort.field == "id":
            return tuple(keys)
    return (*keys, SortKey("id", keys[-1].descending if keys else True, nullable=False))


def _sort_columns(defn: AppDefinition, code: str) -> list[tuple[str, bool]]:
    if code in SYSTEM_SORTS:
        return [SYSTEM_SORTS[code]]
    field = defn.by_code.get(code)
    if field is None or field.type in UNSORTABLE:
        return []
    parts = SORT_PARTS.get(field.type)
    return [(f"f{field.id}_{part}", True) for part in parts] if parts else [(f"f{field.id}", True)]


def wanted_indexes(app_id: int, defn: AppDefinition) -> tuple[Index, ...]:
    """The indexes an app's own definition needs: one per view, one per unique field, one for "only one's own"."""
    table = f"app_{app_id}"
    views = [Index(table, view_keys(defn, view)) for view in defn.views]
    unique = [unique_index(app_id, f.id) for f in defn.fields if f.type == "serial" or getattr(f, "unique", False)]
    # A list by id alone is served by the primary key.
    useful = [index for index in views if [key.column for key in index.keys] != ["id"]]
    own = any(line.creator for rule in defn.record_rules for line in rule.allow)
    newest_of_each = Index(table, (SortKey("created_by_id"), SortKey("id", descending=True, nullable=False)))
    return tuple(dict.fromkeys([*useful, *unique, *([newest_of_each] if own else [])]))


def unique_index(app_id: int, field_id: int) -> Index:
    """The index by which the database refuses the same value twice; blanks do not count."""
    return Index(f"app_{app_id}", (SortKey(f"f{field_id}"),), unique=True)


def view_keys(defn: AppDefinition, view: View) -> tuple[SortKey, ...]:
    """Columns a view compares with one value, then those it sorts by."""
    equal = {column for code in single_values(view.filter) if (column := _equality(defn, code))}
    sorts = [key for key in sort_keys(defn, view.sort) if key.column not in equal]
    return (*(SortKey(column) for column in sorted(equal)), *sorts)


def single_values(source: str | None) -> frozenset[str]:
    """The names that a condition compares with one value, whatever else it asks; none if it cannot be read."""
    try:
        condition = query.parse(source or "", options=False).condition
    except QueryError:
        return frozenset()
    parts: tuple[Condition, ...] = condition.parts if isinstance(condition, And) else (condition,) if condition else ()
    return frozenset(part.field for part in parts if isinstance(part, Predicate) and _is_single(part))


def _is_single(predicate: Predicate) -> bool:
    value = predicate.values[0] if len(predicate.values) == 1 else None
    return predicate.operator in ("=", "in") and value is not None and not isinstance(value, Call) and value.text != ""


def _equality(defn: AppDefinition, code: str) -> str | None:
    field = defn.by_code.get(code)
    if field is None:
        return {"ステータス": "status", "経路": "channel"}.get(code)
    return f"f{field.id}" if field.type in EQUALITY_TYPES else None


def key_index(app_id: int, defn: AppDefinition, code: str) -> Index | None:
    """The index by which other apps find rows by field ``code``; None if there is no such plain field."""
    field = defn.by_code.get(code)
    plain = field is not None and field.type in EQUALITY_TYPES | {"number", "money", "date"}
    return Index(f"app_{app_id}", (SortKey(f"f{field.id}"),)) if field and plain else None
