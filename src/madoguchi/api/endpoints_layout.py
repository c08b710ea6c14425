"""How the form is laid out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from madoguchi.api.call import Call
from madoguchi.api.drafts import Draft, change, settings_of
from madoguchi.api.errors import Words, invalid_at
from madoguchi.api.params import NEEDED
from madoguchi.api.shapes import Shape, shapes_in
from madoguchi.definition.app import AppDefinition

Body = dict[str, Any]
WIDTH, WIDE = "193", "400"
WIDE_TYPES = frozenset({"MULTI_LINE_TEXT", "RICH_TEXT", "REFERENCE_TABLE", "FILE"})
UNKNOWN: Words = ("フォームにないフィールドです。", "The form does not have this field.")
MISSING: Words = ("フォームのすべてのフィールドを配置してください。", "Every field of the form must be laid out.")


def get_layout(call: Call) -> Body:
    """GET app/form/layout: as it was sent, as long as it still fits the form."""
    settings = settings_of(call)
    sent = settings.extras.get("layout")
    fits = isinstance(sent, list) and set(_codes(sent)) == _placed(settings.definition)
    return {"layout": sent if fits else layout_of(settings.definition), "revision": settings.revision}


def _placed(defn: AppDefinition) -> set[str]:
    """The codes of the form that a layout has to place."""
    return {code for code, shape in shapes_in(defn).items() if shape.field is not None}


def _codes(layout: Iterable[Any]) -> Iterator[str]:
    for row in layout:
        if row.get("type") == "SUBTABLE":
            yield str(row.get("code"))
        elif row.get("type") == "GROUP":
            yield from _codes(row.get("layout", []))
        else:
            yield from (str(field["code"]) for field in row.get("fields", []) if field.get("code"))


def layout_of(defn: AppDefinition) -> list[Body]:
    """The form in our order: a row for each field (its parts side by side), a group for each heading of the layout."""
    shapes: dict[str, list[Shape]] = {}
    for shape in shapes_in(defn).values():
        if shape.field is not None:
            shapes.setdefault(shape.field.code, []).append(shape)
    grouped = {code for group in defn.layout for code in group.fields}
    rows: list[Body] = []
    for group in defn.layout:
        plain = [code for code in group.fields if code in defn.by_code and defn.by_code[code].type != "table"]
        tables = [code for code in group.fields if code in defn.by_code and defn.by_code[code].type == "table"]
        inner = [row for code in plain for row in _rows(defn, code, shapes)]
        rows.append({"type": "GROUP", "code": str(group.title), "layout": inner})
        rows += [row for code in tables for row in _rows(defn, code, shapes)]
    return rows + [row for f in defn.fields if f.code not in grouped for row in _rows(defn, f.code, shapes)]


def _rows(defn: AppDefinition, code: str, shapes: Mapping[str, list[Shape]]) -> list[Body]:
    field = defn.by_code[code]
    if field.type == "heading":
        return [{"type": "ROW", "fields": [{"type": "LABEL", "label": str(field.label), "size": {"width": WIDE}}]}]
    found = shapes.get(code, [])
    if field.type == "table":
        cells = [_cell(shape) for shape in found[0].rows.values()]
        return [{"type": "SUBTABLE", "code": code, "fields": cells}]
    return [{"type": "ROW", "fields": [_cell(shape) for shape in found]}] if found else []


def _cell(shape: Shape) -> Body:
    size = {"width": WIDE if shape.type in WIDE_TYPES else WIDTH}
    if shape.type in ("MULTI_LINE_TEXT", "RICH_TEXT"):
        size["innerHeight"] = "125"
    return {"type": shape.type, "code": shape.code, "size": size}


def update_layout(call: Call) -> Body:
    """PUT preview/app/form/layout."""
    if not call.params.has("layout"):
        raise invalid_at("layout", NEEDED)
    layout = call.params.items("layout")
    if not all(isinstance(row, Mapping) and row.get("type") in ("ROW", "SUBTABLE", "GROUP") for row in layout):
        raise invalid_at("layout", ("行の種類はROW、SUBTABLE、GROUPです。", "Rows are ROW, SUBTABLE or GROUP."))

    def work(draft: Draft) -> None:
        placed = list(_codes(layout))
        known = _placed(draft.definition)
        if strange := sorted(set(placed) - known):
            raise invalid_at(f"layout.{strange[0]}", UNKNOWN)
        if known - set(placed):
            raise invalid_at("layout", MISSING)
        _arrange(draft, layout)
        draft.extras["layout"] = layout

    return {"revision": change(call, work)[1]}


def _arrange(draft: Draft, layout: list[Any]) -> None:
    """Our own order and groups as the layout has them; headings are made of its labels."""
    shapes = shapes_in(draft.definition)
    owners = {code: shape.field.code for code, shape in shapes.items() if shape.field is not None}
    fields = {field["code"]: field for field in draft.data["fields"]}
    headings = {_japanese(f["label"]): f["code"] for f in draft.data["fields"] if f["type"] == "heading"}
    ids = draft.ids()

    def codes(row: Mapping[str, Any]) -> Iterator[str]:
        for cell in row.get("fields", []):
            if cell.get("code"):
                yield owners[str(cell["code"])]
            elif cell.get("type") == "LABEL" and cell.get("label"):
                yield _heading(str(cell["label"]), headings, fields, ids())

    order: list[str] = []
    groups: list[Body] = []
    titles = {_japanese(group["title"]): group["title"] for group in draft.data.get("layout", [])}
    for row in layout:
        if row["type"] == "GROUP":
            inner = list(dict.fromkeys(code for each in row.get("layout", []) for code in codes(each)))
            title = str(row.get("code"))
            groups.append({"title": titles.get(title, title), "fields": inner})
            order += inner
        else:
            order += [owners[str(row["code"])]] if row["type"] == "SUBTABLE" else list(codes(row))
    draft.data["fields"] = [fields[code] for code in dict.fromkeys(order)]
    draft.data["layout"] = groups


def _heading(label: str, headings: dict[str, str], fields: dict[str, Any], field_id: int) -> str:
    if label not in headings:
        code = f"見出し{field_id}"
        headings[label] = code
        fields[code] = {"type": "heading", "id": field_id, "code": code, "label": label}
    return headings[label]


def _japanese(text: Any) -> str:
    return str(text if isinstance(text, str) else text["ja"])
