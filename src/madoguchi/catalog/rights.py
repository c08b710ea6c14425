"""Who may build, review and publish apps."""

from __future__ import annotations

from madoguchi.accounts.models import Staff
from madoguchi.accounts.queries import groups_of, has_role, memberships
from madoguchi.catalog.models import Review, Revision
from madoguchi.definition.app import AppDefinition, Who

BUILDERS = ("app_admin", "admin")
REVIEWERS = ("approval", "app_admin", "admin")


def may_create(staff: Staff) -> bool:
    """Whether ``staff`` may make new apps."""
    return staff.is_active and has_role(staff, *BUILDERS)


def may_build(staff: Staff, defn: AppDefinition) -> bool:
    """Whether ``staff`` may change the app, given its definition as published (of a new app: as drafted)."""
    if not staff.is_active:
        return False
    if any((defn.owner_department, role) in memberships(staff) for role in BUILDERS):
        return True
    return any("manage" in rule.rights and covers(rule, staff) for rule in defn.permissions)


def may_review_any(staff: Staff) -> bool:
    """Whether ``staff`` is among those who review apps before they are published."""
    return staff.is_active and has_role(staff, *REVIEWERS)


def may_review(staff: Staff, review: Review) -> bool:
    """Whether ``staff`` may decide about this draft: never who asked for the review, nor who saved the draft last."""
    return may_review_any(staff) and staff.pk not in (review.asked_by_id, review.author_id)


def covers(rule: Who, staff: Staff) -> bool:
    """Whether ``rule`` names ``staff``: everything it gives must hold, and a department and a role together."""
    if rule.staff is not None and rule.staff != staff.username:
        return False
    if rule.group is not None and rule.group not in groups_of(staff):
        return False
    if rule.department is None and not rule.roles:
        return rule.staff is not None or rule.group is not None or bool(memberships(staff))
    return any(
        rule.department in (None, department) and (not rule.roles or role in rule.roles)
        for department, role in memberships(staff)
    )


def deciding_definition(published: AppDefinition | None, working: Revision | None) -> AppDefinition | None:
    """The definition whose permissions count: a draft cannot let in whom the published app keeps out."""
    if published is not None:
        return published
    return AppDefinition.model_validate(working.definition) if working else None
