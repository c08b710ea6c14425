"""What a way to pay must be able to do. A new one is a module beside this one and a line in ``registry.py``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from django.http import HttpRequest

from madoguchi.payments.models import Payment


class ProviderState(StrEnum):
    """What a provider says about one attempt."""

    OPEN = "open"  # may still be paid
    PAID = "paid"
    FAILED = "failed"
    ENDED = "ended"  # expired or abandoned; nothing was taken and nothing can be any more
    RETURNED = "returned"  # was paid and given back


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where the resident pays. ``provider_id`` is what the provider calls this attempt."""

    url: str
    provider_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What the provider said when asked. ``amount``: whole yen it took, if it took any."""

    state: ProviderState
    provider_id: str = ""
    amount: int | None = None
    paid_at: datetime | None = None


class ProviderError(Exception):
    """Something between us and the provider; ``str`` holds the provider's code, nothing personal."""


class ProviderUnavailable(ProviderError):
    """No answer, or the provider is in trouble: whether the call had an effect is not known. Try again later."""


class ProviderRefused(ProviderError):
    """The provider understood and said no; trying the same again does not help. ``code`` is the provider's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class DuplicateReference(ProviderRefused):
    """This reference was used before: an earlier call arrived although its answer did not."""


class Provider(Protocol):
    """One way to pay."""

    @property
    def code(self) -> str:
        """What it is called in the database and in definitions."""

    @property
    def name(self) -> str:
        """What it is called on screen."""

    @property
    def online(self) -> bool:
        """Whether there is a checkout page and somebody to read back from."""

    @property
    def configured(self) -> bool:
        """Whether this instance has what it needs to use it."""

    def create(self, payment: Payment, *, reference: str, description: str, return_url: str) -> Checkout:
        """Begins an attempt under ``reference``. Not repeated by itself. Raises ``DuplicateReference``."""

    def read(self, payment: Payment) -> Reading:
        """The truth about the latest attempt. May complete what the resident approved."""

    def cancel(self, payment: Payment) -> Reading:
        """Makes the latest attempt unpayable and reads it back; PAID if it was paid meanwhile."""

    def refund(self, payment: Payment) -> Reading:
        """Asks to give everything back and reads back. The same again changes nothing."""

    def parse_notification(self, request: HttpRequest) -> str | None:
        """The reference a webhook speaks of; None if it speaks of none. Raises ``ValueError`` if malformed."""
