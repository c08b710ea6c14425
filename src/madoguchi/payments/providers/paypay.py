"""PayPay Open Payment API: dynamic QR code, paid at once (no pre-authorisation).

Hosts (setting ``PAYPAY.base_url``): https://apigw.paypay.ne.jp, for trials https://apigw.sandbox.paypay.ne.jp.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

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

CONTENT_TYPE = "application/json;charset=UTF-8"
STATES = {
    "CREATED": ProviderState.OPEN,
    "AUTHORIZED": ProviderState.OPEN,
    "REAUTHORIZING": ProviderState.OPEN,
    "COMPLETED": ProviderState.PAID,
    "REFUNDED": ProviderState.RETURNED,
    "FAILED": ProviderState.FAILED,
    "CANCELED": ProviderState.ENDED,
    "EXPIRED": ProviderState.ENDED,
}
NOT_FOUND = "DYNAMIC_QR_PAYMENT_NOT_FOUND"
JAPAN = ZoneInfo("Asia/Tokyo")
CANCEL_WINDOW = timedelta(days=1, minutes=14)
"""After midnight of the day of payment; PayPay's own window is 59 seconds longer."""
GRACE = timedelta(minutes=2)
"""A payer may have pressed the button in a code's last second."""


def authorization(
    *, key: str, secret: str, method: str, path: str, body: bytes, nonce: str, epoch: str, content_type: str
) -> str:
    """The ``Authorization`` header. ``path`` is without host and query. MD5 is PayPay's choice, not ours."""
    digest = "empty"
    if body:
        digest = base64.b64encode(hashlib.md5(content_type.encode() + body).digest()).decode()  # noqa: S324
    kind = content_type if body else "empty"
    text = "\n".join((path, method, nonce, epoch, kind, digest))
    mac = base64.b64encode(hmac.digest(secret.encode(), text.encode(), "sha256")).decode()
    return f"hmac OPA-Auth:{key}:{mac}:{nonce}:{epoch}:{digest}"


class PayPay:
    """Payments by PayPay."""

    code = "paypay"
    name = "PayPay"
    online = True

    @property
    def configured(self) -> bool:
        """Whether an address is set."""
        return bool(settings.PAYPAY.base_url)

    def create(self, payment: Payment, *, reference: str, description: str, return_url: str) -> Checkout:
        """Makes a code to pay by. Sent once: a second code would be a second chance to pay."""
        order = {
            "merchantPaymentId": reference,
            "codeType": "ORDER_QR",
            "amount": {"amount": payment.amount, "currency": "JPY"},
            "orderDescription": description[:255],
            "redirectUrl": return_url,
            "redirectType": "WEB_LINK",
            "isAuthorization": False,
            "requestedAt": int(time.time()),
        }
        data = self._call("POST", "/v2/codes", order, timeout_s=http.CREATE_TIMEOUT_S)
        try:
            expires_at = datetime.fromtimestamp(int(data["expiryDate"]), UTC)
            return Checkout(str(data["url"]), str(data["codeId"]), expires_at)
        except (KeyError, TypeError, ValueError) as error:
            raise ProviderUnavailable("unreadable code") from error

    def read(self, payment: Payment) -> Reading:
        """Get payment details. A code that nobody paid is over once its time has passed."""
        try:
            data = self._repeat("GET", f"/v2/codes/payments/{payment.provider_reference}")
        except ProviderRefused as refusal:
            if refusal.code != NOT_FOUND:
                raise
            data = {"status": "CREATED"}
        reading = _reading(data)
        expires_at = payment.checkout_expires_at
        if reading.state is ProviderState.OPEN and expires_at and timezone.now() > expires_at + GRACE:
            return Reading(ProviderState.ENDED)
        return reading

    def cancel(self, payment: Payment) -> Reading:
        """Deletes the code; what was paid before that is read back as paid."""
        try:
            self._repeat("DELETE", f"/v2/codes/{payment.provider_id}")
        except ProviderRefused:
            return self.read(payment)
        reading = self.read(payment)
        return Reading(ProviderState.ENDED) if reading.state is ProviderState.OPEN else reading

    def refund(self, payment: Payment) -> Reading:
        """Cancels until shortly after midnight, refunds later. What was given back before is only read back."""
        reading = self.read(payment)
        if reading.state is not ProviderState.PAID:
            return reading
        if not self._cancelled(payment):
            order = {
                "merchantRefundId": payment.refund_reference,
                "paymentId": payment.provider_id,
                "amount": {"amount": payment.provider_amount or payment.amount, "currency": "JPY"},
                "requestedAt": int(time.time()),
                "reason": "手数料の返金",
            }
            self._call("POST", "/v2/refunds", order, timeout_s=http.CREATE_TIMEOUT_S)
        return self.read(payment)

    def _cancelled(self, payment: Payment) -> bool:
        """Whether the whole payment could be cancelled; afterwards PayPay shows it as FAILED."""
        paid_at = (payment.paid_at or timezone.now()).astimezone(JAPAN)
        midnight = paid_at.replace(hour=0, minute=0, second=0, microsecond=0)
        if timezone.now() > midnight + CANCEL_WINDOW:
            return False
        try:
            self._repeat("DELETE", f"/v2/payments/{payment.provider_reference}")
        except ProviderRefused:
            return False
        return True

    def parse_notification(self, request: HttpRequest) -> str | None:
        """The merchant payment id of a transaction notification. Not signed by PayPay: never more than a hint."""
        message = json.loads(request.body)
        if not isinstance(message, dict):
            raise ValueError("a notification is a JSON object")
        reference = message.get("merchant_order_id")
        return reference if isinstance(reference, str) and reference else None

    def _repeat(self, method: str, path: str) -> dict[str, Any]:
        """A call whose repetition changes nothing, tried again after passing trouble."""
        attempt = 0
        while True:
            try:
                return self._call(method, path)
            except ProviderUnavailable:
                if not http.pause(attempt):
                    raise
                attempt += 1

    def _call(
        self, method: str, path: str, order: dict[str, Any] | None = None, *, timeout_s: float = http.TIMEOUT_S
    ) -> dict[str, Any]:
        service = settings.PAYPAY
        body = http.compact(order) if order is not None else b""
        header = authorization(
            key=service.client_id, secret=service.client_secret, method=method,
            path=urlsplit(service.base_url).path + path, body=body, nonce=secrets.token_urlsafe(6),
            epoch=str(int(time.time())), content_type=CONTENT_TYPE,
        )  # fmt: skip
        headers = {"Authorization": header} | ({"Content-Type": CONTENT_TYPE} if body else {})
        status, answer = http.call(method, service.base_url + path, headers=headers, body=body, timeout_s=timeout_s)
        if status >= 400:
            raise _refusal(answer)
        return answer.get("data") or {}


def _refusal(answer: dict[str, Any]) -> ProviderRefused:
    code = str((answer.get("resultInfo") or {}).get("code", "UNKNOWN"))
    return DuplicateReference(code) if code == "DUPLICATE_DYNAMIC_QR_REQUEST" else ProviderRefused(code)


def _reading(data: dict[str, Any]) -> Reading:
    try:
        state = STATES[data["status"]]
        accepted = data.get("acceptedAt")
        amount = (data.get("amount") or {}).get("amount")
        paid_at = datetime.fromtimestamp(int(accepted), UTC) if accepted else None
    except (KeyError, TypeError, ValueError) as error:
        raise ProviderUnavailable("unreadable payment details") from error
    return Reading(state, str(data.get("paymentId") or ""), amount, paid_at)
