"""Several people at the same moment, and work that wants a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections


def at_once(call: Callable[[], Any], *, times: int = 4) -> list[Any]:
    """What ``call`` returned or raised in threads that begin together."""
    barrier = Barrier(times)

    def run() -> Any:
        try:
            barrier.wait()
            return call()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(times)]]


def in_own_thread(work: Callable[[], Any]) -> Any:
    """What ``work`` returns from a fresh thread: it has no event loop yet, whatever browser tests left in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()
