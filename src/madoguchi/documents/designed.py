"""Documents that staff design: ``DocumentTemplate`` with the values of one record, as PDF or picture.

``# `` and ``## `` begin headings, lines of ``| a | b |`` a table, a blank line a new paragraph; ``{code}`` is the value
of that field. What is missing is marked, never left out silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from madoguchi.definition.app import AppDefinition, DocumentTemplate
from madoguchi.definition.display import display
from madoguchi.definition.values import Value
from madoguchi.documents import render

PLACEHOLDER = re.compile(r"\{([^{}\n]+)\}")
_PAPERS: Final[Mapping[str, tuple[float, float, float, float]]] = {
    "A4": (210, 297, 22, 10.5), "A5": (148, 210, 15, 10), "postcard": (100, 148, 10, 9),
}
"""Width, height and margin in mm, size of the text in points."""

Part = dict[str, Any]
Fill = Callable[[str], str | None]
"""The words for a placeholder; None where there is no value."""


def as_pdf(template: DocumentTemplate, defn: AppDefinition, values: Mapping[str, Value], **system: str) -> bytes:
    """The document of one record; ``system`` are words for names that are no fields, such as ``receipt_number``."""
    return render.pdf("document", _data(template, _filler(defn, values, system)))


def as_png(template: DocumentTemplate, defn: AppDefinition, values: Mapping[str, Value], **system: str) -> bytes:
    """Its first page as a picture."""
    return render.png("document", _data(template, _filler(defn, values, system)), ppi=100)


def unknown_placeholders(template: DocumentTemplate, defn: AppDefinition) -> list[str]:
    """Placeholders that name no field of the app."""
    return [name for name in dict.fromkeys(PLACEHOLDER.findall(template.body)) if name not in defn.by_code
            and name not in SYSTEM]


SYSTEM: Final = ("受付番号", "今日")
"""Placeholders beside the app's own fields."""


def _filler(defn: AppDefinition, values: Mapping[str, Value], system: Mapping[str, str]) -> Fill:
    def fill(name: str) -> str | None:
        field = defn.by_code.get(name)
        return (display(field, values.get(name)) if field else system.get(name, "")) or None

    return fill


def _data(template: DocumentTemplate, fill: Fill) -> dict[str, Any]:
    width, height, margin, size = _PAPERS[template.paper]
    return {
        "title": str(template.name), "width": width, "height": height, "margin": margin, "size": size,
        "numbered": template.paper == "A4", "blocks": list(_blocks(template.body, fill)),
    }


def _blocks(body: str, fill: Fill) -> Iterator[dict[str, Any]]:
    for block in re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip()):
        yield from _block(block.strip("\n").split("\n"), fill)


def _block(lines: list[str], fill: Fill) -> Iterator[dict[str, Any]]:
    """Headings stand alone in their line, rows of a table together; the rest is one paragraph."""
    waiting: list[str] = []
    rows: list[list[list[Part]]] = []
    for line in [*lines, ""]:
        row = line.strip()
        is_row = row.startswith("|") and row.endswith("|") and len(row) > 1
        heading = re.fullmatch(r"(#{1,2})\s+(.+)", row)
        if rows and not is_row:
            yield {"kind": "table", "level": 0, "rows": _even(rows)}
            rows = []
        if waiting and (is_row or heading or not row):
            yield {"kind": "paragraph", "level": 0, "rows": [[_parts("\n".join(waiting), fill)]]}
            waiting = []
        if is_row:
            rows.append([_parts(cell.strip(), fill) for cell in row.strip("|").split("|")])
        elif heading:
            yield {"kind": "heading", "level": len(heading[1]), "rows": [[_parts(heading[2], fill)]]}
        elif row:
            waiting.append(line.rstrip())


def _even(rows: list[list[list[Part]]]) -> list[list[list[Part]]]:
    width = max(map(len, rows))
    return [[*row, *([[]] * (width - len(row)))] for row in rows]


def _parts(text: str, fill: Fill) -> list[Part]:
    parts, end = [], 0
    for found in PLACEHOLDER.finditer(text):
        if found.start() > end:
            parts.append({"text": text[end:found.start()], "missing": False})
        value = fill(found[1])
        missing = value is None
        parts.append({"text": _("（%s：なし）") % found[1] if missing else value, "missing": missing})
        end = found.end()
    return [*parts, *([{"text": text[end:], "missing": False}] if text[end:] else [])]
