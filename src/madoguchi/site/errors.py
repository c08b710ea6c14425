"""Errors told without the data they happened on: messages of foreign exceptions may quote what a resident wrote."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

import httpx

OWN = "madoguchi"
TELLING = (httpx.HTTPError, TimeoutError, ConnectionError)
"""Foreign errors whose messages speak of connections, not of residents."""


def summary(error: BaseException) -> str:
    """The error's kind, with its message only where that is known to hold no personal data."""
    kind = type(error).__name__
    own = type(error).__module__.startswith(OWN)
    return f"{kind}: {error}"[:300] if own or isinstance(error, TELLING) else kind


def place(error: BaseException) -> str:
    """File, line and function of the innermost frame in our own code; empty if there is none."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if f"/{OWN}/" in frame.filename]
    if not ours:
        return ""
    last = ours[-1]
    return f"{OWN}/{last.filename.rpartition(f'/{OWN}/')[2]}:{last.lineno} {last.name}"


class PlainFormatter(logging.Formatter):
    """Writes where an error happened and of what kind it was, but not its message."""

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        error = ei[1]
        if error is None:
            return ""
        frames = "".join(traceback.format_tb(error.__traceback__))
        return f"{frames}{summary(error)}"
