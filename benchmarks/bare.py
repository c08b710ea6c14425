"""The measure: bare psycopg doing the same SQL, on the core where the product's server runs otherwise."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg

from benchmarks.cores import SERVER, run_on
from benchmarks.stats import Round

Work = Callable[["psycopg.Connection[Any]"], None]


def drive(url: str, work: Work, *, clients: int, seconds: float) -> Round:
    """``clients`` threads, each with its own connection, do ``work`` again and again."""
    with ThreadPoolExecutor(clients) as pool:
        begin = time.perf_counter() + 0.2
        found = list(pool.map(lambda _: _loop(url, work, begin, begin + seconds), range(clients)))
    return Round(seconds, [latency for part in found for latency in part])


def best(url: str, work: Work, *, clients: int, seconds: float) -> Round:
    """The faster of one connection a client and only four: many threads in one interpreter hinder each other."""
    if clients <= 4:
        return drive(url, work, clients=clients, seconds=seconds)
    tries = [drive(url, work, clients=number, seconds=seconds / 2) for number in (4, clients)]
    return max(tries, key=lambda one: one.per_second)


def _loop(url: str, work: Work, begin: float, end: float) -> list[float]:
    run_on(SERVER)
    latencies: list[float] = []
    with psycopg.connect(url, autocommit=True) as connection:
        while time.perf_counter() < begin:
            work(connection)
        while (started := time.perf_counter()) < end:
            work(connection)
            latencies.append(time.perf_counter() - started)
    return latencies
