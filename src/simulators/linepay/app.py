"""LINE Pay's API routes. Every answer is HTTP 200 with a ``returnCode``, as at LINE Pay."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.linepay.signature import is_authentic
from simulators.wallet.app import Brand, Wallet
from simulators.wallet.store import DuplicateReference, Payment

BRAND = Brand(name="LINE Pay", css_class="pay-brand-green", paid_state="approved", cancelled_state="cancelled")
MESSAGES = {
    "0000": "Success.",
    "0110": "Completed authorization - able to call the Confirm API.",
    "0121": "Payment canceled by user or because of timeout.",
    "0122": "Payment failed.",
    "0123": "Payment completed.",
    "1104": "Non-existing merchant.",
    "1106": "Header information error.",
    "1124": "Amount information error.",
    "1150": "Transaction record not found.",
    "1152": "There is a history of transactions with the same transactionId.",
    "1153": "The payment amount is different than the requested amount.",
    "1164": "Refund limit exceeded.",
    "1165": "The transaction has already been refunded.",
    "1169": "Payment confirmation is missing.",
    "1172": "Existing same orderId.",
    "1180": "Payment expired.",
    "2101": "Parameter error.",
    "2102": "JSON data format error.",
    "9000": "Internal error.",
}
CHECK = {
    "open": "0000",
    "approved": "0110",
    "cancelled": "0121",
    "expired": "0121",
    "failed": "0122",
    "paid": "0123",
    "returned": "0123",
}
UNCONFIRMED = {"open": "1169", "cancelled": "1180", "expired": "1180", "failed": "1180"}

Endpoint = Callable[[dict[str, Any], Request], dict[str, Any] | str]


def answer(code: str, info: Any = None) -> Response:
    """LINE Pay's envelope; transaction ids are bare numbers above 2**53."""
    body = {"returnCode": code, "returnMessage": MESSAGES[code]} | ({"info": info} if info is not None else {})
    return Response(json.dumps(body, ensure_ascii=False), media_type="application/json")


class LinePay:
    """LINE Pay's API over one wallet."""

    def __init__(self, wallet: Wallet, *, channel_id: str, channel_secret: str) -> None:
        self.wallet, self.store = wallet, wallet.store
        self.channel_id, self.channel_secret = channel_id, channel_secret

    def application(self) -> Starlette:
        """The simulator as an ASGI application."""
        routes = [
            self._route("/v3/payments/request", self.request_payment, "POST"),
            self._route("/v3/payments/requests/{id}/check", self.check, "GET"),
            self._route("/v3/payments/authorizations/{id}/void", self.void, "POST"),
            self._route("/v3/payments/{id}/confirm", self.confirm, "POST"),
            self._route("/v3/payments/{id}/refund", self.refund, "POST"),
            self._route("/v3/payments", self.details, "GET"),
        ]
        return self.wallet.application(routes, prefixes=("/v3/",), failure=lambda: answer("9000"))

    def _route(self, path: str, endpoint: Endpoint, method: str) -> Route:
        async def handle(request: Request) -> Response:
            body = await request.body()
            code = self._problem(request, body)
            if code:
                return answer(code)
            try:
                order = json.loads(body) if body else {}
            except ValueError:
                return answer("2102")
            result = endpoint(order if isinstance(order, dict) else {}, request)
            return answer(result) if isinstance(result, str) else answer("0000", result or None)

        return Route(path, handle, methods=[method])

    def _problem(self, request: Request, body: bytes) -> str | None:
        if request.headers.get("x-line-channelid") != self.channel_id:
            return "1104"
        payload = body if request.method == "POST" else request.url.query.encode()
        authentic = is_authentic(
            request.headers.get("x-line-authorization", ""),
            secret=self.channel_secret,
            path=request.url.path,
            payload=payload,
            nonce=request.headers.get("x-line-authorization-nonce", ""),
        )
        return None if authentic else "1106"

    def request_payment(self, order: dict[str, Any], request: Request) -> dict[str, Any] | str:
        """``POST /v3/payments/request``."""
        problem = _order_problem(order)
        if problem:
            return problem
        urls = order["redirectUrls"]
        try:
            payment = self.store.add(
                reference=order["orderId"],
                amount=order["amount"],
                description=str(order["packages"][0]["name"]),
                return_url=urls["confirmUrl"],
                cancel_url=urls["cancelUrl"],
                lifetime_s=self.wallet.lifetime_s,
            )
        except DuplicateReference:
            return "1172"
        self._add_query(payment)
        page = f"{request.base_url}checkout/{payment.id}"
        return {
            "paymentUrl": {"web": page, "app": page},
            "transactionId": int(payment.transaction_id),
            "paymentAccessToken": "000000000000",
        }

    def _add_query(self, payment: Payment) -> None:
        query = urlencode({"transactionId": payment.transaction_id, "orderId": payment.reference})
        mark = "&" if urlsplit(payment.return_url).query else "?"
        self.store.set_return_url(payment, f"{payment.return_url}{mark}{query}")

    def check(self, order: dict[str, Any], request: Request) -> str:
        """``GET /v3/payments/requests/{transactionId}/check``."""
        payment = self._find(request)
        return CHECK[payment.state] if payment else "1150"

    def confirm(self, order: dict[str, Any], request: Request) -> dict[str, Any] | str:
        """``POST /v3/payments/{transactionId}/confirm``: this is when money moves."""
        payment = self._find(request)
        if payment is None:
            return "1150"
        if (order.get("amount"), order.get("currency")) != (payment.amount, "JPY"):
            return "1153"
        if not self.store.move(payment, "paid", of=("approved",)):
            return UNCONFIRMED.get(payment.state, "1152")
        return {
            "orderId": payment.reference,
            "transactionId": int(payment.transaction_id),
            "payInfo": _paid_by(payment),
        }

    def void(self, order: dict[str, Any], request: Request) -> dict[str, Any] | str:
        """``POST …/authorizations/{id}/void``: for payments captured later, which none here is."""
        return "1150" if self._find(request) is None else "1165"

    def refund(self, order: dict[str, Any], request: Request) -> dict[str, Any] | str:
        """``POST /v3/payments/{transactionId}/refund``; without ``refundAmount`` all of it."""
        payment = self._find(request)
        if payment is None or payment.state not in {"paid", "returned"}:
            return "1150"
        left = payment.amount - self.store.refunded(payment)
        if left == 0:
            return "1165"
        amount = order.get("refundAmount", left)
        if not isinstance(amount, int) or not 0 < amount <= left:
            return "1164"
        refund_id = f"{payment.id}-{len(self.store.refunds(payment)) + 1}"
        made = self.store.add_refund(payment, refund_id=refund_id, amount=amount)
        return {
            "refundTransactionId": int(made.transaction_id),
            "refundTransactionDate": _time(made.created_at),
        }

    def details(self, order: dict[str, Any], request: Request) -> Any:
        """``GET /v3/payments?transactionId=…|orderId=…``: what was paid and given back."""
        query = parse_qs(request.url.query)
        found = [self.store.find(column="transaction_id", value=v) for v in query.get("transactionId", [])]
        found += [self.store.find(column="reference", value=v) for v in query.get("orderId", [])]
        rows = [self._detail(payment) for payment in found if payment and payment.state in {"paid", "returned"}]
        return rows or "1150"

    def _detail(self, payment: Payment) -> dict[str, Any]:
        refunds = [
            {
                "refundTransactionId": int(r.transaction_id),
                "transactionType": "PAYMENT_REFUND",
                "refundAmount": -r.amount,
                "refundTransactionDate": _time(r.created_at),
            }
            for r in self.store.refunds(payment)
        ]
        return {
            "transactionId": int(payment.transaction_id),
            "transactionDate": _time(payment.paid_at or 0),
            "transactionType": "PAYMENT",
            "productName": payment.description,
            "currency": "JPY",
            "payInfo": _paid_by(payment),
            "orderId": payment.reference,
            "payStatus": "CAPTURE",
        } | ({"refundList": refunds} if refunds else {})

    def _find(self, request: Request) -> Payment | None:
        return self.store.find(column="transaction_id", value=request.path_params["id"])


def _order_problem(order: dict[str, Any]) -> str | None:
    packages = order.get("packages")
    urls = order.get("redirectUrls")
    if not isinstance(packages, list) or not packages or not isinstance(urls, dict) or not order.get("orderId"):
        return "2101"
    if order.get("currency") != "JPY" or not {"confirmUrl", "cancelUrl"} <= set(urls):
        return "2101"
    sums = [sum(p["quantity"] * p["price"] for p in package["products"]) for package in packages]
    right = sums == [package["amount"] for package in packages] and sum(sums) == order.get("amount")
    return None if right and order["amount"] > 0 else "1124"


def _paid_by(payment: Payment) -> list[dict[str, Any]]:
    return [{"method": "BALANCE", "amount": payment.amount}]


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def build(
    *, data: Path, channel_id: str, channel_secret: str, shop: str = "市役所", lifetime_s: int = 1200
) -> Starlette:
    """A LINE Pay simulator keeping its book in ``data``; a request can be paid for ``lifetime_s`` seconds."""
    wallet = Wallet(BRAND, data=data, shop=shop, lifetime_s=lifetime_s)
    return LinePay(wallet, channel_id=channel_id, channel_secret=channel_secret).application()
