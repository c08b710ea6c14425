"""What checking and computing need to know of the world; given by the caller so that both stay pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from madoguchi.definition.fields import ChannelName
from madoguchi.definition.values import Value
from madoguchi.lib.postal import Town

__all__ = ("PeopleKind", "Town", "World")


PeopleKind = Literal["staff", "department", "group"]


class World(Protocol):
    """Facts from outside that answers are checked against."""

    @property
    def now(self) -> datetime:
        """This moment, aware, in Asia/Tokyo."""

    @property
    def channel(self) -> ChannelName:
        """How the resident applies; decides which fields are asked at all."""

    def towns(self, postal_code: str) -> Sequence[Town]:
        """Towns of a 7-digit postal code; empty if it does not exist."""

    def known(self, kind: PeopleKind, codes: Sequence[str]) -> frozenset[str]:
        """Which of ``codes`` are usernames of staff, codes of departments or of groups."""

    def lookup(self, app: str, key: str, value: str) -> Mapping[str, Value] | None:
        """The row of ``app`` whose ``key`` is ``value``, or None."""
