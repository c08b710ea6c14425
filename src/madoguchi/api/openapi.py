"""The OpenAPI 3.1 document of the API, made from the table of operations and, for one app, from its fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from madoguchi import __version__
from madoguchi.api.operations import TAGS, Operation, operations
from madoguchi.api.shapes import LISTS, Shape, shapes_of
from madoguchi.catalog.queries import AppRevision

Schema = dict[str, Any]
_ID: Schema = {"type": ["integer", "string"]}
_OBJECT: Schema = {"type": "object", "additionalProperties": True}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


SCHEMAS: dict[str, Schema] = {
    "id": _ID, "text": {"type": "string"}, "flag": {"type": "boolean"}, "object": _OBJECT,
    "total": {"type": ["string", "null"]}, "order": {"type": "string", "enum": ["asc", "desc"]},
    "binary": {"type": "string", "format": "binary"},
}  # fmt: skip
COMPONENTS: dict[str, Schema] = {
    "Value": {
        "type": "object", "required": ["value"],
        "properties": {"type": {"type": "string"}, "value": {}},
    },
    "Record": {"type": "object", "additionalProperties": _ref("Value")},
    "RecordToWrite": {"type": "object", "additionalProperties": _ref("Value")},
    "UpdateKey": {
        "type": "object", "required": ["field", "value"],
        "properties": {"field": {"type": "string"}, "value": {"type": "string"}},
    },
    "RecordChange": {
        "type": "object",
        "properties": {"id": _ID, "updateKey": _ref("UpdateKey"), "revision": _ID, "record": _ref("RecordToWrite")},
    },
    "Changed": {
        "type": "object",
        "properties": {
            "id": {"type": "string"}, "revision": {"type": "string"},
            "operation": {"type": "string", "enum": ["INSERT", "UPDATE"]},
        },
    },
    "Request": {
        "type": "object", "required": ["method", "api", "payload"],
        "properties": {
            "method": {"type": "string", "enum": ["POST", "PUT", "DELETE"]},
            "api": {"type": "string", "example": "/k/v1/records.json"}, "payload": _OBJECT,
        },
    },
    "Comment": {
        "type": "object", "required": ["text"],
        "properties": {"text": {"type": "string"}, "mentions": {"type": "array", "items": _OBJECT}},
    },
    "Deploy": {"type": "object", "required": ["app"], "properties": {"app": _ID, "revision": _ID}},
    "App": {
        "type": "object",
        "properties": {
            "appId": {"type": "string"}, "code": {"type": "string"}, "name": {"type": "string"},
            "description": {"type": "string"}, "createdAt": {"type": "string"}, "modifiedAt": {"type": "string"},
            "creator": _OBJECT, "modifier": _OBJECT, "spaceId": {"type": ["string", "null"]},
            "threadId": {"type": ["string", "null"]},
        },
    },
    "Properties": {"type": "object", "additionalProperties": _OBJECT},
    "Error": {
        "type": "object", "required": ["code", "id", "message"],
        "properties": {
            "code": {"type": "string", "example": "CB_VA01"}, "id": {"type": "string"},
            "message": {"type": "string"},
            "errors": {
                "type": "object",
                "additionalProperties": {
                    "type": "object", "properties": {"messages": {"type": "array", "items": {"type": "string"}}},
                },
            },
        },
    },
}  # fmt: skip
SECURITY: dict[str, Schema] = {
    "token": {"type": "apiKey", "in": "header", "name": "X-Cybozu-API-Token"},
    "password": {
        "type": "apiKey", "in": "header", "name": "X-Cybozu-Authorization",
        "description": "base64(username:password), UTF-8",
    },
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
}  # fmt: skip


def document(*, language: str, base_url: str, app: AppRevision | None = None) -> Schema:
    """The whole document in ``ja`` or ``en``; with ``app``, its records are described field by field."""
    which = 1 if language == "en" else 0
    name = str(app.definition.name) if app else ""
    titles = (f"窓口 REST API {name}", f"Madoguchi REST API {name}")
    tags = [{"name": (ja, en)[which]} for ja, en in TAGS.items()]
    paths: dict[str, Schema] = {}
    for method, path, preview, operation in operations():
        full = f"/k/v1/{'preview/' if preview else ''}{path}.json"
        paths.setdefault(full, {})[method.lower()] = _operation(method, path, preview, operation, which, app)
    return {
        "openapi": "3.1.0", "info": {"title": titles[which].strip(), "version": __version__},
        "servers": [{"url": base_url}], "tags": tags, "paths": paths,
        "components": {"schemas": COMPONENTS | (_of_app(app) if app else {}), "securitySchemes": SECURITY},
        "security": [{name: []} for name in SECURITY],
    }  # fmt: skip


def _operation(
    method: str, path: str, preview: bool, operation: Operation, which: int, app: AppRevision | None
) -> Schema:
    members = list(_members(operation.takes, app))
    found: Schema = {
        "operationId": f"{method.lower()}_{'preview_' if preview else ''}{path.replace('/', '_')}",
        "summary": operation.summary[which], "tags": [(operation.tag, TAGS[operation.tag])[which]],
        "responses": {"200": _answer(operation.gives), "default": _content("Error", _ref("Error"))},
    }
    if method in ("GET", "DELETE"):
        found["parameters"] = [
            {"name": name, "in": "query", "required": required, "schema": _in_query(schema)}
            for name, required, schema in members
        ]
    else:
        found["requestBody"] = _body(members)
    return found


def _in_query(schema: Schema) -> Schema:
    """In an address everything is text."""
    if schema.get("type") == "array":
        return schema | {"items": _in_query(schema["items"])}
    return schema | {"type": "string"} if isinstance(schema.get("type"), list) else schema


def _body(members: list[tuple[str, bool, Schema]]) -> Schema:
    schema: Schema = {"type": "object", "properties": {name: inner for name, _, inner in members}}
    if required := [name for name, needed, _ in members if needed]:
        schema["required"] = required
    kind = "multipart/form-data" if any(inner == SCHEMAS["binary"] for _, _, inner in members) else "application/json"
    return {"required": True, "content": {kind: {"schema": schema}}}


def _answer(gives: str) -> Schema:
    if gives == "binary":
        return {"description": "OK", "content": {"application/octet-stream": {"schema": SCHEMAS["binary"]}}}
    if gives in COMPONENTS:
        return _content("OK", _ref(gives))
    members = {name: schema for name, _, schema in _members(gives, None)}
    return _content("OK", {"type": "object", "properties": members})


def _content(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _members(words: str, app: AppRevision | None) -> Iterator[tuple[str, bool, Schema]]:
    for word in words.split():
        name, _, kind = word.partition(":")
        schema = _schema(kind)
        if app and name.rstrip("!") == "app" and kind == "id":
            schema = schema | {"default": str(app.app_id)}
        yield name.rstrip("!"), name.endswith("!"), schema


def _schema(kind: str) -> Schema:
    if kind.startswith("["):
        return {"type": "array", "items": _schema(kind[1:-1])}
    return SCHEMAS.get(kind) or _ref(kind)


# --- the fields of one app -----------------------------------------------------------------------------------------

_LIST: Schema = {"type": "array", "items": {"type": "string"}}
_CODES: Schema = {
    "type": "array",
    "items": {"type": "object", "properties": {"code": {"type": "string"}, "name": {"type": "string"}}},
}  # fmt: skip


def _of_app(app: AppRevision) -> dict[str, Schema]:
    shapes = [shape for shape in shapes_of(app).values() if shape.is_stored]
    ids = {"$id": _cell("__ID__", {"type": "string"}), "$revision": _cell("__REVISION__", {"type": "string"})}
    read = {shape.code: _cell(shape.type, _value(shape)) for shape in shapes}
    written = [shape for shape in shapes if shape.is_written]
    write = {shape.code: {"type": "object", "properties": {"value": _value(shape)}} for shape in written}
    return {
        "Record": {"type": "object", "properties": ids | read},
        "RecordToWrite": {"type": "object", "properties": write},
    }


def _cell(kind: str, value: Schema) -> Schema:
    return {"type": "object", "properties": {"type": {"const": kind}, "value": value}}


def _value(shape: Shape) -> Schema:
    options = [option.value for option in getattr(shape.field, "options", ())]
    match shape.type:
        case "CHECK_BOX" | "MULTI_SELECT":
            return {"type": "array", "items": {"type": "string", "enum": options}} if options else _LIST
        case "RADIO_BUTTON" | "DROP_DOWN" if options:
            return {"type": ["string", "null"], "enum": [*options, None]}
        case "CREATOR" | "MODIFIER":
            return _CODES["items"]  # type: ignore[no-any-return]
        case "SUBTABLE":
            cells = {code: _cell(inner.type, _value(inner)) for code, inner in shape.rows.items()}
            row = {"id": {"type": "string"}, "value": {"type": "object", "properties": cells}}
            return {"type": "array", "items": {"type": "object", "properties": row}}
        case "DATE" | "TIME" | "RADIO_BUTTON" | "DROP_DOWN":
            return {"type": ["string", "null"]}
    return _CODES if shape.type in LISTS or shape.type == "STATUS_ASSIGNEE" else {"type": "string"}
