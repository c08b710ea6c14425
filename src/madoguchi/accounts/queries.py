"""All reads about staff."""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.utils import timezone

from madoguchi.accounts.models import Department, Staff

_CACHE = "_madoguchi_memberships"


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
