"""Jobs of the API."""

from __future__ import annotations

from django.utils import timezone

from madoguchi.api import uploads
from madoguchi.api.models import Cursor
from madoguchi.lib.jobs import app, daily_in_japan


@app.periodic(cron=daily_in_japan(3, 40))
@app.task(name="api.sweep", pass_context=False)
def sweep(timestamp: int = 0) -> None:
    """Removes uploads that no record took and cursors that nobody read to the end."""
    del timestamp
    uploads.sweep()
    Cursor.objects.filter(expires_at__lt=timezone.now()).delete()
