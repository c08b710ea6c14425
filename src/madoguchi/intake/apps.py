"""Django app of the intake room."""

from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "madoguchi.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Follows records' events, and tells notices whom to write to."""
        from madoguchi.intake import residents as intake_residents
        from madoguchi.intake import subscriptions  # models are loaded only now
        from madoguchi.notices import residents
        from madoguchi.records import events

        events.subscribe(subscriptions.on_event)
        residents.register_resident_finder(subscriptions.address_of)
        residents.register_email_finder(intake_residents.email_of)
