"""The web server: granian with WSGI, one process a core, a few threads each, persistent database connections."""

from __future__ import annotations

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

THREADS = 4
"""Threads a process, each with its own database connection. More only queue for the interpreter lock."""


def run(*, host: str, port: int, processes: int) -> None:
    """Serves until SIGTERM or SIGINT."""
    Granian(
        "madoguchi.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=THREADS,
        backpressure=THREADS * 16,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()
