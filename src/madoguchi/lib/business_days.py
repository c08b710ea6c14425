"""Business days of a city hall: not Saturday, Sunday, a national holiday, or 29 December to 3 January."""

from __future__ import annotations

from datetime import date, timedelta

import jpholiday

_DAY = timedelta(days=1)
_NEW_YEAR_CLOSURE = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})


def is_business_day(d: date) -> bool:
    """Whether the city hall is open on that day."""
    closed = d.weekday() >= 5 or (d.month, d.day) in _NEW_YEAR_CLOSURE
    return not closed and not jpholiday.is_holiday(d)


def add_business_days(d: date, n: int) -> date:
    """The ``n``-th business day after ``d`` (before it if negative); 0 gives ``d`` or the next open day."""
    if n == 0:
        return d if is_business_day(d) else add_business_days(d, 1)
    step, left = (_DAY, n) if n > 0 else (-_DAY, -n)
    while left:
        d += step
        left -= is_business_day(d)
    return d


def business_days_between(start: date, end: date) -> int:
    """How many business days come after ``start`` up to and with ``end``; negative if ``end`` is earlier."""
    if end < start:
        return -business_days_between(end, start)
    return sum(is_business_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
