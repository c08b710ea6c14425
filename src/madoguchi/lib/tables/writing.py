"""Tables out: CSV and Excel that open without harm. No text of ours ever runs as a formula in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

_RUNS = re.compile(r"[=+\-@\t\r]")
_HARMLESS = re.compile(r"[+-]?[\d,.\s()-]*")
MARK = "'"
"""Before a text that would run as a formula; reading a CSV takes it away again."""


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """A CSV for Excel, piece by piece: UTF-8 with its mark, CRLF."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([safe(cell) for cell in header])
    for row in rows:
        if buffer.tell() > 65_536:
            yield _drained(buffer)
        writer.writerow([safe(cell) for cell in row])
    yield _drained(buffer)


def _drained(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece


def safe(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula; numbers and telephone numbers stay as they are."""
    return f"{MARK}{text}" if _RUNS.match(text) and not _HARMLESS.fullmatch(text) else text


def xlsx(header: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "Sheet1") -> bytes:
    """An Excel workbook of one sheet in which every cell is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", "_", title)[:31])
    sheet.freeze_panes = "A2"
    for row in chain([header], rows):
        sheet.append([_text_cell(sheet, text) for text in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _text_cell(sheet: object, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text)[:32_767])
    cell.data_type = "s"  # also where the text begins with an equals sign
    return cell
