"""Jobs of intake."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from madoguchi.intake import interviews, replay
from madoguchi.intake.models import Interview
from madoguchi.lib.jobs import RETRY, app, daily_in_japan


@app.periodic(cron=daily_in_japan(3, 40))
@app.task(name="intake.expire_drafts", retry=RETRY, pass_context=False, queueing_lock="intake.expire_drafts")
def expire_drafts(timestamp: int = 0) -> int:
    """Forgets interviews that nobody finished within 30 days: answers, attachments, and e-mail addresses.

    Returns how many. Each is its own transaction, so that one failure keeps none of the others.
    """
    due = Interview.objects.filter(outcome=Interview.Outcome.OPEN, expires_at__lte=timezone.now())
    found = list(due.values_list("id", flat=True))
    for interview_id in found:
        with transaction.atomic():
            interviews.forget(interviews.lock(interview_id))
    return len(found)


@app.task(name="intake.replay", retry=RETRY, pass_context=False)
def replay_applications(replay_id: int) -> None:
    """Runs past applications through a draft; interrupted, it goes on where it was."""
    replay.run(replay_id)
