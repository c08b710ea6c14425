"""Whom an app names: departments, groups and staff. What an instance must have for the app to work there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from madoguchi.accounts.models import Department, Staff, StaffGroup
from madoguchi.definition.app import AppDefinition, Who


@dataclass(frozen=True, slots=True)
class Named:
    """Codes of departments and groups, and usernames; each in alphabetical order."""

    departments: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()


def named_in(definitions: Iterable[AppDefinition]) -> Named:
    """Everyone whom the definitions name outside conditions."""
    departments: set[str] = set()
    groups: set[str] = set()
    staff: set[str] = set()
    for defn in definitions:
        whos = list(_whos(defn))
        departments |= {defn.owner_department, *(who.department for who in whos if who.department)}
        groups |= {who.group for who in whos if who.group}
        staff |= {name for name in (defn.owner, defn.deputy, *(who.staff for who in whos)) if name}
        for field in defn.fields:
            if field.type in ("department", "group", "staff"):
                plain = {code for code in field.default if not code.endswith("()")}
                {"department": departments, "group": groups, "staff": staff}[field.type].update(plain)
    return Named(tuple(sorted(departments)), tuple(sorted(groups)), tuple(sorted(staff)))


def _whos(defn: AppDefinition) -> Iterator[Who]:
    yield from defn.permissions
    for record_rule in defn.record_rules:
        yield from record_rule.allow
    for field_rule in defn.field_rules:
        yield from field_rule.allow
    for notification in defn.notifications:
        yield from notification.to


def missing(named: Named) -> Named:
    """Those whom this instance does not have."""
    departments = Department.objects.filter(code__in=named.departments).values_list("code", flat=True)
    groups = StaffGroup.objects.filter(code__in=named.groups).values_list("code", flat=True)
    staff = Staff.objects.filter(username__in=named.staff).values_list("username", flat=True)
    return Named(
        _without(named.departments, departments), _without(named.groups, groups), _without(named.staff, staff)
    )


def _without(wanted: Iterable[str], there: Iterable[str]) -> tuple[str, ...]:
    known = set(there)
    return tuple(code for code in wanted if code not in known)
