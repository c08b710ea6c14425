"""What members of staff may do with an app's records: their memberships against the app's permissions."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from madoguchi.accounts.models import Staff
from madoguchi.accounts.queries import memberships
from madoguchi.definition.app import Action, AppDefinition, Permission, Right, Role


def rights(staff: Staff, defn: AppDefinition) -> frozenset[Right]:
    """What ``staff`` may do with the app's records. No role is special: 全体管理者 too see only what an app lists."""
    if not staff.is_active:
        return frozenset()
    held = memberships(staff)
    return frozenset(right for rule in defn.permissions if _covers(rule, held) for right in rule.rights)


def _covers(rule: Permission, held: frozenset[tuple[str, str]]) -> bool:
    return any(
        (rule.department is None or rule.department == department) and (not rule.roles or role in rule.roles)
        for department, role in held
    )


def require(staff: Staff, defn: AppDefinition, right: Right) -> None:
    """Raises Django's PermissionDenied (403) unless ``staff`` has ``right``."""
    if right not in rights(staff, defn):
        raise PermissionDenied(_("この操作をする権限がありません。"))


def roles(staff: Staff, defn: AppDefinition) -> frozenset[Role]:
    """The roles in which ``staff`` may process this app's records: those that a rule with ``process`` covers."""
    rules = [rule for rule in defn.permissions if "process" in rule.rights]
    held = memberships(staff)
    return frozenset(pair[1] for pair in held if any(_covers(rule, frozenset({pair})) for rule in rules))  # type: ignore[misc]


def may_act(staff: Staff, defn: AppDefinition, action: Action) -> bool:
    """True if ``staff`` may press the button of ``action``: right ``process``, in one of the action's roles."""
    if "process" not in rights(staff, defn):
        return False
    return not action.roles or bool(roles(staff, defn) & set(action.roles))


def actions_for(staff: Staff, defn: AppDefinition, status: str | None) -> tuple[Action, ...]:
    """The buttons ``staff`` may see on a record in ``status``, in the order written."""
    if defn.process is None or status is None:
        return ()
    return tuple(action for action in defn.process.actions_from(status) if may_act(staff, defn, action))
