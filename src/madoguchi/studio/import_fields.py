"""From a table to the fields of a new app: what is proposed, as a form, and what the builder makes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from madoguchi.definition.columns import NOT_FROM_TABLES, ColumnMap
from madoguchi.definition.proposal import propose, unique_codes
from madoguchi.desk.columns import parts_of
from madoguchi.lib.tables import Preview
from madoguchi.records.world import DatabaseWorld
from madoguchi.studio.palette import KINDS

MAX_OPTIONS = 100
TYPES = tuple(kind for kind in KINDS if kind.type not in NOT_FROM_TABLES and kind.type not in ("lookup", "related"))
"""The types that a column may become."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field on the page. ``more`` are settings that were proposed with its type; ``reason`` says why that type."""

    label: str
    type: str
    columns: tuple[int, ...]
    parts: tuple[str, ...]
    required: bool
    reason: str = ""
    more: Mapping[str, Any] | None = None
    kept: bool = True


def proposed(found: Preview) -> list[Line]:
    """What the table seems to hold."""
    rows = [cells for _number, cells in found.sample]
    lines = []
    for one in propose(found.header, rows, towns=DatabaseWorld("counter").towns).fields:
        known = {"id", "code", "label", "type", "required"}
        more = {key: value for key, value in one.field.items() if key not in known}
        lines.append(Line(
            str(one.field["label"]), one.field["type"], one.columns, one.parts, bool(one.field.get("required")),
            one.reason, more,
        ))
    return lines


def corrected(found: Preview, post: Mapping[str, str]) -> list[Line]:
    """The proposal as the builder changed it; columns that were joined or divided are fields anew."""
    lines = [_corrected(line, n, post) for n, line in enumerate(_as_sent(found, post))]
    return _joined(_divided(lines, found, post), found, post)


def _as_sent(found: Preview, post: Mapping[str, str]) -> list[Line]:
    """The lines that the form was made of: its hidden boxes say which columns each had."""
    first = {line.columns: line for line in proposed(found)}
    lines = []
    n = 0
    while (sent := post.get(f"columns-{n}")) is not None and n < len(found.header):
        columns = tuple(int(part) for part in sent.split(",") if part.isdigit() and int(part) < len(found.header))
        if columns:
            label = found.header[columns[0]]
            lines.append(first.get(columns) or Line(label, "text", columns, ("",) * len(columns), False))
        n += 1
    return lines or list(first.values())


def _corrected(line: Line, n: int, post: Mapping[str, str]) -> Line:
    if f"columns-{n}" not in post:
        return line
    kind = post.get(f"type-{n}", line.type)
    kind = kind if any(kind == one.type for one in TYPES) else line.type
    return replace(
        line, label=post.get(f"label-{n}", "").strip()[:100] or line.label, type=kind, kept=f"keep-{n}" in post,
        required=f"required-{n}" in post, more=line.more if kind == line.type else None,
    )


def _divided(lines: list[Line], found: Preview, post: Mapping[str, str]) -> list[Line]:
    result = []
    for n, line in enumerate(lines):
        if f"divide-{n}" in post and len(line.columns) > 1:
            result += [Line(found.header[c], "text", (c,), ("",), False) for c in line.columns]
        else:
            result.append(line)
    return result


def _joined(lines: list[Line], found: Preview, post: Mapping[str, str]) -> list[Line]:
    """A line whose ``join`` names another one's first column gives its columns to that."""
    result = {line.columns[0]: line for line in lines}
    for n in range(len(lines)):
        sent, target = post.get(f"columns-{n}", ""), post.get(f"join-{n}", "")
        own = int(sent.split(",")[0]) if sent.split(",")[0].isdigit() else -1
        if not target.isdigit() or int(target) == own or int(target) not in result or own not in result:
            continue
        given, taker = result.pop(own), result[int(target)]
        result[int(target)] = replace(taker, columns=(*taker.columns, *given.columns), reason="")
    return [replace(line, parts=_parts(line, found)) for line in result.values()]


def _parts(line: Line, found: Preview) -> tuple[str, ...]:
    simple = line.parts == ("",) * len(line.columns)
    fits = len(line.parts) == len(line.columns) and line.more is not None and not simple
    return line.parts if fits else parts_of(line.type, [found.header[column] for column in line.columns])


def fields_of(lines: Sequence[Line], found: Preview) -> tuple[list[dict[str, Any]], list[ColumnMap]]:
    """The definitions of the kept fields, and how an import fills them."""
    kept = [line for line in lines if line.kept]
    codes = unique_codes([line.label for line in kept])
    fields = [_field(n, code, line, found) for n, (code, line) in enumerate(zip(codes, kept, strict=True), 1)]
    maps = [ColumnMap(code, line.columns, line.parts) for code, line in zip(codes, kept, strict=True)]
    return fields, maps


def _field(number: int, code: str, line: Line, found: Preview) -> dict[str, Any]:
    given = {"type": line.type, "id": number, "code": code, "label": line.label, "required": line.required}
    more = dict(line.more) if line.more is not None else _settings(line, found)
    return given | more


def _settings(line: Line, found: Preview) -> dict[str, Any]:
    """What a type chosen by hand needs beside what every field has, as the table shows it."""
    texts = [cells[line.columns[0]].strip() for _number, cells in found.sample if cells[line.columns[0]].strip()]
    if line.type in ("choice", "choices"):
        several = line.type == "choices"
        counted = Counter(part.strip()[:100] for text in texts for part in (text.split("、") if several else [text]))
        return {"options": [text for text, _count in counted.most_common(MAX_OPTIONS) if text] or ["選択肢1"]}
    if line.type == "text":
        return {"max_length": min(4000, max(200, *(len(text) * 2 for text in texts), 200))}
    if line.type == "consent":
        return {"statement": line.label}
    if line.type == "name":
        return {"kana": any(part.endswith("kana") for part in line.parts), "personal": True}
    return {"personal": True} if line.type in ("address", "phone", "email") else {}
