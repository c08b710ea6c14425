"""Conditions of a list: what a view, a person's filters and a search say, as SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from psycopg import sql

from madoguchi.catalog.tables import columns_of
from madoguchi.definition.app import AppDefinition, View
from madoguchi.definition.fields import AnyField
from madoguchi.lib.text import normalise_spaces

NOBODY = "none"
"""As a value of the filter ``assignee``: records that nobody has taken."""
PLAIN_TYPES = frozenset({"text", "choice", "lookup", "phone", "email"})
SEARCHED_TYPES = frozenset({"text", "textarea", "phone", "email", "choice", "lookup"})
MAX_WORDS = 5


def conditions(
    defn: AppDefinition, view: View, filters: Mapping[str, Sequence[str]], search: str
) -> tuple[list[sql.Composable], list[str]]:
    """Conditions to be joined by AND, and a message for each filter that the app does not know."""
    found: list[sql.Composable] = []
    messages: list[str] = []
    for code, values in [*view.filters.items(), *filters.items()]:
        condition = _filter(defn, code, values)
        if condition is None:
            messages.append(f"「{code}」では絞り込めません。")
        else:
            found.append(condition)
    return [*found, *_search(defn, search)], messages


def _filter(defn: AppDefinition, code: str, values: Sequence[str]) -> sql.Composable | None:
    if code in {"status", "channel"}:
        return _one_of(code, values)
    if code == "assignee":
        return _assignee(values)
    field = defn.by_code.get(code)
    if field is None:
        return None
    name = f"f{field.id}"
    if field.type in PLAIN_TYPES:
        return _one_of(name, values)
    if field.type == "choices":
        return sql.SQL("{} && {}::text[]").format(sql.Identifier(name), sql.Literal(list(values)))
    if field.type == "consent":
        wanted = [value == "true" for value in values]
        return sql.SQL("coalesce({}, FALSE) = ANY({}::boolean[])").format(sql.Identifier(name), sql.Literal(wanted))
    return None


def _one_of(column: str, values: Sequence[str]) -> sql.Composable:
    """A single value is compared with ``=``, which lets the index serve the order too."""
    if len(values) == 1:
        return sql.SQL("{} = {}").format(sql.Identifier(column), sql.Literal(values[0]))
    return sql.SQL("{} = ANY({}::text[])").format(sql.Identifier(column), sql.Literal(list(values)))


def _assignee(values: Sequence[str]) -> sql.Composable:
    ids = [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 18]
    known = sql.SQL("assignee_id = ANY({}::bigint[])").format(sql.Literal(ids))
    return sql.SQL("({} OR assignee_id IS NULL)").format(known) if NOBODY in values else known


def _search(defn: AppDefinition, search: str) -> Iterator[sql.Composable]:
    """Every word must occur somewhere: in the receipt number, a text, or a name (family and given together)."""
    words = normalise_spaces(search.replace("\x00", "")).split(" ")[:MAX_WORDS]
    texts = [sql.Identifier("receipt_number"), *(t for field in defn.fields for t in _searched(field))]
    for word in filter(None, words):
        pattern = sql.Literal("%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%")
        yield sql.SQL("({})").format(
            sql.SQL(" OR ").join(sql.SQL("{} ILIKE {}").format(text, pattern) for text in texts)
        )


def _searched(field: AnyField) -> Iterator[sql.Composable]:
    if field.type in SEARCHED_TYPES:
        yield sql.Identifier(f"f{field.id}")
    if field.type == "name":
        family, given, family_kana, given_kana = (sql.Identifier(column.name) for column in columns_of(field))
        yield sql.SQL("concat({}, {})").format(family, given)
        yield sql.SQL("concat({}, {})").format(family_kana, given_kana)
    if field.type == "address":
        yield sql.SQL("concat({})").format(sql.SQL(", ").join(sql.Identifier(c.name) for c in columns_of(field)[1:]))
