"""Django app of the API room."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "madoguchi.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Follows records' events, and adds its pages to the studio."""
        from django.utils.translation import gettext_lazy as _  # models are loaded only now

        from madoguchi.api import webhooks
        from madoguchi.records import events
        from madoguchi.studio import shell

        events.subscribe(webhooks.on_event)
        tab = shell.Tab("integration:home", _("連携"))
        if tab.name not in [there.name for there in shell.TABS]:
            shell.TABS.append(tab)
