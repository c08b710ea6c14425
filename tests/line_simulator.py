"""The LINE simulator in this process, a webhook that listens, and short names for what people do."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from simulators.common import Serving
from simulators.line.app import Platform
from simulators.line.core import Options

CHANNEL_ID = "1657000001"
CHANNEL_SECRET = "0123456789abcdef0123456789abcdef"
LOGIN_CHANNEL_ID = "1657000002"
LOGIN_CHANNEL_SECRET = "fedcba9876543210fedcba9876543210"
ACCESS_TOKEN = "a-long-lived-token"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Person:
    """A simulated friend of the account, steered over the control API."""

    client: httpx.Client
    user_id: str

    def act(self, name: str, **body: Any) -> dict[str, Any]:
        """Does ``name`` and insists that it worked."""
        answer = self.client.post(f"/control/users/{self.user_id}/{name}", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def say(self, text: str) -> dict[str, Any]:
        return self.act("text", text=text)

    def tap(self, label: str, value: str | None = None) -> dict[str, Any]:
        return self.act("tap", label=label, value=value)

    def messages(self, after: int = 0, wait: float = 0) -> list[dict[str, Any]]:
        """The chat after number ``after``, each {"n", "from", "message", …}."""
        url = f"/control/users/{self.user_id}/messages"
        answer = self.client.get(url, params={"after": after, "wait": wait}, timeout=wait + 10)
        return list(answer.json()["messages"])

    def from_bot(self) -> list[dict[str, Any]]:
        """Only what the account said, verbatim."""
        return [row["message"] for row in self.messages() if row["from"] == "bot"]

    def last_event(self) -> dict[str, Any]:
        """The newest webhook event this person caused."""
        return dict(next(row["message"] for row in reversed(self.messages()) if row["from"] == "user"))


@dataclass
class LineSimulator:
    """A running simulator: its address, its channel and its remote control."""

    base_url: str
    client: httpx.Client
    channel_id: str = CHANNEL_ID
    channel_secret: str = CHANNEL_SECRET
    channel_access_token: str = ACCESS_TOKEN

    def person(self, display_name: str = "市川 花子") -> Person:
        """Somebody new who has just followed the account."""
        answer = self.client.post("/control/users", json={"displayName": display_name})
        return Person(self.client, answer.json()["userId"])

    def faults(self, **faults: Any) -> None:
        self.client.post("/control/faults", json=faults).raise_for_status()

    def advance(self, seconds: float) -> None:
        self.client.post("/control/clock", json={"advance_s": seconds}).raise_for_status()

    def deliveries(self) -> list[dict[str, Any]]:
        return list(self.client.get("/control/deliveries").json()["deliveries"])

    def api(self, method: str, path: str, json: Any = None, **headers: str) -> httpx.Response:
        """A call of the Messaging API with the long-lived token."""
        bearer = {"Authorization": f"Bearer {ACCESS_TOKEN}", **headers}
        return self.client.request(method, path, json=json, headers=bearer)


@contextmanager
def line_simulator(data: Path, webhook_url: str = "", port: int = 0) -> Iterator[LineSimulator]:
    """The simulator on a free port with its state in ``data``, until the block ends."""
    port = port or free_port()
    base_url = f"http://127.0.0.1:{port}"
    options = Options(
        base_url, CHANNEL_ID, CHANNEL_SECRET, ACCESS_TOKEN, webhook_url, "市川市",
        LOGIN_CHANNEL_ID, LOGIN_CHANNEL_SECRET,
    )  # fmt: skip
    platform = Platform(options, data)
    serving = Serving(platform.app, port, platform.line.bell.close)
    thread = threading.Thread(target=lambda: asyncio.run(serving.run()), name="line-simulator")
    thread.start()
    try:
        _wait_until_it_listens(port)
        with httpx.Client(base_url=base_url, timeout=15) as client:
            yield LineSimulator(base_url, client)
    finally:
        serving.stop()
        thread.join(timeout=10)
        assert not thread.is_alive(), "the simulator did not stop"


def _wait_until_it_listens(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("the simulator does not listen")


@dataclass
class Webhook:
    """A webhook that remembers every request; ``status`` and ``delay_s`` say how it answers."""

    url: str = ""
    status: int = 200
    delay_s: float = 0
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        self.requests.append(({key.lower(): value for key, value in handler.headers.items()}, body))
        time.sleep(self.delay_s)
        handler.send_response(self.status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@contextmanager
def listening_webhook() -> Iterator[Webhook]:
    """A webhook on a free port, until the block ends."""
    webhook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            webhook.answer(self)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """The simulator hangs up after two seconds; that is what is being tested."""

    with Server(("127.0.0.1", 0), Handler) as server:
        webhook.url = f"http://127.0.0.1:{server.server_address[1]}/line/webhook"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield webhook
        finally:
            server.shutdown()
            thread.join()
