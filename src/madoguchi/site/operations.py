"""The operations page: what waits, what failed and why, and a button to try again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import procrastinate
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from procrastinate.contrib.django import app

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.queries import has_role
from madoguchi.desk import shell
from madoguchi.desk.chips import Chip
from madoguchi.site.job_words import Trouble, Words, job_words, trouble
from madoguchi.site.models import JobError

SHOWN = 200

JOBS = """
    SELECT job.id, job.task_name, job.status::text, job.attempts, job.scheduled_at,
           (SELECT max(event.at) FROM procrastinate_events event WHERE event.job_id = job.id) AS last_at
      FROM procrastinate_jobs job
     WHERE job.status = 'failed' OR (job.status = 'todo' AND job.attempts > 0)
     ORDER BY (job.status = 'failed') DESC, job.id DESC
     LIMIT %s
"""
LIVING_WORKERS = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'"
COUNTS = "SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status"


@dataclass(frozen=True, slots=True)
class TroubledJob:
    """A job that failed for good, or failed and waits for its next try: in words, and as programs call it."""

    id: int
    task_name: str
    does: Words
    failed: bool
    attempts: int
    scheduled_at: datetime | None
    last_at: datetime | None
    trouble: Trouble
    error: str
    place: str

    @property
    def chip(self) -> Chip:
        """Whether somebody is needed, or it is tried again by itself."""
        if self.failed:
            return Chip("bad", "rejected", _("失敗"))
        return Chip("warn", "expired", _("再試行を待っています"))


def _require_operator(request: StaffRequest) -> None:
    if not has_role(request.user, "admin", "app_admin"):
        raise PermissionDenied


@staff_required
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """Counts, the troubled jobs with their errors, and nothing about residents."""
    _require_operator(request)
    context = {"jobs": troubled_jobs(), "counts": job_counts(), "workers": workers()}
    return shell.page(request, "site/operations.html", context)


@staff_required
@require_POST
def retry(request: StaffRequest, job_id: int) -> HttpResponse:
    """Runs a failed job again, at once."""
    _require_operator(request)
    try:
        with transaction.atomic():
            app.job_manager.retry_job_by_id(job_id, retry_at=timezone.now())
    except procrastinate.exceptions.ProcrastinateException:
        messages.error(request, _("この処理は、もう待機中か完了しています。"))
    else:
        messages.success(request, _("もう一度実行します。"))
    return redirect("operations:overview")


def job_counts() -> dict[str, int]:
    """How many jobs are in which state."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS)
        found: dict[str, int] = dict(cursor.fetchall())
    labels = {"todo": _("待機"), "doing": _("処理中"), "failed": _("失敗"), "succeeded": _("完了")}
    return {label: found.get(state, 0) for state, label in labels.items()}


def workers() -> int:
    """How many workers gave a sign of life in the last half minute."""
    with connection.cursor() as cursor:
        cursor.execute(LIVING_WORKERS)
        return int(cursor.fetchone()[0])


def troubled_jobs() -> list[TroubledJob]:
    """Failed jobs first, then those waiting for another try; newest first."""
    with connection.cursor() as cursor:
        cursor.execute(JOBS, [SHOWN])
        rows = cursor.fetchall()
    errors = _last_errors([row[0] for row in rows])
    return [_troubled(row, errors.get(row[0])) for row in rows]


def _last_errors(job_ids: list[int]) -> dict[int, JobError]:
    newest_last = JobError.objects.filter(job_id__in=job_ids).order_by("id")
    return {error.job_id: error for error in newest_last}


def _troubled(row: tuple[Any, ...], error: JobError | None) -> TroubledJob:
    job_id, task_name, status, attempts, scheduled_at, last_at = row
    code = error.error if error else ""
    return TroubledJob(
        id=job_id, task_name=task_name, does=job_words(task_name), failed=status == "failed", attempts=attempts,
        scheduled_at=scheduled_at, last_at=last_at, trouble=trouble(code), error=code,
        place=error.place if error else "",
    )
