"""Fees: what is owed, what was paid, what was given back."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from madoguchi.catalog.models import App
from madoguchi.definition.compute import FeeRow
from madoguchi.definition.text import Text


class Payment(models.Model):
    """The fee of one record. States and moves between them are in ``payments.states``; one live payment per record.

    ``provider_reference`` is the id we gave the provider for the latest attempt (merchant payment id, order id); it
    is unique, so that nothing is charged or booked twice. ``provider_id`` is the one the provider gave us: first
    the code's, then the payment's. ``provider_state``, ``provider_amount`` and ``read_at`` are what the provider
    said when it was last asked; where they disagree with our ``state`` and ``amount``, the reconciliation list says
    so. Amounts are whole yen.
    """

    class State(models.TextChoices):
        DUE = "due", _("未納")
        PENDING = "pending", _("手続中")
        PAID = "paid", _("納付済")
        FAILED = "failed", _("失敗")
        EXPIRED = "expired", _("期限切れ")
        CANCELLED = "cancelled", _("取消")
        REFUNDING = "refunding", _("返金中")
        REFUNDED = "refunded", _("返金済")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app = models.ForeignKey(App, models.PROTECT, related_name="+")
    record_id = models.BigIntegerField()
    receipt_number = models.CharField(max_length=20)
    amount = models.PositiveIntegerField()
    lines = models.JSONField(default=list, help_text='[{"label": …, "amount": yen}]')
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    provider = models.CharField(max_length=20, blank=True)
    provider_reference = models.CharField(max_length=64, unique=True, null=True, blank=True)
    provider_id = models.CharField(max_length=64, blank=True)
    provider_state = models.CharField(max_length=10, blank=True)
    provider_amount = models.PositiveIntegerField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    checkout_url = models.URLField(max_length=1000, blank=True)
    checkout_expires_at = models.DateTimeField(null=True, blank=True)
    return_path = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    refund_reference = models.CharField(max_length=64, blank=True)
    refund_refused = models.BooleanField(default=False, help_text="the provider would not; staff may record their own")
    refunded_at = models.DateTimeField(null=True, blank=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["due", "pending", "paid", "failed", "expired", "cancelled", "refunding", "refunded"]
                ),
                name="payment_state_known",
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_amount_positive"),
            # What must be known of money that moved; see docs/reference/payment-states.md.
            models.CheckConstraint(
                condition=~models.Q(state="pending") | models.Q(provider_reference__isnull=False),
                name="payment_pending_has_reference",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="paid") | models.Q(paid_at__isnull=False), name="payment_paid_has_time"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="refunded") | models.Q(refunded_at__isnull=False),
                name="payment_refunded_has_time",
            ),
            models.UniqueConstraint(
                fields=("app", "record_id"),
                condition=models.Q(state__in=["due", "pending", "paid", "failed"]),
                name="payment_once_per_record",
            ),
        )
        indexes = (
            models.Index(fields=("state", "due_at"), name="payment_due"),
            models.Index(fields=("paid_at",), name="payment_paid_at"),
            models.Index(fields=("refunded_at",), name="payment_refunded_at"),
        )

    def __str__(self) -> str:
        return f"{self.receipt_number} {self.amount}円 {self.get_state_display()}"

    @property
    def rows(self) -> list[FeeRow]:
        """What the fee is for, line by line, in every language the procedure has."""
        return [FeeRow(Text.model_validate(line["label"]), int(line["amount"])) for line in self.lines]

    @property
    def wrong_amount(self) -> bool:
        """The provider took another amount than we asked for; staff must look, nothing may be paid again."""
        return self.state == self.State.FAILED and self.provider_amount not in (None, self.amount)


class ProviderNotification(models.Model):
    """A provider's webhook as it came; only a hint to read back. Deduplicated by its content."""

    provider = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("provider", "digest"), name="notification_once"),)

    def __str__(self) -> str:
        return f"{self.provider} {self.received_at:%Y-%m-%d %H:%M}"
