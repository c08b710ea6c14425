"""Tells rooms above that an app was published, in the transaction that publishes it."""

from __future__ import annotations

from collections.abc import Callable

from madoguchi.catalog.queries import AppRevision

_listeners: list[Callable[[AppRevision], None]] = []


def subscribe(listener: Callable[[AppRevision], None]) -> None:
    """Has ``listener`` called with every revision that becomes the published one, when its table is as it needs."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce(app: AppRevision) -> None:
    """Calls who subscribed."""
    for listener in _listeners:
        listener(app)
