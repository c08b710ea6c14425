"""PayPay's API routes. Names, codes and states follow its OpenAPI document (Dynamic QR, instant payment)."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import wraps
from pathlib import Path
from typing import Any, TypeGuard

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.paypay.signature import is_authentic
from simulators.wallet.app import Brand, Wallet
from simulators.wallet.store import DuplicateReference, Payment, Refund

BRAND = Brand(name="PayPay", css_class="pay-brand-red", paid_state="paid", cancelled_state="open")
STATUS = {
    "open": "CREATED",
    "paid": "COMPLETED",
    "failed": "FAILED",
    "returned": "REFUNDED",
    "reversed": "FAILED",
}
"""What ``Get payment details`` says. A cancelled payment (*reversed*) is FAILED there, a refunded one
REFUNDED; codes that expired or were deleted unpaid are not found any more."""
ID_FORM = re.compile(r"[A-Za-z0-9_-]{1,64}")
JAPAN = timezone(timedelta(hours=9))

Endpoint = Callable[["PayPay", Request, bytes], Awaitable[Response]]


def answer(code: str, message: str, data: Any = None, *, status: int) -> JSONResponse:
    """PayPay's envelope."""
    return JSONResponse({"resultInfo": {"code": code, "message": message, "codeId": "08100001"}, "data": data}, status)


def success(data: Any, status: int = 200) -> JSONResponse:
    """The envelope of a call that went well."""
    return answer("SUCCESS", "Success", data, status=status)


def invalid(message: str) -> JSONResponse:
    """The envelope for a request PayPay does not accept."""
    return answer("INVALID_PARAMS", message, status=400)


def internal_error() -> JSONResponse:
    """What PayPay says when it is in trouble itself."""
    return answer("INTERNAL_SERVER_ERROR", "Something went wrong on PayPay service side", status=500)


def signed(endpoint: Endpoint) -> Endpoint:
    """Answers 401 unless the request carries a right signature."""

    @wraps(endpoint)
    async def checked(self: PayPay, request: Request, body: bytes) -> Response:
        authentic = is_authentic(
            request.headers.get("authorization", ""),
            api_key=self.api_key,
            secret=self.api_secret,
            path=request.url.path,
            method=request.method,
            content_type=request.headers.get("content-type", ""),
            body=body,
            now=time.time(),
        )
        if not authentic:
            return answer("UNAUTHORIZED", "Unauthorized request", status=401)
        return await endpoint(self, request, body)

    return checked


class PayPay:
    """PayPay's API over one wallet."""

    def __init__(self, wallet: Wallet, *, api_key: str, api_secret: str, webhook_url: str) -> None:
        self.wallet, self.store = wallet, wallet.store
        self.api_key, self.api_secret, self.webhook_url = api_key, api_secret, webhook_url
        wallet.notify = self.send_webhook

    def application(self) -> Starlette:
        """The simulator as an ASGI application."""
        routes = [
            self._route("/v2/codes", PayPay.create_code, "POST"),
            self._route("/v2/codes/payments/{reference}", PayPay.payment_details, "GET"),
            self._route("/v2/codes/{code}", PayPay.delete_code, "DELETE"),
            self._route("/v2/payments/{reference}", PayPay.payment_details, "GET"),
            self._route("/v2/payments/{reference}", PayPay.cancel_payment, "DELETE"),
            self._route("/v2/refunds", PayPay.create_refund, "POST"),
            self._route("/v2/refunds/{refund}", PayPay.refund_details, "GET"),
        ]
        return self.wallet.application(routes, prefixes=("/v2/",), failure=internal_error)

    def _route(self, path: str, endpoint: Endpoint, method: str) -> Route:
        async def handle(request: Request) -> Response:
            return await endpoint(self, request, await request.body())

        return Route(path, handle, methods=[method])

    @signed
    async def create_code(self, request: Request, body: bytes) -> Response:
        """``POST /v2/codes``: a code to pay by."""
        order = _object(body)
        problem = _order_problem(order)
        if problem:
            return invalid(problem)
        try:
            payment = self.store.add(
                reference=order["merchantPaymentId"],
                amount=order["amount"]["amount"],
                description=str(order.get("orderDescription", "")),
                return_url=order["redirectUrl"],
                cancel_url=order["redirectUrl"],
                lifetime_s=self.wallet.lifetime_s,
            )
        except DuplicateReference:
            return answer("DUPLICATE_DYNAMIC_QR_REQUEST", "Duplicate Dynamic QR request error", status=400)
        return success({**order, **self._code(request, payment)}, 201)

    def _code(self, request: Request, payment: Payment) -> dict[str, Any]:
        url = f"{request.base_url}checkout/{payment.id}"
        return {"codeId": payment.id, "url": url, "deeplink": url, "expiryDate": payment.expires_at}

    @signed
    async def payment_details(self, request: Request, body: bytes) -> Response:
        """``GET /v2/codes/payments/{merchantPaymentId}``."""
        payment = self.store.find(column="reference", value=request.path_params["reference"])
        if payment is None or payment.state not in STATUS:
            return answer("DYNAMIC_QR_PAYMENT_NOT_FOUND", "Dynamic QR payment not found", status=404)
        return success(self._details(payment))

    def _details(self, payment: Payment) -> dict[str, Any]:
        began = payment.state != "open"
        return {
            "paymentId": payment.transaction_id if began else None,
            "status": STATUS[payment.state],
            "acceptedAt": payment.paid_at,
            "refunds": {"data": [_refund(payment, refund) for refund in self.store.refunds(payment)]},
            "merchantPaymentId": payment.reference,
            "amount": {"amount": payment.amount, "currency": "JPY"},
            "requestedAt": payment.created_at,
            "orderDescription": payment.description,
        }

    @signed
    async def delete_code(self, request: Request, body: bytes) -> Response:
        """``DELETE /v2/codes/{codeId}``: the code can no longer be paid."""
        payment = self.store.find(column="id", value=request.path_params["code"])
        if payment is None or payment.state in {"expired", "deleted"}:
            return answer("DYNAMIC_QR_NOT_FOUND", "Dynamic QR code not found", status=404)
        if not self.store.move(payment, "deleted"):
            return answer("DYNAMIC_QR_ALREADY_PAID", "Dynamic QR code already paid", status=400)
        return success(None)

    @signed
    async def cancel_payment(self, request: Request, body: bytes) -> Response:
        """``DELETE /v2/payments/{merchantPaymentId}``: possible until 00:14:59 of the next day in Japan."""
        payment = self.store.find(column="reference", value=request.path_params["reference"])
        if payment is None:
            return answer("RESOURCE_NOT_FOUND", "Payment not found", status=400)
        if payment.paid_at and self.store.now() > _cancellable_until(payment.paid_at):
            return answer("ORDER_NOT_REVERSIBLE", "Order cannot be reversed", status=400)
        self.store.move(payment, "reversed", of=("paid",))
        return answer("REQUEST_ACCEPTED", "Request accepted", status=202)

    @signed
    async def create_refund(self, request: Request, body: bytes) -> Response:
        """``POST /v2/refunds``: the same merchantRefundId again gives the earlier result."""
        order = _object(body)
        refund_id, amount = order.get("merchantRefundId"), (order.get("amount") or {}).get("amount")
        if not isinstance(refund_id, str) or not ID_FORM.fullmatch(refund_id) or not _is_amount(amount):
            return invalid("merchantRefundId and amount are required")
        payment = self.store.find(column="transaction_id", value=str(order.get("paymentId")))
        if payment is None:
            return answer("RESOURCE_NOT_FOUND", "Payment not found", status=400)
        earlier = self.store.refund(refund_id)
        if earlier:
            return success(_refund(payment, earlier))
        if payment.state != "paid" or self.store.refunded(payment) + amount > payment.amount:
            return invalid("The amount is more than can be refunded")
        return success(_refund(payment, self.store.add_refund(payment, refund_id=refund_id, amount=amount)))

    @signed
    async def refund_details(self, request: Request, body: bytes) -> Response:
        """``GET /v2/refunds/{merchantRefundId}``."""
        refund = self.store.refund(request.path_params["refund"])
        payment = self.store.find(column="id", value=refund.payment) if refund else None
        if refund is None or payment is None:
            return answer("RESOURCE_NOT_FOUND", "Refund not found", status=404)
        return success(_refund(payment, refund))

    async def send_webhook(self, payment: Payment) -> None:
        """Tells the merchant of a state; only these two are told for instant payments."""
        state = {"paid": "COMPLETED", "failed": "FAILED"}.get(payment.state)
        if state is None or not self.webhook_url:
            return
        paid_at = (
            datetime.fromtimestamp(payment.paid_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if payment.paid_at else None
        )
        message = {
            "notification_type": "Transaction",
            "merchant_id": "123456789",
            "store_id": "",
            "pos_id": "",
            "order_id": payment.transaction_id,
            "merchant_order_id": payment.reference,
            "authorized_at": paid_at,
            "expires_at": None,
            "paid_at": paid_at,
            "order_amount": str(payment.amount),
            "state": state,
        }
        async with httpx.AsyncClient(timeout=10) as client:
            await client.post(self.webhook_url, json=message)


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _is_amount(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**11


def _order_problem(order: dict[str, Any]) -> str | None:
    """What PayPay would not accept in ``Create a QRCode``."""
    amount = order.get("amount")
    rules = (
        (
            isinstance(amount, dict) and _is_amount(amount.get("amount")) and amount.get("currency") == "JPY",
            "amount",
        ),
        (ID_FORM.fullmatch(str(order.get("merchantPaymentId", ""))), "merchantPaymentId"),
        (order.get("codeType") == "ORDER_QR", "codeType"),
        (order.get("redirectType") in {"WEB_LINK", "APP_DEEP_LINK", "WEBVIEW_IN_PAYPAY"}, "redirectType"),
        (str(order.get("redirectUrl", "")).startswith(("http://", "https://")), "redirectUrl"),
        (len(str(order.get("orderDescription", ""))) <= 255, "orderDescription"),
    )
    return next((f"Invalid parameter: {name}" for holds, name in rules if not holds), None)


def _refund(payment: Payment, refund: Refund) -> dict[str, Any]:
    return {
        "status": "REFUNDED",
        "acceptedAt": refund.created_at,
        "merchantRefundId": refund.id,
        "paymentId": payment.transaction_id,
        "amount": {"amount": refund.amount, "currency": "JPY"},
        "requestedAt": refund.created_at,
    }


def _cancellable_until(paid_at: int) -> int:
    day = datetime.fromtimestamp(paid_at, JAPAN).date() + timedelta(days=1)
    return int(datetime(day.year, day.month, day.day, 0, 14, 59, tzinfo=JAPAN).timestamp())


def build(
    *,
    data: Path,
    api_key: str,
    api_secret: str,
    webhook_url: str = "",
    shop: str = "市役所",
    lifetime_s: int = 300,
) -> Starlette:
    """A PayPay simulator keeping its book in ``data``; codes can be paid for ``lifetime_s`` seconds."""
    wallet = Wallet(BRAND, data=data, shop=shop, lifetime_s=lifetime_s)
    return PayPay(wallet, api_key=api_key, api_secret=api_secret, webhook_url=webhook_url).application()
