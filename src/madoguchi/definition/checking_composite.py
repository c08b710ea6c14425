"""Parsers of values with parts: names, addresses, places, files, tables."""

from __future__ import annotations

import json
import re
import unicodedata
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from madoguchi.definition.checking_base import Context, box, check_length, is_blank, line_of
from madoguchi.definition.checking_simple import NO, YES
from madoguchi.definition.fields import COMPUTED_TYPES
from madoguchi.definition.formulas import holds, to_formula
from madoguchi.definition.parts import FULL_KANA, Part, rows_of, town_label, usable_towns
from madoguchi.definition.problems import Problem, Refused, refuse
from madoguchi.definition.text import Text, japanese
from madoguchi.definition.values import ADDRESS_PARTS, NAME_PARTS, ROW_ID, Value
from madoguchi.definition.world import Town
from madoguchi.lib.postal import PostalCodeError, format_postal, parse_postal
from madoguchi.lib.text import fold, is_katakana_name, to_full_kana

NAME_LENGTH = 20
ADDRESS_LENGTH = 100
_NAME_SIGNS = frozenset(" ・･ー-‐'’.．,，＝=")
_PART_LABELS = {
    "family": Text({"ja": "姓", "en": "Family name"}), "given": Text({"ja": "名", "en": "Given name"}),
    "family_kana": Text({"ja": "セイ", "en": "Family name in katakana"}),
    "given_kana": Text({"ja": "メイ", "en": "Given name in katakana"}),
    "postal_code": Text({"ja": "郵便番号", "en": "Postal code"}), "town": Text({"ja": "町名", "en": "Town"}),
    "street": Text({"ja": "丁目・番地・号", "en": "Block and house number"}),
    "building": Text({"ja": "建物名・部屋番号", "en": "Building and room"}),
}  # fmt: skip
_KANA_EXAMPLES = {"family_kana": "イチカワ", "given_kana": "ハナコ"}


class _Labelled:
    """Stands in for a field so that messages speak of one part of it."""

    example: Text | None = None

    def __init__(self, label: Text) -> None:
        self.label = label


def _gather(checks: Mapping[str, Callable[[], Value]]) -> dict[str, Value]:
    """The result of every check by part; all refusals together, each pointing at its part."""
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for part, check in checks.items():
        try:
            values[part] = check()
        except Refused as refusal:
            problems += [Problem(p.text, p.part or part) for p in refusal.problems]
    if problems:
        raise Refused(*problems)
    return values


# --- names ---------------------------------------------------------------------------------------------------------


def name(field: Any, raw: Any, context: Context) -> dict[str, str | None]:
    """Family and given name as written, readings in full-width katakana."""
    boxes = raw if isinstance(raw, Mapping) else _split_name(field, line_of(field, raw))
    checks: dict[str, Callable[[], Value]] = {part: partial(_name_part, part, boxes) for part in NAME_PARTS[:2]}
    if field.kana:
        checks |= {part: partial(_kana_part, part, boxes) for part in NAME_PARTS[2:]}
    return {**dict.fromkeys(NAME_PARTS), **_gather(checks)}


def _split_name(field: Any, line: str) -> dict[str, str]:
    """市川 花子, or with the reading behind it: 市川 花子 イチカワ ハナコ."""
    words = line.split(" ")
    if len(words) < 2:
        raise refuse("name_two_words", field.label)
    if len(words) == 4 and all(is_katakana_name(to_full_kana(word)) for word in words[2:]):
        return dict(zip(NAME_PARTS, words, strict=True))
    if field.kana:
        example = f"{'市川 花子'} {FULL_KANA.example}"
        raise refuse("kana", field.label, example=japanese(example))
    return {"family": words[0], "given": " ".join(words[1:])}


def _name_part(part: str, boxes: Mapping[str, Any]) -> str:
    labelled = _Labelled(_PART_LABELS[part])
    typed = box(boxes, part)
    if is_blank(typed):
        raise refuse("required", labelled.label)
    written = check_length(labelled, _without_half_width_kana(line_of(labelled, typed)), limit=NAME_LENGTH)
    for character in written:
        if unicodedata.category(character)[0] not in "LM" and character not in _NAME_SIGNS:
            raise refuse("name_character", labelled.label, character=character)
    return written


def _without_half_width_kana(written: str) -> str:
    # Only these: NFKC on the whole name would change people's kanji.
    return re.sub(r"[ｦ-ﾟ]+", lambda kana: unicodedata.normalize("NFKC", kana[0]), written)


def _kana_part(part: str, boxes: Mapping[str, Any]) -> str:
    labelled = _Labelled(_PART_LABELS[part])
    typed = box(boxes, part)
    if is_blank(typed):
        raise refuse("required", labelled.label, example=japanese(_KANA_EXAMPLES[part]))
    kana = to_full_kana(line_of(labelled, typed))
    if not is_katakana_name(kana):
        raise refuse("kana", labelled.label, example=japanese(_KANA_EXAMPLES[part]))
    return check_length(labelled, kana, limit=NAME_LENGTH)


def _full_name(field: Any, part: Part, raw: Any, given: Mapping[str, Value], context: Context) -> Value:
    words = line_of(part, raw).split(" ")
    if len(words) < 2:
        raise refuse("name_two_words", field.label)
    boxes = {"family": words[0], "given": " ".join(words[1:])}
    return {p: _name_part(p, boxes) for p in NAME_PARTS[:2]}


def _full_kana(field: Any, part: Part, raw: Any, given: Mapping[str, Value], context: Context) -> Value:
    words = line_of(part, raw).split(" ")
    if len(words) < 2 or not all(is_katakana_name(to_full_kana(word)) for word in words):
        raise refuse("kana", Text({"ja": "フリガナ", "en": "Reading of the name"}), example=FULL_KANA.example)
    boxes = {"family_kana": words[0], "given_kana": " ".join(words[1:])}
    return {p: _kana_part(p, boxes) for p in NAME_PARTS[2:]}


# --- addresses -----------------------------------------------------------------------------------------------------


def address(field: Any, raw: Any, context: Context) -> dict[str, str | None]:
    """An address whose postal code exists and whose town belongs to it."""
    if not isinstance(raw, Mapping):
        raise refuse("address_as_form", field.label)
    checked = _gather({
        "postal_code": lambda: _place(field, raw, context),
        "street": lambda: _street(raw),
        "building": lambda: _building(raw),
    })  # fmt: skip
    town, rest = checked["postal_code"]
    labelled = _Labelled(_PART_LABELS["street"])
    street = check_length(labelled, rest + checked["street"], limit=ADDRESS_LENGTH, part="street")
    found = {
        "postal_code": town.postal_code, "prefecture": town.prefecture, "city": town.city, "town": town.town or None,
        "street": street, "building": checked["building"],
    }  # fmt: skip
    return {part: found[part] for part in ADDRESS_PARTS}


def _place(field: Any, raw: Mapping[str, Any], context: Context) -> tuple[Town, str]:
    """The town, and what was typed behind its name (八幡1丁目 → 八幡, 1丁目)."""
    code = _postal_code(field, box(raw, "postal_code"), context)
    return _town(raw, usable_towns(field, code, context.world))


def _town(raw: Mapping[str, Any], towns: Sequence[Town]) -> tuple[Town, str]:
    typed = "" if is_blank(box(raw, "town")) else line_of(_Labelled(_PART_LABELS["town"]), box(raw, "town"))
    city = fold(str(box(raw, "city") or ""))
    in_city = [t for t in towns if fold(t.city) == city] or list(towns)
    if len(in_city) == 1 and (not typed or not in_city[0].town):
        only = in_city[0]
        return Town(only.postal_code, only.prefecture, only.city, only.town or typed, only.city_code), ""
    for town in sorted(in_city, key=lambda t: -len(t.town)):
        for known in (town_label(town, towns), town.town):
            if known and typed.startswith(known):
                return town, typed.removeprefix(known).strip()
            if known and fold(typed) == fold(known):
                return town, ""
    listed = "、".join(town_label(t, towns) for t in towns[:20]) + ("…" if len(towns) > 20 else "")
    raise refuse("town", _PART_LABELS["town"], part="town", options=listed)


def _postal_code(field: Any, raw: Any, context: Context) -> str:
    label = _PART_LABELS["postal_code"]
    if is_blank(raw):
        raise refuse("required", label, example=japanese("272-8501"))
    try:
        code = parse_postal(line_of(_Labelled(label), raw))
    except PostalCodeError:
        raise refuse("postal_code", label) from None
    towns = context.world.towns(code)
    if not towns:
        raise refuse("postal_code_unknown", label, given=format_postal(code))
    if not usable_towns(field, code, context.world):
        place = f"{towns[0].prefecture}{towns[0].city}"
        raise refuse("outside_city", label, given=format_postal(code), place=place)
    return code


def _street(raw: Mapping[str, Any]) -> str:
    labelled = _Labelled(_PART_LABELS["street"])
    if is_blank(box(raw, "street")):
        raise refuse("required", labelled.label, example=japanese("1丁目1番1号"))
    return check_length(labelled, line_of(labelled, box(raw, "street")), limit=ADDRESS_LENGTH)


def _building(raw: Mapping[str, Any]) -> str | None:
    labelled = _Labelled(_PART_LABELS["building"])
    if is_blank(box(raw, "building")):
        return None
    return check_length(labelled, line_of(labelled, box(raw, "building")), limit=ADDRESS_LENGTH)


def _town_part(field: Any, part: Part, raw: Any, given: Mapping[str, Value], context: Context) -> Value:
    typed = line_of(part, raw)
    if typed.isdecimal() and 1 <= int(typed[:4]) <= len(part.choices):
        typed = part.choices[int(typed) - 1][0]
    towns = usable_towns(field, str(given.get("postal_code")), context.world)
    town, rest = _town({"town": typed}, towns)
    if rest:
        raise refuse("town", part.label, options="、".join(label for label, _ in part.choices[:20]))
    return town_label(town, towns)


PartParser = Callable[[Any, Part, Any, Mapping[str, Value], Context], Value]


def _more(field: Any, part: Part, raw: Any, given: Mapping[str, Value], context: Context) -> bool:
    word = fold(line_of(part, raw))
    if word not in YES | NO | {"2"}:
        raise refuse("yes_or_no", part.label)
    return word in YES


PART_PARSERS: Mapping[str, PartParser] = {
    "full_name": _full_name,
    "full_kana": _full_kana,
    "postal_code": lambda field, part, raw, given, context: _postal_code(field, raw, context),
    "town": _town_part,
    "street": lambda field, part, raw, given, context: _street({"street": raw}),
    "building": lambda field, part, raw, given, context: _building({"building": raw}),
    "more": _more,
}


# --- places and files ----------------------------------------------------------------------------------------------


def location(field: Any, raw: Any, context: Context) -> dict[str, Value]:
    """A point (as our map and as LINE send it), or only a description where no map can be used."""
    raw = _from_json(raw)
    if not isinstance(raw, Mapping):
        label = check_length(field, line_of(field, raw), limit=200)
        if not label:  # only characters that cannot be kept
            raise refuse("location", field.label)
        return {"lat": None, "lon": None, "label": label}
    latitude, longitude = (_degrees(field, raw, *keys) for keys in (("lat", "latitude"), ("lon", "longitude")))
    words = [box(raw, key) for key in ("label", "title", "address")]
    label = check_length(field, " ".join(line_of(field, w) for w in words if not is_blank(w)), limit=200)
    if (latitude is None) != (longitude is None) or (latitude is None and not label):
        raise refuse("location", field.label)
    return {"lat": latitude, "lon": longitude, "label": label or None}


def _from_json(raw: Any) -> Any:
    if isinstance(raw, str) and raw.lstrip().startswith(("{", "[")):
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            return raw
    return raw


_JAPAN = {"lat": (20.0, 46.0), "lon": (122.0, 154.5)}


def _degrees(field: Any, raw: Mapping[str, Any], key: str, other: str) -> float | None:
    typed = box(raw, key) if box(raw, key) is not None else box(raw, other)
    if is_blank(typed):
        return None
    try:
        degrees = float(str(typed))
    except ValueError:
        raise refuse("location", field.label) from None
    low, high = _JAPAN[key]
    if not low <= degrees <= high:
        raise refuse("outside_japan", field.label)
    return degrees


def files(field: Any, raw: Any, context: Context) -> list[str]:
    """Ids of stored files, each once, no more than the field takes."""
    items = list(raw) if isinstance(raw, (list, tuple)) else [raw]
    ids = list(dict.fromkeys(_file_id(field, item) for item in items if not is_blank(item)))
    if len(ids) > field.max_files:
        raise refuse("too_many_files", field.label, limit=field.max_files)
    return ids


def _file_id(field: Any, raw: Any) -> str:
    try:
        return str(uuid.UUID(str(raw)))
    except ValueError:
        raise refuse(f"{field.type}_expected", field.label) from None


# --- tables --------------------------------------------------------------------------------------------------------


def table(field: Any, raw: Any, context: Context) -> list[dict[str, Value]] | None:
    """Rows without the wholly blank ones; problems point at ``row.cell``."""
    raw = _from_json(raw)
    if not isinstance(raw, (list, tuple)) or not all(isinstance(row, Mapping) for row in raw):
        raise refuse("unreadable", field.label)
    if len(raw) > 10 * field.max_rows:
        raise refuse("too_many_rows", field.label, limit=field.max_rows)
    checks = {str(n): partial(_row, field, n, row, context) for n, row in enumerate(raw) if not is_blank(row)}
    rows = list(_gather(checks).values())
    if len(rows) > field.max_rows:
        raise refuse("too_many_rows", field.label, limit=field.max_rows)
    if len(rows) < field.min_rows and (rows or field.required):
        raise refuse("too_few_rows", field.label, limit=field.min_rows)
    return rows or None


def _row(field: Any, n: int, raw: Mapping[str, Any], context: Context) -> dict[str, Value]:
    number = str(raw.get(ROW_ID) or "")
    values: dict[str, Value] = {ROW_ID: number} if number.isascii() and number.isdigit() else {}
    problems: list[Problem] = []
    for sub, inner in _visible_cells(field, values, context):
        try:
            values[sub.code] = context.check(sub, raw.get(sub.code), inner)
        except Refused as refusal:
            cell = f"{n}.{sub.code}"
            problems += [Problem(p.text, f"{cell}.{p.part}" if p.part else cell) for p in refusal.problems]
    if problems:
        raise Refused(*problems)
    return values


def _visible_cells(field: Any, values: Mapping[str, Value], context: Context) -> Iterator[tuple[Any, Context]]:
    """Each cell to fill in, in order; conditions may speak of the cells before it."""
    for sub in field.fields:
        row = {other.code: to_formula(other, values.get(other.code)) for other in field.fields}
        known = {**context.values, **row}
        if sub.type not in COMPUTED_TYPES and holds(sub.show_if, known, context.world.now):
            yield sub, Context(context.world, known, context.check)


def row_values(field: Any, part: Part, given: Mapping[str, Value]) -> dict[str, Any]:
    """The cells already given in the row of ``part``, as formulas see them."""
    row = part.code.partition(".")[0]
    prefix = f"{row}."
    cells = next(rows_of({code: value for code, value in given.items() if code.startswith(prefix)}), {})
    return {sub.code: to_formula(sub, cells.get(sub.code)) for sub in field.fields}
