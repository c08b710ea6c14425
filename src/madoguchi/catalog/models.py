"""Stored apps and their revisions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from madoguchi.accounts.language import current


class App(models.Model):
    """A database that staff built. Its rows live in the table ``app_<id>``."""

    code = models.SlugField(max_length=63, unique=True)
    published: models.ForeignKey[Revision | None, Revision | None] = models.ForeignKey(
        "Revision", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    conversions = models.JSONField(
        default=list, help_text="by revision number: the fields whose columns got another type then"
    )

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class Revision(models.Model):
    """A numbered state of an app's definition; it changes only while it is a draft.

    A draft is worked on in many saves (``DraftSave``), each of which raises ``version``. ``based_on`` is the published
    revision it started from. ``publish_at`` is when an approved one will be published by itself.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "下書き"
        REVIEW = "review", "確認中"
        APPROVED = "approved", "承認済み"
        PUBLISHED = "published", "公開"
        RETIRED = "retired", "旧版"

    app = models.ForeignKey(App, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    definition = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)
    publish_at = models.DateTimeField(null=True, blank=True)
    accept_losses = models.BooleanField(default=False, help_text="values that a new type cannot hold may be lost")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    publish_problem = models.TextField(blank=True, help_text="why publishing by a job did not work")

    WORKING = ("draft", "review", "approved")
    """The states before publishing; an app has at most one revision in them."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("app", "number"), name="revision_number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "review", "approved", "published", "retired"]),
                name="revision_state_known",
            ),
            models.UniqueConstraint(
                fields=("app",), condition=models.Q(state__in=["draft", "review", "approved"]),
                name="revision_one_in_work",
            ),
            models.CheckConstraint(
                condition=models.Q(publish_at=None) | models.Q(state__in=["approved", "published", "retired"]),
                name="revision_date_only_if_approved",
            ),
        )
        ordering = ("app", "-number")

    def __str__(self) -> str:
        return f"{self.app} 第{self.number}版"


class DraftSave(models.Model):
    """One save of a draft, kept so that its builders can go back to it, and as the base when two save at once."""

    class Kind(models.TextChoices):
        BEGIN = "begin", "作成"
        SAVE = "save", "保存"
        MERGE = "merge", "ほかの人の変更と合わせて保存"
        RESTORE = "restore", "前の保存に戻した"
        UPDATE = "update", "公開中の版の変更を取り込んだ"

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="saves")
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SAVE)
    definition = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("revision", "version"), name="draft_version_once"),)
        ordering = ("revision", "-version")

    def __str__(self) -> str:
        return f"{self.revision} {self.version}"


class HeldSave(models.Model):
    """A save that contradicts what someone else saved meanwhile, held until its author has chosen."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="held_saves")
    base_version = models.PositiveIntegerField()
    definition = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("revision", "by"), condition=models.Q(settled_at=None), name="held_save_one_each"
            ),
        )

    def __str__(self) -> str:
        return f"{self.revision} {self.at:%Y-%m-%d %H:%M}"


class Review(models.Model):
    """One time a draft was sent for review. ``checklist`` holds the author's answers by item.

    ``author`` saved the draft last. Neither they nor whoever asked may decide: the database refuses it.
    """

    class Decision(models.TextChoices):
        APPROVED = "approved", "承認"
        RETURNED = "returned", "差戻し"
        WITHDRAWN = "withdrawn", "取下げ"

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="reviews")
    version = models.PositiveIntegerField()
    note = models.TextField(blank=True)
    checklist = models.JSONField(default=dict)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    comment = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("revision",), condition=models.Q(decision=""), name="review_one_open"
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(decision__in=["", "withdrawn"])
                    | (
                        models.Q(decided_by__isnull=False)
                        & ~models.Q(decided_by=models.F("asked_by"))
                        & (models.Q(author=None) | ~models.Q(decided_by=models.F("author")))
                    )
                ),
                name="review_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=models.Q(decision__in=["", "approved", "returned", "withdrawn"]),
                name="review_decision_known",
            ),
        )
        ordering = ("-asked_at",)

    def __str__(self) -> str:
        return f"{self.revision} {self.asked_at:%Y-%m-%d}"


class Conversion(models.Model):
    """The copying of values into columns of another type, before the revision that needs them is published.

    A job copies rows by id up to ``last_id`` at a time, so that an interrupted one goes on where it stopped.
    """

    revision = models.OneToOneField(Revision, models.CASCADE, related_name="conversion")
    started_at = models.DateTimeField(auto_now_add=True)
    last_id = models.BigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.revision} {self.done}/{self.total}"


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
