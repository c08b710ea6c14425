"""Who may do what: permissions of the app, of records, of fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from madoguchi.api.call import Call
from madoguchi.api.drafts import Draft, change, settings_of
from madoguchi.api.endpoints_views import checked_condition
from madoguchi.api.errors import ENUM, invalid_at
from madoguchi.api.params import NEEDED, Params
from madoguchi.api.people import entity_of, who_of
from madoguchi.api.shapes import shapes_in
from madoguchi.api.system_names import codes_of
from madoguchi.definition.app import AppDefinition, FieldWho, Permission, RecordWho, Who

Body = dict[str, Any]
APP_RIGHTS: Mapping[str, str] = {
    "appEditable": "manage", "recordViewable": "view", "recordAddable": "add", "recordEditable": "edit",
    "recordDeletable": "delete", "recordExportable": "export",
}  # fmt: skip
OUR_OWN = frozenset({"process", "identity", "payment"})
"""Rights that kintone does not know: whoever holds them keeps them."""
RECORD_RIGHTS: Mapping[str, str] = {"viewable": "view", "editable": "edit", "deletable": "delete"}
READ_WRITE: Mapping[str, str] = {"READ": "read", "WRITE": "write"}


def _rows(params: Params, name: str) -> list[Params]:
    if not params.has(name):
        raise invalid_at(name, NEEDED)
    return params.rows(name)


def get_app_acl(call: Call) -> Body:
    """GET app/acl."""
    settings = settings_of(call, manage=True)
    rights = [_permission(rule) for rule in settings.definition.permissions]
    return {"rights": rights, "revision": settings.revision}


def _permission(rule: Permission) -> Body:
    flags = {flag: right in rule.rights for flag, right in APP_RIGHTS.items()}
    return {"entity": entity_of(rule), "includeSubs": False, **flags, "recordImportable": "add" in rule.rights}


def update_app_acl(call: Call) -> Body:
    """PUT preview/app/acl: the whole list."""
    rows = _rows(call.params, "rights")

    def work(draft: Draft) -> None:
        kept = {_key(rule): OUR_OWN & set(rule.rights) for rule in draft.definition.permissions}
        draft.data["permissions"] = [_permission_in(row, n, kept, draft) for n, row in enumerate(rows)]

    return {"revision": change(call, work)[1]}


def _key(who: Who) -> str:
    return str(sorted(entity_of(who).items()))


def _permission_in(row: Params, number: int, kept: Mapping[str, frozenset[str]], draft: Draft) -> Body:
    path = f"rights[{number}].entity"
    entity = row.mapping("entity")
    if entity.get("type") == "CREATOR":
        # Ours knows who made an app only as a person.
        owner = draft.staff.username if draft.staff else None
        entity = {"type": "USER", "code": draft.data.get("owner") or owner}
    who = who_of(entity, path)
    rights = {right for flag, right in APP_RIGHTS.items() if row.flag(flag)}
    known = kept.get(_key(Who(**who)))
    if known is None and "edit" in rights:
        known = frozenset({"process"})
    return {**who, "rights": sorted(rights | (known or frozenset()))}


# --- records -------------------------------------------------------------------------------------------------------


def get_record_acl(call: Call) -> Body:
    """GET record/acl; the first rule that covers a record counts."""
    settings = settings_of(call, manage=True)
    rights = [
        {"filterCond": rule.filter, "entities": [_record_who(line, settings.definition) for line in rule.allow]}
        for rule in settings.definition.record_rules
    ]
    return {"rights": rights, "revision": settings.revision}


def _record_who(line: RecordWho, defn: AppDefinition) -> Body:
    entity = entity_of(line)
    if line.creator:
        entity = {"type": "FIELD_ENTITY", "code": "作成者"}
    elif line.in_field:
        entity = {"type": "FIELD_ENTITY", "code": codes_of([line.in_field], defn)[0]}
    flags = {flag: right in line.rights for flag, right in RECORD_RIGHTS.items()}
    return {"entity": entity, "includeSubs": False, **flags}


def update_record_acl(call: Call) -> Body:
    """PUT preview/record/acl."""
    rows = _rows(call.params, "rights")

    def work(draft: Draft) -> None:
        draft.data["record_rules"] = [_rule(row, n, draft.definition) for n, row in enumerate(rows)]

    return {"revision": change(call, work)[1]}


def _rule(row: Params, number: int, defn: AppDefinition) -> Body:
    path = f"rights[{number}]"
    condition = checked_condition(row.values.get("filterCond"), f"{path}.filterCond")
    lines = [_line(each, f"{path}.entities[{n}]", defn) for n, each in enumerate(row.rows("entities"))]
    return {"filter": condition or "", "allow": lines}


def _line(row: Params, path: str, defn: AppDefinition) -> Body:
    entity = row.mapping("entity")
    who = field_entity(entity, path, defn)
    if who is None:
        who = who_of(entity, f"{path}.entity")
    return {**who, "rights": [right for flag, right in RECORD_RIGHTS.items() if row.flag(flag)]}


def field_entity(entity: Mapping[str, Any], path: str, defn: AppDefinition) -> Body | None:
    """``{"creator": true}`` or ``{"in_field": code}`` for an entity that a record's field names; None for others."""
    if entity.get("type") == "CREATOR" or (entity.get("type") == "FIELD_ENTITY" and entity.get("code") == "作成者"):
        return {"creator": True}
    if entity.get("type") != "FIELD_ENTITY":
        return None
    shape = shapes_in(defn).get(str(entity.get("code")))
    if shape is None or shape.field is None or shape.field.type not in ("staff", "department", "group"):
        words = (
            "ユーザー・組織・グループ選択のフィールドを指定してください。",
            "Name a field that selects users, departments or groups.",
        )
        raise invalid_at(f"{path}.entity.code", words)
    return {"in_field": shape.field.code}


# --- fields --------------------------------------------------------------------------------------------------------


def get_field_acl(call: Call) -> Body:
    """GET field/acl; who is not listed does not see the field."""
    settings = settings_of(call, manage=True)
    rights = [
        {"code": code, "entities": [_field_who(line) for line in rule.allow]}
        for rule in settings.definition.field_rules for code in codes_of([rule.field], settings.definition)
    ]
    return {"rights": rights, "revision": settings.revision}


def _field_who(line: FieldWho) -> Body:
    return {"accessibility": line.access.upper(), "entity": entity_of(line), "includeSubs": False}


def update_field_acl(call: Call) -> Body:
    """PUT preview/field/acl."""
    rows = _rows(call.params, "rights")

    def work(draft: Draft) -> None:
        shapes = shapes_in(draft.definition)
        rules: dict[str, Body] = {}
        for number, row in enumerate(rows):
            shape = shapes.get(row.text("code"))
            if shape is None or shape.field is None:
                words = ("このフィールドには設定できません。", "It cannot be set for this field.")
                raise invalid_at(f"rights[{number}].code", words)
            path = f"rights[{number}].entities"
            lines = [_field_line(each, f"{path}[{n}]") for n, each in enumerate(row.rows("entities"))]
            rules[shape.field.code] = {"field": shape.field.code, "allow": [line for line in lines if line]}
        draft.data["field_rules"] = list(rules.values())

    return {"revision": change(call, work)[1]}


def _field_line(row: Params, path: str) -> Body | None:
    access = row.text("accessibility")
    if access == "NONE":
        return None
    if access not in READ_WRITE:
        raise invalid_at(f"{path}.accessibility", ENUM)
    return {**who_of(row.mapping("entity"), f"{path}.entity"), "access": READ_WRITE[access]}
