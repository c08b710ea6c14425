"""The PayPay and LINE Pay simulators as real processes on free ports, for any test that lets somebody pay."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from madoguchi.site.config import Service

SRC = Path(__file__).parent.parent / "src"
KEY, SECRET = "test-key", "test-secret"


@dataclass(frozen=True, slots=True)
class Wallet:
    """A running simulator. ``service`` goes into ``settings.PAYPAY`` or ``settings.LINEPAY``."""

    url: str

    @property
    def service(self) -> Service:
        """What the product needs to call it."""
        return Service(base_url=self.url, client_id=KEY, client_secret=SECRET, public_url=self.url)

    def payments(self) -> list[dict[str, Any]]:
        """Every order the wallet knows."""
        found: list[dict[str, Any]] = httpx.get(f"{self.url}/control/payments").json()["payments"]
        return found

    def payment(self, reference: str) -> dict[str, Any]:
        """The order with the merchant's ``reference``."""
        return next(row for row in self.payments() if row["reference"] == reference)

    def act(self, reference: str, action: str, **values: Any) -> dict[str, Any]:
        """Does what the payer (pay, cancel, fail), time (expire) or a broken wallet (amount) would do."""
        answer = httpx.post(f"{self.url}/control/payments/{reference}/{action}", json=values)
        answer.raise_for_status()
        changed: dict[str, Any] = answer.json()
        return changed

    def faults(self, **values: Any) -> None:
        """Switches faults on."""
        httpx.post(f"{self.url}/control/faults", json=values).raise_for_status()

    def reliable(self) -> None:
        """Switches all faults off."""
        self.faults(fail_next=0, lose_response=0, delay_ms=0, webhook="on")


@contextmanager
def paypay_simulator(data: Path, *, webhook_url: str = "", lifetime_s: int = 300) -> Iterator[Wallet]:
    """A PayPay simulator keeping its book in ``data``."""
    options = [f"--api-key={KEY}", f"--api-secret={SECRET}", f"--webhook-url={webhook_url}"]
    with _running("simulators.paypay", data, [*options, f"--lifetime={lifetime_s}"]) as url:
        yield Wallet(url)


@contextmanager
def linepay_simulator(data: Path) -> Iterator[Wallet]:
    """A LINE Pay simulator keeping its book in ``data``."""
    with _running("simulators.linepay", data, [f"--channel-id={KEY}", f"--channel-secret={SECRET}"]) as url:
        yield Wallet(url)


@contextmanager
def _running(module: str, data: Path, options: list[str]) -> Iterator[str]:
    port = _free_port()
    command = [sys.executable, "-m", module, f"--port={port}", f"--data={data}", *options]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(SRC)}, stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{url}/healthz", timeout=1)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"the simulator at {url} did not start")
