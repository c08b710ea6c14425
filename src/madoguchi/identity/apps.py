"""Django app of the identity room."""

from __future__ import annotations

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "madoguchi.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"
