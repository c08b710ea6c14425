"""Django app of the records room."""

from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "madoguchi.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Prepares what is published for the search, and calculates anew what has other formulas."""
        from madoguchi.catalog import announcements
        from madoguchi.records import recalculate, search_fill  # models are loaded only now

        announcements.subscribe(search_fill.prepare)
        announcements.subscribe(recalculate.prepare)
