"""Django app of the notices room."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "madoguchi.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Follows records' events and registers e-mail as a channel."""
        from madoguchi.notices import actions, channels, email  # models are loaded only now
        from madoguchi.records import events

        events.subscribe(actions.on_event)
        channels.register("email", email.EmailSender())
