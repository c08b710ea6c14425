"""What every simulator needs: serving until told to stop, a clock one may turn, strict pages, plain request reading."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.server.embed import Server
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC = Path(__file__).parent / "static"

# Pictures may come from anywhere (bots send addresses); forms may lead on to the site under test.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob: http: https:; script-src 'self'; style-src 'self'; "
    "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


class Clock:
    """The simulated time: the real one plus what somebody advanced it by (seconds)."""

    def __init__(self, offset_s: float = 0.0) -> None:
        self.offset_s = offset_s

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.offset_s

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return int(self.now() * 1000)

    def advance(self, seconds: float) -> None:
        """Turns the clock forward (or back, with a negative number)."""
        self.offset_s += seconds


class StrictHeaders:
    """Adds the security headers a careful site has, so that pages here obey the same rules as the product's."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and completes the answer's headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "same-origin")
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class Pages:
    """Jinja templates of one simulator, escaped, with undefined names as errors."""

    def __init__(self, folder: Path) -> None:
        self.environment = Environment(
            loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )

    def render(self, name: str, status: int = 200, **values: object) -> HTMLResponse:
        """The page ``name`` filled with ``values``."""
        return HTMLResponse(self.environment.get_template(name).render(**values), status)


def static_files() -> Mount:
    """The bundled styles and scripts under ``/static`` (built by ``npm run build``)."""
    return Mount("/static", StaticFiles(directory=STATIC, check_dir=False), name="static")


async def json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object; an empty body is an empty object. Raises ``ValueError`` for anything else."""
    raw = await request.body()
    value = load_json(raw) if raw.strip() else {}
    if not isinstance(value, dict):
        raise ValueError("the request body must be a JSON object")
    return value


def load_json(raw: bytes) -> Any:
    """The JSON value, if all its text can be stored and sent on. Raises ``ValueError`` (lone surrogates too)."""
    value = json.loads(raw)
    if b"\\ud" in raw.lower():
        json.dumps(value, ensure_ascii=False).encode()
    return value


def argument_parser(name: str, default_port: int) -> argparse.ArgumentParser:
    """Arguments every simulator takes: where to listen and where to keep its state."""
    parser = argparse.ArgumentParser(prog=f"python -m simulators.{name}")
    parser.add_argument("--port", type=int, default=default_port, help="port on 127.0.0.1 (default %(default)s)")
    parser.add_argument("--data", type=Path, required=True, help="folder for the state; kept between starts")
    return parser


class Serving:
    """A running simulator: ``await run()`` until ``stop()`` is called (from any thread)."""

    def __init__(self, app: Starlette, port: int, on_stop: Callable[[], None] = lambda: None) -> None:
        self.server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False)
        self.on_stop = on_stop
        self.loop: asyncio.AbstractEventLoop | None = None

    async def run(self) -> None:
        """Serves until stopped."""
        self.loop = asyncio.get_running_loop()
        await self.server.serve()

    def stop(self) -> None:
        """Ends open streams, then the server."""
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        self.on_stop()
        with contextlib.suppress(AttributeError):  # stopped before it had started
            self.server.stop()  # type: ignore[no-untyped-call]


def serve(app: Starlette, port: int, *, name: str, on_stop: Callable[[], None] = lambda: None) -> None:
    """Serves ``app`` on 127.0.0.1 until SIGTERM or Ctrl-C; prints one line when it listens."""

    async def main() -> None:
        serving = Serving(app, port, on_stop)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, serving.stop)
        announcing = asyncio.create_task(_announce(name, port))
        await serving.run()
        announcing.cancel()

    asyncio.run(main())


async def _announce(name: str, port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            break
    print(f"{name} simulator ready at http://127.0.0.1:{port}", flush=True)  # noqa: T201
