"""Staff, departments and groups by name: what fields, comments and pickers show of the codes that are stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q, Value
from django.db.models.functions import Replace
from django.urls import reverse

from madoguchi.accounts.models import Department, Staff, StaffGroup
from madoguchi.definition.world import PeopleKind
from madoguchi.records.models import StoredFile

FOUND = 8
"""So many of each kind are offered while somebody types."""
KINDS: tuple[PeopleKind, ...] = ("staff", "department", "group")


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person, a department or a group, as a picker offers them. ``detail`` tells namesakes apart."""

    kind: PeopleKind
    code: str
    name: str
    detail: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def names(kind: str, codes: Sequence[str]) -> list[str]:
    """The names behind ``codes``, in their order; a code that nobody has any more stands for itself."""
    found = {one.code: one.name for one in _by_codes(kind, codes)}
    return [found.get(code, code) for code in codes]


def _by_codes(kind: str, codes: Sequence[str]) -> list[Somebody]:
    if not codes:
        return []
    if kind == "staff":
        return [Somebody("staff", s.username, str(s)) for s in Staff.objects.filter(username__in=codes)]
    return [_place(kind, row) for row in _model(kind).objects.filter(code__in=codes)]


def _model(kind: str) -> Any:
    return Department if kind == "department" else StaffGroup


def _place(kind: Any, row: Department | StaffGroup) -> Somebody:
    return Somebody(kind, row.code, row.name)


def find(kinds: Sequence[str], words: str) -> list[Somebody]:
    """Those whose name or code has ``words`` in it, people first."""
    found: list[Somebody] = []
    if "staff" in kinds:
        # Nobody knows whether a name was entered with a space in it.
        joined = Staff.objects.annotate(joined=Replace("display_name", Value(" "), Value("")))
        named = Q(joined__icontains=words.replace(" ", "")) | Q(username__icontains=words)
        people = joined.filter(named, is_active=True).prefetch_related("departments").order_by("username")
        found += [Somebody("staff", s.username, str(s), _departments(s)) for s in people[:FOUND]]
    for kind in ("department", "group"):
        if kind in kinds:
            places = _model(kind).objects.filter(Q(name__icontains=words) | Q(code__icontains=words))[:FOUND]
            found += [_place(kind, row) for row in places]
    return found


def _departments(staff: Staff) -> str:
    return "、".join(dict.fromkeys(department.name for department in staff.departments.all()))


def file_url(file: StoredFile) -> str:
    """Where an attachment is seen."""
    return reverse("desk:file", args=[file.pk])
