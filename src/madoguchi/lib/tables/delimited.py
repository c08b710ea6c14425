"""CSV and its relatives: any encoding and separator that Japanese offices meet, quoted line breaks, streamed."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from statistics import median
from typing import BinaryIO

from madoguchi.lib.tables.base import Row, TableError

_PIECE = 1024 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)
_WRAPPED = re.compile(r"""="(.*)"|'([=+@-].*)""", re.DOTALL)
DELIMITERS = (",", "\t", ";")
LONGEST_CELL = 131_072


def find_encoding(file: BinaryIO) -> str:
    """The encoding in which the whole file can be read; raises TableError if it is no text."""
    file.seek(0)
    head = file.read(65_536)
    marked = next((name for bom, name in _BOMS if head.startswith(bom)), None)
    if marked is None and b"\0" in head:
        marked = "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"
    for name in (marked,) if marked else ("utf-8", "cp932", "euc_jp"):
        if _reads(file, name):
            return name
    raise TableError(
        "文字コードが分からないか、表のファイルではありません。"
        "Excelで開き、「名前を付けて保存」で「CSV UTF-8」か「Excel ブック（.xlsx）」を選んで保存し直してください。"
    )


def _reads(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    file.seek(0)
    try:
        while piece := file.read(_PIECE):
            if "\0" in decoder.decode(piece):
                return False
        decoder.decode(b"", True)
    except UnicodeError:
        return False
    return True


def find_delimiter(file: BinaryIO, encoding: str) -> str:
    """The separator that divides the first rows into most columns."""
    file.seek(0)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(file.read(65_536))
    return max(DELIMITERS, key=lambda delimiter: _columns(text, delimiter))


def _columns(text: str, delimiter: str) -> float:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    counts: list[int] = []
    try:
        for row in reader:
            counts += [len(row)] if any(row) else []
            if len(counts) == 50:
                break
    except csv.Error:
        pass
    return median(counts) if counts else 0


def read(file: BinaryIO, encoding: str, delimiter: str) -> Iterator[Row]:
    """Every row that is not wholly blank; raises TableError where a quotation mark is never closed."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    reader = csv.reader(text, delimiter=delimiter)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            line = "".join(cells)
            if line:
                yield number, _unwrapped(cells) if '="' in line or "'" in line else cells
    except csv.Error:
        raise TableError(
            f"{number + 1}行目を読み取れません（1つのセルが{LONGEST_CELL:,}文字を超えています）。"
            "引用符「\"」の閉じ忘れがないか、その行のまわりを確かめてください。"
        ) from None
    finally:
        text.detach()


def _unwrapped(cells: list[str]) -> list[str]:
    """``="00123"``, by which other systems keep Excel from dropping zeros, and ``'=1+1``, kept from being a formula."""
    return [(m[1] if m[2] is None else m[2]) if (m := _WRAPPED.fullmatch(cell)) else cell for cell in cells]
