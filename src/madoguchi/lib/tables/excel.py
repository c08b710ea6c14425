"""Excel workbooks (.xlsx, .xlsm), streamed. Cells become the text that people see in them, as far as it matters."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, BinaryIO

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from madoguchi.lib.tables.base import MAX_COLUMNS, Row, TableError

MAX_UNPACKED = 1024 * 1024 * 1024
MAX_STRINGS = 200 * 1024 * 1024
"""The texts of a workbook are held in memory while it is read; sheets are not."""
MAX_RATIO = 200
_DAMAGED = "Excelファイルが壊れているため読み取れません。Excelで開いて保存し直してから、もう一度お試しください。"
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def refuse_bombs(file: BinaryIO) -> None:
    """Raises TableError for what is no workbook, and for one that would fill the memory when unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise TableError(_DAMAGED) from None
    if not any(part.filename.endswith("workbook.xml") for part in parts):
        raise TableError(
            "Excelの表ではありません。Excelで開ける表なら、"
            "「名前を付けて保存」で「Excel ブック（.xlsx）」を選んで保存し直してください。"
        )
    unpacked, packed = sum(p.file_size for p in parts), sum(p.compress_size for p in parts)
    strings = max((p.file_size for p in parts if p.filename.endswith("sharedStrings.xml")), default=0)
    bloated = unpacked > 10_000_000 and unpacked > MAX_RATIO * max(packed, 1)
    if unpacked > MAX_UNPACKED or strings > MAX_STRINGS or bloated or len(parts) > 10_000:
        raise TableError(
            "Excelファイルの中身が大きすぎます。使っていないシートと書式だけの行を消すか、CSVで保存し直してください。"
        )


@contextmanager
def opened(file: BinaryIO) -> Iterator[Any]:
    """The workbook with the results of its formulas; raises TableError for a damaged one."""
    file.seek(0)
    refuse_bombs(file)
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and extensions that openpyxl does not know do not matter here
        try:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except TableError:
            raise
        except Exception:  # whatever a damaged part makes of openpyxl
            raise TableError(_DAMAGED) from None
    try:
        yield book
    finally:
        book.close()


def sheets(book: Any) -> tuple[str, ...]:
    """The names of the sheets that hold cells, in order."""
    return tuple(sheet.title for sheet in book.worksheets)


def height(book: Any, sheet: str) -> int:
    """The number of rows as the workbook states it, which is not always true."""
    found = next((one for one in book.worksheets if one.title == sheet), None)
    return int(found.max_row or 0) if found is not None else 0


def read(book: Any, sheet: str) -> Iterator[Row]:
    """Every row of that sheet that is not wholly blank; raises TableError."""
    found = next((one for one in book.worksheets if one.title == sheet), None)
    if found is None:
        raise TableError(f"シート「{sheet}」がありません。シートを選び直してください。")
    found.reset_dimensions()  # other systems write wrong ones
    number = 0
    try:
        for number, cells in enumerate(found.iter_rows(), 1):
            texts = [_text(cell) for cell in cells[:MAX_COLUMNS]]
            if any(texts):
                yield number, texts
    except TableError:
        raise
    except Exception:  # a damaged sheet shows only while it is read
        raise TableError(f"{number + 1}行目のあたりで、{_DAMAGED}") from None


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return unescape(value) if "_x" in value else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number(value, cell.number_format or "General")
    return _moment(value, cell.number_format or "")


def _number(value: int | float, number_format: str) -> str:
    digits = str(value) if isinstance(value, int) else _shortest(value)
    zeros, yen = _shown_as(number_format)
    if zeros and digits.isdigit():
        return _padded(digits, zeros)
    return f"{digits}円" if yen else digits


def _shortest(value: float) -> str:
    """As Excel shows it: 15 digits, no exponent."""
    digits = f"{Decimal(f'{value:.15g}'):f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


@lru_cache(maxsize=512)
def _shown_as(number_format: str) -> tuple[str, bool]:
    """The zeros a number is filled up with (``000-0000``; empty if none), and whether it is shown as yen."""
    sections = number_format.split(";")
    # 郵便番号 is written with conditions; its last section is the one for all seven digits.
    plain = (sections[-1] if sections[0].startswith("[<") else sections[0]).replace("\\-", "-").replace('"-"', "-")
    zeros = plain if re.fullmatch(r"0{2,}(-0+)*|0+(-0+)+", plain) else ""
    return zeros, not zeros and bool(re.search(r"[¥￥円]|\[\$[¥￥\\]", number_format))


def _padded(digits: str, zeros: str) -> str:
    filled = digits.zfill(zeros.count("0"))
    if len(filled) > zeros.count("0"):
        return digits
    left = iter(filled)
    return "".join(next(left) if sign == "0" else sign for sign in zeros)


def _moment(value: Any, number_format: str) -> str:
    if isinstance(value, datetime):
        clock = any(sign in "hHsS" for sign in _QUOTED.sub("", number_format))
        return value.isoformat(timespec="seconds") if clock else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes" if not value.second else "seconds")
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return str(value)
