"""Who looks at records: a member of staff, or a program with an API token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from madoguchi.accounts.models import Staff
from madoguchi.accounts.queries import Person, person
from madoguchi.definition.app import Right
from madoguchi.records.actor import Actor, staff_actor, token_actor

if TYPE_CHECKING:
    from madoguchi.records.permissions import Access

_REMEMBERED = "_madoguchi_viewer"


@dataclass(frozen=True, slots=True)
class TokenViewer:
    """A program. ``rights`` are those its token has, by app id; rules about persons do not speak of it."""

    id: int
    rights: Mapping[int, frozenset[Right]]


@dataclass(slots=True)
class Viewer:
    """One of the two. Lives as long as a request and remembers what it found out (``permissions.access_of``)."""

    staff: Staff | None = None
    token: TokenViewer | None = None
    accesses: dict[int, Access] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if (self.staff is None) == (self.token is None):
            raise ValueError("a viewer is a member of staff or a token")

    @property
    def actor(self) -> Actor:
        """The same as one who changes records."""
        if self.staff is not None:
            return staff_actor(self.staff)
        assert self.token is not None
        return token_actor(self.token.id)

    @property
    def person(self) -> Person | None:
        """Whom rules about persons ask about; None for a program."""
        return person(self.staff) if self.staff is not None else None


def viewer_of(staff: Staff) -> Viewer:
    """The viewer of somebody signed in: one per ``Staff`` object, which lives for a request."""
    found: Viewer | None = getattr(staff, _REMEMBERED, None)
    if found is None:
        found = Viewer(staff=staff)
        setattr(staff, _REMEMBERED, found)
    return found
