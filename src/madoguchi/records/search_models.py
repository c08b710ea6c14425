"""How far the search over an app's records is prepared."""

from __future__ import annotations

from django.db import models

from madoguchi.catalog.models import App


class SearchFill(models.Model):
    """The state of ``search_text`` and ``search_grams`` in one app's table.

    ``form`` is the digest of what they are to hold (``search_text.SearchForm``). Rows up to ``position`` hold it, rows
    written since its beginning as well; once ``finished_at`` is set, all do. ``last`` is the last id at the beginning.
    """

    app = models.OneToOneField(App, models.CASCADE, primary_key=True, related_name="search_fill")
    form = models.CharField(max_length=64)
    position = models.BigIntegerField(default=0)
    last = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"app {self.app_id}: {self.percent} %"

    @property
    def percent(self) -> int:
        """How much is done, about."""
        return 100 if self.finished_at else min(99, self.position * 100 // max(self.last, 1))
