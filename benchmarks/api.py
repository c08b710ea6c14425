"""The REST API's list: 100 of 200,000 records, filtered and sorted, by a program's token and by a desk session."""

from __future__ import annotations

import itertools
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx
import psycopg

from benchmarks import bare, client
from benchmarks.house import COMMAND, House, open_house, serving
from benchmarks.plan import Plan
from benchmarks.records import APP, PASSWORD, fill
from benchmarks.stats import Result, Target, result

BY_TOKEN = {1: Target(ratio=0.5), 32: Target(ratio=0.6)}
BY_SESSION = {1: Target(ratio=0.35), 32: Target(ratio=0.55)}
QUERY = 'ステータス in ("発送済") order by 受付日時 desc limit 100'
INDEX = "CREATE INDEX ON app_{} (status, submitted_at DESC NULLS LAST, id DESC)"
"""What publishing builds for a saved view with this filter and order."""
Statement = tuple[Any, Any]


def measure(plan: Plan) -> list[Result]:
    """By token and by session, each with one client and with 32."""
    with open_house() as house:
        fill(house.database_url, plan.rows)
        app_id = _prepare(house)
        token = subprocess.run(
            [COMMAND, "token", "create", "--app", APP, "--rights", "view"], check=True, capture_output=True, text=True
        ).stdout.strip()
        _add_clerk()
        path = f"/k/v1/records.json?app={app_id}&query={quote(QUERY)}"
        with serving(house):
            session = {"Cookie": _sign_in(house.port), "X-Requested-With": "XMLHttpRequest"}
            callers = (("token", {"X-Cybozu-API-Token": token}, BY_TOKEN), ("session", session, BY_SESSION))
            return [
                _measure(house, plan, clients, target, name, path, headers)
                for name, headers, promised in callers for clients, target in promised.items()
            ]  # fmt: skip


def _add_clerk() -> None:
    subprocess.run(
        [COMMAND, "staff", "add", "bench", "--name", "計測 太郎", "--department", "shimin", "--role", "review",
         "--password", PASSWORD], check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def _sign_in(port: int) -> str:
    """The cookies of the clerk."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as browser:
        page = browser.get("/staff/sign-in")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert found
        form = {"csrfmiddlewaretoken": found[1], "username": "bench", "password": PASSWORD}
        browser.post("/staff/sign-in", data=form, headers={"Referer": str(page.url)})
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def _prepare(house: House) -> int:
    with psycopg.connect(house.database_url, autocommit=True) as connection:
        found = connection.execute("SELECT id FROM catalog_app WHERE code = %s", [APP]).fetchone()
        assert found
        connection.execute(INDEX.format(found[0]))
        connection.execute(f"VACUUM ANALYZE app_{found[0]}")
        return int(found[0])


def _measure(
    house: House, plan: Plan, clients: int, target: Target, name: str, path: str, headers: Mapping[str, str]
) -> Result:
    statements = statements_of(path, headers)

    def work(connection: psycopg.Connection[Any]) -> None:
        for text, values in statements:
            cursor = connection.execute(text, values)
            if cursor.description:
                cursor.fetchall()

    lines = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
    sent = itertools.repeat(f"GET {path} HTTP/1.1\r\nHost: localhost:{house.port}\r\n{lines}\r\n".encode())
    bare.drive(house.database_url, work, clients=clients, seconds=plan.warm_up)
    client.drive(house.port, sent, clients=clients, seconds=plan.warm_up)
    rounds = [
        (
            bare.best(house.database_url, work, clients=clients, seconds=plan.seconds),
            client.drive(house.port, sent, clients=clients, seconds=plan.seconds),
        )
        for _ in range(plan.rounds)
    ]
    return result(
        f"API list of 100, {name}", clients, bare=[b for b, _ in rounds], product=[p for _, p in rounds], target=target
    )


def statements_of(path: str, headers: Mapping[str, str]) -> list[Statement]:
    """Every statement that one call makes, as it was sent: what bare psycopg is to do as well."""
    from django.test import Client

    browser = Client(headers=dict(headers), SERVER_NAME="localhost")
    for _ in range(3):  # what is read once a process is read now, and the statement is known to be quick
        answer = browser.get(path)
    with _listening() as heard:
        answer = browser.get(path)
    assert len(answer.json()["records"]) == 100, answer.content[:300]
    return heard


@contextmanager
def _listening() -> Iterator[list[Statement]]:
    heard: list[Statement] = []
    original = psycopg.Cursor.execute

    def execute(self: Any, query: Any, params: Any = None, **options: Any) -> Any:
        heard.append((query, params))
        return original(self, query, params, **options)

    psycopg.Cursor.execute = execute  # type: ignore[method-assign]
    try:
        yield heard
    finally:
        psycopg.Cursor.execute = original  # type: ignore[method-assign]
