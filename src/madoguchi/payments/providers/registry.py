"""The ways to pay that this program knows."""

from __future__ import annotations

from madoguchi.payments.providers.base import Provider
from madoguchi.payments.providers.counter import Counter
from madoguchi.payments.providers.linepay import LinePay
from madoguchi.payments.providers.paypay import PayPay

PROVIDERS: dict[str, Provider] = {provider.code: provider for provider in (PayPay(), LinePay(), Counter())}


def provider(code: str) -> Provider:
    """The provider with that code; KeyError if there is none."""
    return PROVIDERS[code]
