"""Faults one can switch on: what goes wrong between a merchant and a wallet in real life."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(slots=True)
class Faults:
    """What goes wrong now.

    ``fail_next``: so many calls answer with an internal error and do nothing. ``lose_response``: so many
    calls do their work, but their answer never arrives. ``delay_ms``: every call waits that
    long. ``webhook``: *on*, *off* (never sent) or *duplicate* (sent twice).
    """

    fail_next: int = 0
    lose_response: int = 0
    delay_ms: int = 0
    webhook: str = "on"

    def change(self, values: dict[str, Any]) -> None:
        """Sets the faults named. Raises ``ValueError`` for a name or a value there is none of."""
        known = {field.name: type(field.default) for field in fields(self)}
        for name, value in values.items():
            if known.get(name) is not type(value):
                raise ValueError(f"no such fault: {name}={value!r}")
        if values.get("webhook", "on") not in {"on", "off", "duplicate"}:
            raise ValueError("webhook must be on, off or duplicate")
        for name, value in values.items():
            setattr(self, name, value)

    def as_json(self) -> dict[str, Any]:
        """The faults as they are now."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


class FaultyLine:
    """Lets API calls (paths under ``prefix``) suffer the faults; pages and control stay reliable."""

    def __init__(
        self, app: ASGIApp, *, faults: Faults, prefixes: tuple[str, ...], failure: Callable[[], Response]
    ) -> None:
        self.app, self.faults, self.prefixes, self.failure = app, faults, prefixes, failure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or not."""
        if scope["type"] != "http" or not scope["path"].startswith(self.prefixes):
            await self.app(scope, receive, send)
            return
        await asyncio.sleep(self.faults.delay_ms / 1000)
        if self.faults.fail_next > 0:
            self.faults.fail_next -= 1
            await self.failure()(scope, receive, send)
        elif self.faults.lose_response > 0:
            self.faults.lose_response -= 1
            await self.app(scope, receive, _swallow)
            await _break_off(send)
        else:
            await self.app(scope, receive, send)


async def _swallow(message: Message) -> None:
    """The answer nobody gets to see."""


async def _break_off(send: Send) -> None:
    # More is promised than is sent: the client waits for the rest until it gives up, or finds its connection broken.
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100000")]})
    await send({"type": "http.response.body", "body": b"{", "more_body": False})
