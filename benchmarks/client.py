"""A small HTTP/1.1 client that keeps many connections busy from one thread.

Requests are bytes made beforehand and answers are only counted, so that it costs the shared core little: about 30 µs
a request, where a general client costs a millisecond and would measure itself.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.stats import Round


@dataclass(slots=True)
class _Connection:
    """One keep-alive connection with at most one request under way."""

    socket: socket.socket
    started: float = 0.0
    received: bytes = b""
    missing: int | None = None

    def send(self, request: bytes) -> None:
        self.received, self.missing, self.started = b"", None, time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Reads what is there; True when the answer is complete."""
        chunk = self.socket.recv(1 << 20)
        if not chunk:
            raise ConnectionError("the server hung up")
        if self.missing is not None:
            self.missing -= len(chunk)
            return self.missing <= 0
        self.received += chunk
        end = self.received.find(b"\r\n\r\n")
        if end >= 0:
            self.missing = _length(self.received[:end]) - (len(self.received) - end - 4)
        return self.missing is not None and self.missing <= 0

    @property
    def ok(self) -> bool:
        return self.received[9:12] == b"200"


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    raise ValueError("answers need a Content-Length")


def drive(port: int, requests: Iterator[bytes], *, clients: int, seconds: float) -> Round:
    """Keeps ``clients`` connections busy for ``seconds``; each sends its next request once it has its answer."""
    selector = selectors.DefaultSelector()
    latencies: list[float] = []
    errors = 0
    started = time.perf_counter()
    for _ in range(clients):
        connection = _Connection(socket.create_connection(("127.0.0.1", port)))
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(next(requests))
    while (now := time.perf_counter()) - started < seconds:
        for key, _events in selector.select(timeout=1):
            connection = key.data
            if not connection.receive():
                continue
            now = time.perf_counter()
            errors += not connection.ok
            latencies.append(now - connection.started)
            connection.send(next(requests))
    elapsed = time.perf_counter() - started
    for key in list(selector.get_map().values()):
        key.fileobj.close()  # type: ignore[union-attr]
    return Round(elapsed, latencies, errors)


def once(port: int, request: bytes) -> None:
    """One request on a connection of its own; raises unless it is answered with 200."""
    connection = _Connection(socket.create_connection(("127.0.0.1", port)))
    with connection.socket:
        connection.send(request)
        while not connection.receive():
            continue
    if not connection.ok:
        raise ConnectionError(connection.received[:100].decode(errors="replace"))
