"""Whether this process lives (`/healthz`) and whether it can do its work (`/readyz`)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as this process answers at all."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 if database, queue and storage all work, else 503 naming what does not."""
    parts = {"database": _database, "queue": _queue, "storage": _storage}
    results = {name: _works(part) for name, part in parts.items()}
    ready = all(results.values())
    body = {name: "ok" if works else "failed" for name, works in results.items()}
    return JsonResponse({"status": "ok" if ready else "failed", **body}, status=200 if ready else 503)


def _works(part: Callable[[], None]) -> bool:
    try:
        part()
    except Exception:
        return False
    return True


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM records_event LIMIT 1")


def _queue() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM procrastinate_jobs LIMIT 1")


def _storage() -> None:
    directory = Path(settings.FILES_DIR)
    directory.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=directory, prefix=".ready-")
    os.close(handle)
    Path(name).unlink()
