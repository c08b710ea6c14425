"""Housekeeping by the clock."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from madoguchi.lib.jobs import RETRY, app, daily_in_japan
from madoguchi.site.models import JobError

KEEP_DONE = timedelta(days=3)
KEEP_ERRORS = timedelta(days=90)


@app.periodic(cron=daily_in_japan(3, 23))
@app.task(name="site.forget_done_jobs", retry=RETRY, pass_context=False)
def forget_done_jobs(timestamp: int) -> None:
    """Nightly: deletes jobs that went well more than three days ago; failed ones stay until somebody looks."""
    app.configure_task("builtin:procrastinate.builtin_tasks.remove_old_jobs").defer(
        max_hours=int(KEEP_DONE.total_seconds() // 3600), remove_failed=False, remove_cancelled=True
    )
    JobError.objects.filter(at__lt=timezone.now() - KEEP_ERRORS).delete()
