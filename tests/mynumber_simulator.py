"""The simulated card service on a free port, and a browser-less resident who uses the card there."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from madoguchi.site.config import Service
from madoguchi.site.processes import free_port
from simulators.common import Serving
from simulators.mynumber.app import CardService

CLIENT_ID = "madoguchi-test"


@dataclass(frozen=True, slots=True)
class CardSimulator:
    """Where it answers, and the key that proves the product to it."""

    base_url: str
    private_key: str

    @property
    def service(self) -> Service:
        """The product's setting that points here."""
        return Service(base_url=self.base_url, client_id=CLIENT_ID, public_url=self.base_url)

    def put_card(self, **items: object) -> None:
        """Another card on the table."""
        httpx.post(f"{self.base_url}/control/card", json=items).raise_for_status()

    def fault(self, **faults: bool) -> None:
        """Something goes wrong next time."""
        httpx.post(f"{self.base_url}/control/faults", json=faults).raise_for_status()

    def use_card(self, authorization_url: str, pin: str = "MADO2026") -> dict[str, str]:
        """The resident reads the card; returns the query with which the browser comes back."""
        return self._press(authorization_url, {"do": "read", "pin": pin})

    def give_up(self, authorization_url: str) -> dict[str, str]:
        """The resident presses やめる."""
        return self._press(authorization_url, {"do": "cancel"})

    def _press(self, authorization_url: str, form: dict[str, str]) -> dict[str, str]:
        page = httpx.get(authorization_url, follow_redirects=True)
        page.raise_for_status()
        back = httpx.post(str(page.url), data=form)
        return dict(parse_qsl(urlsplit(back.headers.get("location", "")).query))


def running_card_simulator(folder: Path, redirect_uri: str) -> Iterator[CardSimulator]:
    """Starts it, yields it, stops it."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    service = CardService(
        folder=folder, base_url=base_url, client_id=CLIENT_ID, client_key=public, redirect_uri=redirect_uri
    )
    serving = Serving(service.app(), port)
    thread = threading.Thread(target=lambda: asyncio.run(serving.run()), daemon=True)
    thread.start()
    _wait(base_url)
    yield CardSimulator(base_url, private.decode())
    serving.stop()
    thread.join(5)


def _wait(base_url: str) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            httpx.get(base_url)
        except httpx.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
