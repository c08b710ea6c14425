"""Records as CSV that another instance takes back unchanged: which columns there are, and how cells are written.

PostgreSQL writes and reads the CSV itself. Texts that a spreadsheet would run as formulas get an apostrophe in front,
and so do those that would look so afterwards: taking one away is always right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from psycopg import sql

from madoguchi.catalog.queries import AppRevision
from madoguchi.catalog.tables import Column, columns_of
from madoguchi.definition.fields import FILE_TYPES, AnyField, SubField, TableField
from madoguchi.definition.values import NAME_PARTS, ROW_ID

MARKED = r"^'*[=+\-@\t\r]"
UNMARKED = r"^'+[=+\-@\t\r]"
BOM = "\ufeff".encode()
Kind = Literal["text", "json"]

SYSTEM = (
    "$id", "$revision", "$app_revision", "$receipt_number", "$status", "$assignee", "$created_by", "$updated_by",
    "$channel", "$created_at", "$updated_at", "$submitted_at",
)
"""Headings of what every record has; no field code begins with ``$``."""
TABLE_SYSTEM = ("$record", "$row", ROW_ID, "$more")
"""Of tables: the record, the place from 1, the row's number for programs, and what no sub-field holds (JSON)."""

_MOMENT = sql.SQL("""to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""")
_SYSTEM_OUT = sql.SQL("""
    r.id, r.revision, v.number, {receipt}, {status}, {assignee}, {creator}, {changer}, r.channel, {created}, {updated},
    {submitted}
""")


@dataclass(frozen=True, slots=True)
class Held:
    """One column of an app's table and the heading under which it travels."""

    heading: str
    field: AnyField
    column: Column


@dataclass(frozen=True, slots=True)
class HeldTable:
    """A table inside records; ``subs`` are (heading, sub-field code, part, how its cells are written)."""

    heading: str
    field: TableField
    column: str
    subs: tuple[tuple[str, str, str, Kind], ...]


def fields_of(revisions: Sequence[AppRevision]) -> list[tuple[str, AnyField, list[AnyField]]]:
    """Every field that holds values in one of the revisions, once: its heading, itself, and all its forms.

    The heading is its code; a removed field whose code another one has by now gets its id behind it.
    """
    found: dict[int, tuple[str, AnyField, list[AnyField]]] = {}
    taken: set[str] = set()
    for app in revisions:
        for field in app.definition.value_fields:
            if field.id in found:
                found[field.id][2].append(field)
                continue
            heading = field.code if field.code not in taken else f"{field.code}#{field.id}"
            taken.add(heading)
            found[field.id] = (heading, field, [field])
    return list(found.values())


def held_columns(fields: Iterable[tuple[str, AnyField, list[AnyField]]], *, files: bool) -> list[Held]:
    """The columns of all fields but tables; those of files only where files travel too."""
    return [
        Held(f"{heading}.{column.part}" if column.part else heading, field, column)
        for heading, field, _forms in fields
        if field.type != "table" and (files or field.type not in FILE_TYPES)
        for column in columns_of(field)
    ]


def held_tables(fields: Iterable[tuple[str, AnyField, list[AnyField]]]) -> list[HeldTable]:
    """The tables, each with the sub-fields that it has or had."""
    found = []
    for heading, field, forms in fields:
        if isinstance(field, TableField):
            subs: dict[tuple[str, str], tuple[str, str, str, Kind]] = {}
            for form in forms:
                for sub in form.fields if isinstance(form, TableField) else ():
                    for one in _sub_columns(sub):
                        subs.setdefault((one[1], one[2]), one)
            found.append(HeldTable(heading, field, columns_of(field)[0].name, tuple(subs.values())))
    return found


def _sub_columns(sub: SubField) -> Iterator[tuple[str, str, str, Kind]]:
    if sub.type == "name":
        for part in NAME_PARTS:
            yield f"{sub.code}.{part}", sub.code, part, "text"
        return
    is_json = sub.type in ("money", "consent", "choices") or (sub.type == "formula" and sub.format == "money")
    yield sub.code, sub.code, "", "json" if is_json else "text"


# --- out -----------------------------------------------------------------------------------------------------------


def marked(text: sql.Composable) -> sql.Composed:
    """A text as a cell."""
    return sql.SQL("CASE WHEN {0} ~ {1} THEN '''' || {0} ELSE {0} END").format(text, sql.Literal(MARKED))


def cell_out(column: Column) -> sql.Composable:
    """A column of ``r`` as a cell."""
    name = sql.Identifier("r", column.name)
    if column.sql_type == "text":
        return marked(name)
    if column.sql_type.endswith("[]"):
        return sql.SQL("to_json({})::text").format(name)
    if column.sql_type == "date":
        return sql.SQL("to_char({}, 'YYYY-MM-DD')").format(name)
    if column.sql_type == "timestamp with time zone":
        return _MOMENT.format(name)
    return sql.SQL("{}::text").format(name)


def rows_out(table: str, columns: Sequence[Held], where: sql.Composable) -> sql.Composed:
    """The statement that writes the records, by id."""
    staff = sql.SQL("(SELECT username FROM accounts_staff s WHERE s.id = r.{})")
    system = _SYSTEM_OUT.format(
        receipt=marked(sql.SQL("r.receipt_number")), status=marked(sql.SQL("r.status")),
        **{
            name: marked(staff.format(sql.Identifier(column)))
            for name, column in (
                ("assignee", "assignee_id"), ("creator", "created_by_id"), ("changer", "updated_by_id")
            )
        },
        **{name: _MOMENT.format(sql.SQL(f"r.{name}_at")) for name in ("created", "updated", "submitted")},
    )
    names = [sql.Identifier(heading) for heading in (*SYSTEM, *(held.heading for held in columns))]
    cells = sql.SQL(", ").join([system, *(cell_out(held.column) for held in columns)])
    return sql.SQL(
        "COPY (SELECT * FROM (SELECT {} FROM (SELECT * FROM {} WHERE {}) r"
        " JOIN catalog_revision v ON v.id = r.app_revision_id ORDER BY r.id) AS t({}))"
        " TO STDOUT (FORMAT csv, HEADER)"
    ).format(cells, sql.Identifier(table), where, sql.SQL(", ").join(names))


_MORE = sql.SQL(
    "(SELECT jsonb_object_agg(key, value) FROM jsonb_each(e) WHERE value = 'null' OR key <> ALL({}))::text"
)


def table_out(table: str, held: HeldTable, where: sql.Composable) -> sql.Composed:
    """The statement that writes the rows of a table, by record and place."""
    known = sql.Literal([ROW_ID, *dict.fromkeys(code for _h, code, _p, _k in held.subs)])
    cells = [_sub_out(code, part, kind) for _heading, code, part, kind in held.subs]
    names = [sql.Identifier(name) for name in (*TABLE_SYSTEM, *(heading for heading, *_ in held.subs))]
    return sql.SQL(
        "COPY (SELECT * FROM (SELECT r.id, n, e->>'$id', {more}{cells} FROM (SELECT * FROM {table} WHERE {where}) r,"
        " jsonb_array_elements(r.{column}) WITH ORDINALITY AS t(e, n) ORDER BY r.id, n) AS u({names}))"
        " TO STDOUT (FORMAT csv, HEADER)"
    ).format(
        more=_MORE.format(known), cells=sql.SQL("").join(sql.SQL(", {}").format(cell) for cell in cells),
        table=sql.Identifier(table), where=where, column=sql.Identifier(held.column),
        names=sql.SQL(", ").join(names),
    )  # fmt: skip


def _sub_out(code: str, part: str, kind: Kind) -> sql.Composable:
    value = sql.SQL("e->{}").format(sql.Literal(code))
    if kind == "json":
        return sql.SQL("nullif({}, 'null')::text").format(value)
    if part:
        return marked(sql.SQL("({}->>{})").format(value, sql.Literal(part)))
    return marked(sql.SQL("(e->>{})").format(sql.Literal(code)))


# --- in ------------------------------------------------------------------------------------------------------------


def unmarked(cell: sql.Composable) -> sql.Composed:
    """The text of a cell."""
    return sql.SQL("CASE WHEN {0} ~ {1} THEN substr({0}, 2) ELSE {0} END").format(cell, sql.Literal(UNMARKED))


def cell_in(cell: sql.Composable, sql_type: str) -> sql.Composable:
    """A cell as a value of that type."""
    if sql_type == "text":
        return unmarked(cell)
    if sql_type.endswith("[]"):
        return sql.SQL(
            "CASE WHEN {0} IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text({0}::jsonb))::{1} END"
        ).format(cell, sql.SQL(sql_type))
    return sql.SQL("{}::{}").format(cell, sql.SQL(sql_type))


def sub_rows_in(temporary: sql.Composable, subs: Sequence[tuple[str, str, str, Kind]]) -> sql.Composed:
    """The statement that puts the rows of a table together again: record, and its rows as one JSON value.

    The temporary table has a column ``c<n>`` per heading, ``TABLE_SYSTEM`` first.
    """
    first = len(TABLE_SYSTEM)
    plain: list[sql.Composable] = [sql.SQL("jsonb_build_object({}, c2)").format(sql.Literal(ROW_ID))]
    names: dict[str, list[sql.Composable]] = {}
    for number, (_heading, code, part, kind) in enumerate(subs, first):
        cell = sql.Identifier(f"c{number}")
        value = sql.SQL("{}::jsonb").format(cell) if kind == "json" else unmarked(cell)
        if part:
            names.setdefault(code, []).append(sql.SQL("{}, {}").format(sql.Literal(part), value))
        else:
            plain.append(sql.SQL("jsonb_build_object({}::text, {})").format(sql.Literal(code), value))
    for code, parts in names.items():
        built = sql.SQL("nullif(jsonb_strip_nulls(jsonb_build_object({})), '{{}}')").format(sql.SQL(", ").join(parts))
        plain.append(sql.SQL("jsonb_build_object({}::text, {})").format(sql.Literal(code), built))
    return sql.SQL(
        "SELECT c0::bigint AS record, jsonb_agg(jsonb_strip_nulls({}) || coalesce(c3::jsonb, '{{}}')"
        " ORDER BY c1::bigint) AS whole FROM {} GROUP BY c0::bigint"
    ).format(sql.SQL(" || ").join(plain), temporary)
