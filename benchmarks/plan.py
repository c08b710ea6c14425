"""How long and how often everything is measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Seconds a window, windows, and records in the lists and in the search; bare and product take turns."""

    seconds: float = 3.0
    rounds: int = 3
    warm_up: float = 1.0
    rows: int = 200_000
    search_rows: int = 1_000_000
