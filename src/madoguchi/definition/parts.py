"""How fields of several parts are asked one message at a time, in chat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from madoguchi.definition.fields import COMPUTED_TYPES, FieldBase, NameField, TableField
from madoguchi.definition.formulas import holds, to_formula
from madoguchi.definition.text import Text, japanese
from madoguchi.definition.values import Value
from madoguchi.definition.world import Town, World

COMPOSITE_TYPES = frozenset({"name", "address", "table"})


@dataclass(frozen=True, slots=True)
class Part:
    """One message's worth of a field. ``kind`` is a field type for cells of a table (``field`` is that sub-field).

    ``choices`` are (value, label) to tap. ``code`` is unique in the field: ``street``, ``0.品名``, ``0.more``.
    """

    code: str
    label: Text
    kind: str
    required: bool = True
    example: Text | None = None
    choices: tuple[tuple[str, Text], ...] = ()
    field: FieldBase | None = None


def _text(ja: str, en: str) -> Text:
    return Text({"ja": ja, "en": en})


FULL_NAME = Part(
    "full_name", _text("お名前（姓と名の間に空白）", "Full name, family name first"), "full_name",
    example=_text("市川 花子", "Ichikawa Hanako"),
)  # fmt: skip
FULL_KANA = Part(
    "full_kana", _text("フリガナ（姓と名の間に空白）", "Reading of the name in katakana"), "full_kana",
    example=_text("イチカワ ハナコ", "イチカワ ハナコ"),
)  # fmt: skip
POSTAL_CODE = Part(
    "postal_code", _text("郵便番号（7桁）", "Postal code (7 digits)"), "postal_code", example=japanese("272-8501")
)
TOWN = Part("town", _text("町名", "Town"), "town")
STREET = Part(
    "street", _text("丁目・番地・号", "Block and house number"), "street",
    example=_text("1丁目1番1号", "1-1-1"),
)  # fmt: skip
BUILDING = Part(
    "building", _text("建物名・部屋番号", "Building and room"), "building", required=False,
    example=_text("コーポ窓口 203", "Corpo Madoguchi 203"),
)  # fmt: skip
_YES_OR_NO = (("はい", _text("はい", "Yes")), ("いいえ", _text("いいえ", "No")))


def parts(field: FieldBase) -> tuple[Part, ...]:
    """Every part that a name or an address may be asked by; empty for other fields (tables: see ``next_part``)."""
    if isinstance(field, NameField):
        return (FULL_NAME, FULL_KANA) if field.kana else (FULL_NAME,)
    return (POSTAL_CODE, TOWN, STREET, BUILDING) if _kind(field) == "address" else ()


def next_part(field: FieldBase, partial: Mapping[str, Value], world: World, values: Mapping[str, Any]) -> Part | None:
    """The part to ask after those in ``partial``; None when the field is complete or not asked by parts."""
    if isinstance(field, TableField):
        return next((p for p in _table_parts(field, partial, world, values) if p.code not in partial), None)
    for part in parts(field):
        if part.code not in partial:
            if part is STREET:
                return _street(field, partial, world)
            if part is not TOWN:
                return part
            if choices := _open_towns(field, partial, world):
                return Part(part.code, part.label, part.kind, choices=choices)
    return None


def assemble(field: FieldBase, partial: Mapping[str, Value], world: World) -> Any:
    """The parts put together as one raw answer for ``checking.parse_answer``."""
    if isinstance(field, TableField):
        return list(rows_of(partial))
    if isinstance(field, NameField):
        return {**(partial.get("full_name") or {}), **(partial.get("full_kana") or {})}
    return dict(partial)


def rows_of(partial: Mapping[str, Value]) -> Iterator[dict[str, Value]]:
    """The rows of a table from cells named ``0.品名``."""
    rows: dict[int, dict[str, Value]] = {}
    for code, value in partial.items():
        row, _, cell = code.partition(".")
        if cell != "more" and row.isdecimal():
            rows.setdefault(int(row), {})[cell] = value
    yield from (rows[row] for row in sorted(rows))


def usable_towns(field: Any, postal_code: str, world: World) -> Sequence[Town]:
    """The towns of the code inside the municipality that the field is limited to."""
    return [t for t in world.towns(postal_code) if field.city_code in (None, t.city_code)]


def town_label(town: Town, among: Sequence[Town]) -> str:
    """The town's name, with the city where the code covers several."""
    return town.town if len({(t.prefecture, t.city) for t in among}) == 1 else f"{town.city}{town.town}"


def _open_towns(field: FieldBase, partial: Mapping[str, Value], world: World) -> tuple[tuple[str, Text], ...]:
    towns = usable_towns(field, str(partial.get("postal_code")), world)
    labels = [town_label(town, towns) for town in towns]
    return tuple((label, japanese(label)) for label in labels) if len(towns) > 1 and all(labels) else ()


def _street(field: FieldBase, partial: Mapping[str, Value], world: World) -> Part:
    """The block and house number; says which town the postal code was found to be."""
    towns = usable_towns(field, str(partial.get("postal_code")), world)
    chosen = [town for town in towns if len(towns) == 1 or town_label(town, towns) == partial.get("town")]
    place = "".join((chosen[0].prefecture, chosen[0].city, chosen[0].town)) if chosen else ""
    label = _text(f"{place}のあとの、丁目・番地・号", f"Block and house number in {place}") if place else STREET.label
    return replace(STREET, label=label)


def _table_parts(
    field: TableField, partial: Mapping[str, Value], world: World, values: Mapping[str, Any]
) -> Iterator[Part]:
    for row in range(field.max_rows):
        yield from _row_parts(field, row, partial, world, values)
        if row + 1 == field.max_rows:
            return
        if row + 1 >= field.min_rows:
            more = f"{row}.more"
            yield Part(more, _more_label(field, row), "more", choices=_YES_OR_NO)
            if not partial.get(more):
                return


def _row_parts(
    field: TableField, row: int, partial: Mapping[str, Value], world: World, values: Mapping[str, Any]
) -> Iterator[Part]:
    cells: dict[str, Any] = dict(values)
    for sub in field.fields:
        if sub.type in COMPUTED_TYPES or not holds(sub.show_if, cells, world.now):
            continue
        code = f"{row}.{sub.code}"
        cells[sub.code] = to_formula(sub, partial.get(code))
        label = Text({lang: f"{_row_name(field, row, lang)} {sub.label.in_language(lang)}" for lang in ("ja", "en")})
        yield Part(code, label, sub.type, sub.required, sub.example, field=sub)


def _row_name(field: TableField, row: int, language: Any) -> str:
    unit = field.row_label.in_language(language) if field.row_label else ("件" if language == "ja" else "")
    return f"{row + 1}{unit}目の" if language == "ja" else f"No. {row + 1}:"


def _more_label(field: TableField, row: int) -> Text:
    label, english = field.label.in_language("ja"), field.label.in_language("en")
    question = f"「{label}」をもう1件入力しますか（いま{row + 1}件）"
    return _text(question, f"Add another to “{english}”? ({row + 1} so far)")


def _kind(field: FieldBase) -> str:
    return str(getattr(field, "type", ""))
