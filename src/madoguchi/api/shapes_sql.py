"""SQL in which PostgreSQL itself writes records as kintone's clients read them; Python only passes the text on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from psycopg import sql

from madoguchi.api.shapes import AGREE, CHANNELS, Shape
from madoguchi.catalog.tables import columns_of
from madoguchi.definition.app import AppDefinition

MAX_ARGUMENTS = 90
"""PostgreSQL's functions take at most 100."""
ADMINISTRATOR = {"code": "Administrator", "name": "Administrator"}
"""Who wrote what no person wrote, as with kintone's tokens."""
RESIDENT = {"code": "resident", "name": "申請者"}
_PERSON = "json_build_object('code', u.username, 'name', coalesce(nullif(u.display_name, ''), u.username))"
_PEOPLE: Mapping[str, tuple[str, str, str]] = {
    "USER_SELECT": ("accounts_staff", "username", "coalesce(nullif(u.display_name, ''), u.username)"),
    "ORGANIZATION_SELECT": ("accounts_department", "code", "u.name"),
    "GROUP_SELECT": ("accounts_staffgroup", "code", "u.name"),
}  # fmt: skip
_FILES = """coalesce((SELECT json_agg(json_build_object('fileKey', u.id, 'name', coalesce(nullif(u.original_name, ''),
    'file-' || left(u.id::text, 8) || CASE u.content_type WHEN 'image/jpeg' THEN '.jpg' WHEN 'image/png' THEN '.png'
    WHEN 'application/pdf' THEN '.pdf' ELSE '' END), 'contentType', u.content_type, 'size', u.size::text)
    ORDER BY array_position({value}, u.id)) FROM records_storedfile u
    WHERE u.id = ANY({value}) AND u.deleted_at IS NULL)::text, '[]')"""
_MOMENT = """coalesce('"' || to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI') || ':00Z"', '""')"""

_TEXT = """coalesce(to_json({value})::text, '""')"""
_TEXT_OR_NULL = "coalesce(to_json({value})::text, 'null')"
_QUOTED = """coalesce('"' || {value}::text || '"', '""')"""
_QUOTED_OR_NULL = """coalesce('"' || {value}::text || '"', 'null')"""
_VALUES: Mapping[str, str] = {
    "SINGLE_LINE_TEXT": _TEXT, "LINK": _TEXT, "MULTI_LINE_TEXT": _TEXT, "RICH_TEXT": _TEXT,
    "DROP_DOWN": _TEXT_OR_NULL, "RADIO_BUTTON": _TEXT_OR_NULL, "NUMBER": _QUOTED, "CALC": _QUOTED,
    "DATE": _QUOTED_OR_NULL, "TIME": """coalesce('"' || to_char({value}, 'HH24:MI') || '"', 'null')""",
    "CHECK_BOX": "coalesce(array_to_json({value})::text, '[]')",
    "MULTI_SELECT": "coalesce(array_to_json({value})::text, '[]')", "FILE": _FILES,
}  # fmt: skip

Piece = str | sql.Composable
"""Text that stands there as it is, or an expression that yields text."""


def record_json(
    shapes: Iterable[Shape], defn: AppDefinition, *, ids: Sequence[str], joined: Mapping[int, sql.Composable]
) -> sql.Composed:
    """One record: ``{"code": {"type": …, "value": …}, …}``; ``ids`` are those of ``$id`` and ``$revision`` wanted.

    ``joined`` are, by field id, values that come from other apps, as jsonb.
    """
    members = [_member(shape.code, shape.type, _of(shape, defn, joined)) for shape in shapes]
    columns = {"$id": ("__ID__", "id"), "$revision": ("__REVISION__", "revision")}
    members += [_member(name, columns[name][0], _form(_QUOTED, sql.Identifier(columns[name][1]))) for name in ids]
    return _object(members)


def _member(code: str, kind: str, value: Piece) -> list[Piece]:
    return [f'{json.dumps(code, ensure_ascii=False)}:{{"type":"{kind}","value":', value, "}"]


def _object(members: Sequence[Sequence[Piece]]) -> sql.Composed:
    """The members in braces, put together by as few calls as possible."""
    pieces: list[Piece] = ["{"]
    for number, member in enumerate(members):
        pieces += [",", *member] if number else member
    return _joined([*pieces, "}"])


def _joined(pieces: Sequence[Piece]) -> sql.Composed:
    merged = list(_merged(pieces))
    chunks = [merged[start : start + MAX_ARGUMENTS] for start in range(0, len(merged), MAX_ARGUMENTS)]
    calls = [sql.SQL("concat({})").format(sql.SQL(", ").join(map(_expression, chunk))) for chunk in chunks]
    return sql.SQL("({})").format(sql.SQL(" || ").join(calls))


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbouring texts as one."""
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        if text:
            yield text
        text = ""
        yield piece
    yield text


def _expression(piece: Piece) -> sql.Composable:
    return sql.Literal(piece) if isinstance(piece, str) else piece


def _form(form: str, value: sql.Composable) -> sql.Composed:
    return sql.SQL(form).format(value=value)


def _of(shape: Shape, defn: AppDefinition, joined: Mapping[int, sql.Composable]) -> sql.Composable:
    other = joined.get(shape.field.id) if shape.field is not None else None
    return value_of(shape, defn) if other is None else _from_json(shape, other)


def value_of(shape: Shape, defn: AppDefinition) -> sql.Composable:
    """The JSON text of the value of one code, from a row of the app's table."""
    if shape.system:
        return _SYSTEM[shape.type](shape, defn)
    if shape.type == "SUBTABLE":
        return _table(shape)
    assert shape.field is not None
    columns = columns_of(shape.field)
    column = next((c for c in columns if c.part == shape.part), None)
    if column is None:
        return sql.SQL("""'""'""")
    return _plain(shape, sql.Identifier(column.name))


def _plain(shape: Shape, value: sql.Composable) -> sql.Composable:
    """The JSON text of a value in a column of the field's own type."""
    assert shape.field is not None
    if shape.field.type == "consent":
        return _agreed(value)
    if shape.type in _PEOPLE:
        return _people(shape.type, value)
    if shape.type == "DATETIME":
        return _form(_MOMENT, value)
    return _form(_VALUES[shape.type], value)


def _agreed(value: sql.Composable) -> sql.Composed:
    return sql.SQL("CASE WHEN {} THEN {} ELSE '[]' END").format(value, sql.Literal(json.dumps([AGREE])))


def _people(kind: str, value: sql.Composable) -> sql.Composed:
    table, code, name = _PEOPLE[kind]
    return sql.SQL(
        "coalesce((SELECT json_agg(json_build_object('code', u.{code}, 'name', {name})"
        " ORDER BY array_position({value}, u.{code}::text)) FROM {table} u WHERE u.{code} = ANY({value}))::text, '[]')"
    ).format(code=sql.Identifier(code), name=sql.SQL(name), table=sql.Identifier(table), value=value)


# --- rows of tables ------------------------------------------------------------------------------------------------

_ROWS = """coalesce((SELECT '[' || string_agg(concat('{{"id":"', coalesce(r.item->>'$id', r.number::text), '","value":',
    {row}, '}}'), ',' ORDER BY r.number) || ']' FROM jsonb_array_elements({value}) WITH ORDINALITY r(item, number)),
    '[]')"""


def _table(shape: Shape) -> sql.Composed:
    assert shape.field is not None
    row = _object([_member(cell.code, cell.type, _cell(cell)) for cell in shape.rows.values()])
    return sql.SQL(_ROWS).format(row=row, value=sql.Identifier(columns_of(shape.field)[0].name))


def _cell(shape: Shape) -> sql.Composed:
    """The JSON text of a cell; within rows values are JSON already."""
    assert shape.field is not None
    return _from_json(shape, sql.SQL("(r.item -> {})").format(sql.Literal(shape.field.code)))


def _from_json(shape: Shape, holder: sql.Composable) -> sql.Composed:
    """The JSON text of a value that is held as jsonb in our own form."""
    assert shape.field is not None
    value = sql.SQL("({} -> {})").format(holder, sql.Literal(shape.part)) if shape.part else holder
    text = sql.SQL("({} #>> '{{}}')").format(value)
    if shape.field.type == "consent":
        return _agreed(sql.SQL("({})::boolean").format(text))
    match shape.type:
        case "CHECK_BOX" | "MULTI_SELECT":
            return sql.SQL("coalesce(nullif({}, 'null'::jsonb)::text, '[]')").format(value)
        case "DATETIME":
            return _form(_MOMENT, sql.SQL("({})::timestamptz").format(text))
        case "DATE" | "TIME" | "DROP_DOWN" | "RADIO_BUTTON":
            return _form(_TEXT_OR_NULL, text)
        case _:
            return _form(_TEXT, text)


# --- columns of the system -----------------------------------------------------------------------------------------


def _number(shape: Shape, defn: AppDefinition) -> sql.Composable:
    return _form(_QUOTED, sql.Identifier("id"))


def _author(shape: Shape, defn: AppDefinition) -> sql.Composable:
    nobody = sql.SQL("CASE WHEN interview_id IS NULL THEN {} ELSE {} END").format(
        sql.Literal(json.dumps(ADMINISTRATOR)), sql.Literal(json.dumps(RESIDENT, ensure_ascii=False))
    )
    return sql.SQL("coalesce((SELECT {person}::text FROM accounts_staff u WHERE u.id = {column}), {nobody})").format(
        person=sql.SQL(_PERSON), column=sql.Identifier(shape.system or ""), nobody=nobody
    )


def _assignee(shape: Shape, defn: AppDefinition) -> sql.Composable:
    return sql.SQL(
        "coalesce((SELECT '[' || {person}::text || ']' FROM accounts_staff u WHERE u.id = assignee_id), '[]')"
    ).format(person=sql.SQL(_PERSON))


def _moment(shape: Shape, defn: AppDefinition) -> sql.Composable:
    return _form(_MOMENT, sql.Identifier(shape.system or ""))


def _status(shape: Shape, defn: AppDefinition) -> sql.Composable:
    statuses = defn.process.statuses if defn.process else ()
    names = {status.code: str(status.name) for status in statuses}
    return _named(sql.Identifier("status"), names)


def _channel(shape: Shape, defn: AppDefinition) -> sql.Composable:
    return _named(sql.Identifier("channel"), CHANNELS)


def _named(column: sql.Composable, names: Mapping[str, str]) -> sql.Composable:
    """The name that stands for a code; the code itself where there is none (a status of an older revision)."""
    whens = [
        sql.SQL("WHEN {} THEN {}").format(sql.Literal(code), sql.Literal(json.dumps(name, ensure_ascii=False)))
        for code, name in names.items()
    ]
    otherwise = _form(_TEXT, column)
    return sql.SQL("CASE {} {} ELSE {} END").format(column, sql.SQL(" ").join(whens), otherwise) if whens else otherwise


def _system_text(shape: Shape, defn: AppDefinition) -> sql.Composable:
    return _form(_TEXT, sql.Identifier(shape.system or ""))


_SYSTEM: Mapping[str, Callable[[Shape, AppDefinition], sql.Composable]] = {
    "RECORD_NUMBER": _number, "CREATOR": _author, "MODIFIER": _author, "STATUS_ASSIGNEE": _assignee,
    "CREATED_TIME": _moment, "UPDATED_TIME": _moment, "DATETIME": _moment, "STATUS": _status, "DROP_DOWN": _channel,
    "SINGLE_LINE_TEXT": _system_text,
}  # fmt: skip
