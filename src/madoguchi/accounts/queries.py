"""All reads about staff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db import connection
from django.utils import timezone

from madoguchi.accounts.models import Department, Staff, StaffGroup

_CACHE = "_madoguchi_person"
_PLACES = """
    SELECT d.code, m.role, d.name, m.id FROM accounts_membership m
      JOIN accounts_department d ON d.id = m.department_id WHERE m.staff_id = %(id)s
    UNION ALL
    SELECT NULL, g.code, g.name, gm.id FROM accounts_staffgroup_members gm
      JOIN accounts_staffgroup g ON g.id = gm.staffgroup_id WHERE gm.staff_id = %(id)s
    ORDER BY 4
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Who a member of staff is in the house: what every rule about people asks.

    ``memberships`` are pairs (department code, role). ``departments`` maps codes to names, the first one joined first:
    that one is the main one. ``groups`` are codes.
    """

    id: int
    username: str
    memberships: frozenset[tuple[str, str]]
    departments: Mapping[str, str]
    groups: frozenset[str]


def person(staff: Staff) -> Person:
    """Memberships and groups of ``staff``, in one statement, once per ``Staff`` object (which lives for a request)."""
    found: Person | None = getattr(staff, _CACHE, None)
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute(_PLACES, {"id": staff.pk})
            found = person_of_rows(staff, cursor.fetchall())
    return found


def person_of_rows(staff: Staff, rows: Iterable[Sequence[Any]]) -> Person:
    """The person that these rows (department code or None, role or group code, name) describe; remembered."""
    rows = list(rows)
    found = Person(
        id=staff.pk,
        username=staff.username,
        memberships=frozenset((department, role) for department, role, *_ in rows if department is not None),
        departments={department: name for department, _role, name, *_ in rows if department is not None},
        groups=frozenset(code for department, code, *_ in rows if department is None),
    )
    setattr(staff, _CACHE, found)
    return found


def memberships(staff: Staff) -> frozenset[tuple[str, str]]:
    """Pairs (department code, role)."""
    return person(staff).memberships


def has_role(staff: Staff, *roles: str) -> bool:
    """Whether ``staff`` has one of ``roles`` in any department."""
    return any(role in roles for _department, role in memberships(staff))


def departments_of(staff: Staff) -> list[Department]:
    """The departments ``staff`` belongs to, by name."""
    return list(Department.objects.filter(memberships__staff=staff).distinct())


def groups_of(staff: Staff) -> frozenset[str]:
    """Codes of the groups ``staff`` is in."""
    return person(staff).groups


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
