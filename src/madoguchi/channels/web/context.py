"""Template context of every page: who reads it."""

from __future__ import annotations

from django.http import HttpRequest

from madoguchi.channels.web.reader import Reader, reader_of


def reader(request: HttpRequest) -> dict[str, Reader]:
    """``reader`` for every template."""
    return {"reader": reader_of(request)}
