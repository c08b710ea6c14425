"""The job queue. Tasks live in ``<room>/tasks.py``, deferred inside the transaction that caused them."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

__all__ = ("RETRY", "app")

RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)
"""Waits 2, 4, 8 … 256 seconds between attempts; then the job stays as failed, for people to see and retry."""
