"""What every test may use."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture
def run_jobs() -> Callable[[], int]:
    """Runs every waiting job in this test's own transaction, in order, until none is left; returns how many ran."""
    from tests.jobs import run_waiting_jobs

    return run_waiting_jobs
