"""Finding records by the words that people type: every word somewhere in what they may see of a record.

Rare words are found by the index over pairs of characters, and their records are then sorted. Common ones are met soon
by walking the records in the order of the list. Which way is shorter is not left to the planner's estimates: the index
is asked for the first ``FEW`` records, and whether there are more decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from psycopg import sql

from madoguchi.catalog.tables import table_name
from madoguchi.records.permissions import Access
from madoguchi.records.search_columns import GRAMS, TEXT, array_sql, fill_of
from madoguchi.records.search_text import RECEIPT, form_of, grams_of, mark, words_of

FEW = 10_000
"""So many records are fetched and sorted in about 50 ms; to find a page of more, a hundredth of 1,000,000 is walked."""

Fetch = Callable[[sql.Composable], list[tuple[Any, ...]]]
Word = tuple[str, ...]


def conditions(access: Access, search: str, fetch: Fetch) -> tuple[list[sql.Composable], list[str]]:
    """Conditions that hold for the records with all words of ``search``, and what is to be said about them.

    ``fetch`` runs the statement that asks the index, with the time limit of lists.
    """
    words = words_of(search)
    if not words:
        return [], []
    exact = [*map(_holds, words), *_only_seen(access, words)]
    prefilter = [_pairs(word) for word in words if all(grams_of(way) for way in word)]
    messages = _progress(access)
    ids = _few(access, [*prefilter, *exact], fetch) if prefilter else None
    if ids is None:
        # Opaque to the planner, which then takes every second record for a hit and walks the list's index.
        return [sql.SQL("CASE WHEN {} THEN TRUE END").format(sql.SQL(" AND ").join(exact))], messages
    # A subquery: of a list of constants the planner would know the length, and might walk all the same.
    hits = sql.SQL("id = ANY(ARRAY(SELECT unnest({}::bigint[])))").format(sql.Literal(ids))
    return [hits, *exact], messages


def _few(access: Access, where: Sequence[sql.Composable], fetch: Fetch) -> str | None:
    """The ids of all records that fit, as an array's text; None if there are more than a few."""
    statement = sql.SQL("SELECT count(*), coalesce(array_agg(id), '{{}}')::text FROM ({}) hits").format(
        sql.SQL("SELECT id FROM {} WHERE {} LIMIT {}").format(
            sql.Identifier(table_name(access.app.app_id)),
            sql.SQL(" AND ").join([*where, access.where("view")]),
            sql.Literal(FEW + 1),
        )
    )
    ((count, ids),) = fetch(statement)
    return None if count > FEW else str(ids)


def _any(parts: Sequence[sql.Composable]) -> sql.Composable:
    return parts[0] if len(parts) == 1 else sql.SQL("({})").format(sql.SQL(" OR ").join(parts))


def _pairs(word: Word) -> sql.Composable:
    return _any([sql.SQL("{} @> {}").format(sql.Identifier(GRAMS), array_sql(sorted(grams_of(way)))) for way in word])


def _holds(word: Word) -> sql.Composable:
    return _any([sql.SQL("strpos({}, {}) > 0").format(sql.Identifier(TEXT), sql.Literal(way)) for way in word])


def _only_seen(access: Access, words: Sequence[Word]) -> list[sql.Composable]:
    """That the words are in lines of fields which the viewer sees; nothing if that is all of them."""
    fields = form_of(access.app.definition).fields
    if not any(number in access.hidden for number, _, _ in fields):
        return []
    marks = "|".join(mark(number) for number in (RECEIPT, *(n for n, _, _ in fields)) if number not in access.hidden)
    return [
        sql.SQL("{} ~ {}").format(
            sql.Identifier(TEXT),
            sql.Literal(f"(?:{marks})[^\n]*(?:{'|'.join(map(_literally, word))})"),
        )
        for word in words
    ]


def _literally(text: str) -> str:
    """A text as a regular expression of PostgreSQL."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def _progress(access: Access) -> list[str]:
    fill = fill_of(access.app)
    if fill is not None and fill.finished_at is not None:
        return []
    share = {"percent": fill.percent if fill else 0}
    return [_("検索の準備をしています（%(percent)d%%）。終わるまでは、見つからないレコードがあります。") % share]
