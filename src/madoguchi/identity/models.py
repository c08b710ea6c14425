"""How a resident was identified for one application."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from madoguchi.catalog.models import App


class IdentityCheck(models.Model):
    """One identification: by staff looking at ID photos, or by the My Number card.

    Begun for an interview (card, signature) or at submission (photo); ``record_id`` is set when the record exists.
    A correction may need a new one: the old stays as proof with ``superseded_at`` set.
    ``checklist`` holds the staff's ticks by item number; ``matches`` says per claim whether it equals what was typed.
    ``claims`` (name, address, birth date from the card) are encrypted; never the certificate's number.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("未確認")
        PASSED = "passed", _("確認済")
        FAILED = "failed", _("不一致")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app = models.ForeignKey(App, models.PROTECT, related_name="+")
    interview_id = models.UUIDField(null=True, blank=True)
    record_id = models.BigIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    checklist = models.JSONField(default=dict)
    matches = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    claims = models.BinaryField(null=True)
    signed_digest = models.CharField(max_length=64, blank=True)
    signature = models.TextField(blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=["photo", "card", "signature"]), name="identity_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "passed", "failed"]), name="identity_state_known"
            ),
            models.UniqueConstraint(
                fields=("app", "record_id"), condition=models.Q(superseded_at=None), name="identity_once_per_record"
            ),
        )
        indexes = (models.Index(fields=("interview_id",), name="identity_by_interview"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class SignIn(models.Model):
    """One round trip to the card service in progress: what must come back unchanged. Deleted after use or an hour."""

    state = models.CharField(max_length=64, primary_key=True)
    check_id = models.UUIDField()
    nonce = models.CharField(max_length=64)
    code_verifier = models.CharField(max_length=128)
    sign_transaction_id = models.CharField(max_length=64, blank=True)
    typed = models.BinaryField(help_text="name, address and birth date as typed; encrypted")
    return_path = models.CharField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.check_id)
