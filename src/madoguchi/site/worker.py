"""The worker: runs jobs, gives back those of workers that died, and enqueues what is due by the clock."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import procrastinate
from asgiref.sync import sync_to_async
from django.db import connections
from procrastinate.contrib.django import app as jobs
from procrastinate.contrib.django.db_cleanup import DjangoApp
from procrastinate.contrib.django.django_connector import DjangoConnector

from madoguchi.site import errors

log = logging.getLogger("madoguchi.worker")

POLL_SECONDS = 0.5
"""A lost wake-up of LISTEN/NOTIFY was measured; polling this often bounds what it costs."""

HEARTBEAT_SECONDS = 2.0
DEAD_AFTER_SECONDS = 10


def remember_errors(
    call_next: Callable[[], Any], context: procrastinate.JobContext, worker: procrastinate.worker.Worker
) -> Any:
    """Task middleware: keeps why an attempt failed for the operations page, then lets the retry decide."""
    from madoguchi.site.models import JobError

    try:
        return call_next()
    except Exception as error:
        JobError.objects.create(
            job_id=context.job.id or 0, task_name=context.job.task_name,
            error=errors.summary(error), place=errors.place(error),
        )
        raise


def worker_app() -> procrastinate.App:
    """An app that fetches jobs over its own pool while tasks keep enqueueing over Django's connection.

    ``App.replace_connector`` would send the jobs that a job enqueues over the worker's pool, outside the transaction
    that caused them: a rolled-back step would leave its jobs behind.
    """
    connector = jobs.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError("jobs must be enqueued over Django's connection")
    app = DjangoApp(
        connector=connector.get_worker_connector(), worker_defaults={"task_middleware": [remember_errors]}
    )
    app.tasks = jobs.tasks
    app.periodic_registry = jobs.periodic_registry
    return app


async def give_back_stalled_jobs(app: procrastinate.App) -> int:
    """Sets jobs of workers without a heartbeat to be run again; returns how many."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS))
    for job in stalled:
        await app.job_manager.retry_job(job)
        log.warning("job %s (%s) was given back: its worker died", job.id, job.task_name)
    await app.job_manager.prune_stalled_workers(DEAD_AFTER_SECONDS)
    return len(stalled)


async def _keep_giving_back(app: procrastinate.App) -> None:
    while True:
        try:
            await give_back_stalled_jobs(app)
        except Exception:
            log.exception("stalled jobs could not be given back; trying again")
        await asyncio.sleep(DEAD_AFTER_SECONDS / 2)


async def _work(concurrency: int, wait: bool) -> None:
    app = worker_app()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(concurrency + 2))
    async with app.open_async():
        sweeper = asyncio.create_task(_keep_giving_back(app))
        try:
            await app.run_worker_async(
                concurrency=concurrency,
                wait=wait,
                install_signal_handlers=wait,  # which only the main thread may do
                fetch_job_polling_interval=POLL_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
                shutdown_graceful_timeout=20,
            )
        finally:
            sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sweeper
            # What is due by the clock is enqueued over Django's connection, in the thread that asgiref keeps for it.
            await sync_to_async(connections.close_all)()


def run(*, concurrency: int = 4, wait: bool = True) -> None:
    """Works until SIGTERM or SIGINT (or, without ``wait``, until nothing is due); running jobs get 20 s to finish."""
    asyncio.run(_work(concurrency, wait))
