"""Django app of the desk room."""

from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "madoguchi.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from madoguchi.desk.payment_filter import payment_condition
        from madoguchi.records.filters import register_filter

        register_filter("payment", payment_condition)
