"""The pages and the headless control of a wallet: what its user sees and what a test does in their place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from simulators.common import Clock, Pages, StrictHeaders, json_object, static_files
from simulators.wallet.faults import Faults, FaultyLine
from simulators.wallet.store import Payment, Store

ENDINGS = {
    "open": "",
    "approved": "このお支払いは受け付けました。お店の画面にお戻りください。",
    "paid": "このお支払いは完了しています。二重に支払われることはありません。",
    "failed": "お支払いできませんでした。お店の画面から、もう一度お手続きください。",
    "cancelled": "このお支払いは取り消されました。お支払いは発生していません。",
    "expired": "お支払いの有効期限が切れました。お店の画面から、もう一度お手続きください。",
    "deleted": "お店がこのお支払いを取り消しました。お支払いは発生していません。",
    "returned": "このお支払いは返金されました。",
    "reversed": "お店がこのお支払いを取り消しました。お金は残高に戻っています。",
}


@dataclass(frozen=True, slots=True)
class Brand:
    """How one wallet differs on its pages and in its states."""

    name: str
    css_class: str
    paid_state: str
    """Where pressing 支払う leads: *paid* at once, or *approved* until the merchant confirms."""
    cancelled_state: str
    """Where turning back leads: *open* where the code can still be paid, or *cancelled*."""


class Wallet:
    """One wallet's store, clock and faults, and the pages on them. A simulator adds its API routes."""

    def __init__(self, brand: Brand, *, data: Path, shop: str, lifetime_s: int) -> None:
        self.brand, self.shop, self.lifetime_s = brand, shop, lifetime_s
        self.clock = Clock()
        self.faults = Faults()
        self.store = Store(data / "wallet.sqlite3", self.clock)
        self.pages = Pages(Path(__file__).parent / "templates")
        self.notify: Callable[[Payment], Awaitable[None]] = _nobody
        self.tasks: set[asyncio.Task[None]] = set()

    def application(
        self, routes: list[Route], *, prefixes: tuple[str, ...], failure: Callable[[], Response]
    ) -> Starlette:
        """The whole simulator: its API ``routes``, the pages and the control."""
        own = [
            Route("/healthz", self.health),
            Route("/", self.overview),
            Route("/checkout/{id}", self.checkout, methods=["GET", "POST"]),
            Route("/control/payments", self.list_payments),
            Route("/control/payments/{id}/{action}", self.control, methods=["POST"]),
            Route("/control/faults", self.change_faults, methods=["POST"]),
            Route("/control/clock", self.change_clock, methods=["POST"]),
            static_files(),
        ]
        faulty = Middleware(FaultyLine, faults=self.faults, prefixes=prefixes, failure=failure)
        return Starlette(routes=[*routes, *own], middleware=[Middleware(StrictHeaders), faulty])

    def act(self, payment: Payment, action: str) -> bool:
        """What the payer does: *pay*, *cancel*, *fail* (too little money), or time does: *expire*."""
        targets = {
            "pay": self.brand.paid_state,
            "cancel": self.brand.cancelled_state,
            "fail": "failed",
            "expire": "expired",
        }
        moved = self.store.move(payment, targets[action], of=("open", "approved") if action == "expire" else ("open",))
        if moved and targets[action] != "open":
            self.announce(payment)
        return moved

    def announce(self, payment: Payment) -> None:
        """Sends the webhook (if the wallet has any) in the background, as often as the faults say."""
        times = {"on": 1, "off": 0, "duplicate": 2}[self.faults.webhook]
        current = self.store.find(column="id", value=payment.id)
        for _ in range(times if current else 0):
            task = asyncio.get_running_loop().create_task(_quietly(self.notify(current)))  # type: ignore[arg-type]
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def health(self, request: Request) -> Response:
        """Says that the simulator runs."""
        return JSONResponse({"status": "ok"})

    async def overview(self, request: Request) -> Response:
        """The orders so far, for people who look around in a demo."""
        rows = list(reversed(self.store.everything()))[:100]
        return self.pages.render("overview.html", brand=self.brand, shop=self.shop, payments=rows)

    async def checkout(self, request: Request) -> Response:
        """The page on which the payer pays or turns back."""
        payment = self.store.find(column="id", value=request.path_params["id"])
        if payment is None:
            return self.pages.render("missing.html", 404, brand=self.brand, shop=self.shop)
        if request.method == "POST":
            return await self._decide(request, payment)
        return self._page(payment)

    async def _decide(self, request: Request, payment: Payment) -> Response:
        form = await request.form()
        action = str(form.get("action", ""))
        if action not in {"pay", "cancel", "fail"} or not self.act(payment, action):
            current = self.store.find(column="id", value=payment.id) or payment
            return self._page(current, 409)
        return RedirectResponse(payment.cancel_url if action == "cancel" else payment.return_url, 303)

    def _page(self, payment: Payment, status: int = 200) -> Response:
        return self.pages.render(
            "checkout.html",
            status,
            brand=self.brand,
            shop=self.shop,
            payment=payment,
            ending=ENDINGS[payment.state],
            back=payment.return_url,
            host=urlsplit(payment.return_url).netloc,
            minutes=max(1, (payment.expires_at - self.store.now()) // 60),
        )

    async def list_payments(self, request: Request) -> Response:
        """Every order with what was given back, for tests."""
        rows = self.store.everything()
        return JSONResponse({"payments": [{**asdict(row), "refunded": self.store.refunded(row)} for row in rows]})

    async def control(self, request: Request) -> Response:
        """``POST /control/payments/{id}/pay|cancel|fail|expire|amount``; ``id``: any of the order's three."""
        key, action = request.path_params["id"], request.path_params["action"]
        columns = ("id", "reference", "transaction_id")
        payment = next((p for c in columns if (p := self.store.find(column=c, value=key))), None)
        if payment is None or action not in {"pay", "cancel", "fail", "expire", "amount"}:
            return JSONResponse({"error": "no such payment or action"}, 404)
        if action == "amount":
            self.store.set_amount(payment, int((await json_object(request))["amount"]))
        elif not self.act(payment, action):
            return JSONResponse({"error": f"the payment is {payment.state}"}, 409)
        current = self.store.find(column="id", value=payment.id) or payment
        return JSONResponse(asdict(current))

    async def change_faults(self, request: Request) -> Response:
        """Switches faults on and off; answers with all of them."""
        try:
            self.faults.change(await json_object(request))
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse(self.faults.as_json())

    async def change_clock(self, request: Request) -> Response:
        """``{"advance_s": n}`` turns the wallet's clock forward."""
        self.clock.advance(float((await json_object(request)).get("advance_s", 0)))
        return JSONResponse({"now": self.store.now()})


async def _nobody(payment: Payment) -> None:
    """A wallet without webhooks."""


async def _quietly(sending: Awaitable[None]) -> None:
    # A merchant who does not answer loses the hint; that is what polling is for.
    try:
        await sending
    except httpx.HTTPError:
        return
