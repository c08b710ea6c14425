"""The facts that one step of an interview is checked against."""

from __future__ import annotations

from datetime import datetime

from madoguchi.definition.fields import ChannelName
from madoguchi.records.world import DatabaseWorld


class DjangoWorld(DatabaseWorld):
    """The real postal table and other apps' rows; the clock stands still, so that one step sees one moment.

    ``channel`` is the one on which the interview began, also when it goes on over another.
    """

    def __init__(self, channel: ChannelName) -> None:
        super().__init__(channel)
        self._now = super().now

    @property
    def now(self) -> datetime:
        """The moment this world was made, in Asia/Tokyo."""
        return self._now
