"""A peer's process: how it starts, alone and on the server's core, and when it is ready."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg.conninfo

from benchmarks.cores import SERVER, starting_on
from benchmarks.peers.wire import Words
from madoguchi.site.processes import Child, NotReady, Supervisor

PASSWORD = "Benchmarks-2026-only"
EMAIL = "bench@example.com"
READY_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Contender:
    """One of the three: its process and the words it understands."""

    name: str
    port: int
    children: tuple[Child, ...]
    health: str
    words: Words


def node_child(
    name: str, command: list[str], *, folder: Path, environment: Mapping[str, str], node_env: Mapping[str, str]
) -> Child:
    """A Node process in its own folder; NocoDB would take Madoguchi's ``DATABASE_URL`` for its own."""
    return Child(
        name, ["env", "-u", "DATABASE_URL", "-u", "TZ", "-C", str(folder), *command], folder / "server.log",
        env={"NODE_ENV": "production", **node_env, **environment},
    )  # fmt: skip


@contextmanager
def running(children: tuple[Child, ...], health: str) -> Iterator[None]:
    """The processes on the server's core, from when ``health`` says 200 until the block ends."""
    supervisor = Supervisor()
    try:
        with starting_on(SERVER):
            for child in children:
                supervisor.start(child)
        _wait(children[0], health)
        yield
    finally:
        supervisor.stop()


def _wait(child: Child, health: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not _healthy(health):
        if not child.running or time.monotonic() > deadline:
            raise NotReady(f"{child.name} does not start; see {child.log}")
        time.sleep(0.2)


def _healthy(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def where(url: str) -> dict[str, str]:
    """Host (or the socket's folder), port, user, password and database of a libpq URL, for Node's ``pg``."""
    parts = psycopg.conninfo.conninfo_to_dict(url)
    return {
        "host": str(parts.get("host") or "localhost"), "port": str(parts.get("port") or 5432),
        "user": str(parts.get("user") or "postgres"), "password": str(parts.get("password") or ""),
        "database": str(parts.get("dbname")),
    }  # fmt: skip
