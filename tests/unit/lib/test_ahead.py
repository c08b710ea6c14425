"""Work done ahead comes out as if it were done when asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from madoguchi.lib.ahead import ahead


def test_everything_comes_once_and_in_order():
    assert list(ahead(iter(range(100)))) == list(range(100))
    assert list(ahead(iter(()))) == []
    assert list(ahead(iter([None, None]))) == [None, None]


def test_what_goes_wrong_is_raised_after_what_went_well():
    def making() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("third")

    items = ahead(making())
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(ValueError, match="third"):
        next(items)


def test_closing_ends_the_thread_and_it_never_runs_far_ahead():
    made: list[int] = []

    def making() -> Iterator[int]:
        for n in range(1000):
            made.append(n)
            yield n

    items = ahead(making())
    assert next(items) == 0
    time.sleep(0.05)
    assert made == [0, 1]
    items.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]
