"""Webhooks: signed over the raw bytes, two seconds to answer, delivered again when the channel asks for it.

Redelivery keeps webhookEventId, replyToken and timestamp and sets isRedelivery; LINE does not publish its
intervals, here they double from ``redeliver_after_ms`` (real time, not the simulated clock).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import httpx

from simulators.line.core import Line

TIMEOUT_S = 2.0
MOST_ATTEMPTS = 8
HOLD_S = 0.4
"""How long a reordered webhook waits for another one to overtake it."""

Event = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt; ``reason`` in the words of LINE's error statistics, "ok" when answered 2xx."""

    status: int | None
    reason: str

    @property
    def ok(self) -> bool:
        """Was it answered with 2xx in time?"""
        return self.reason == "ok"

    def as_json(self) -> dict[str, object]:
        """For the control API."""
        return {"delivered": self.ok, "status": self.status, "reason": self.reason}


def sign(secret: str, body: bytes) -> str:
    """The value of ``x-line-signature``."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


class Deliverer:
    """Sends events to the account's webhook."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.client = httpx.AsyncClient(timeout=None)  # noqa: S113 - limited as a whole in _post
        self.overtaken = asyncio.Event()
        self.tasks: set[asyncio.Task[Any]] = set()

    async def deliver(self, events: list[Event]) -> Outcome:
        """Delivers one webhook with the faults in force; returns the outcome of the first attempt."""
        faults = self.line.faults
        if self.line.happens(faults.reorder):
            self.line.random.shuffle(events)
            await self._hold_back()
        await asyncio.sleep(faults.delay_ms / 1000)
        times = 2 if self.line.happens(faults.duplicate) else 1
        outcomes = await asyncio.gather(*(self._attempt(self.body(events), 1) for _ in range(times)))
        self.overtaken.set()
        self.overtaken = asyncio.Event()
        return outcomes[0]

    async def _hold_back(self) -> None:
        try:
            await asyncio.wait_for(self.overtaken.wait(), HOLD_S)
        except TimeoutError:
            return

    def body(self, events: list[Event]) -> str:
        """The envelope around the events, as it is signed and sent."""
        envelope = {"destination": self.line.options.bot_user_id, "events": events}
        return json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))

    async def _attempt(self, body: str, attempt: int) -> Outcome:
        line, started = self.line, time.monotonic()
        self._freshen_reply_tokens(body)
        outcome = await self.post(body)
        if outcome.ok and line.happens(line.faults.drop_response):
            outcome = Outcome(None, "request_timeout")
        again = not outcome.ok and line.faults.redeliver and attempt < MOST_ATTEMPTS and '"events":[]' not in body
        number = line.store.add(
            "INSERT INTO deliveries (at_ms, body, attempt, status, reason, took_ms, again) VALUES (?,?,?,?,?,?,?)",
            line.now_ms(), body, attempt, outcome.status, outcome.reason,
            int((time.monotonic() - started) * 1000), int(again),
        )  # fmt: skip
        line.bell.ring()
        if again:
            self.start(self._redeliver(number, body, attempt))
        return outcome

    async def post(self, body: str, url: str = "") -> Outcome:
        """One signed POST of exactly this body, to ``url`` or else to the account's webhook."""
        url = url or self.line.webhook_url
        raw = body.encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "LineBotWebhook/2.0",
            "x-line-signature": sign(self.line.options.channel_secret, raw),
        }
        if not url:
            return Outcome(None, "no_webhook_url")
        try:
            async with asyncio.timeout(TIMEOUT_S):
                response = await self.client.post(url, content=raw, headers=headers)
        except TimeoutError:
            return Outcome(None, "request_timeout")
        except httpx.ConnectError:
            return Outcome(None, "could_not_connect")
        except (httpx.HTTPError, httpx.InvalidURL):
            return Outcome(None, "unclassified")
        return Outcome(response.status_code, "ok" if response.is_success else "error_status_code")

    async def _redeliver(self, number: int, body: str, attempt: int) -> None:
        await asyncio.sleep(self.line.faults.redeliver_after_ms * 2 ** (attempt - 1) / 1000)
        self.line.store.run("UPDATE deliveries SET again = 0 WHERE id = ?", number)
        if not self.line.faults.redeliver:
            return
        events = json.loads(body)["events"]
        for event in events:
            event["deliveryContext"] = {"isRedelivery": True}
        await self._attempt(self.body(events), attempt + 1)

    def _freshen_reply_tokens(self, body: str) -> None:
        # The minute counts from the (re)delivery; the twenty minutes from the event (api_messages.py).
        for event in json.loads(body)["events"]:
            self.line.store.run(
                "UPDATE reply_tokens SET delivered_ms = ? WHERE token = ?",
                self.line.now_ms(), event.get("replyToken"),
            )  # fmt: skip

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Runs work beside the request that caused it."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if not task.cancelled():
            task.exception()  # nobody is left to tell; what it did stands in the chat or does not

    def resume(self) -> None:
        """Takes up the redeliveries a stop interrupted."""
        for row in self.line.store.rows("SELECT * FROM deliveries WHERE again = 1"):
            self.start(self._redeliver(row["id"], row["body"], row["attempt"]))

    async def close(self) -> None:
        """Stops what is under way."""
        for task in tuple(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.client.aclose()
