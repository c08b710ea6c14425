"""Tables out of files: Excel and CSV become rows of text, whatever system wrote them. Nothing is guessed silently:
what was found (sheet, encoding, header) is told in a ``Preview`` and may be overridden."""

from __future__ import annotations

from madoguchi.lib.tables.base import MAX_BYTES, MAX_COLUMNS, Preview, Row, Source, TableError
from madoguchi.lib.tables.reading import count, preview, rows

__all__ = ("MAX_BYTES", "MAX_COLUMNS", "Preview", "Row", "Source", "TableError", "count", "preview", "rows")
