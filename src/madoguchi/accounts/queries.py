"""All reads about staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.utils import timezone

from madoguchi.accounts.models import Department, Staff, StaffGroup

_CACHE = "_madoguchi_memberships"
_GROUPS_CACHE = "_madoguchi_groups"


def memberships(staff: Staff) -> frozenset[tuple[str, str]]:
    """Pairs (department code, role). Read once per ``Staff`` object, which lives as long as a request."""
    found: frozenset[tuple[str, str]] | None = getattr(staff, _CACHE, None)
    if found is None:
        found = frozenset(staff.memberships.values_list("department__code", "role"))
        setattr(staff, _CACHE, found)
    return found


def has_role(staff: Staff, *roles: str) -> bool:
    """Whether ``staff`` has one of ``roles`` in any department."""
    return any(role in roles for _department, role in memberships(staff))


def departments_of(staff: Staff) -> list[Department]:
    """The departments ``staff`` belongs to, by name."""
    return list(Department.objects.filter(memberships__staff=staff).distinct())


def groups_of(staff: Staff) -> frozenset[str]:
    """Codes of the groups ``staff`` is in. Read once per ``Staff`` object."""
    found: frozenset[str] | None = getattr(staff, _GROUPS_CACHE, None)
    if found is None:
        found = frozenset(staff.staff_groups.values_list("code", flat=True))
        setattr(staff, _GROUPS_CACHE, found)
    return found


def known_people(kind: Literal["staff", "department", "group"], codes: Sequence[str]) -> frozenset[str]:
    """Which of ``codes`` are usernames of active staff, codes of departments or of groups."""
    if kind == "staff":
        return frozenset(Staff.objects.filter(username__in=codes, is_active=True).values_list("username", flat=True))
    model = Department if kind == "department" else StaffGroup
    return frozenset(model.objects.filter(code__in=codes).values_list("code", flat=True))


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
