"""Work done ahead: while one thread waits for the database, another prepares what it needs next."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
_END: Any = object()


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """The same items in order, each made in a thread of its own while the one before it is being used.

    What making one raises is raised here, after those before it. Closing waits for the one that is being made.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        made = pool.submit(next, items, _END)
        while (item := made.result()) is not _END:
            made = pool.submit(next, items, _END)
            yield item
