"""The job queue. Tasks live in ``<room>/tasks.py``, deferred inside the transaction that caused them."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

__all__ = ("RETRY", "app", "daily_in_japan")

RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)
"""After the first failure up to eight more attempts, 2, 4, 8 … 256 seconds apart; then the job stays as failed,
for people to see and retry."""


def daily_in_japan(hour: int, minute: int) -> str:
    """The cron expression for that time of day in Japan; the queue counts in UTC, and Japan has no summer time."""
    return f"{minute} {(hour - 9) % 24} * * *"
