"""The form: its fields and how they are laid out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from madoguchi.api.call import Call
from madoguchi.api.drafts import Draft, change, settings_of
from madoguchi.api.errors import ApiError, Words, invalid_at, refused
from madoguchi.api.fields_in import Reader
from madoguchi.api.params import NEEDED
from madoguchi.api.properties import Describer, Property
from madoguchi.api.shapes import SYSTEM_TYPES, Shape, shapes_in
from madoguchi.catalog.models import App
from madoguchi.catalog.queries import published_apps
from madoguchi.definition.app import AppDefinition

Body = dict[str, Any]
PLACEHOLDER = "はじめに"
"""The heading that a new app begins with, as an app has one field at least."""
LAYOUT_ONLY = frozenset({"GROUP", "CATEGORY"})
PART_CHANGED: Words = (
    "氏名・住所・場所のような組になった項目の一部は、ここでは変えられません。画面で変えてください。",
    "Part of a composite item (name, address, place) cannot be changed here. Use the designer.",
)
WIDTHS = {"MULTI_LINE_TEXT": "400", "RICH_TEXT": "400", "FILE": "300"}


def _describer(language: str) -> Describer:
    return Describer(language, dict(App.objects.values_list("code", "pk")))


def get_fields(call: Call) -> Body:
    """GET app/form/fields."""
    settings = settings_of(call)
    language = call.params.one_of("lang", ("default", "user", "ja", "en", "zh"), "default")
    language = call.language if language == "user" else "en" if language == "en" else "ja"
    return {"properties": _describer(language).form(settings.definition), "revision": settings.revision}


def get_legacy_form(call: Call) -> Body:
    """GET form: the old flat form of the API."""
    settings = settings_of(call)
    found = _describer("ja").form(settings.definition)
    return {"properties": [_legacy(prop) for prop in found.values() if prop["type"] not in LAYOUT_ONLY]}


def _legacy(prop: Property) -> Property:
    plain = {key: value for key, value in prop.items() if key not in ("options", "enabled")}
    if "options" in prop:
        plain["options"] = list(prop["options"])
    if "fields" in prop:
        plain["fields"] = [_legacy(inner) for inner in prop["fields"].values()]
    return {key: str(value).lower() if isinstance(value, bool) else value for key, value in plain.items()}


# --- changing fields -----------------------------------------------------------------------------------------------


def _properties(call: Call) -> dict[str, Any]:
    if not call.params.has("properties"):
        raise invalid_at("properties", NEEDED)
    return call.params.mapping("properties")


def _reader(draft: Draft) -> Reader:
    return Reader(dict(App.objects.values_list("pk", "code")), draft.ids())


def add_fields(call: Call) -> Body:
    """POST preview/app/form/fields."""
    given = _properties(call)

    def work(draft: Draft) -> None:
        reader, taken = _reader(draft), _codes(draft.definition)
        for key, props in given.items():
            path = f"properties.{key}"
            code = str(_mapping(props, path).get("code") or key)
            if code in taken:
                english = f"The field code {code} is used already."
                raise invalid_at(f"{path}.code", (f"フィールドコード「{code}」はすでに使われています。", english))
            if props.get("type") == "GROUP":
                _add_group(draft, code, str(props.get("label") or code))
            else:
                draft.data["fields"] = [*_without_placeholder(draft), reader.field(code, props, path)]

    return {"revision": change(call, work)[1]}


def _mapping(value: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise invalid_at(path, ("オブジェクトで指定してください。", "Must be an object."))
    return value


def _codes(defn: AppDefinition) -> frozenset[str]:
    inner = {code for shape in shapes_in(defn).values() for code in shape.rows}
    return frozenset({*shapes_in(defn), *defn.by_code, *inner, *SYSTEM_TYPES})


def _without_placeholder(draft: Draft) -> list[Any]:
    fields = draft.data["fields"]
    only = len(fields) == 1 and fields[0]["code"] == PLACEHOLDER and fields[0]["type"] == "heading"
    return [] if only else list(fields)


def _add_group(draft: Draft, code: str, label: str) -> None:
    title = code if code == label else {"ja": code, "en": label}
    draft.data["layout"] = [*draft.data.get("layout", []), {"title": title, "fields": []}]


def update_fields(call: Call) -> Body:
    """PUT preview/app/form/fields."""
    given = _properties(call)

    def work(draft: Draft) -> None:
        reader, shapes = _reader(draft), shapes_in(draft.definition)
        described = _describer("ja").form(draft.definition)
        for key, props in given.items():
            path = f"properties.{key}"
            sent = _mapping(props, path)
            shape = shapes.get(key)
            if shape is None and key not in described:
                raise _no_field(key)
            now = described[key]
            wanted = {**now, **sent}
            if wanted != now and shape is not None:
                _replace(draft, reader, shape, wanted, path)

    return {"revision": change(call, work)[1]}


def _no_field(code: str) -> ApiError:
    words = (f"フィールドコード「{code}」が見つかりません。", f"The field code {code} is not found.")
    return refused(words, "GAIA_FC01")


def _replace(draft: Draft, reader: Reader, shape: Shape, wanted: Property, path: str) -> None:
    """Puts the changed field in the old one's place; what kintone's properties do not speak of stays as it is."""
    if shape.field is None:
        return  # Codes and labels of the system's own fields are fixed.
    if shape.part is not None:
        raise invalid_at(path, PART_CHANGED)
    if wanted["type"] != shape.type:
        words = ("フィールドの種類は変えられません。", "The type of a field cannot be changed.")
        raise invalid_at(f"{path}.type", words)
    old = next(field for field in draft.data["fields"] if field["id"] == shape.field.id)
    new = reader.field(str(wanted.get("code") or shape.code), wanted, path, field_id=shape.field.id)
    merged = _merged(old, new)
    draft.data["fields"] = [merged if field["id"] == old["id"] else field for field in draft.data["fields"]]
    if new["code"] != old["code"]:
        _rename(draft, old["code"], new["code"])


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Our own finer types (money, phone, photo, consent …) stay; only what both know is taken over."""
    if old["type"] == "table" and new["type"] == "table":
        rows = {row["code"]: row for row in old["fields"]}
        new["fields"] = [_merged(rows[r["code"]], r | {"id": rows[r["code"]]["id"]}) if r["code"] in rows else r
                         for r in new["fields"]]  # fmt: skip
    if old["type"] == new["type"]:
        return old | new
    shared = {key: value for key, value in new.items() if key in ("code", "label", "required", "unique")}
    return old | {key: value for key, value in shared.items() if key in old}


def _rename(draft: Draft, old: str, new: str) -> None:
    """Follows a new code into views, layout and title; formulas and conditions name it by themselves."""

    def renamed(value: Any) -> Any:
        return new if value == old else value

    for group in draft.data.get("layout", []):
        group["fields"] = [renamed(code) for code in group["fields"]]
    for view in draft.data.get("views", []):
        view["columns"] = [renamed(code) for code in view["columns"]]
        for sort in view.get("sort", []):
            sort["field"] = renamed(sort["field"])
    draft.data["title_field"] = renamed(draft.data.get("title_field"))


def delete_fields(call: Call) -> Body:
    """DELETE preview/app/form/fields."""
    codes = call.params.texts("fields")
    if not codes:
        raise invalid_at("fields", NEEDED)

    def work(draft: Draft) -> None:
        shapes = shapes_in(draft.definition)
        for number, code in enumerate(codes):
            shape = shapes.get(code)
            titles = {str(group["title"] if isinstance(group["title"], str) else group["title"]["ja"])
                      for group in draft.data.get("layout", [])}  # fmt: skip
            if shape is None and code not in titles:
                raise _no_field(code)
            if shape is not None and shape.field is None:
                raise invalid_at(f"fields[{number}]", ("このフィールドは削除できません。", "It cannot be deleted."))
        owners = {shapes[code].field.code for code in codes if code in shapes}  # type: ignore[union-attr]
        _refuse_referenced(draft, owners)
        _remove(draft, owners, {code for code in codes if code not in shapes})

    return {"revision": change(call, work)[1]}


def _refuse_referenced(draft: Draft, codes: Iterable[str]) -> None:
    for other in published_apps():
        for field in other.definition.fields:
            ours = field.type == "lookup" and field.app == draft.app.code
            if field.type == "lookup" and ours and {field.key, *field.copies.values()} & set(codes):
                words = (
                    f"アプリ「{other.definition.name}」のルックアップが使っているため、削除できません。",
                    "A lookup of another app uses it, so it cannot be deleted.",
                )
                raise refused(words, "GAIA_LO02")


def _remove(draft: Draft, codes: set[str], groups: set[str]) -> None:
    kept = [field for field in draft.data["fields"] if field["code"] not in codes]
    draft.data["fields"] = kept or [placeholder(draft.ids()(), str(draft.definition.name))]
    draft.data["layout"] = [
        group | {"fields": [code for code in group["fields"] if code not in codes]}
        for group in draft.data.get("layout", [])
        if str(group["title"] if isinstance(group["title"], str) else group["title"]["ja"]) not in groups
    ]
    for view in draft.data.get("views", []):
        view["columns"] = [code for code in view["columns"] if code not in codes]
        view["sort"] = [sort for sort in view.get("sort", []) if sort["field"] not in codes]
    if draft.data.get("title_field") in codes:
        draft.data["title_field"] = None


def placeholder(field_id: int, name: str) -> dict[str, Any]:
    """The heading of an app that has no field yet."""
    return {"type": "heading", "id": field_id, "code": PLACEHOLDER, "label": name}
