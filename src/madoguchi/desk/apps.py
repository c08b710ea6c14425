"""Django app of the desk room."""

from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "madoguchi.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"
