"""Django app of the desk room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

from madoguchi.lib.jobs import app as jobs

if TYPE_CHECKING:
    from madoguchi.records.models import Event


class DeskConfig(AppConfig):
    name = "madoguchi.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from madoguchi.desk.payment_filter import payment_condition
        from madoguchi.records.events import subscribe
        from madoguchi.records.filters import register_filter

        register_filter("payment", payment_condition)
        subscribe(_tell_mentioned)
        subscribe(_tell_by_rules)


def _tell_mentioned(event: Event) -> None:
    """Whoever a comment is for is told by a job, whichever way the comment came in."""
    if event.kind == "commented" and event.data.get("mentions"):
        jobs.configure_task("desk.tell_mentioned").defer(event_id=event.pk)


def _tell_by_rules(event: Event) -> None:
    """The notifications of the app are followed by a job; without any there is none."""
    from madoguchi.records import staff_rules

    if staff_rules.has_rules(event):
        jobs.configure_task("desk.tell_by_rules").defer(event_id=event.pk)
