"""Django app of the LINE channel."""

from __future__ import annotations

from django.apps import AppConfig


class LineConfig(AppConfig):
    name = "madoguchi.channels.line"
    label = "line"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Notices may be sent through LINE wherever the account is configured."""
        from django.conf import settings

        from madoguchi.channels.line.sending import NoticeSender
        from madoguchi.notices.channels import register

        if settings.LINE.base_url:
            register("line", NoticeSender())
