"""Who does something to a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from madoguchi.accounts.models import Staff

CHECKED_KINDS = frozenset({"staff", "token"})
"""Whose values are checked against the definition when they are written: residents' were checked by the interview."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of staff, a program with an API token, the resident, or the platform itself."""

    kind: Literal["staff", "resident", "system", "token"]
    staff_id: int | None = None
    token_id: int | None = None

    @property
    def is_checked(self) -> bool:
        return self.kind in CHECKED_KINDS


SYSTEM = Actor("system")
RESIDENT = Actor("resident")


def staff_actor(staff: Staff) -> Actor:
    """The actor for someone signed in at the desk."""
    return Actor("staff", staff.pk)


def token_actor(token_id: int) -> Actor:
    """The actor for a program; its events hold ``data["token"]``."""
    return Actor("token", token_id=token_id)
