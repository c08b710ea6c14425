"""Large tables out, piece by piece: an Excel workbook that is written while the database is still being read, and CSV
in the encoding of older programs. Cells that are text never run as formulas."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Literal, TypeAlias
from xml.sax.saxutils import escape

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from madoguchi.lib.tables.writing import csv_pieces

Cell: TypeAlias = str | int | Decimal | None
Encoding: TypeAlias = Literal["utf-8", "cp932"]
UNWRITABLE = "〓"
"""What printers of old set where a character was missing; stands for what Shift_JIS has not."""
PIECE = 65_536
_LONGEST = 32_767
_ALIKE = str.maketrans({"〜": "～", "−": "－", "‖": "∥", "¢": "￠", "£": "￡", "¬": "￢", "—": "―"})
"""Characters that Windows' Shift_JIS has under another code; they look the same."""

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>'
)
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf/><xf fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_SHEET_HEAD = (
    f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)


def csv_stream(header: Sequence[str], rows: Iterable[Sequence[Cell]], *, encoding: Encoding) -> Iterator[bytes]:
    """A CSV for Excel: UTF-8 with its mark, or Shift_JIS with ``〓`` for what that cannot write."""
    for piece in csv_pieces(header, ([plain(cell) for cell in row] for row in rows)):
        yield piece if encoding == "utf-8" else in_shift_jis(piece.decode().lstrip("\ufeff"))


def plain(cell: Cell) -> str:
    """A cell as text."""
    return "" if cell is None else f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def in_shift_jis(text: str) -> bytes:
    """``text`` in Windows' Shift_JIS."""
    alike = text.translate(_ALIKE)
    try:
        return alike.encode("cp932")
    except UnicodeEncodeError:
        lost = unwritable(alike)
        return "".join(UNWRITABLE if character in lost else character for character in alike).encode("cp932")


def unwritable(text: str) -> set[str]:
    """The characters of ``text`` that Windows' Shift_JIS does not have."""
    alike = text.translate(_ALIKE)
    try:
        alike.encode("cp932")
    except UnicodeEncodeError:
        return {character for character in set(alike) if not _has(character)}
    return set()


def _has(character: str) -> bool:
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def xlsx_stream(header: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str) -> Iterator[bytes]:
    """An Excel workbook of one sheet, in pieces: numbers are numbers, everything else is text."""
    out = _Out()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as book:
        for name, content in _parts(title):
            book.writestr(name, content)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(_SHEET_HEAD.encode())
            sheet.write(_row(header, style=' s="1"').encode())
            buffer = io.StringIO()
            for row in rows:
                buffer.write(_row(row))
                if buffer.tell() > PIECE:
                    sheet.write(_drained(buffer))
                    yield out.taken()
            sheet.write(_drained(buffer) + b"</sheetData></worksheet>")
    yield out.taken()


def _parts(title: str) -> list[tuple[str, str]]:
    name = escape(re.sub(r"[\[\]:*?/\\']", "_", title)[:31], {'"': "&quot;"}) or "Sheet1"
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets>'
        "</workbook>"
    )
    main = f'<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/>'
    inner = (
        f'<Relationship Id="rId1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_REL}/styles" Target="styles.xml"/>'
    )
    return [
        ("[Content_Types].xml", _TYPES), ("_rels/.rels", _RELS.format(main)), ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", _RELS.format(inner)), ("xl/styles.xml", _STYLES),
    ]


def _row(row: Sequence[Cell], *, style: str = "") -> str:
    return f"<row>{''.join([_cell(cell, style) for cell in row])}</row>"


def _cell(cell: Cell, style: str) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, int | Decimal):
        return f"<c{style}><v>{plain(cell)}</v></c>"
    text = escape(ILLEGAL_CHARACTERS_RE.sub("", cell)[:_LONGEST])
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _drained(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece


class _Out(io.RawIOBase):
    """Where the archive is written to: it cannot go back, and what it holds is taken away again and again."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def write(self, piece: object) -> int:
        content = bytes(piece)  # type: ignore[call-overload]
        self._pieces.append(content)
        return len(content)

    def taken(self) -> bytes:
        """What was written since it was last asked."""
        content = b"".join(self._pieces)
        self._pieces.clear()
        return content
