"""Directus: made ready in the database of its own, with a static token that it gives its administrator."""

from __future__ import annotations

import os
import secrets
import subprocess
from pathlib import Path

import httpx

from benchmarks.peers.install import CannotInstall, Node
from benchmarks.peers.servers import EMAIL, PASSWORD, Contender, node_child, running, where
from benchmarks.peers.wire import directus_words
from madoguchi.site.processes import free_port

NAME = "Directus 12.4.0"
DATABASE = "madoguchi_bench_directus"


def set_up(*, url: str, table: str, folder: Path, runtime: Node) -> Contender:
    """Bootstraps its own tables beside the app's, signs in, sets a token."""
    port = free_port()
    environment = _environment(url, port)
    command = [runtime.command, "node_modules/directus/cli.js"]
    done = subprocess.run(
        [*command, "bootstrap"], cwd=folder, env=os.environ | runtime.environment | environment, capture_output=True,
        text=True,
    )  # fmt: skip
    if done.returncode:
        raise CannotInstall(f"{NAME} does not set up its tables:\n{(done.stderr or done.stdout)[-2000:]}")
    child = node_child(
        NAME, [*command, "start"], folder=folder, environment=environment, node_env=runtime.environment
    )
    health, token = f"http://127.0.0.1:{port}/server/ping", secrets.token_urlsafe(24)
    with running((child,), health), httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as browser:
        answer = browser.post("/auth/login", json={"email": EMAIL, "password": PASSWORD}).raise_for_status()
        session = {"Authorization": f"Bearer {answer.json()['data']['access_token']}"}
        browser.patch("/users/me", json={"token": token}, headers=session).raise_for_status()
    return Contender(NAME, port, (child,), health, directus_words(table, token))


def _environment(url: str, port: int) -> dict[str, str]:
    """Its defaults, without log lines, telemetry and the studio's pages."""
    place = where(url)
    return {
        "DB_CLIENT": "pg", "DB_HOST": place["host"], "DB_PORT": place["port"], "DB_DATABASE": place["database"],
        "DB_USER": place["user"], "DB_PASSWORD": place["password"], "HOST": "127.0.0.1", "PORT": str(port),
        "SECRET": "benchmarks-only-benchmarks-only-benchmarks", "ADMIN_EMAIL": EMAIL, "ADMIN_PASSWORD": PASSWORD,
        "LOG_LEVEL": "warn", "TELEMETRY": "false", "SERVE_APP": "false",
    }  # fmt: skip
