"""The platform's own tables about records. The records themselves live in one table per app (``catalog.tables``)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from madoguchi.catalog.models import App
from madoguchi.records.export_models import AppExport
from madoguchi.records.import_models import Import, ImportErrors, KeptTable
from madoguchi.records.mass_models import MassChange, MassOutcome
from madoguchi.records.recalculation_models import Recalculation
from madoguchi.records.search_models import SearchFill
from madoguchi.records.staff_notice_models import StaffNotice

__all__ = (
    "AccessLog", "AppExport", "Event", "Import", "ImportErrors", "KeptTable", "MassChange", "MassOutcome",
    "Recalculation", "ReceiptCounter", "SearchFill", "SerialCounter", "StaffNotice", "StoredFile",
)


class Event(models.Model):
    """Something that happened to a record; written in the same transaction, never changed or removed.

    ``kind`` is one of ``records.events.KINDS``. ``before``/``after`` hold the changed values by field id (so that
    renames do not break history) and system columns by name. ``data`` holds what else the kind needs.
    """

    app = models.ForeignKey(App, models.PROTECT, related_name="events")
    record_id = models.BigIntegerField()
    record_revision = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    actor_kind = models.CharField(max_length=10)
    actor_staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=("app", "record_id", "id"), name="event_by_record"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(actor_kind__in=["staff", "resident", "system", "token"]), name="event_actor_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.app_id}/{self.record_id}"


class ReceiptCounter(models.Model):
    """The last receipt number given out per prefix and fiscal year; numbers are never reused."""

    prefix = models.CharField(max_length=4)
    era_year = models.CharField(max_length=4)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("prefix", "era_year"), name="receipt_counter_once"),)

    def __str__(self) -> str:
        return f"{self.prefix}-{self.era_year}-{self.last:06}"


class SerialCounter(models.Model):
    """The last number that a serial field gave out, within the year or month in which its numbers go up."""

    app = models.ForeignKey(App, models.PROTECT, related_name="+")
    field_id = models.PositiveIntegerField()
    period = models.CharField(max_length=10, blank=True)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("app", "field_id", "period"), name="serial_counter_once"),)

    def __str__(self) -> str:
        return f"{self.app_id}/{self.field_id} {self.period} {self.last}"


class StoredFile(models.Model):
    """An attachment, encrypted at rest. Belongs to an interview (``interview_id``) until a record takes it.

    ``original_name`` is kept only for documents (photos get a neutral name). ``delete_after`` is set when the
    record is completed; a job then removes the content and sets ``deleted_at``; this row stays as proof.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app = models.ForeignKey(App, models.PROTECT, related_name="+")
    record_id = models.BigIntegerField(null=True, blank=True)
    interview_id = models.UUIDField(null=True, blank=True)
    field_id = models.PositiveIntegerField()
    identity = models.BooleanField(default=False)
    content_type = models.CharField(max_length=100)
    original_name = models.CharField(max_length=255, blank=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    has_thumbnail = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    delete_after = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("app", "record_id"), name="file_by_record"),
            models.Index(fields=("interview_id",), name="file_by_interview"),
            models.Index(fields=("delete_after",), condition=models.Q(deleted_at=None), name="file_due_for_deletion"),
        )

    def __str__(self) -> str:
        return str(self.id)


class AccessLog(models.Model):
    """Who read personal fields of which record, when, and where in the product.

    A person, an API token, or ``operator``, the account of whoever wrote them out on the server itself.
    """

    app = models.ForeignKey(App, models.PROTECT, related_name="+")
    record_ids = models.JSONField()
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    token_id = models.BigIntegerField(null=True, blank=True)
    operator = models.CharField(max_length=100, blank=True, db_default="")
    purpose = models.CharField(max_length=20)
    field_ids = models.JSONField(default=list)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=("app", "at"), name="access_by_app"),)
        constraints = (
            models.CheckConstraint(
                condition=(
                    (models.Q(operator="") & (models.Q(staff=None) ^ models.Q(token_id=None)))
                    | (~models.Q(operator="") & models.Q(staff=None, token_id=None))
                ),
                name="access_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.staff_id or self.token_id} {self.app_id} {self.at:%Y-%m-%d %H:%M}"
