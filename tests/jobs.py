"""Runs waiting jobs inside the test's transaction, where a real worker could not see them."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


def run_waiting_jobs(*, limit: int = 1000) -> int:
    """Runs jobs that are due, oldest first, including those they enqueue; a job that raises fails the test."""
    done = 0
    while done < limit:
        job = ProcrastinateJob.objects.filter(status="todo", scheduled_at=None).order_by("id").first()
        if job is None:
            return done
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job.id])
        app.tasks[job.task_name](**job.args)
        done += 1
    raise AssertionError(f"more than {limit} jobs: something enqueues itself")
