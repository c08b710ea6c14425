"""The product under measurement: its own database with real fsync, the Ichikawa pack, web or worker as it is served."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django
import psycopg
import psycopg.conninfo
from django.db import connections

from benchmarks.cores import ELSEWHERE, SERVER, run_on, starting_on
from madoguchi.site.database import start_embedded
from madoguchi.site.processes import Child, Supervisor, free_port
from madoguchi.site.serving import web_child, worker_child

ROOT = Path(__file__).parents[1]
DATA = ROOT / "var" / "bench"
COMMAND = str(Path(sys.executable).parent / "madoguchi")
CHANNEL_SECRET = "0123456789abcdef0123456789abcdef"
DATABASE = "madoguchi_bench"
GIVEN_SERVER = os.environ.get("DATABASE_URL", "")
"""Read once: later the variable names the benchmark's own database."""


@dataclass(frozen=True, slots=True)
class House:
    """Where the database and the web process answer, and with what environment they run."""

    database_url: str
    port: int
    environment: dict[str, str]


@contextmanager
def open_house(*, line_url: str = "http://127.0.0.1:9") -> Iterator[House]:
    """A fresh, migrated database with the pack loaded. Nothing serves yet."""
    run_on(ELSEWHERE)
    server = GIVEN_SERVER or start_embedded(DATA / "pg")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")
        url, port = psycopg.conninfo.make_conninfo(server, dbname=DATABASE), free_port()
        environment = {
            "DJANGO_SETTINGS_MODULE": "madoguchi.site.settings", "DATABASE_URL": url, "MADOGUCHI_DATA_DIR": str(DATA),
            "MADOGUCHI_BASE_URL": f"http://127.0.0.1:{port}", "MADOGUCHI_SECRET_KEY": "benchmarks-only",
            "MADOGUCHI_LINE_BASE_URL": line_url, "MADOGUCHI_LINE_CLIENT_ID": "1650000001",
            "MADOGUCHI_LINE_CLIENT_SECRET": CHANNEL_SECRET,
        }
        os.environ.update(environment)
        for arguments in (["migrate"], ["pack", "load", str(ROOT / "packs" / "ichikawa")]):
            subprocess.run([COMMAND, *arguments], check=True, stdout=subprocess.DEVNULL)
        django.setup()
        try:
            yield House(url, port, environment)
        finally:
            connections.close_all()
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


@contextmanager
def serving(house: House, *, web: bool = True, worker: bool = False) -> Iterator[None]:
    """The web process, the worker, or both, on the server's core."""
    supervisor = Supervisor()
    children: list[Child] = []
    if web:
        children.append(web_child(host="127.0.0.1", port=house.port, processes=1, data_dir=DATA))
    if worker:
        children.append(worker_child(data_dir=DATA))
    try:
        with starting_on(SERVER):
            for child in children:
                supervisor.start(child)
        supervisor.wait_ready()
        yield
    finally:
        supervisor.stop()
