"""Who runs on which core: the server on the first, PostgreSQL and whoever asks on the second."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
SERVER, ELSEWHERE = (_CORES[0], _CORES[1]) if len(_CORES) > 1 else (None, None)


def run_on(core: int | None) -> None:
    """The calling thread, and what it starts, runs only there; nothing where cores cannot be chosen."""
    if core is not None:
        os.sched_setaffinity(0, {core})


@contextmanager
def starting_on(core: int | None) -> Iterator[None]:
    """What is started meanwhile runs there."""
    run_on(core)
    try:
        yield
    finally:
        run_on(ELSEWHERE)
