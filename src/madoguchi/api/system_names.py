"""Our system columns and kintone's codes for them, in views, charts and orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from madoguchi.api.shapes import shapes_in
from madoguchi.definition.app import AppDefinition, Sort

CODES: Mapping[str, str] = {
    "id": "レコード番号", "status": "ステータス", "assignee": "作業者", "created_at": "作成日時",
    "updated_at": "更新日時", "created_by": "作成者", "updated_by": "更新者", "receipt_number": "受付番号",
    "submitted_at": "受付日時", "channel": "経路",
}  # fmt: skip
COLUMNS = {code: column for column, code in CODES.items()} | {"$id": "id"}


def codes_of(columns: Iterable[str], defn: AppDefinition) -> list[str]:
    """The codes that kintone's clients see for our columns; composite fields become their parts."""
    parts: dict[str, list[str]] = {}
    for shape in shapes_in(defn).values():
        if shape.field is not None:
            parts.setdefault(shape.field.code, []).append(shape.code)
    return [code for column in columns for code in parts.get(column) or [CODES.get(column, column)]]


def columns_of(codes: Iterable[Any], defn: AppDefinition) -> list[str]:
    """The inverse; each column once, codes that the app does not have are left out."""
    shapes = shapes_in(defn)
    found: list[str] = []
    for code in map(str, codes):
        shape = shapes.get(code)
        if shape is not None and shape.field is not None:
            found.append(shape.field.code)
        elif code in defn.by_code:
            found.append(code)
        elif code in COLUMNS:
            found.append(COLUMNS[code])
    return list(dict.fromkeys(found))


def sort_text(sorts: Iterable[Sort], defn: AppDefinition) -> str:
    """``f desc, g asc`` as kintone writes orders."""
    ordered = [(codes_of([each.field], defn)[0], each.descending) for each in sorts]
    return ", ".join(f"{code} {'desc' if descending else 'asc'}" for code, descending in ordered)


def sorts_of(text: str, defn: AppDefinition) -> list[dict[str, Any]]:
    """The inverse."""
    found = []
    for part in text.split(","):
        code, _, direction = part.strip().partition(" ")
        for column in columns_of([code], defn):
            found.append({"field": column, "descending": direction.strip().lower() == "desc"})
    return found
