"""``manifest.json`` of a pack that was written by an instance: versions, checksums, and what its rows consist of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from madoguchi.definition.fields import Model
from madoguchi.definition.findings import Finding, error
from madoguchi.lib.bundles import checksum

MANIFEST_FILE = "manifest.json"
FORMAT = 1


class Entry(Model):
    """One file of the pack."""

    size: int
    sha256: str


class Counter(Model):
    """The last number given out: receipt numbers by ``prefix`` and ``era_year``, serial numbers by field and period."""

    key: str
    period: str
    last: int


class TablePart(Model):
    """The rows of one table inside records. ``columns``: by heading the sub-field, its part (or "") and how a cell is
    written (``text`` or ``json``)."""

    file: str
    column: str
    columns: dict[str, tuple[str, str, Literal["text", "json"]]]


class RowsPart(Model):
    """The records of one app. ``columns``: by heading the column of the app's table."""

    file: str
    count: int
    last_id: int
    columns: dict[str, str]
    tables: tuple[TablePart, ...] = ()
    files: str | None = None
    missing_files: int = 0
    receipts: tuple[Counter, ...] = ()
    serials: tuple[Counter, ...] = ()
    last_row_number: int = 0


class AppPart(Model):
    """One app: the number of its revision, and of earlier ones under which records were filed (``past``)."""

    number: int
    past: dict[str, str] = Field(default_factory=dict)
    conversions: tuple[dict[str, Any], ...] = ()
    rows: RowsPart | None = None


class Manifest(Model):
    """``whole`` is false where whoever wrote the pack may not see every field or record."""

    format: Literal[1]
    product: str
    written_at: datetime
    city: str = ""
    whole: bool = True
    apps: dict[str, AppPart]
    files: dict[str, Entry]


def read(path: Path) -> Manifest | None:
    """The manifest of the pack in ``path``; None for one that people wrote. ValueError if it cannot be read."""
    file = path / MANIFEST_FILE
    if not file.is_file():
        return None
    try:
        return Manifest.model_validate_json(file.read_bytes())
    except ValidationError as wrong:
        raise ValueError("目録を読めません。") from wrong


def fingerprint(path: Path) -> str:
    """What tells this pack from every other."""
    return hashlib.sha256((path / MANIFEST_FILE).read_bytes()).hexdigest()


def findings(path: Path) -> Iterator[Finding]:
    """Files that are not what was written. Definitions may have been changed on purpose; rows may not."""
    try:
        manifest = read(path)
    except ValueError:
        words = "新しい版の Madoguchi で書き出したひな形か、壊れた目録です。"
        yield error(MANIFEST_FILE, words, "Madoguchi を更新するか、もう一度書き出してください。")
        return
    for name, entry in (manifest.files if manifest else {}).items():
        file = path / name
        if not file.resolve().is_relative_to(path.resolve()):
            yield error(name, "ひな形の外のファイルです。", "もう一度書き出してください。")
        elif not file.is_file():
            yield error(name, "ファイルがありません。", "書き出したフォルダーを、丸ごと写してください。")
        elif checksum(file) != (entry.size, entry.sha256):
            yield _changed(name)


def _changed(name: str) -> Finding:
    if name.startswith(("apps/", "pack.yaml")):
        words = "書き出したあとで変えられています。"
        return Finding("warning", name, words, "変えた覚えがなければ、もう一度書き出してください。")
    return error(name, "中身が、書き出したときと違います。", "書き出したフォルダーを、もう一度丸ごと写してください。")
