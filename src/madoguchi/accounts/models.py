"""Staff, their departments and their roles in them."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ROLES = (
    ("reception", pgettext_lazy("role", "受付")),
    ("review", pgettext_lazy("role", "審査")),
    ("approval", pgettext_lazy("role", "決裁")),
    ("accounting", pgettext_lazy("role", "会計")),
    ("app_admin", pgettext_lazy("role", "業務管理者")),
    ("admin", pgettext_lazy("role", "全体管理者")),
)


class Department(models.Model):
    """A section of the city office, such as 市民課."""

    code = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Staff(AbstractUser):
    """Someone who works at the city office and signs in."""

    display_name = models.CharField(_("氏名"), max_length=100, blank=True)
    departments: models.ManyToManyField[Department, Membership] = models.ManyToManyField(
        Department, through="Membership", related_name="staff"
    )

    def __str__(self) -> str:
        return self.display_name or self.username


class StaffGroup(models.Model):
    """People across departments who share a task, such as 災害対策班."""

    code = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=100)
    members = models.ManyToManyField(Staff, related_name="staff_groups", blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One role of one person in one department."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="memberships")
    department = models.ForeignKey(Department, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=ROLES)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("staff", "department", "role"), name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=[code for code, _ in ROLES]), name="membership_role_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.staff} {self.department} {self.get_role_display()}"
