"""Django app of the identity room."""

from __future__ import annotations

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "madoguchi.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Actions of a process may require identification; records asks here whether it is done."""
        from madoguchi.identity.queries import is_identified
        from madoguchi.records.write import register_requirement

        register_requirement("identity", is_identified)
