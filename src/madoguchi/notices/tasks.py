"""Jobs of notices."""

from __future__ import annotations

import logging
import uuid

from django.db import transaction

from madoguchi.lib.jobs import RETRY, app
from madoguchi.notices import actions, channels
from madoguchi.notices.models import Notice

LAST_ATTEMPT = RETRY.max_attempts or 1
_log = logging.getLogger(__name__)


@app.task(name="notices.prepare", retry=RETRY, pass_context=False)
def prepare(event_id: int) -> None:
    """Writes the notice for one event, in a transaction of its own."""
    with transaction.atomic():
        actions.prepare_notice(event_id)


@app.task(name="notices.send", retry=RETRY, pass_context=False)
def send(notice_id: str) -> None:
    """Sends one notice. What fails is tried again with growing pauses; after the last try the next channel has it.

    Attempts are counted on the notice, so that a job started anew from the operations page counts on.
    """
    notice = Notice.objects.get(pk=uuid.UUID(notice_id))
    if notice.state == Notice.State.SENT:
        return
    try:
        channels.sender(notice.channel).send(notice)
    except channels.Undeliverable as problem:
        actions.mark_failed(notice, reason=str(problem))
    except Exception as error:
        _log.warning("notice %s not sent: %s", notice.pk, type(error).__name__)
        if not _give_up(notice, error):
            raise
    else:
        actions.mark_sent(notice)


def _give_up(notice: Notice, error: Exception) -> bool:
    """Counts the attempt; True after the last one. Only the kind of error is kept: its text may name an address."""
    notice.attempts += 1
    notice.error = type(error).__name__
    notice.save(update_fields=["attempts", "error"])
    if notice.attempts < LAST_ATTEMPT:
        return False
    actions.mark_failed(notice, reason=f"{LAST_ATTEMPT}回送信できませんでした（{type(error).__name__}）。")
    return True
