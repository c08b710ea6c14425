"""The whole product as real processes: database, simulators, web and worker, and a hand that kills the last two."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import psycopg.conninfo

from madoguchi.site.demo import Ports, Secrets, environment_of, simulators
from madoguchi.site.processes import Child, Supervisor, free_port
from madoguchi.site.serving import web_child, worker_child

PACK = Path(__file__).parents[2] / "packs" / "ichikawa"
COMMAND = str(Path(sys.executable).parent / "madoguchi")
SETTINGS = {"DJANGO_SETTINGS_MODULE": "madoguchi.site.settings"}


@dataclass
class House:
    """Where everything answers, and the two processes that may be killed."""

    database_url: str
    base_url: str
    line_url: str
    wallet_url: str
    web: Child
    worker: Child
    kills: dict[str, int] = field(default_factory=lambda: {"web": 0, "worker": 0})

    def kill(self, child: Child) -> None:
        """SIGKILL to the process and everything it started; nobody gets to say goodbye."""
        assert child.process
        for pid in _family(child.process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        child.process.wait()
        self.kills[child.name] += 1

    def revive(self, child: Child, *, seconds: float = 60) -> None:
        """Starts it again and waits until it answers."""
        child.start()
        deadline = time.monotonic() + seconds
        while not child.answers():
            assert time.monotonic() < deadline and child.running, f"{child.name} does not start, see {child.log}"
            time.sleep(0.1)


def _family(pid: int) -> list[int]:
    """A process and its descendants, eldest first, so that nobody is left to start another."""
    found, position = [pid], 0
    while position < len(found):
        for listing in Path(f"/proc/{found[position]}/task").glob("*/children"):
            found += [int(child) for child in listing.read_text().split()]
        position += 1
    return found


@contextmanager
def running_house(data_dir: Path) -> Iterator[House]:
    """Everything started on a fresh database, LINE misbehaving; stopped again afterwards."""
    kept, ports = Secrets.new(), _ports(data_dir)
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    with _database() as url:
        variables = {**environment_of(kept, ports, base_url, data_dir), **SETTINGS, "DATABASE_URL": url}
        for arguments in (["migrate"], ["pack", "load", str(PACK)]):
            subprocess.run([COMMAND, *arguments], env={**os.environ, **variables}, check=True)
        supervisor = Supervisor()
        try:
            for child in simulators(kept, ports, base_url, data_dir):
                if child.name in {"line", "linepay"}:
                    supervisor.start(child)
            web = web_child(host="127.0.0.1", port=port, processes=1, data_dir=data_dir, env=variables)
            worker = worker_child(data_dir=data_dir, env=variables)
            supervisor.start(web)
            supervisor.start(worker)
            supervisor.wait_ready(seconds=120)
            house = House(
                url, base_url, f"http://127.0.0.1:{ports.line}", f"http://127.0.0.1:{ports.linepay}", web, worker
            )
            misbehave(house)
            yield house
        finally:
            supervisor.stop()


def _ports(data_dir: Path) -> Ports:
    data_dir.mkdir(parents=True, exist_ok=True)
    return Ports.chosen(data_dir / "ports.json")


def misbehave(house: House) -> None:
    """LINE delivers a third of its webhooks twice, a third out of order, and again what was not answered with 200."""
    faults = {"duplicate": 0.33, "reorder": 0.33, "drop_response": 0.1, "redeliver": True, "redeliver_after_ms": 300}
    httpx.post(f"{house.line_url}/control/faults", json=faults).raise_for_status()


@contextmanager
def _database() -> Iterator[str]:
    """A database of its own on the tests' server, dropped afterwards."""
    server, name = os.environ["DATABASE_URL"], f"crash_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield psycopg.conninfo.make_conninfo(server, dbname=name)
        finally:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
