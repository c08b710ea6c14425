"""The world as it is: the clock, Japan Post's table, other apps' rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from madoguchi.accounts.queries import known_people
from madoguchi.catalog import queries
from madoguchi.definition.fields import ChannelName
from madoguchi.definition.values import Value
from madoguchi.definition.world import PeopleKind, Town
from madoguchi.lib import postal
from madoguchi.records.permissions import access_of
from madoguchi.records.read import find_by_key
from madoguchi.records.viewer import Viewer

TOKYO = ZoneInfo("Asia/Tokyo")


class DatabaseWorld:
    """Implements ``definition.world.World``; ``channel`` is how the resident applied.

    ``viewer`` is who writes: staff and programs look up only what they may see in the other app. Residents look up
    whatever the procedure's builder let them.
    """

    def __init__(self, channel: ChannelName, viewer: Viewer | None = None) -> None:
        self._channel, self._viewer = channel, viewer

    @property
    def now(self) -> datetime:
        """This moment in Tokyo."""
        return timezone.now().astimezone(TOKYO)

    @property
    def channel(self) -> ChannelName:
        """The channel; decides which fields are asked at all."""
        return self._channel

    def towns(self, postal_code: str) -> Sequence[Town]:
        """Towns of a 7-digit postal code; empty if it does not exist."""
        return [
            Town(town.postal_code, town.prefecture, town.city, town.town, town.city_code)
            for town in postal.towns(postal_code)
        ]

    def known(self, kind: PeopleKind, codes: Sequence[str]) -> frozenset[str]:
        """Which of ``codes`` exist among active staff, departments or groups."""
        return known_people(kind, codes)

    def lookup(self, app: str, key: str, value: str) -> Mapping[str, Value] | None:
        """The row of ``app`` whose field ``key`` is ``value``, or None."""
        try:
            target = queries.published(app)
        except queries.AppNotFound:
            return None
        return find_by_key(target, key, value, access=access_of(target, self._viewer) if self._viewer else None)
