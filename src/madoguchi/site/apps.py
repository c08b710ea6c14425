"""Django app of the site room."""

from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "madoguchi.site"
    label = "site"
    default_auto_field = "django.db.models.BigAutoField"
