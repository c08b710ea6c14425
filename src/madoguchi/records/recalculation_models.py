"""How far an app's records are calculated anew after a formula changed."""

from __future__ import annotations

from django.db import models

from madoguchi.catalog.models import App


class Recalculation(models.Model):
    """One run over an app's records; rows up to ``position`` are done. A later publish begins it anew."""

    app = models.OneToOneField(App, models.CASCADE, primary_key=True, related_name="recalculation")
    number = models.PositiveIntegerField(help_text="of the revision whose formulas are new")
    position = models.BigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"app {self.app_id}: {self.done}/{self.total}"
