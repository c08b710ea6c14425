"""Imports of tables: the platform's own tables about them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from madoguchi.catalog.models import App, Revision
from madoguchi.records import stages


class Import(models.Model):
    """One file read into an app. ``done`` rows of it are dealt with: a batch counts in the transaction that wrote it.

    The file lies sealed in ``FILES_DIR/imports``. ``source`` says how to read it, ``maps`` which columns feed which
    field, ``key`` (``{"code", "column"}``) by what a row finds the record it changes. ``total`` is about right until
    the end. ``message`` says why it stopped. After ``delete_after`` file and error list are deleted, this row stays.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("import", "待機中")
        RUNNING = "running", pgettext_lazy("import", "読み込み中")
        DONE = "done", pgettext_lazy("import", "完了")
        FAILED = "failed", pgettext_lazy("import", "中断")
        CANCELLED = "cancelled", pgettext_lazy("import", "取りやめ")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app = models.ForeignKey(App, models.PROTECT, related_name="imports")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    source = models.JSONField()
    header = models.JSONField()
    maps = models.JSONField()
    key = models.JSONField(null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    delete_after = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("app", "-created_at"), name="import_by_app"),
            models.Index(fields=("delete_after",), condition=models.Q(deleted_at=None), name="import_to_forget"),
        )

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


class ImportErrors(models.Model):
    """The rows of one batch that were not taken, sealed: ``[[row number, cells, [[column, message], …]], …]``."""

    imported = models.ForeignKey(Import, models.CASCADE, related_name="errors")
    first_row = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("imported", "first_row"), name="import_errors_once"),)

    def __str__(self) -> str:
        return f"{self.imported_id} {self.first_row}"


class KeptTable(models.Model):
    """A table that somebody gave and that is not imported yet: its fields are being proposed, or its app reviewed.

    The file lies sealed beside those of imports, under this row's id. ``maps`` are the columns chosen so far; ``app``
    is empty until there is one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app = models.ForeignKey(App, models.CASCADE, null=True, blank=True, related_name="kept_tables")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    source = models.JSONField()
    header = models.JSONField()
    maps = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    delete_after = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.id)
