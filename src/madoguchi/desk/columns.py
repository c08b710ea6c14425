"""Which column of a table feeds which field of an app: guessed from the names, chosen by whoever imports."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.columns import NOT_FROM_TABLES, ColumnMap
from madoguchi.definition.fields import AnyField
from madoguchi.lib.text import fold

_PARTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "name": (
        ("family_kana", r"セイ|せい|姓.*(カナ|かな)"), ("given_kana", r"メイ|めい|名.*(カナ|かな)"),
        ("full_kana", r"フリガナ|ふりがな|カナ|かな|ヨミ|よみ"), ("full", r"氏名|姓名|名前"), ("family", r"姓|氏|苗字"),
        ("given", r"名"),
    ),
    "address": (
        ("postal_code", r"郵便|〒"), ("prefecture", r"都道府県|県名"), ("city", r"市区町村|市町村"),
        ("building", r"建物|方書|マンション|アパート|部屋"), ("street", r"番地|丁目|地番"), ("town", r"町名|町域|大字"),
        ("full", r"."),
    ),
    "location": (("lat", r"緯度|lat"), ("lon", r"経度|lon|lng"), ("label", r".")),
}  # fmt: skip
"""What a column of a composite field holds, by its name; the first pattern that fits and is free counts."""


def parts_of(kind: str, labels: Sequence[str]) -> tuple[str, ...]:
    """What each of the columns with these names holds of a field of type ``kind``; ``("",)`` for simple fields."""
    patterns = _PARTS.get(kind)
    if patterns is None:
        return ("",) if len(labels) == 1 else ("",) * len(labels)
    found: list[str] = []
    for label in labels:
        free = [part for part, pattern in patterns if part not in found and re.search(pattern, label, re.IGNORECASE)]
        left = [part for part, _pattern in patterns if part not in found]
        found.append((free or (["full"] if "full" in left else left) or [""])[0])
    return tuple(found)


def importable(defn: AppDefinition) -> list[AnyField]:
    """The fields that a column may feed."""
    return [field for field in defn.value_fields if field.type not in NOT_FROM_TABLES]


def guessed(defn: AppDefinition, header: Sequence[str]) -> list[ColumnMap]:
    """Columns that are called like a field, or like a field and one of its parts."""
    names = [fold(name) for name in header]
    found = []
    for field in importable(defn):
        wanted = {fold(str(field.label)), fold(field.code)}
        whole = [n for n, name in enumerate(names) if name in wanted]
        near = [n for n, name in enumerate(names) if any(name.startswith(one) for one in wanted)]
        columns = (near if field.type in _PARTS else whole)[:7] or whole[:1]
        if columns:
            found.append(ColumnMap(field.code, tuple(columns), parts_of(field.type, [header[n] for n in columns])))
    return found


def chosen(defn: AppDefinition, header: Sequence[str], post: Any) -> list[ColumnMap]:
    """What a form of ``column-<n>`` boxes says: for each column the code of its field, or nothing."""
    columns: dict[str, list[int]] = {}
    for number in range(len(header)):
        if code := post.get(f"column-{number}", ""):
            columns.setdefault(code, []).append(number)
    return [
        ColumnMap(code, tuple(found), parts_of(getattr(defn.by_code.get(code), "type", ""), [header[n] for n in found]))
        for code, found in columns.items()
    ]
