"""One thing done to many records, and what became of each."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from madoguchi.catalog.models import App


class MassChange(models.Model):
    """One thing that one person does to many records. ``done`` of ``record_ids`` are dealt with, in their order.

    ``what`` is sealed JSON: the values that are set, the action, whom the records are given to. A batch counts in the
    transaction that wrote it, so that a run which was stopped goes on where it was. After ``delete_after`` the rows
    with what became of each record are deleted.
    """

    class Kind(models.TextChoices):
        SET = "set", pgettext_lazy("mass change", "項目の書き換え")
        ACTION = "action", pgettext_lazy("mass change", "プロセスの操作")
        ASSIGN = "assign", pgettext_lazy("mass change", "担当の変更")
        DELETE = "delete", pgettext_lazy("mass change", "削除")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app = models.ForeignKey(App, models.PROTECT, related_name="+")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    what = models.BinaryField()
    record_ids = models.JSONField()
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    cancelled = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    delete_after = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("app", "-created_at"), name="mass_change_by_app"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.app_id} {self.id}"

    @property
    def is_open(self) -> bool:
        """Still waiting or running."""
        return self.finished_at is None

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100."""
        return self.done * 100 // self.total if self.total else 100


class MassOutcome(models.Model):
    """What became of the records of one batch, sealed: ``[[record id, its name, done or not, why not], …]``."""

    mass = models.ForeignKey(MassChange, models.CASCADE, related_name="outcomes")
    first = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("mass", "first"), name="mass_outcome_once"),)

    def __str__(self) -> str:
        return f"{self.mass_id} {self.first}"
