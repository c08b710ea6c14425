"""Conditions of a list that a person adds by pressing chips, as SQL. Words that are looked for: see ``search``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _
from psycopg import sql

from madoguchi.definition.app import AppDefinition
from madoguchi.records.permissions import Access

NOBODY = "none"
"""As a value of the filter ``assignee``: records that nobody has taken."""

ExtraFilter = Callable[[AppDefinition, Sequence[str]], sql.Composable]
_extra: dict[str, ExtraFilter] = {}


def register_filter(code: str, condition: ExtraFilter) -> None:
    """Lets a room above narrow lists by what only it knows, such as the state of the fee.

    ``condition`` is SQL about the record's ``id``.
    """
    _extra[code] = condition


def conditions(
    access: Access, filters: Mapping[str, Sequence[str]]
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
    return found, messages


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
