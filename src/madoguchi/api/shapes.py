"""What of an app kintone's clients see: every code with its type, and which field (or part of one) stands behind it.

The one mapping between our fields and kintone's: records, form fields and settings use it, and the query language has
the same codes (``query.fields_of``; a test holds the two together).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import lru_cache
from typing import Any

from madoguchi.catalog.queries import AppRevision, as_filed
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import AnyField

AGREE = "同意する"
"""The one option of a consent, shown as a check box."""
NAME_PARTS: Mapping[str, str] = {"姓": "family", "名": "given", "セイ": "family_kana", "メイ": "given_kana"}
ADDRESS_PARTS: Mapping[str, str] = {
    "郵便番号": "postal_code", "都道府県": "prefecture", "市区町村": "city", "町名": "town", "番地": "street",
    "建物名": "building",
}  # fmt: skip
LOCATION_PARTS: Mapping[str, tuple[str, str]] = {
    "緯度": ("lat", "NUMBER"), "経度": ("lon", "NUMBER"), "説明": ("label", "SINGLE_LINE_TEXT"),
}  # fmt: skip
_TYPES: Mapping[str, str] = {
    "text": "SINGLE_LINE_TEXT", "email": "SINGLE_LINE_TEXT", "phone": "SINGLE_LINE_TEXT", "serial": "SINGLE_LINE_TEXT",
    "lookup": "SINGLE_LINE_TEXT", "link": "LINK", "textarea": "MULTI_LINE_TEXT", "richtext": "RICH_TEXT",
    "number": "NUMBER", "money": "NUMBER", "total": "CALC", "consent": "CHECK_BOX", "date": "DATE", "time": "TIME",
    "datetime": "DATETIME", "file": "FILE", "photo": "FILE", "staff": "USER_SELECT",
    "department": "ORGANIZATION_SELECT", "group": "GROUP_SELECT", "related": "REFERENCE_TABLE", "table": "SUBTABLE",
}  # fmt: skip
LISTS = frozenset({"CHECK_BOX", "MULTI_SELECT", "FILE", "USER_SELECT", "ORGANIZATION_SELECT", "GROUP_SELECT"})
"""Types whose value is a list."""
SYSTEM_TYPES: Mapping[str, tuple[str, str]] = {
    "レコード番号": ("RECORD_NUMBER", "id"), "作成者": ("CREATOR", "created_by_id"),
    "更新者": ("MODIFIER", "updated_by_id"), "作成日時": ("CREATED_TIME", "created_at"),
    "更新日時": ("UPDATED_TIME", "updated_at"), "ステータス": ("STATUS", "status"),
    "作業者": ("STATUS_ASSIGNEE", "assignee_id"), "受付番号": ("SINGLE_LINE_TEXT", "receipt_number"),
    "受付日時": ("DATETIME", "submitted_at"), "経路": ("DROP_DOWN", "channel"),
}  # fmt: skip
PROCESS_CODES = frozenset({"ステータス", "作業者"})
CHANNELS: Mapping[str, str] = {"line": "LINE", "web": "Web", "counter": "窓口"}


@dataclass(frozen=True, slots=True)
class Shape:
    """One code as kintone's clients know it.

    Behind it stands ``field`` (``part`` of it where it is composite), or the system column ``system``. ``rows`` are
    the codes within a table.
    """

    code: str
    type: str
    field: AnyField | None = None
    part: str | None = None
    system: str | None = None
    rows: Mapping[str, Shape] = dataclass_field(default_factory=dict)

    @property
    def is_stored(self) -> bool:
        """Whether records hold a value for it."""
        return self.type != "REFERENCE_TABLE"

    @property
    def is_written(self) -> bool:
        """Whether clients may set it: not what is calculated, numbered or kept by the platform."""
        return self.field is not None and self.field.type not in ("formula", "serial", "total", "related")


def shapes_of(app: AppRevision) -> Mapping[str, Shape]:
    """Every code of a published app, in the order of its form; a field's own code comes before others' parts."""
    return _shapes_of(app.revision_id)


@lru_cache(maxsize=256)
def _shapes_of(revision_id: int) -> Mapping[str, Shape]:
    return shapes_in(as_filed(revision_id).definition)


def shapes_in(defn: AppDefinition) -> dict[str, Shape]:
    """``shapes_of`` for a draft."""
    own = {shape.code: shape for field in defn.fields for shape in _of_field(field)}
    exact = {f.code: s for f in defn.fields for s in _of_field(f) if s.code == f.code}
    return _system(defn) | own | exact


def _system(defn: AppDefinition) -> dict[str, Shape]:
    with_process = defn.process is not None
    with_receipt = defn.procedure is not None
    left_out = (frozenset() if with_process else PROCESS_CODES) | (
        frozenset() if with_receipt else frozenset({"受付番号", "受付日時", "経路"})
    )
    return {
        code: Shape(code, kind, system=column) for code, (kind, column) in SYSTEM_TYPES.items() if code not in left_out
    }


def _of_field(field: Any) -> Iterator[Shape]:
    if parts := _parts(field):
        for word, (part, kind) in parts.items():
            yield Shape(f"{field.code}_{word}", kind, field, part)
    elif field.type == "table":
        yield Shape(field.code, "SUBTABLE", field, rows=rows_of(field))
    elif field.type != "heading":
        yield Shape(field.code, type_of(field), field)


def rows_of(table: Any) -> dict[str, Shape]:
    """The codes within a table."""
    return {shape.code: shape for sub in table.fields for shape in _of_field(sub)}


def _parts(field: Any) -> Mapping[str, tuple[str, str]]:
    """What a composite field is divided into: ending of the code, part and type."""
    match field.type:
        case "name":
            words = NAME_PARTS if field.kana else dict(list(NAME_PARTS.items())[:2])
        case "address":
            words = ADDRESS_PARTS
        case "location":
            return LOCATION_PARTS
        case _:
            return {}
    return {word: (part, "SINGLE_LINE_TEXT") for word, part in words.items()}


def type_of(field: Any) -> str:
    """kintone's type of a field that has only one code."""
    match field.type:
        case "choice":
            return "RADIO_BUTTON" if field.widget == "radio" else "DROP_DOWN"
        case "choices":
            return "CHECK_BOX" if field.widget == "checkbox" else "MULTI_SELECT"
        case "formula":
            return "SINGLE_LINE_TEXT" if field.format == "text" else "CALC"
        case known:
            return _TYPES[known]


def record_codes(app: AppRevision) -> tuple[str, ...]:
    """The codes that a whole record has, ``$id`` and ``$revision`` beside them."""
    return tuple(code for code, shape in shapes_of(app).items() if shape.is_stored)
