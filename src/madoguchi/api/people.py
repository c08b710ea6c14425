"""People in settings: our ``Who`` and kintone's entities, both ways without loss.

One entity names one thing, ``Who`` several at once. What does not fit an entity of its own is a GROUP whose code says
it: ``shimin/review,approval`` (roles in a department), ``/admin`` (a role anywhere), ``+g saigai`` and ``+s sato``
behind it for a group and a person as well. ``everyone`` is all staff.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from madoguchi.api.errors import invalid_at
from madoguchi.definition.app import Role, Who

EVERYONE = "everyone"
_ROLES = frozenset(get_args(Role))
Entity = dict[str, Any]


def entity_of(who: Who) -> Entity:
    """The entity that stands for these people."""
    given = [bool(who.department), bool(who.roles), bool(who.group), bool(who.staff)]
    if not any(given):
        return {"type": "GROUP", "code": EVERYONE}
    if sum(given) == 1 and not who.roles:
        kind = "ORGANIZATION" if who.department else "GROUP" if who.group else "USER"
        return {"type": kind, "code": who.department or who.group or who.staff}
    code = f"{who.department or ''}/{','.join(who.roles)}" if who.department or who.roles else ""
    code += f" +g {who.group}" if who.group else ""
    code += f" +s {who.staff}" if who.staff else ""
    return {"type": "GROUP", "code": code.strip()}


def who_of(entity: Any, path: str) -> dict[str, Any]:
    """The inverse, as keywords of ``Who``; raises ApiError."""
    kind, code = (entity.get("type"), entity.get("code")) if isinstance(entity, Mapping) else (None, None)
    match kind, code:
        case "USER", str():
            return {"staff": code}
        case "ORGANIZATION", str():
            return {"department": code}
        case "GROUP", str():
            return _group(code, path)
    raise _unknown(path)


def _group(code: str, path: str) -> dict[str, Any]:
    if code == EVERYONE:
        return {}
    head, _, staff = code.partition(" +s ") if not code.startswith("+s ") else ("", "", code[3:])
    place, _, group = head.partition(" +g ") if not head.startswith("+g ") else ("", "", head[3:])
    if "/" not in place:
        if place and (staff or group):
            raise _unknown(path)
        return {"group": place or group} | ({"staff": staff} if staff else {})
    department, _, roles = place.partition("/")
    wanted = [role for role in roles.split(",") if role]
    if not set(wanted) <= _ROLES:
        raise _unknown(path)
    found = {"department": department or None, "roles": wanted, "group": group or None, "staff": staff or None}
    return {key: value for key, value in found.items() if value}


def _unknown(path: str) -> Exception:
    words = (
        "ユーザー・組織・グループの指定が正しくありません。", "The user, department or group is not given correctly.",
    )  # fmt: skip
    return invalid_at(path, words)
