"""The way back into LINE for residents who came from there."""

from __future__ import annotations

from django.conf import settings

from madoguchi.intake.models import Interview


def line_url(interview: Interview) -> str:
    """Where 「LINEに戻る」 leads; empty for residents who did not come from LINE or where no address is set."""
    return settings.LINE.public_url if interview.channel == "line" else ""
