"""The facts that one step of an interview is checked against."""

from __future__ import annotations

from datetime import datetime

from madoguchi.definition.fields import ChannelName
from madoguchi.records.world import DatabaseWorld


class DjangoWorld(DatabaseWorld):
    """The real postal table and other apps' rows; the clock stands still, so that one step sees one moment."""

    def __init__(self, channel: ChannelName) -> None:
        self._channel = channel
        self._now = super().now

    @property
    def now(self) -> datetime:
        """The moment this world was made, in Asia/Tokyo."""
        return self._now

    @property
    def channel(self) -> ChannelName:
        """The channel on which the interview began; it decides which fields are asked at all."""
        return self._channel
