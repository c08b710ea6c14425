"""What every part of the simulator shares: its options, clock, memory, faults and the bell that wakes watchers."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from simulators.common import Clock
from simulators.line.rules import Dictionary, Flag, Number, Path, Problem, Shape, dotted
from simulators.line.store import Store

FARTHEST_S = 10 * 366 * 86_400.0
USER_ID = re.compile(r"U[0-9a-f]{32}")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Options:
    """The channels as their console shows them, and where the account's webhook is."""

    base_url: str
    channel_id: str
    channel_secret: str
    channel_access_token: str = ""
    webhook_url: str = ""
    account_name: str = "公式アカウント"
    login_channel_id: str = ""
    login_channel_secret: str = ""

    @property
    def bot_user_id(self) -> str:
        """The account's own user id: the ``destination`` of every webhook."""
        return "U" + hashlib.sha256(self.channel_id.encode()).hexdigest()[:32]


@dataclass
class Faults:
    """What goes wrong on purpose. Probabilities are 0 to 1; ``True`` means always."""

    duplicate: float = 0
    reorder: float = 0
    drop_response: float = 0
    redeliver: bool = False
    redeliver_after_ms: int = 1000
    delay_ms: int = 0
    fail_api: dict[str, int] = field(default_factory=dict)
    fail_api_p: float = 1
    fail_after: bool = False
    """True: the failing call does its work first, then answers the error (what X-Line-Retry-Key is for)."""
    quota: int | None = None
    standby: bool = False


@dataclass(frozen=True)
class Probability:
    """A number from 0 to 1, or true or false."""

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Anything else."""
        if not isinstance(value, (int, float)) or not 0 <= value <= 1:
            yield path, "must be true, false or a number from 0 to 1"


FAULT_RULES = Shape(
    {
        **{f"{name}?": Probability() for name in ("duplicate", "reorder", "drop_response", "fail_api_p")},
        **{f"{name}?": Flag() for name in ("redeliver", "fail_after", "standby")},
        "redeliver_after_ms?": Number(0, 600_000),
        "delay_ms?": Number(0, 60_000),
        "quota?": Number(0, 1_000_000_000),
        "fail_api?": Dictionary(Number(400, 599), most=100),
    },
    strict=True,
)


class Bell:
    """Wakes everybody who waits for something to change."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.rings = 0
        self.closed = False

    def ring(self) -> None:
        """Something changed."""
        self.rings += 1
        self.changed.set()
        self.changed = asyncio.Event()

    def close(self) -> None:
        """Sends the watchers home."""
        self.closed = True
        self.changed.set()

    async def wait(self, seconds: float) -> bool:
        """True when something changed within ``seconds``."""
        try:
            await asyncio.wait_for(self.changed.wait(), seconds)
        except TimeoutError:
            return False
        return True


class Line:
    """One official account on the simulated platform."""

    def __init__(self, options: Options, store: Store) -> None:
        self.options = options
        self.store = store
        self.clock = Clock(store.get("clock_offset_s", 0.0))
        self.faults = Faults(**store.get("faults", {}))
        self.bell = Bell()
        self.random = random.Random()  # noqa: S311 - faults, not secrets
        if options.webhook_url:
            store.put("webhook_url", options.webhook_url)

    @property
    def webhook_url(self) -> str:
        """Where events go; empty when nothing is registered."""
        return str(self.store.get("webhook_url", ""))

    def now_ms(self) -> int:
        """The simulated time in milliseconds."""
        return self.clock.now_ms()

    def advance(self, seconds: float) -> None:
        """Turns the clock and remembers it."""
        if abs(self.clock.offset_s + seconds) > FARTHEST_S:
            raise ValueError("the clock goes at most ten years forward or back")
        self.clock.advance(seconds)
        self.store.put("clock_offset_s", self.clock.offset_s)
        self.bell.ring()

    def set_faults(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Changes the named faults; an unknown name or a wrong value is a ``ValueError``. Returns all of them."""
        wrong = [f"{dotted(path)}: {wording}" for path, wording in FAULT_RULES.problems(changes, ())]
        if wrong:
            raise ValueError("; ".join(wrong))
        self.faults = Faults(**{**asdict(Faults()), **asdict(self.faults), **changes})
        self.store.put("faults", asdict(self.faults))
        self.bell.ring()
        return asdict(self.faults)

    def happens(self, probability: float) -> bool:
        """True with the given probability."""
        return self.random.random() < float(probability)


def hex_id(prefix: str = "") -> str:
    """A fresh id of 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


_last_message_id = 0


def message_id() -> str:
    """A fresh message id: 18 digits that grow with time."""
    global _last_message_id
    _last_message_id = max(_last_message_id + 1, time.time_ns() // 10_000)
    return f"5{_last_message_id:017d}"


def ulid(at_ms: int) -> str:
    """A ULID: 48 bits of time, 80 of chance, in Crockford's alphabet."""
    number = (at_ms << 80) | int.from_bytes(os.urandom(10))
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))
