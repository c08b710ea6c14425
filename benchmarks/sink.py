"""The least of a LINE platform: takes tokens and messages, and notes when each reply came in."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = {"token_type": "Bearer", "access_token": "t", "expires_in": 900}


@dataclass
class Sink:
    """``replies`` maps reply tokens to when they were used (perf_counter) and with what messages."""

    url: str = ""
    replies: dict[str, tuple[float, list[dict[str, Any]]]] = field(default_factory=dict)
    came: threading.Condition = field(default_factory=threading.Condition)

    def take(self, path: str, body: bytes, at: float) -> dict[str, Any]:
        """Answers one call of the Messaging API."""
        if path.startswith("/oauth2/"):
            return TOKEN
        message = json.loads(body) if body.startswith(b"{") else {}
        if "replyToken" in message:
            with self.came:
                self.replies[message["replyToken"]] = (at, message["messages"])
                self.came.notify_all()
        return {}

    def wait_for(self, token: str, *, seconds: float = 30) -> tuple[float, list[dict[str, Any]]]:
        """When and what was answered with this reply token; TimeoutError if nothing was."""
        with self.came:
            if not self.came.wait_for(lambda: token in self.replies, seconds):
                raise TimeoutError("no reply")
            return self.replies.pop(token)


@contextmanager
def listening() -> Iterator[Sink]:
    """A sink on a free port."""
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = json.dumps(sink.take(self.path, body, time.perf_counter())).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        sink.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield sink
        server.shutdown()
