"""Whole apps that were written out for somebody to download."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from madoguchi.catalog.models import App
from madoguchi.records import stages


class AppExport(models.Model):
    """An app with its records, as a .zip for whoever asked; the file lies sealed in ``FILES_DIR/exports``.

    ``done`` of ``total`` records are written. ``whole`` is false where that person may not see everything. After
    ``delete_after`` the file is deleted, this row stays.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("export", "待機中")
        RUNNING = "running", pgettext_lazy("export", "書き出し中")
        DONE = "done", pgettext_lazy("export", "完了")
        FAILED = "failed", pgettext_lazy("export", "中断")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app = models.ForeignKey(App, models.PROTECT, related_name="+")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    with_rows = models.BooleanField()
    with_files = models.BooleanField()
    whole = models.BooleanField(default=True)
    total = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    message = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    delete_after = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("app", "-created_at"), name="export_by_app"),)

    def __str__(self) -> str:
        return f"{self.app_id} {self.id}"

    @property
    def is_open(self) -> bool:
        """Still waiting or running."""
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100."""
        return stages.percent(done=self.done, total=self.total, is_open=self.is_open)
