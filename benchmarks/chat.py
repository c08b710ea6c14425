"""A turn in the chat: from sending the webhook until our reply is back at LINE, the worker idle before."""

from __future__ import annotations

import itertools
import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks import client
from benchmarks.house import House, open_house, serving
from benchmarks.plan import Plan
from benchmarks.sink import Sink, listening
from benchmarks.stats import Result, Round, Target, result
from benchmarks.webhook import request_of

PROMISED = Target(p50_ms=50, p99_ms=1000)
PAUSE_S = 0.05
"""Between a reply and the next message, far less than people need: the worker is idle again by then."""


@dataclass
class Friend:
    """One resident in the chat; every act waits for the reply."""

    house: House
    sink: Sink
    user_id: str = "U" + "c" * 32
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def say(self, text: str) -> tuple[float, list[dict[str, Any]]]:
        """A text; how long the reply took, in seconds, and what it was."""
        message = {"id": str(next(self.numbers)), "type": "text", "text": text}
        return self._send({"type": "message", "message": message})

    def tap(self, data: str) -> tuple[float, list[dict[str, Any]]]:
        """A button."""
        return self._send({"type": "postback", "postback": {"data": data}})

    def _send(self, event: dict[str, Any]) -> tuple[float, list[dict[str, Any]]]:
        token = secrets.token_hex(16)
        whole = {
            **event, "mode": "active", "timestamp": int(time.time() * 1000), "replyToken": token,
            "source": {"type": "user", "userId": self.user_id},
            "webhookEventId": secrets.token_hex(13).upper(), "deliveryContext": {"isRedelivery": False},
        }
        body = json.dumps({"destination": "U0", "events": [whole]}, ensure_ascii=False).encode()
        started = time.perf_counter()
        client.once(self.house.port, request_of(body, self.house.port))
        at, messages = self.sink.wait_for(token)
        return at - started, messages


def measure(plan: Plan) -> list[Result]:
    """Goes back and forth between two questions of the procedure of 2019: each turn is a whole step."""
    with listening() as sink, open_house(line_url=sink.url) as house, serving(house, worker=True):
        friend = Friend(house, sink)
        _go_to_number_of_copies(friend)
        _turns(friend, plan.warm_up)
        rounds = [_turns(friend, plan.seconds) for _ in range(plan.rounds)]
    return [result("chat turn", 1, product=rounds, bare=[], target=PROMISED)]


def _go_to_number_of_copies(friend: Friend) -> None:
    _, offered = friend.say("住民票")
    start = next(data for data in _postbacks(offered) if "2019" in data)
    _, first = friend.tap(start)
    friend.tap(next(_postbacks(first[-1])))


def _turns(friend: Friend, seconds: float) -> Round:
    latencies: list[float] = []
    started = time.perf_counter()
    for text in itertools.cycle(("2", "戻る")):
        if (now := time.perf_counter()) - started >= seconds:
            return Round(now - started, latencies)
        latencies.append(friend.say(text)[0])
        time.sleep(PAUSE_S)
    raise AssertionError("unreachable")


def _postbacks(value: Any) -> Iterator[str]:
    """The data of every postback button in some messages, in order."""
    if isinstance(value, list):
        for item in value:
            yield from _postbacks(item)
    elif isinstance(value, dict):
        if value.get("type") == "postback":
            yield value["data"]
        for item in value.values():
            yield from _postbacks(item)
