"""What staff keep for themselves at the desk: lists and charts of their own making."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from madoguchi.catalog.models import App


class SavedView(models.Model):
    """A list that one person made: a view of the app (``base``) with a condition, columns and an order of theirs.

    ``query`` is in the query language and holds as a condition of whoever looks: it never finds what they may not see.
    Without a name it is the one that its owner is just trying out. ``sort`` are codes, descending with ``-`` before.
    ``shape`` holds ``type``, ``group_by``, ``date`` and ``place`` as in ``definition.app.View``.
    """

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    app = models.ForeignKey(App, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60, blank=True)
    base = models.CharField(max_length=63, blank=True)
    query = models.TextField(blank=True)
    columns = models.JSONField(default=list)
    sort = models.JSONField(default=list)
    shape = models.JSONField(default=dict)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("staff", "app", "name"), name="saved_view_once"),)

    def __str__(self) -> str:
        return self.name


class SavedChart(models.Model):
    """A chart that one person made of an app's view ``base``; ``chart`` is a ``definition.app.Chart`` as JSON."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    app = models.ForeignKey(App, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    base = models.CharField(max_length=63, blank=True)
    chart = models.JSONField()
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("staff", "app", "name"), name="saved_chart_once"),)

    def __str__(self) -> str:
        return self.name
