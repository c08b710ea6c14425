"""LINE Pay Online API v3. It ended in Japan on 2025-04-30; this serves Taiwan, Thailand and the re-enactment of 2019.

Hosts (setting ``LINEPAY.base_url``): https://api-pay.line.me, for trials https://sandbox-api-pay.line.me.
Nothing is charged until we confirm what the payer approved, so leaving an attempt alone is enough to cancel it.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from madoguchi.payments.models import Payment
from madoguchi.payments.providers import http
from madoguchi.payments.providers.base import (
    Checkout,
    DuplicateReference,
    ProviderRefused,
    ProviderState,
    ProviderUnavailable,
    Reading,
)

CURRENCY = "JPY"
LIFETIME = timedelta(minutes=20)
SUCCESS = "0000"
APPROVED = "0110"
COMPLETED = "0123"
CHECK_STATES = {
    SUCCESS: ProviderState.OPEN,
    APPROVED: ProviderState.OPEN,
    "0121": ProviderState.ENDED,
    "0122": ProviderState.FAILED,
}
DUPLICATE_ORDER = "1172"
ALREADY_REFUNDED = "1165"
PASSING = frozenset({"1198", "1199", "9000"})
"""Still processing, or in trouble: ask again later."""


def signature(secret: str, *, path: str, payload: str, nonce: str) -> str:
    """The ``X-LINE-Authorization`` header; ``payload`` is a POST's body or a GET's query string without ``?``."""
    text = (secret + path + payload + nonce).encode()
    return base64.b64encode(hmac.digest(secret.encode(), text, "sha256")).decode()


class LinePay:
    """Payments by LINE Pay."""

    code = "linepay"
    name = "LINE Pay"
    online = True

    @property
    def configured(self) -> bool:
        """Whether an address is set."""
        return bool(settings.LINEPAY.base_url)

    def create(self, payment: Payment, *, reference: str, description: str, return_url: str) -> Checkout:
        """Requests a payment. Sent once; the order id makes a second one a duplicate."""
        product = {"name": description[:4000], "quantity": 1, "price": payment.amount}
        order = {
            "amount": payment.amount,
            "currency": CURRENCY,
            "orderId": reference,
            "packages": [{"id": "1", "amount": payment.amount, "name": description[:100], "products": [product]}],
            "redirectUrls": {"confirmUrl": return_url, "cancelUrl": return_url},
        }
        answer = self._post("/v3/payments/request", order)
        _expect(answer, SUCCESS)
        try:
            info = answer["info"]
            return Checkout(info["paymentUrl"]["web"], str(info["transactionId"]), timezone.now() + LIFETIME)
        except (KeyError, TypeError) as error:
            raise ProviderUnavailable("unreadable payment request") from error

    def read(self, payment: Payment) -> Reading:
        """Check payment status; confirms what the payer approved as long as we still want the money."""
        code = self._check(payment)
        if code == APPROVED and payment.state == Payment.State.PENDING:
            self._confirm(payment)
            code = self._check(payment)
        return self._reading(payment, code)

    def cancel(self, payment: Payment) -> Reading:
        """Without our confirmation nothing is charged: an attempt not completed by now is over."""
        reading = self._reading(payment, self._check(payment))
        return Reading(ProviderState.ENDED) if reading.state is ProviderState.OPEN else reading

    def refund(self, payment: Payment) -> Reading:
        """Gives everything back; a second time LINE Pay says it already did."""
        _expect(self._post(f"/v3/payments/{payment.provider_id}/refund", {}), SUCCESS, ALREADY_REFUNDED)
        return self._reading(payment, COMPLETED)

    def parse_notification(self, request: HttpRequest) -> str | None:
        """LINE Pay sends no webhooks."""
        return None

    def _check(self, payment: Payment) -> str:
        return _code(self._get(f"/v3/payments/requests/{payment.provider_id}/check"))

    def _confirm(self, payment: Payment) -> None:
        """Takes the money. Whatever the answer, what counts is the status read afterwards."""
        order = {"amount": payment.amount, "currency": CURRENCY}
        _code(self._post(f"/v3/payments/{payment.provider_id}/confirm", order))

    def _reading(self, payment: Payment, code: str) -> Reading:
        if code == COMPLETED:
            return self._details(payment)
        if code not in CHECK_STATES:
            raise ProviderRefused(code)
        return Reading(CHECK_STATES[code], payment.provider_id)

    def _details(self, payment: Payment) -> Reading:
        answer = self._get("/v3/payments", f"transactionId={payment.provider_id}")
        _expect(answer, SUCCESS)
        try:
            found = next(row for row in answer["info"] if str(row["transactionId"]) == payment.provider_id)
            amount = sum(int(part["amount"]) for part in found["payInfo"])
            back = -sum(int(refund["refundAmount"]) for refund in found.get("refundList", []))
            paid_at = datetime.fromisoformat(found["transactionDate"])
        except (KeyError, TypeError, ValueError, StopIteration) as error:
            raise ProviderUnavailable("unreadable payment details") from error
        state = ProviderState.RETURNED if back >= amount else ProviderState.PAID
        return Reading(state, payment.provider_id, amount, paid_at)

    def _post(self, path: str, order: dict[str, Any]) -> dict[str, Any]:
        body = http.compact(order)
        return self._call("POST", path, payload=body.decode(), body=body, timeout_s=http.CREATE_TIMEOUT_S)

    def _get(self, path: str, query: str = "") -> dict[str, Any]:
        attempt = 0
        while True:
            try:
                return self._call("GET", path, payload=query)
            except ProviderUnavailable:
                if not http.pause(attempt):
                    raise
                attempt += 1

    def _call(
        self, method: str, path: str, *, payload: str, body: bytes = b"", timeout_s: float = http.TIMEOUT_S
    ) -> dict[str, Any]:
        service = settings.LINEPAY
        nonce = secrets.token_urlsafe(24)
        signed_path = urlsplit(service.base_url).path + path
        headers = {
            "Content-Type": "application/json",
            "X-LINE-ChannelId": service.client_id,
            "X-LINE-Authorization-Nonce": nonce,
            "X-LINE-Authorization": signature(
                service.client_secret, path=signed_path, payload=payload, nonce=nonce
            ),
        }
        query = f"?{payload}" if payload and method == "GET" else ""
        url = f"{service.base_url}{path}{query}"
        status, answer = http.call(method, url, headers=headers, body=body, timeout_s=timeout_s)
        if status >= 400:
            raise ProviderRefused(f"HTTP {status}")
        return answer


def _code(answer: dict[str, Any]) -> str:
    code = str(answer.get("returnCode", ""))
    if code in PASSING:
        raise ProviderUnavailable(code)
    return code


def _expect(answer: dict[str, Any], *codes: str) -> None:
    code = _code(answer)
    if code == DUPLICATE_ORDER:
        raise DuplicateReference(code)
    if code not in codes:
        raise ProviderRefused(code)
