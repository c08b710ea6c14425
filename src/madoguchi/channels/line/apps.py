"""Django app of the LINE channel."""

from __future__ import annotations

from django.apps import AppConfig


class LineConfig(AppConfig):
    name = "madoguchi.channels.line"
    label = "line"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Where the account is configured, notices may be sent through LINE and its menu follows the procedures."""
        from django.conf import settings

        from madoguchi.catalog import announcements
        from madoguchi.channels.line.menu import tell_line
        from madoguchi.channels.line.sending import NoticeSender
        from madoguchi.notices.channels import register

        if settings.LINE.base_url:
            register("line", NoticeSender())
            announcements.subscribe(tell_line)
