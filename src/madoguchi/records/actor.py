"""Who does something to a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from madoguchi.accounts.models import Staff


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of staff, the resident, or the platform itself."""

    kind: Literal["staff", "resident", "system"]
    staff_id: int | None = None


SYSTEM = Actor("system")
RESIDENT = Actor("resident")


def staff_actor(staff: Staff) -> Actor:
    """The actor for someone signed in at the desk."""
    return Actor("staff", staff.pk)
