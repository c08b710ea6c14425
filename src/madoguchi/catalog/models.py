"""Stored apps and their revisions."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from madoguchi.accounts.language import current


class App(models.Model):
    """A database that staff built. Its rows live in the table ``app_<id>``."""

    code = models.SlugField(max_length=63, unique=True)
    published: models.ForeignKey[Revision | None, Revision | None] = models.ForeignKey(
        "Revision", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class Revision(models.Model):
    """An immutable, numbered state of an app's definition."""

    class State(models.TextChoices):
        DRAFT = "draft", "下書き"
        REVIEW = "review", "確認中"
        PUBLISHED = "published", "公開"
        RETIRED = "retired", "旧版"

    app = models.ForeignKey(App, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    definition = models.JSONField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("app", "number"), name="revision_number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "review", "published", "retired"]), name="revision_state_known"
            ),
        )
        ordering = ("app", "-number")

    def __str__(self) -> str:
        return f"{self.app} 第{self.number}版"


class City(models.Model):
    """The municipality this instance serves (one row), loaded from its pack; shown on every page and letter."""

    code = models.CharField(max_length=5, unique=True, help_text="JIS X 0402, 5 digits")
    name = models.CharField(max_length=50)
    name_en = models.CharField(max_length=50, blank=True)
    phone = models.CharField(max_length=20)
    hours = models.CharField(max_length=100, blank=True)
    hours_en = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=7, blank=True)
    address = models.CharField(max_length=200, blank=True)
    line_account_name = models.CharField(max_length=20, blank=True)
    colour = models.CharField(max_length=7, default="#0017c1")

    def __str__(self) -> str:
        return self.name

    @property
    def shown_name(self) -> str:
        """The name in the language of whoever reads."""
        return self.name_en if current() == "en" and self.name_en else self.name

    @property
    def shown_hours(self) -> str:
        """When to phone or come, in the language of whoever reads."""
        return self.hours_en if current() == "en" and self.hours_en else self.hours
