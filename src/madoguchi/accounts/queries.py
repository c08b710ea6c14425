"""All reads about staff."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.utils import timezone

from madoguchi.accounts.models import Department, Staff

RolesByDepartment = Mapping[str, frozenset[str]]


def roles_of(staff: Staff) -> RolesByDepartment:
    """Role codes by department code. Read once per ``Staff`` object, which lives as long as a request."""
    known: RolesByDepartment | None = getattr(staff, "_roles_by_department", None)
    if known is None:
        found = defaultdict(set)
        for code, role in staff.memberships.values_list("department__code", "role"):
            found[code].add(role)
        known = {code: frozenset(roles) for code, roles in found.items()}
        staff._roles_by_department = known  # type: ignore[attr-defined]
    return known


def has_role(staff: Staff, *roles: str) -> bool:
    """Whether ``staff`` has one of ``roles`` in any department."""
    return any(held & set(roles) for held in roles_of(staff).values())


def departments_of(staff: Staff) -> list[Department]:
    """The departments ``staff`` belongs to, by name."""
    return list(Department.objects.filter(memberships__staff=staff).distinct())


def lockout_ends_at(*, username: str, ip_address: str, now: datetime | None = None) -> datetime | None:
    """When sign-in opens again after too many failures from this address; None while it is open."""
    wait: timedelta = get_cool_off() or timedelta(0)
    moment = now or timezone.now()
    attempts = AccessAttempt.objects.filter(
        username=username, ip_address=ip_address, attempt_time__gt=moment - wait,
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
    )
    last = attempts.order_by("-attempt_time").first()
    return last.attempt_time + wait if last else None
