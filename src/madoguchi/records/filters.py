"""Conditions of a list: what a view, a person's filters and a search say, as SQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from django.utils.translation import gettext as _
from psycopg import sql

from madoguchi.catalog.tables import columns_of
from madoguchi.definition.app import AppDefinition, View
from madoguchi.definition.fields import AnyField
from madoguchi.lib.phones import phone_digits
from madoguchi.lib.text import normalise_spaces, to_half_digits

NOBODY = "none"
"""As a value of the filter ``assignee``: records that nobody has taken."""
PLAIN_TYPES = frozenset({"text", "choice", "lookup", "phone", "email"})
SEARCHED_TYPES = frozenset({"text", "textarea", "email", "choice", "lookup"})
MAX_WORDS = 5


ExtraFilter = Callable[[AppDefinition, Sequence[str]], sql.Composable]
_extra: dict[str, ExtraFilter] = {}


def register_filter(code: str, condition: ExtraFilter) -> None:
    """Lets a room above narrow lists by what only it knows, such as the state of the fee.

    ``condition`` is SQL about the record's ``id``.
    """
    _extra[code] = condition


def conditions(
    defn: AppDefinition, view: View, filters: Mapping[str, Sequence[str]], search: str
) -> tuple[list[sql.Composable], list[str]]:
    """Conditions to be joined by AND, and a message for each filter that the app does not know."""
    found: list[sql.Composable] = []
    messages: list[str] = []
    for code, values in [*view.filters.items(), *filters.items()]:
        condition = _filter(defn, code, [value.replace("\x00", "") for value in values])
        if condition is None:
            messages.append(_("「%(column)s」では絞り込めません。") % {"column": code})
        else:
            found.append(condition)
    return [*found, *_search(defn, search)], messages


def _filter(defn: AppDefinition, code: str, values: Sequence[str]) -> sql.Composable | None:
    if code in {"status", "channel"}:
        return _one_of(code, values)
    if code == "assignee":
        return _assignee(values)
    if code in _extra:
        return _extra[code](defn, values)
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
    phones = [sql.Identifier(f"f{field.id}") for field in defn.fields if field.type == "phone"]
    plain_phones = [sql.SQL("replace({}, '-', '')").format(phone) for phone in phones]
    for word in filter(None, words):
        # Telephone numbers are compared by their digits, whatever hyphens people write.
        digits = phone_digits(to_half_digits(word))
        places = [_contains(text, word) for text in texts]
        places += [_contains(phone, digits) for phone in plain_phones if digits]
        yield sql.SQL("({})").format(sql.SQL(" OR ").join(places))


def _contains(text: sql.Composable, word: str) -> sql.Composed:
    pattern = "%" + re.sub(r"([\\%_])", r"\\\1", word) + "%"
    return sql.SQL("{} ILIKE {}").format(text, sql.Literal(pattern))


def _searched(field: AnyField) -> Iterator[sql.Composable]:
    columns = [sql.Identifier(column.name) for column in columns_of(field)]
    if field.type in SEARCHED_TYPES:
        yield from columns
    if field.type == "name":
        yield sql.SQL("concat({}, {})").format(*columns[:2])
        yield sql.SQL("concat({}, {})").format(*columns[2:])
    if field.type == "address":
        yield sql.SQL("concat({})").format(sql.SQL(", ").join(columns[1:]))
