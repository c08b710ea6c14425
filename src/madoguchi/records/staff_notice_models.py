"""What staff are told about records."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from madoguchi.catalog.models import App


class StaffNotice(models.Model):
    """One person is told that something happened to a record. ``text`` says what, without anything personal.

    ``key`` names what was told where no event was: the rule and the date of a reminder.
    """

    class Kind(models.TextChoices):
        MENTION = "mention", pgettext_lazy("staff notice", "コメントの宛先")
        ASSIGNED = "assigned", pgettext_lazy("staff notice", "担当")
        RULE = "rule", pgettext_lazy("staff notice", "アプリの通知")

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    app = models.ForeignKey(App, models.CASCADE, related_name="+")
    record_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.CharField(max_length=200)
    event = models.ForeignKey("records.Event", models.CASCADE, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=100, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("staff", "-id"), condition=models.Q(read_at=None), name="staff_notice_unread"),
            models.Index(fields=("staff", "-id"), name="staff_notice_by_staff"),
        )
        constraints = (
            models.UniqueConstraint(fields=("staff", "event", "kind"), name="staff_notice_once"),
            models.UniqueConstraint(
                fields=("staff", "app", "record_id", "key"), condition=~models.Q(key=""), name="staff_notice_key_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.staff_id} {self.kind} {self.app_id}/{self.record_id}"
