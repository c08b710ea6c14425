"""What every long work in the background can say of itself."""

from __future__ import annotations


def percent(*, done: int, total: int, is_open: bool) -> int:
    """How far it is, 0 to 100; 100 only once it is over."""
    if not is_open:
        return 100
    return min(99, done * 100 // total) if total else 0
