"""The worker's own promises: jobs of a rolled-back step are gone, jobs of a dead worker run again, errors are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import procrastinate
import pytest
from django.db import connection, transaction

from madoguchi.lib.jobs import app
from madoguchi.site.models import JobError
from madoguchi.site.worker import give_back_stalled_jobs, run, worker_app
from tests.threads import in_own_thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tasks() -> Iterator[list[str]]:
    """Two tasks for these tests, and what they did."""
    done: list[str] = []

    @app.task(name="test.child")
    def child() -> None:
        done.append("child")

    @app.task(name="test.fails_after_enqueueing")
    def fails_after_enqueueing() -> None:
        with transaction.atomic():
            app.tasks["test.child"].defer()
            raise ValueError("市川花子")

    @app.task(name="test.enqueues")
    def enqueues() -> None:
        with transaction.atomic():
            app.tasks["test.child"].defer()
        done.append("parent")

    yield done
    for name in ("test.child", "test.fails_after_enqueueing", "test.enqueues"):
        app.tasks.pop(name, None)


def work_until_idle() -> None:
    """A real worker, again and again until none of these jobs waits (it may stop while one enqueues another)."""
    while any(status == "todo" for _name, status in statuses()):
        in_own_thread(lambda: run(concurrency=2, wait=False))


def statuses() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, status::text FROM procrastinate_jobs WHERE task_name ~ '^test'")
        return cursor.fetchall()


def test_a_job_enqueues_in_its_own_transaction(tasks: list[str]) -> None:
    app.tasks["test.enqueues"].defer()
    work_until_idle()
    assert sorted(tasks) == ["child", "parent"]


def test_what_a_failing_job_enqueued_is_gone_with_it(tasks: list[str]) -> None:
    app.tasks["test.fails_after_enqueueing"].defer()
    work_until_idle()
    assert tasks == []
    assert statuses() == [("test.fails_after_enqueueing", "failed")]


def test_why_a_job_failed_is_kept_without_what_it_worked_on(tasks: list[str]) -> None:
    app.tasks["test.fails_after_enqueueing"].defer()
    work_until_idle()
    kept = JobError.objects.get()
    assert kept.error == "ValueError"
    assert kept.task_name == "test.fails_after_enqueueing"


def test_the_jobs_of_a_worker_that_died_are_run_again(tasks: list[str]) -> None:
    app.tasks["test.enqueues"].defer()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id"
        )
        dead = cursor.fetchone()[0]
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [dead])

    async def give_back() -> int:
        worker: procrastinate.App = worker_app()
        async with worker.open_async():
            return await give_back_stalled_jobs(worker)

    assert in_own_thread(lambda: asyncio.run(give_back())) == 1
    work_until_idle()
    assert "parent" in tasks
