"""Conditions of a list that a person adds by pressing and typing: chips, and words that are looked for, as SQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from django.utils.translation import gettext as _
from psycopg import sql

from madoguchi.catalog.tables import columns_of
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import AnyField
from madoguchi.lib.phones import phone_digits
from madoguchi.lib.text import normalise_spaces, to_half_digits
from madoguchi.records.permissions import Access, live_copies

NOBODY = "none"
"""As a value of the filter ``assignee``: records that nobody has taken."""
SEARCHED_TYPES = frozenset({"text", "textarea", "email", "choice", "lookup", "link", "serial"})
MAX_WORDS = 5


ExtraFilter = Callable[[AppDefinition, Sequence[str]], sql.Composable]
_extra: dict[str, ExtraFilter] = {}


def register_filter(code: str, condition: ExtraFilter) -> None:
    """Lets a room above narrow lists by what only it knows, such as the state of the fee.

    ``condition`` is SQL about the record's ``id``.
    """
    _extra[code] = condition


def conditions(
    access: Access, filters: Mapping[str, Sequence[str]], search: str
) -> tuple[list[sql.Composable], list[str]]:
    """Conditions to be joined by AND, and a message for each filter that there is not."""
    found: list[sql.Composable] = []
    messages: list[str] = []
    for code, values in filters.items():
        condition = _filter(access.app.definition, code, [value.replace("\x00", "") for value in values])
        if condition is None:
            messages.append(_("「%(column)s」では絞り込めません。") % {"column": code})
        else:
            found.append(condition)
    return [*found, *_search(access, search)], messages


def _filter(defn: AppDefinition, code: str, values: Sequence[str]) -> sql.Composable | None:
    if code in {"status", "channel"}:
        return _one_of(code, values)
    if code == "assignee":
        return _assignee(values)
    return _extra[code](defn, values) if code in _extra else None


def _one_of(column: str, values: Sequence[str]) -> sql.Composable:
    """A single value is compared with ``=``, which lets the index serve the order too."""
    if len(values) == 1:
        return sql.SQL("{} = {}").format(sql.Identifier(column), sql.Literal(values[0]))
    return sql.SQL("{} = ANY({}::text[])").format(sql.Identifier(column), sql.Literal(list(values)))


def _assignee(values: Sequence[str]) -> sql.Composable:
    ids = [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 18]
    known = sql.SQL("assignee_id = ANY({}::bigint[])").format(sql.Literal(ids))
    return sql.SQL("({} OR assignee_id IS NULL)").format(known) if NOBODY in values else known


def _search(access: Access, search: str) -> Iterator[sql.Composable]:
    """Every word must occur somewhere: in the receipt number, a text, or a name (family and given together).

    Only in what the viewer sees, and not in what is read from another app.
    """
    words = normalise_spaces(search.replace("\x00", "")).split(" ")[:MAX_WORDS]
    live = live_copies(access.app.definition)
    fields = [field for field in access.seen(access.app.definition.fields) if field.code not in live]
    texts = [sql.Identifier("receipt_number"), *(text for field in fields for text in _searched(field))]
    phones = [sql.Identifier(f"f{field.id}") for field in fields if field.type == "phone"]
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
