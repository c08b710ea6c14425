"""Django app of the payments room."""

from __future__ import annotations

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "madoguchi.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tells records how to know whether the requirement ``payment`` is met, and which records have to stay."""
        from madoguchi.payments.queries import nothing_owed, why_kept
        from madoguchi.records.guards import register_deletion_guard
        from madoguchi.records.requirements import register_requirement

        register_requirement("payment", nothing_owed)
        register_deletion_guard(why_kept)
