"""Residents, their interviews, and the applications that came of them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from madoguchi.catalog.models import App, Revision


class Resident(models.Model):
    """Someone who applies. Holds no name: who they are is in their applications; how to reach them in the channels."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.BinaryField(null=True, help_text="encrypted")
    language = models.CharField(max_length=10, default="ja")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)


class Interview(models.Model):
    """One resident's walk through a procedure's questions, over any channel, resumable for 30 days.

    ``state`` is ``interview.State.to_json()``, encrypted, because it holds personal answers. ``version`` rises with
    each step. ``corrects_record_id`` is set when the interview corrects an application that staff returned.
    """

    class Outcome(models.TextChoices):
        OPEN = "open", "入力中"
        SUBMITTED = "submitted", "申請済"
        ABANDONED = "abandoned", "中止"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app = models.ForeignKey(App, models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="interviews")
    channel = models.CharField(max_length=10)
    state = models.BinaryField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    version = models.PositiveIntegerField(default=0)
    corrects_record_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("resident", "-updated_at"), name="interview_by_resident"),
            models.Index(fields=("expires_at",), condition=models.Q(outcome="open"), name="interview_expiring"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(outcome__in=["open", "submitted", "abandoned"]), name="interview_outcome_known"
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class Application(models.Model):
    """Ties a record to the resident who sent it. Unique per interview and per record: submitted exactly once.

    ``secret`` is what the status page needs beside the receipt number; encrypted so that notices can carry the link,
    compared in constant time.
    """

    interview = models.OneToOneField(Interview, models.PROTECT, related_name="application")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="applications")
    app = models.ForeignKey(App, models.PROTECT, related_name="+")
    record_id = models.BigIntegerField()
    receipt_number = models.CharField(max_length=20, unique=True)
    secret = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("app", "record_id"), name="application_once_per_record"),)
        indexes = (models.Index(fields=("resident", "-created_at"), name="application_by_resident"),)

    def __str__(self) -> str:
        return self.receipt_number


class CorrectionRequest(models.Model):
    """What staff asked the resident to correct; open until the correction comes in or staff move on without it.

    ``interview`` is the one in which the resident corrects, once begun. ``fields`` are codes of the revision the
    record was filed under.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="corrections")
    interview = models.OneToOneField(
        Interview, models.SET_NULL, null=True, blank=True, related_name="correction_request"
    )
    event_id = models.BigIntegerField()
    fields = models.JSONField()
    message = models.TextField()
    due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("application",), condition=models.Q(answered_at=None), name="correction_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.application} {self.created_at:%Y-%m-%d}"


class Replay(models.Model):
    """One run of past applications through a draft. ``result`` holds receipt numbers and labels, never values."""

    app = models.ForeignKey(App, models.CASCADE, related_name="+")
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="replays")
    version = models.PositiveIntegerField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    wanted = models.PositiveIntegerField()
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    last_application_id = models.BigIntegerField(null=True, blank=True)
    result = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.revision} {self.done}/{self.total}"
