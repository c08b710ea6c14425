"""LINE's webhook accepted: signature verified, duplicates dropped, event stored, job enqueued, 200."""

from __future__ import annotations

import base64
import hmac
import itertools
import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

import psycopg

from benchmarks import bare, client
from benchmarks.house import CHANNEL_SECRET, House, open_house, serving
from benchmarks.plan import Plan
from benchmarks.stats import Result, Target, result

PROMISED = {1: Target(ratio=0.4, p99_ms=100), 32: Target(ratio=0.25, p99_ms=100)}
FRIENDS = [f"U{number:032x}" for number in range(500)]


def body_of(number: int) -> bytes:
    """A text message of one of 500 friends, as LINE sends it."""
    event = {
        "type": "message", "mode": "active", "timestamp": int(time.time() * 1000),
        "source": {"type": "user", "userId": FRIENDS[number % len(FRIENDS)]},
        "webhookEventId": secrets.token_hex(13).upper(), "deliveryContext": {"isRedelivery": False},
        "replyToken": secrets.token_hex(16),
        "message": {"id": str(500_000_000_000_000_000 + number), "type": "text", "text": "市川 花子"},
    }
    return json.dumps({"destination": f"U{0:032x}", "events": [event]}, ensure_ascii=False).encode()


def request_of(body: bytes, port: int) -> bytes:
    """The whole HTTP request, signed."""
    signature = base64.b64encode(hmac.digest(CHANNEL_SECRET.encode(), body, "sha256")).decode()
    head = (
        f"POST /line/webhook HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"User-Agent: LineBotWebhook/2.0\r\nx-line-signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def requests(port: int, *, ready: int = 20_000) -> Iterator[bytes]:
    """Requests made beforehand; more are made on the fly should they run out."""
    made = [request_of(body_of(number), port) for number in range(ready)]
    yield from made
    yield from (request_of(body_of(number), port) for number in itertools.count(ready))


def same_sql() -> bare.Work:
    """The webhook's statement with one event sealed beforehand; only the event's id changes."""
    from madoguchi.channels.line import webhook

    events = webhook.read(body_of(0))
    columns = webhook.columns_of(events)

    def work(connection: psycopg.Connection[Any]) -> None:
        connection.execute(webhook.STORE, {**columns, "ids": [secrets.token_hex(13)]})

    return work


def measure(plan: Plan) -> list[Result]:
    """One sender, then 32."""
    with open_house() as house, serving(house):
        return [_measure(house, plan, clients) for clients in PROMISED]


def _measure(house: House, plan: Plan, clients: int) -> Result:
    work, sent = same_sql(), requests(house.port)
    bare.drive(house.database_url, work, clients=clients, seconds=plan.warm_up)
    client.drive(house.port, sent, clients=clients, seconds=plan.warm_up)
    rounds = [
        (
            bare.best(house.database_url, work, clients=clients, seconds=plan.seconds),
            client.drive(house.port, sent, clients=clients, seconds=plan.seconds),
        )
        for _ in range(plan.rounds)
    ]
    return result(
        "webhook accepted", clients, bare=[b for b, _ in rounds], product=[p for _, p in rounds],
        target=PROMISED[clients],
    )
