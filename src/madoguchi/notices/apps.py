"""Django app of the notices room."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "madoguchi.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
