"""NocoDB: what it keeps about itself in one database, the table as an external source in another."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.peers.install import Node
from benchmarks.peers.servers import EMAIL, PASSWORD, Contender, node_child, running, where
from benchmarks.peers.wire import nocodb_words
from madoguchi.site.processes import free_port

NAME = "NocoDB 0.301.3"
DATABASE = "madoguchi_bench_nocodb"
OWN_DATABASE = "madoguchi_bench_nocodb_own"
FOUND_SECONDS = 60


def set_up(*, url: str, own_url: str, table: str, folder: Path, runtime: Node) -> Contender:
    """Signs in, makes a base of the table's database, asks for a token."""
    port = free_port()
    (folder / "data").mkdir(exist_ok=True)
    child = node_child(
        NAME, [runtime.command, "start.cjs"], folder=folder, environment=_environment(own_url, port, folder),
        node_env=runtime.environment,
    )  # fmt: skip
    health = f"http://127.0.0.1:{port}/api/v1/health"
    with running((child,), health), httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as browser:
        answer = browser.post("/api/v1/auth/user/signin", json={"email": EMAIL, "password": PASSWORD})
        browser.headers["xc-auth"] = answer.raise_for_status().json()["token"]
        base = browser.post("/api/v1/db/meta/projects/", json=_base(url)).raise_for_status().json()["id"]
        table_id = _table_id(browser, base, table)
        token = browser.post("/api/v1/tokens", json={"description": "bench"}).raise_for_status().json()["token"]
    return Contender(NAME, port, (child,), health, nocodb_words(table_id, token))


def _environment(own_url: str, port: int, folder: Path) -> dict[str, str]:
    """Its defaults, without telemetry."""
    return {
        "NC_DB_JSON": json.dumps({"client": "pg", "connection": _connection(own_url)}), "PORT": str(port),
        "NC_AUTH_JWT_SECRET": "benchmarks-only", "NC_ADMIN_EMAIL": EMAIL, "NC_ADMIN_PASSWORD": PASSWORD,
        "NC_DISABLE_TELE": "true", "NC_DISABLE_ERR_REPORTS": "true", "NC_TOOL_DIR": str(folder / "data"),
    }  # fmt: skip


def _connection(url: str) -> dict[str, Any]:
    place = where(url)
    return {**place, "port": int(place["port"])}


def _base(url: str) -> dict[str, Any]:
    source = {
        "alias": "bench", "type": "pg", "config": {"client": "pg", "connection": _connection(url)},
        "inflection_column": "none", "inflection_table": "none",
    }  # fmt: skip
    return {"title": "bench", "external": True, "sources": [source]}


def _table_id(browser: httpx.Client, base: str, table: str) -> str:
    """NocoDB reads a source's tables after it has answered."""
    deadline = time.monotonic() + FOUND_SECONDS
    while time.monotonic() < deadline:
        tables = browser.get(f"/api/v2/meta/bases/{base}/tables").raise_for_status().json()["list"]
        for found in tables:
            if found["table_name"] == table:
                return str(found["id"])
        time.sleep(0.5)
    raise TimeoutError(f"{NAME} does not find the table {table}")
