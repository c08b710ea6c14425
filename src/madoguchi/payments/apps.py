"""Django app of the payments room."""

from __future__ import annotations

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "madoguchi.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tells records how to know whether the requirement ``payment`` of an action is met."""
        from madoguchi.payments.queries import nothing_owed
        from madoguchi.records.requirements import register_requirement

        register_requirement("payment", nothing_owed)
