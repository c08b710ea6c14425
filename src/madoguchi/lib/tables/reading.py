"""The way in: what kind of file it is, a preview of it, and its rows."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from typing import BinaryIO

from madoguchi.lib.tables import delimited, excel
from madoguchi.lib.tables.base import MAX_BYTES, MAX_COLUMNS, Preview, Row, Source, TableError
from madoguchi.lib.tables.header import Header, find_header, names_at

SAMPLE_ROWS = 1000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = "Excelで開き、「名前を付けて保存」で「Excel ブック（.xlsx）」を選んで保存し直してください。"
_OTHERS = (
    (b"%PDF", f"PDFは読み込めません。元の表があれば、{_SAVE_AS}"),
    (b"\x89PNG", "画像は読み込めません。ExcelかCSVのファイルを選んでください。"),
    (b"\xff\xd8\xff", "画像は読み込めません。ExcelかCSVのファイルを選んでください。"),
    (b"<html", f"Webページの形で保存された表です。{_SAVE_AS}"),
    (b"<!doctype", f"Webページの形で保存された表です。{_SAVE_AS}"),
    (b"<?xml", f"XML形式の表です。{_SAVE_AS}"),
)


def preview(file: BinaryIO, *, sheet: str | None = None, header_row: int | None = None) -> Preview:
    """What is in a seekable file. ``sheet`` and ``header_row`` (as counted on screen, 0: none) override what is found.

    Raises TableError with a text for whoever chose the file.
    """
    if _kind(file) == "xlsx":
        with excel.opened(file) as book:
            names = excel.sheets(book)
            if not names:
                raise TableError("シートがありません。表の入ったExcelファイルを選んでください。")
            chosen = sheet or names[0]
            first = list(islice(excel.read(book, chosen), SAMPLE_ROWS + 30))
        return _preview(first, Source("xlsx", None, 0, sheet=chosen), names, header_row)
    encoding = delimited.find_encoding(file)
    delimiter = delimited.find_delimiter(file, encoding)
    first = list(islice(delimited.read(file, encoding, delimiter), SAMPLE_ROWS + 30))
    return _preview(first, Source("text", None, 0, encoding=encoding, delimiter=delimiter), (), header_row)


def rows(file: BinaryIO, source: Source) -> Generator[Row, None, None]:
    """The rows below the header, each ``source.width`` cells wide, read as they are needed; raises TableError.

    Close it before ``file`` where it is not read to its end.
    """
    first, width = source.header_row or 0, source.width
    with closing(_all_rows(file, source)) as found:
        for number, cells in found:
            if number <= first:
                continue
            if len(cells) != width:
                cells = cells[:width] + [""] * (width - len(cells))
                if not any(cells):
                    continue
            yield number, cells


def count(file: BinaryIO, source: Source) -> int:
    """About how many rows there are, without reading them; for showing progress."""
    if source.kind == "xlsx":
        with excel.opened(file) as book:
            lines = excel.height(book, source.sheet or "")
    else:
        file.seek(0)
        lines = sum(piece.count(b"\n") for piece in iter(lambda: file.read(1024 * 1024), b""))
    return max(0, lines - (source.header_row or 0))


def _all_rows(file: BinaryIO, source: Source) -> Generator[Row, None, None]:
    if source.kind == "xlsx":
        with excel.opened(file) as book:
            yield from excel.read(book, source.sheet or "")
    else:
        yield from delimited.read(file, source.encoding or "utf-8", source.delimiter or ",")


def _kind(file: BinaryIO) -> str:
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(4096)
    if not head.strip():
        raise TableError("ファイルが空です。表の入ったファイルを選んでください。")
    if size > MAX_BYTES:
        raise TableError(
            f"ファイルが大きすぎます（{size // 1024 // 1024} MB）。{MAX_BYTES // 1024 // 1024} MBまでにしてください。"
            "使わない列を消すか、年度などで分けて保存してください。"
        )
    if head.startswith(_OLE):
        raise TableError(_old_or_locked(file))
    for begin, words in _OTHERS:
        if head.lstrip(b"\xef\xbb\xbf \r\n\t")[: len(begin)].lower() == begin.lower():
            raise TableError(words)
    return "xlsx" if head.startswith(b"PK\x03\x04") else "text"


def _old_or_locked(file: BinaryIO) -> str:
    file.seek(0)
    locked = "EncryptedPackage".encode("utf-16-le") in file.read(MAX_BYTES)
    if locked:
        return (
            "パスワードで保護されたExcelファイルです。Excelで開き、［ファイル］→［情報］→［ブックの保護］→"
            "［パスワードを使用して暗号化］でパスワードを空にして保存してから、もう一度選んでください。"
        )
    return f"古い形式のファイル（.xls など）です。{_SAVE_AS}"


def _preview(first: Sequence[Row], source: Source, sheets: tuple[str, ...], header_row: int | None) -> Preview:
    header = _header(first, header_row)
    width, below = len(header.names), first[header.last + 1 :]
    if not below:
        where = f"シート「{source.sheet}」" if source.sheet else "ファイル"
        raise TableError(f"{where}に表がありません。見出しの行と、その下に1行以上のデータがある表を選んでください。")
    if width > MAX_COLUMNS:
        raise TableError(f"列が多すぎます（{width}列）。{MAX_COLUMNS}列までにしてください。")
    number = first[header.last][0] if header.last >= 0 else None
    sample = tuple((n, cells[:width] + [""] * (width - len(cells))) for n, cells in below[:SAMPLE_ROWS])
    return Preview(replace(source, header_row=number, width=width), sheets, header.names, sample)


def _header(first: Sequence[Row], header_row: int | None) -> Header:
    if header_row is None:
        return find_header(first)
    chosen = next((index for index, (number, _) in enumerate(first) if number == header_row), None)
    if chosen is None and header_row:
        raise TableError(f"{header_row}行目に見出しがありません。見出しの行を選び直してください。")
    if chosen is None:
        width = max((len(cells) for _, cells in first), default=0)
        return Header(-1, names_at([(0, [""] * width)], 0))
    return Header(chosen, names_at(first, chosen))
