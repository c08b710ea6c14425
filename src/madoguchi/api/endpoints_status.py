"""The process: statuses and the actions between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from madoguchi.api.call import Call
from madoguchi.api.drafts import Draft, change, settings_of
from madoguchi.api.endpoints_views import name_of, slug
from madoguchi.api.errors import Words, invalid_at
from madoguchi.api.people import entity_of, who_of
from madoguchi.definition.app import Action, AppDefinition, Process, Status, Who

Body = dict[str, Any]
NO_CONDITION: Words = (
    "アクションの条件は、ここでは設定できません。画面で設定してください。",
    "Conditions of actions cannot be set here. Use the designer.",
)
ROLES_ONLY: Words = (
    "アクションを実行できる人は、役割で指定してください（例: グループ「/review」）。",
    "Say who may run an action by role (for example the group “/review”).",
)


def get_status(call: Call) -> Body:
    """GET app/status."""
    settings = settings_of(call)
    process = settings.definition.process
    if process is None:
        return {"enable": False, "states": None, "actions": None, "revision": settings.revision}
    ordered = sorted(process.statuses, key=lambda status: status.code != process.initial)
    enabled = bool((settings.extras.get("status") or {}).get("enable", True))
    states = {str(status.name): _state(status, number) for number, status in enumerate(ordered)}
    actions = [row for action in process.actions if action.trigger == "staff" for row in _rows(action, process)]
    return {"enable": enabled, "states": states, "actions": actions, "revision": settings.revision}


def _state(status: Status, number: int) -> Body:
    return {"name": str(status.name), "index": str(number), "assignee": {"type": "ONE", "entities": []}}


def _rows(action: Action, process: Process) -> list[Body]:
    """One of kintone's actions for each status it leads out of."""
    names = {status.code: str(status.name) for status in process.statuses}
    base: Body = {"name": str(action.name), "to": names[action.to], "filterCond": "", "type": "PRIMARY"}
    if action.roles:
        entity = {"entity": entity_of(Who(roles=action.roles)), "includeSubs": False}
        base |= {"type": "SECONDARY", "executableUser": {"entities": [entity]}}
    return [{**base, "from": names[code]} for code in action.from_]


def update_status(call: Call) -> Body:
    """PUT preview/app/status."""

    def work(draft: Draft) -> None:
        states, actions = call.params.values.get("states"), call.params.values.get("actions")
        if call.params.has("enable") and not call.params.flag("enable") and not states:
            draft.data["process"] = None
            return
        old = draft.definition.process
        statuses = _statuses(states, old) if isinstance(states, Mapping) else _kept(old)
        by_name = {name_of(status["name"]): status["code"] for status in statuses}
        if not statuses:
            return
        wanted = _actions(actions, by_name, old) if isinstance(actions, list) else _kept_actions(draft.definition)
        initial = old.initial if old and old.initial in by_name.values() and states is None else statuses[0]["code"]
        base = old.model_dump(mode="json", by_alias=True) if old else {}
        draft.data["process"] = base | {"statuses": statuses, "initial": initial, "actions": wanted}

    return {"revision": change(call, work)[1]}


def _kept(old: Process | None) -> list[Body]:
    return [status.model_dump(mode="json", by_alias=True) for status in old.statuses] if old else []


def _kept_actions(defn: AppDefinition) -> list[Body]:
    actions = defn.process.actions if defn.process else ()
    return [action.model_dump(mode="json", by_alias=True) for action in actions]


def _statuses(states: Mapping[str, Any], old: Process | None) -> list[Body]:
    """In the order of their index; what is ours of a status that was there stays."""
    known = {name_of(status["name"]): status for status in _kept(old)}
    ordered = sorted(states.items(), key=lambda item: int(str(item[1].get("index") or 0)))
    found: list[Body] = []
    for name, sent in ordered:
        new = str(sent.get("name") or name)
        status = dict(known.get(name) or {"code": slug(new, [each["code"] for each in found]), "name": new})
        if name_of(status["name"]) != new:
            status["name"] = new
        found.append(status)
    return found


def _actions(given: list[Any], by_name: Mapping[str, str], old: Process | None) -> list[Body]:
    """Actions of the same name to the same status are one of ours; those that the platform takes stay."""
    before = {(str(a.name), a.to): a.model_dump(mode="json", by_alias=True) for a in (old.actions if old else ())}
    found: dict[tuple[str, str], Body] = {}
    for number, sent in enumerate(given):
        path = f"actions[{number}]"
        origin, target = (_state_code(sent, key, by_name, path) for key in ("from", "to"))
        if sent.get("filterCond"):
            raise invalid_at(f"{path}.filterCond", NO_CONDITION)
        key = (str(sent.get("name")), target)
        if key not in found:
            codes = [action["code"] for action in found.values()]
            base = before.get(key) or {"code": slug(key[0], codes), "name": key[0]}
            found[key] = {**base, "to": target, "from": [], "roles": _roles(sent, path)}
        found[key]["from"].append(origin)
    kept = [a for a in before.values() if a.get("trigger", "staff") != "staff"]
    alive = set(by_name.values())
    return [*found.values(), *(a for a in kept if a["to"] in alive and set(a["from"]) <= alive)]


def _state_code(sent: Mapping[str, Any], key: str, by_name: Mapping[str, str], path: str) -> str:
    found = by_name.get(str(sent.get(key)))
    if found is None:
        raise invalid_at(f"{path}.{key}", ("そのステータスはありません。", "There is no such status."))
    return found


def _roles(sent: Mapping[str, Any], path: str) -> list[str]:
    entities = (sent.get("executableUser") or {}).get("entities") or []
    found: list[str] = []
    for number, each in enumerate(entities):
        who = who_of(each.get("entity"), f"{path}.executableUser.entities[{number}]")
        if set(who) - {"roles"}:
            raise invalid_at(f"{path}.executableUser", ROLES_ONLY)
        found += who.get("roles", [])
    return list(dict.fromkeys(found))
