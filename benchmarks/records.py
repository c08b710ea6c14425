"""The desk's list: 100 of 200,000 records, for somebody signed in, with what their roles let them see."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
from typing import Any

import httpx
import psycopg

from benchmarks import bare, client
from benchmarks.house import COMMAND, House, open_house, serving
from benchmarks.plan import Plan
from benchmarks.stats import Result, Target, result

APP = "juminhyo-2019"
PAGE = f"/desk/{APP}/"
PASSWORD = "benchmarks-2026-only"
PROMISED = {1: Target(p50_ms=50), 32: Target()}
"""How long a clerk waits. How near to bare SQL we are is measured where programs read: ``benchmarks.api``, ADR 0025."""


def measure(plan: Plan) -> list[Result]:
    """One clerk, then 32 at once."""
    with open_house() as house:
        fill(house.database_url, plan.rows)
        subprocess.run(
            [COMMAND, "staff", "add", "bench", "--name", "計測 太郎", "--department", "shimin", "--role", "review",
             "--password", PASSWORD], check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        with serving(house):
            cookie = sign_in(house.port)
            statements = statements_of_page(cookie)
            return [_measure(house, plan, clients, cookie, statements) for clients in PROMISED]


def _measure(house: House, plan: Plan, clients: int, cookie: str, statements: list[str]) -> Result:
    def work(connection: psycopg.Connection[Any]) -> None:
        for statement in statements:
            cursor = connection.execute(statement)
            if cursor.description:
                cursor.fetchall()

    request = f"GET {PAGE} HTTP/1.1\r\nHost: 127.0.0.1:{house.port}\r\nCookie: {cookie}\r\n\r\n".encode()
    sent = itertools.repeat(request)
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
        "list of 100 records", clients, bare=[b for b, _ in rounds], product=[p for _, p in rounds],
        target=PROMISED[clients],
    )


FILL = """
    INSERT INTO {table} (app_revision_id, receipt_number, status, channel, interview_id, created_at, updated_at,
                         submitted_at, {fields})
    SELECT {revision}, 'JT-R08-' || lpad(n::text, 6, '0'),
           (ARRAY['posted', 'posted', 'posted', 'posted', 'submitted', 'accepted', 'rejected', 'cancelled'])[n % 8 + 1],
           (ARRAY['line', 'web'])[n % 2 + 1], gen_random_uuid(), at, at, at, {values}
      FROM generate_series(1, {rows}) n, LATERAL (SELECT now() - n * interval '3 min' AS at) moment
"""
SAMPLES = {
    "text": "'サンプル' || n", "numeric": "n % 10 + 1", "integer": "n % 10 + 1",
    "date": "date '1990-04-01' + n % 9000",
}


def fill(url: str, rows: int) -> None:
    """Past applications: every eighth waits, the others are done, three minutes apart."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT id, published_id FROM catalog_app WHERE code = %s", [APP]).fetchone()
        assert found
        table = f"app_{found[0]}"
        columns = connection.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = %s AND column_name ~ '^f[0-9]+' ORDER BY ordinal_position", [table],
        ).fetchall()
        chosen = [(name, SAMPLES[kind]) for name, kind in columns if kind in SAMPLES]
        connection.execute(FILL.format(
            table=table, revision=found[1], rows=rows,
            fields=", ".join(name for name, _ in chosen), values=", ".join(value for _, value in chosen),
        ))  # fmt: skip
        connection.execute(f"VACUUM ANALYZE {table}")


def sign_in(port: int, list_page: str = PAGE) -> str:
    """The session's cookie of the clerk."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True) as browser:
        page = browser.get("/staff/sign-in")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "username": "bench", "password": PASSWORD}
        browser.post("/staff/sign-in", data=form, headers={"Referer": str(page.url)}).raise_for_status()
        page = browser.get(list_page)
        assert page.text.count("<tr id=") == 100, "the list does not show 100 records"
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def statements_of_page(cookie: str) -> list[str]:
    """Every statement that one page makes, as it was sent: what bare psycopg is to do as well."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    browser = Client(headers={"cookie": cookie}, SERVER_NAME="127.0.0.1")
    browser.get(PAGE)  # what is read once a process is read now
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(PAGE).status_code == 200
    if os.environ.get("MADOGUCHI_BENCH_SQL"):
        for query in captured.captured_queries:
            print(query["time"], query["sql"][:400])
    return [query["sql"] for query in captured.captured_queries]
