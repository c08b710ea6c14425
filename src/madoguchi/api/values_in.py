"""What kintone's clients write, as raw answers by our codes; and what was wrong with them, by kintone's paths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from madoguchi.api.errors import NUMBER, REQUIRED, ApiError, Words, invalid, refused
from madoguchi.api.shapes import AGREE, LISTS, Shape, shapes_of
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.fields import AnyField, LookupField
from madoguchi.definition.formulas import plain_number
from madoguchi.definition.problems import Problem
from madoguchi.definition.values import ROW_ID, Values
from madoguchi.records.errors import InvalidValues
from madoguchi.records.row_numbers import new_numbers
from madoguchi.records.world import DatabaseWorld

MISS = (
    "指定した値がルックアップ元のアプリにありません。",
    "The specified value is not found in the lookup's source app.",
)


@dataclass(slots=True)
class Given:
    """A record as it was sent: ``values`` by our codes, upload keys of files by code, problems by kintone's path."""

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, list[Words]] = field(default_factory=dict)


def read_record(app: AppRevision, record: Mapping[str, Any], path: str, *, before: Values | None = None) -> Given:
    """``record`` (``{"code": {"value": …}}``) for ``app``; ``before`` are its values until now, for parts and rows.

    Codes that the app does not have, and those that nobody may set, are left out as kintone does. Raises ApiError.
    """
    given = Given()
    shapes = shapes_of(app)
    copied = {code for item in app.definition.fields if isinstance(item, LookupField) for code in item.copies}
    for code, cell in record.items():
        shape = shapes.get(code)
        if shape is None or not shape.is_written or shape.field is None or shape.field.code in copied:
            continue
        _take(given, shape, _value(cell, f"{path}.{code}"), path, before or {})
    if given.errors:
        raise invalid(given.errors)
    _refuse_lookup_misses(app, given.values)
    return given


def _value(cell: Any, path: str) -> Any:
    if not isinstance(cell, Mapping):
        raise invalid({path: [("オブジェクトで指定してください。", "Must be an object.")]})
    return cell.get("value")


def _take(given: Given, shape: Shape, value: Any, path: str, before: Values) -> None:
    owner = shape.field
    assert owner is not None
    if shape.part is not None:
        parts = given.values.get(owner.code)
        parts = dict(before.get(owner.code) or {}) if parts is None else parts
        given.values[owner.code] = parts | {shape.part: None if value in ("", None) else value}
    elif shape.type == "FILE":
        given.files[owner.code] = [str(item.get("fileKey", "")) for item in _list(value) if isinstance(item, Mapping)]
    elif shape.type == "SUBTABLE":
        given.values[owner.code] = _rows(given, shape, value, path, before.get(owner.code) or [])
    else:
        given.values[owner.code] = _plain(given, shape, value, path)


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [] if value in (None, "") else [value]


def _plain(given: Given, shape: Shape, value: Any, path: str, *, in_row: bool = False) -> Any:
    owner: Any = shape.field
    match owner.type:
        case "number" | "money":
            return _checked_number(given, shape, value, path, in_row)
        case "consent":
            return AGREE in _list(value) or True in _list(value)
        case "staff" | "department" | "group":
            return [item.get("code") if isinstance(item, Mapping) else item for item in _list(value)]
        case "choices":
            return _checked_options(given, shape, value, path)
        case "choice" if value not in (None, ""):
            option = _option(owner, value)
            if option is None:
                given.errors[f"{path}.{shape.code}.value"] = [_no_option(value)]
            return option
    return None if value == "" else value


def _checked_number(given: Given, shape: Shape, value: Any, path: str, in_row: bool) -> str | None:
    """What is no number is an error, under a key in brackets, but blank within a row; both as kintone does."""
    number = _number(value)
    if number is None and value not in (None, "") and not in_row:
        given.errors[f"{path}[{shape.code}].value"] = [NUMBER]
    return number


def _checked_options(given: Given, shape: Shape, value: Any, path: str) -> list[str]:
    found = [(number, item, _option(shape.field, item)) for number, item in enumerate(_list(value))]
    for number, item, option in found:
        if option is None:
            given.errors[f"{path}.{shape.code}.values[{number}].value"] = [_no_option(item)]
    return [option for _, _, option in found if option is not None]


def _number(value: Any) -> str | None:
    """As JavaScript's ``Number()`` reads it: ``" 1.5e1 "`` is 15; None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value).strip()) if value is not None else Decimal("NaN")
    except InvalidOperation:
        return None
    return plain_number(found) if found.is_finite() and abs(found.adjusted()) < 60 else None


def _option(owner: Any, value: Any) -> str | None:
    """The option's value, given as such or as its label."""
    text = str(value)
    exact = next((option.value for option in owner.options if option.value == text), None)
    return exact or next((o.value for o in owner.options if text in o.text.root.values()), None)


def _no_option(value: Any) -> Words:
    return (f'"{value}"は選択肢にありません。', f'The value, "{value}", is not in options.')


# --- tables --------------------------------------------------------------------------------------------------------


def _rows(given: Given, shape: Shape, value: Any, path: str, before: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows replace the table; one whose id is known keeps the cells that were not sent."""
    known = {str(row.get(ROW_ID, number)): row for number, row in enumerate(before, 1)}
    rows: list[dict[str, Any]] = []
    for number, item in enumerate(_list(value)):
        if not isinstance(item, Mapping):
            continue
        row_id = str(item.get("id") or "")
        cells = item.get("value") if isinstance(item.get("value"), Mapping) else {}
        row = dict(known.get(row_id, {}))
        row.pop(ROW_ID, None)
        if row_id in known:
            row[ROW_ID] = row_id
        row |= _cells(given, shape, cells or {}, f"{path}.{shape.code}.value[{number}].value")
        rows.append(row)
    fresh = iter(new_numbers(sum(ROW_ID not in row for row in rows)))
    return [row if ROW_ID in row else {ROW_ID: next(fresh), **row} for row in rows]


def _cells(given: Given, shape: Shape, cells: Mapping[str, Any], path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for code, cell in cells.items():
        inner = shape.rows.get(code)
        if inner is None or not inner.is_written or inner.field is None:
            continue
        value = cell.get("value") if isinstance(cell, Mapping) else cell
        if inner.part is not None:
            found[inner.field.code] = (found.get(inner.field.code) or {}) | {inner.part: value or None}
        else:
            found[inner.field.code] = _plain(given, inner, value, path, in_row=True)
    return found


# --- lookups -------------------------------------------------------------------------------------------------------


def _refuse_lookup_misses(app: AppRevision, values: Mapping[str, Any]) -> None:
    world = DatabaseWorld("counter")
    for item in app.definition.fields:
        if isinstance(item, LookupField) and values.get(item.code) not in (None, ""):
            key = str(values[item.code])
            if world.lookup(item.app, item.key, key) is None:
                raise refused((f"{item.code}: {MISS[0]}", f"{item.code}: {MISS[1]}"), "GAIA_LO04")


# --- what the write path refused -----------------------------------------------------------------------------------


def as_api_error(refusal: InvalidValues, app: AppRevision, path: str) -> ApiError:
    """The problems by kintone's paths."""
    errors: dict[str, list[Words]] = {}
    loose: list[Words] = []
    for code, problems in refusal.problems.items():
        owner = app.definition.by_code.get(code)
        for problem in problems:
            if owner is None:
                loose.append(_words(problem))
            else:
                errors.setdefault(_path(app, owner, problem, path), []).append(_words(problem))
    if loose and not errors:
        return refused(loose[0])
    return invalid(errors)


def _words(problem: Problem) -> Words:
    return (problem.text.in_language("ja"), problem.text.in_language("en"))


def _path(app: AppRevision, owner: AnyField, problem: Problem, path: str) -> str:
    shapes = [shape for shape in shapes_of(app).values() if shape.field is not None and shape.field.id == owner.id]
    if owner.type == "table" and problem.part:
        return _cell_path(shapes[0], problem.part, path)
    chosen = next((s for s in shapes if s.part is not None and s.part == problem.part), shapes[0])
    return value_path(chosen, path)


def _cell_path(shape: Shape, part: str, path: str) -> str:
    row, _, cell = part.partition(".")
    code, _, inner = cell.partition(".")
    found = next(
        (s.code for s in shape.rows.values() if s.field and s.field.code == code and s.part == (inner or None)), code
    )
    return f"{path}.{shape.code}.value[{row}].value.{found}.value"


def value_path(shape: Shape, path: str) -> str:
    """Where kintone says that something is wrong with the whole value."""
    if shape.type not in LISTS:
        return f"{path}.{shape.code}.value"
    plural = f"{path}.{shape.code}.values"
    return plural if shape.type in ("CHECK_BOX", "MULTI_SELECT", "FILE") else f"{plural}.value"


def missing(app: AppRevision, codes: Iterable[str], path: str) -> ApiError:
    """400 for required values that are not there."""
    errors: dict[str, Sequence[Words]] = {}
    for shape in shapes_of(app).values():
        first = shape.part in (None, "family", "postal_code", "lat")
        if first and shape.field is not None and shape.field.code in codes:
            errors[value_path(shape, path)] = [REQUIRED]
    return invalid(errors)
