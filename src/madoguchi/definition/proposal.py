"""From the header and the first rows of a table to the fields of an app. A proposal: the builder decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import category

from madoguchi.definition.app import SYSTEM_COLUMNS
from madoguchi.definition.columns import ColumnMap, divide_address, name_boxes, postal_digits
from madoguchi.definition.evidence import (
    ENOUGH,
    ENOUGH_WITH_NAME,
    Column,
    find,
    is_personal,
    is_postal,
    speaks_of,
)
from madoguchi.definition.world import Town
from madoguchi.lib.postal import PostalCodeError, parse_postal
from madoguchi.lib.text import is_katakana_name, normalise_spaces, to_full_kana, to_half_width

SAMPLE_ROWS = 1000
Towns = Callable[[str], Sequence[Town]]


@dataclass(frozen=True, slots=True)
class ProposedField:
    """``field`` is its definition (as YAML would hold it), read from ``columns``; ``reason`` is for the builder.

    ``parts`` says what each column holds of a composite field. ``confidence`` is 0 to 1.
    """

    field: dict[str, Any]
    columns: tuple[int, ...]
    parts: tuple[str, ...]
    reason: str
    confidence: float

    @property
    def column_map(self) -> ColumnMap:
        """How an import fills the field as it is proposed."""
        return ColumnMap(self.field["code"], self.columns, self.parts)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The fields that a table seems to have, in the order of their first columns."""

    fields: tuple[ProposedField, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A field without its id and code."""

    label: str
    type: str
    columns: tuple[Column, ...]
    parts: tuple[str, ...]
    reason: str
    confidence: float
    more: dict[str, Any]


def propose(header: Sequence[str], rows: Sequence[Sequence[str]], *, towns: Towns) -> Proposal:
    """Fields for a table with these column names and first rows (at most 1,000 are looked at).

    ``towns`` gives the towns of a postal code (``World.towns``).
    """
    sample = rows[:SAMPLE_ROWS]
    columns = [Column(i, label, tuple(row[i] for row in sample)) for i, label in enumerate(header)]
    found = [*_names(columns), *_addresses(columns, towns)]
    taken = {column.index for one in found for column in one.columns}
    found += [_single(column) for column in columns if column.index not in taken]
    found.sort(key=lambda one: one.columns[0].index)
    codes = unique_codes([one.label for one in found])
    return Proposal(tuple(_proposed(n, code, one) for n, (code, one) in enumerate(zip(codes, found, strict=True), 1)))


def _proposed(number: int, code: str, one: _Found) -> ProposedField:
    field = {"type": one.type, "id": number, "code": code, "label": one.label, **one.more}
    # A consent that is required takes only yes, so it never is by itself.
    if one.type != "consent" and all(column.complete for column in one.columns if not _optional(one, column)):
        field["required"] = True
    if is_personal(one.label) or one.type in ("name", "phone", "email"):
        field["personal"] = True
    return ProposedField(field, tuple(c.index for c in one.columns), one.parts, one.reason, round(one.confidence, 2))


def _optional(one: _Found, column: Column) -> bool:
    return one.type == "address" and one.parts[one.columns.index(column)] == "building"


def _single(column: Column) -> _Found:
    finding = find(column)
    return _Found(column.label, finding.type, (column,), ("",), finding.reason, finding.confidence, finding.more)


# --- codes ---------------------------------------------------------------------------------------------------------


def unique_codes(labels: Sequence[str]) -> list[str]:
    """A valid code for every label, each once: ``電話番号（自宅）`` → ``電話番号_自宅``, ``1回目`` → ``_1回目``."""
    codes: list[str] = []
    for label in labels:
        code = field_code(label)
        free, number = code, 2
        while free in codes or free in SYSTEM_COLUMNS:
            free, number = f"{code[:60]}_{number}", number + 1
        codes.append(free)
    return codes


def field_code(label: str) -> str:
    """The label with everything that a code may not have replaced."""
    # By category, because ¼ and ² are letters to some regular expressions and not to others.
    kept = [c if c in "_・" or category(c)[0] == "L" or category(c) == "Nd" else "_" for c in to_half_width(label)]
    plain = re.sub(r"_+", "_", "".join(kept)).strip("_・") or "項目"
    return (f"_{plain}" if plain[0].isdecimal() else plain)[:64]


# --- names ---------------------------------------------------------------------------------------------------------


def _names(columns: Sequence[Column]) -> Iterator[_Found]:
    taken: set[int] = set()
    for at, column in enumerate(columns):
        if column.index in taken:
            continue
        found = _split_name(columns[at : at + 4]) or _whole_name(columns[at : at + 2])
        if found:
            taken |= {one.index for one in found.columns}
            yield found


def _split_name(near: Sequence[Column]) -> _Found | None:
    """姓 and 名 in columns of their own, with their readings behind them or without."""
    labels = [normalise_spaces(column.label) for column in near]
    if len(near) < 2 or not re.search(r"(姓|氏|苗字)$", labels[0]) or not re.search(r"名$|名前$", labels[1]):
        return None
    if re.search(r"氏名$|姓名$", labels[1]):
        return None
    readings = len(near) == 4 and re.search(r"セイ|せい|姓", labels[2]) and re.search(r"メイ|めい|名", labels[3])
    kana = bool(readings)
    parts = ("family", "given", "family_kana", "given_kana") if kana else ("family", "given")
    label = re.sub(r"(の?姓|氏|苗字)$", "", labels[0]) or "氏名"
    reason = "姓と名が隣り合う列に分かれています" + ("（フリガナも）" if kana else "")
    return _Found(label, "name", tuple(near[: len(parts)]), parts, reason, 0.95, {"kana": kana})


def _whole_name(near: Sequence[Column]) -> _Found | None:
    column = near[0]
    if not speaks_of("name", column.label) or speaks_of("kana", column.label):
        return None
    share = column.share(lambda text: isinstance(name_boxes({"full": text}), dict) and len(text) <= 41)
    if share < ENOUGH_WITH_NAME:
        return None
    count = round(share * len(column.filled))
    if len(near) == 2 and speaks_of("kana", near[1].label) and near[1].share(_is_reading) >= ENOUGH:
        reason = f"姓と名の間に空白のある氏名が{count}件、隣の列にそのフリガナ"
        return _Found(column.label, "name", tuple(near), ("full", "full_kana"), reason, share, {"kana": True})
    reason = f"姓と名の間に空白のある氏名が{count}件"
    return _Found(column.label, "name", (column,), ("full",), reason, share, {"kana": False})


def _is_reading(text: str) -> bool:
    words = to_full_kana(text).split()
    return len(words) >= 2 and all(map(is_katakana_name, words))


# --- addresses -----------------------------------------------------------------------------------------------------

_ADDRESS_COLUMNS = (
    ("prefecture", re.compile(r"都道府県|県名")), ("city", re.compile(r"市区町村|市町村|区市町村")),
    ("town", re.compile(r"町名|町域|大字|町丁")), ("street", re.compile(r"番地|丁目|地番|街区")),
    ("building", re.compile(r"建物|方書|マンション|アパート|部屋|棟")), ("full", re.compile(r"住所|所在地|居所|宛先")),
)  # fmt: skip


def _addresses(columns: Sequence[Column], towns: Towns) -> Iterator[_Found]:
    for at, column in enumerate(columns):
        if speaks_of("postal", column.label) and column.share(is_postal) >= ENOUGH_WITH_NAME:
            found = _address(column, columns[at + 1 :], towns)
            if found:
                yield found


def _address(postal: Column, behind: Sequence[Column], towns: Towns) -> _Found | None:
    """The columns right behind a postal code that make an address together with it."""
    parts: dict[str, Column] = {"postal_code": postal}
    for column in behind:
        part = next((p for p, pattern in _ADDRESS_COLUMNS if pattern.search(column.label) and p not in parts), None)
        if part is None:
            break
        parts[part] = column
    if "full" in parts:
        parts = {"postal_code": postal, "full": parts["full"]}
        return _whole_address(postal, parts["full"], towns)
    if not {"town", "street"} <= parts.keys():
        return None
    reason = f"郵便番号と住所が隣り合う{len(parts)}列に分かれています"
    label = _address_label(postal.label)
    return _Found(label, "address", tuple(parts.values()), tuple(parts), reason, 0.9, {})


def _whole_address(postal: Column, full: Column, towns: Towns) -> _Found | None:
    pairs = [(p, a) for p, a in zip(postal.texts, full.texts, strict=True) if p.strip() and a.strip()]
    fits = sum(_agree(code, address, towns) for code, address in pairs)
    if not pairs or fits < ENOUGH_WITH_NAME * len(pairs):
        return None
    reason = f"隣り合う列の郵便番号と住所が{fits}件で一致します"
    columns, parts = (postal, full), ("postal_code", "full")
    return _Found(full.label, "address", columns, parts, reason, fits / len(pairs), {})


def _agree(code: str, address: str, towns: Towns) -> bool:
    try:
        found = divide_address(address, towns(parse_postal(postal_digits(code.strip()))))
    except PostalCodeError:
        return False
    return found is not None and bool(found["street"])


def _address_label(label: str) -> str:
    """``申請者の郵便番号`` → ``申請者の住所``."""
    return re.sub(r"郵便番号|〒", "住所", label)
