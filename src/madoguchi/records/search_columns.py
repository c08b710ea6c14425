"""The two columns by which records are found, for whoever writes rows; and whether all rows have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from django.db import connection
from psycopg import sql

from madoguchi.catalog.queries import AppRevision, published_by_id
from madoguchi.catalog.tables import table_name
from madoguchi.definition.values import Values
from madoguchi.query.fields import QueryField
from madoguchi.query.meaning import Contains
from madoguchi.records.copying import escaped
from madoguchi.records.rows import json_expression
from madoguchi.records.search_models import SearchFill
from madoguchi.records.search_text import SearchForm, form_of, grams_within

TEXT, GRAMS = "search_text", "search_grams"
Row = tuple[Values, str | None]
"""What a record holds by code, and its receipt number."""


def columns_for(app: AppRevision, rows: Iterable[Row]) -> list[tuple[str, list[int]]]:
    """What ``TEXT`` and ``GRAMS`` hold for records of ``app``, a published revision."""
    form = form_of(app.definition)
    ids = {field.code: field.id for field in app.definition.value_fields}
    return [
        form.columns({ids[code]: value for code, value in values.items() if code in ids}, receipt)
        for values, receipt in rows
    ]


def cells_for(app: AppRevision, rows: Iterable[Row]) -> list[tuple[str, str]]:
    """The same as COPY takes it. Whoever writes under an older revision calls ``refresh`` afterwards."""
    return [(escaped(text), array_text(grams)) for text, grams in columns_for(app, rows)]


def assignments(app: AppRevision, values: Values, receipt: str | None) -> list[tuple[sql.Identifier, sql.Composable]]:
    """The same for one record, as the columns and literals of a statement."""
    ((text, grams),) = columns_for(app, [(values, receipt)])
    return [(sql.Identifier(TEXT), sql.Literal(text)), (sql.Identifier(GRAMS), array_sql(grams))]


def follow(app: AppRevision, ids: Sequence[int]) -> None:
    """After records were written under ``app``: if that is an older revision, the published one decides their words."""
    current = published_by_id(app.app_id)
    if current.revision_id != app.revision_id:
        refresh(current, read(current, ids=ids))


Stored = tuple[int, str | None, str | None, dict[str, object]]
"""Id, receipt number, ``TEXT`` as it is, and values by column name ``f<id>``."""


def read(app: AppRevision, *, ids: Sequence[int] | None = None, after: int = 0, limit: int = 0) -> list[Stored]:
    """Rows as ``refresh`` needs them, locked against writers: those with these ids, or ``limit`` after an id."""
    numbers = {number for number, _, _ in form_of(app.definition).fields}
    names = [json_expression(field) for field in app.definition.fields if field.id in numbers]
    which = (
        sql.SQL("id > {} ORDER BY id LIMIT {}").format(sql.Literal(after), sql.Literal(limit))
        if ids is None
        else sql.SQL("id = ANY({}::bigint[])").format(sql.Literal(list(ids)))
    )
    inner = sql.SQL("SELECT {} FROM {} WHERE {} FOR NO KEY UPDATE").format(
        sql.SQL(", ").join([*map(sql.Identifier, ("id", "receipt_number", TEXT)), *names]),
        sql.Identifier(table_name(app.app_id)),
        which,
    )
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT id, receipt_number, {}, to_json(r) FROM ({}) r ORDER BY id").format(
            sql.Identifier(TEXT), inner
        ))  # fmt: skip
        return list(cursor.fetchall())


def refresh(app: AppRevision, rows: Sequence[Stored]) -> None:
    """Writes the columns of rows that were read where they differ from what ``app``, the published revision, wants."""
    form = form_of(app.definition)
    found: list[tuple[int, str, str]] = []
    for record_id, receipt, before, values in rows:
        by_id = {number: values.get(f"f{number}") for number, _, _ in form.fields}
        text, grams = form.columns(by_id, receipt)
        if text != before:
            found.append((record_id, text, array_text(grams)))
    if not found:
        return
    statement = sql.SQL(
        "UPDATE {} t SET {} = u.text, {} = u.grams::integer[]"
        " FROM unnest({}::bigint[], {}::text[], {}::text[]) AS u(id, text, grams) WHERE t.id = u.id"
    ).format(
        sql.Identifier(table_name(app.app_id)),
        sql.Identifier(TEXT),
        sql.Identifier(GRAMS),
        *(sql.Literal([row[n] for row in found]) for n in range(3)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)


def array_sql(grams: Iterable[int]) -> sql.Composed:
    """Pairs as SQL."""
    return sql.SQL("{}::integer[]").format(sql.Literal(array_text(grams)))


def array_text(grams: Iterable[int]) -> str:
    """Pairs as PostgreSQL writes an array."""
    return "{" + ",".join(map(str, grams)) + "}"


def receipts_of(app: AppRevision, ids: Sequence[int]) -> Mapping[int, str | None]:
    """The receipt numbers of records, by id."""
    statement = sql.SQL("SELECT id, receipt_number FROM {} WHERE id = ANY({}::bigint[])").format(
        sql.Identifier(table_name(app.app_id)), sql.Literal(list(ids))
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return dict(cursor.fetchall())


def digest(form: SearchForm) -> str:
    """The form's key, shortened for ``SearchFill``."""
    return sha256(form.key.encode()).hexdigest()


def fill_of(app: AppRevision) -> SearchFill | None:
    """How far the preparing of this revision's words is; None if it was never begun."""
    return SearchFill.objects.filter(pk=app.app_id, form=digest(form_of(app.definition))).first()


def prefilter(app: AppRevision, field: QueryField, form: Contains) -> sql.Composable | None:
    """A condition that holds wherever ``field`` contains one of the spellings, and that the index answers.

    None where there is none: the field is not searched, a spelling is too short, or rows are still being prepared.
    """
    owner = app.definition.by_code.get(field.table or field.source)
    # What is looked for in rich text are also its tags.
    if owner is None or field.system or owner.type == "richtext" or owner.id not in _searched(app):
        return None
    pairs = dict.fromkeys(grams_within(spelling) for spelling in form.spellings)
    fill = fill_of(app) if all(pairs) else None
    if fill is None or fill.finished_at is None:
        return None
    parts = [sql.SQL("{} @> {}").format(sql.Identifier(GRAMS), array_sql(sorted(grams))) for grams in pairs]
    return sql.SQL("({})").format(sql.SQL(" OR ").join(parts))


def _searched(app: AppRevision) -> frozenset[int]:
    return frozenset(number for number, _, _ in form_of(app.definition).fields)
