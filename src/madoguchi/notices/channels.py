"""The ways a message can reach a resident. A channel registers its sender; the order of preference is fixed here."""

from __future__ import annotations

import uuid
from typing import Protocol

from madoguchi.notices.models import Notice

PREFERENCE = ("line", "email")
LETTER = "letter"
"""The last resort: a notice that staff print and post."""


class Undeliverable(Exception):
    """This resident can never be reached this way (blocked, no such address). The text must hold nothing personal."""


class Sender(Protocol):
    """One way of sending. ``send`` raises Undeliverable for good, anything else to be tried again later."""

    def can_reach(self, resident_id: uuid.UUID) -> bool:
        """Whether we know how to reach this resident this way."""

    def send(self, notice: Notice) -> None:
        """Sends ``notice.title``, ``notice.body`` and ``notice.link``; ``notice.id`` is the idempotency key."""


_senders: dict[str, Sender] = {}


def register(code: str, sender: Sender) -> None:
    """Makes ``sender`` the one for ``code`` (one of PREFERENCE)."""
    if code not in PREFERENCE:
        raise ValueError(f"unknown channel {code}")
    _senders[code] = sender


def sender(code: str) -> Sender:
    """The sender registered for ``code``; KeyError if there is none."""
    return _senders[code]


def choose(resident_id: uuid.UUID, *, tried: frozenset[str] = frozenset()) -> str:
    """The best channel not tried yet: LINE, then e-mail, then a letter."""
    for code in PREFERENCE:
        if code in _senders and code not in tried and _senders[code].can_reach(resident_id):
            return code
    return LETTER
