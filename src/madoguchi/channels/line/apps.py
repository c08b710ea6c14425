"""Django app of the line room."""

from __future__ import annotations

from django.apps import AppConfig


class LineConfig(AppConfig):
    name = "madoguchi.channels.line"
    label = "line"
    default_auto_field = "django.db.models.BigAutoField"
