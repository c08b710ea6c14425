"""A city with procedures in LINE, and Hanako who has just added its account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from pytest_django.fixtures import Settings

from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.channels.line import client
from madoguchi.channels.line.sending import NoticeSender
from madoguchi.definition.text import japanese
from madoguchi.notices import channels
from madoguchi.site.config import Service
from tests.line_chat import Chat
from tests.line_simulator import (
    CHANNEL_ID,
    CHANNEL_SECRET,
    LineSimulator,
    Webhook,
    line_simulator,
    listening_webhook,
)
from tests.publishing import publish
from tests.samples import certificate, everything

RELIABLE = {
    "duplicate": 0, "reorder": 0, "drop_response": 0, "redeliver": False, "delay_ms": 0, "fail_api": {},
    "fail_api_p": 1, "fail_after": False, "quota": None, "standby": False,
}  # fmt: skip


@pytest.fixture(scope="package")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LineSimulator, Webhook]]:
    """One simulator for all tests here; each test has a resident of its own."""
    with (
        listening_webhook() as webhook,
        line_simulator(tmp_path_factory.mktemp("line"), webhook.url) as simulator,
    ):
        yield simulator, webhook


@pytest.fixture
def line(
    platform: tuple[LineSimulator, Webhook], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> LineSimulator:
    """The simulator, reliable again, with the product pointed at it."""
    simulator, webhook = platform
    simulator.client.post("/control/faults", json={k: v for k, v in RELIABLE.items() if v is not None})
    webhook.requests.clear()
    settings.LINE = Service(simulator.base_url, CHANNEL_ID, CHANNEL_SECRET)
    monkeypatch.setitem(channels._senders, "line", NoticeSender())
    client.forget_token()
    return simulator


@pytest.fixture
def webhook(platform: tuple[LineSimulator, Webhook]) -> Webhook:
    """What LINE sent and nobody has taken yet."""
    return platform[1]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Any]]:
    """Every call the product makes to LINE from now on: method, path and JSON."""
    calls: list[tuple[str, str, Any]] = []
    once = client._once

    def note(method: str, path: str, blob: bool, headers: Any, options: dict[str, Any]) -> httpx.Response:
        calls.append((method, path, options.get("json")))
        return once(method, path, blob, headers, options)

    monkeypatch.setattr(client, "_once", note)
    return calls


@pytest.fixture
def city(db: None) -> City:
    """The municipality of the tests."""
    return City.objects.create(
        code="12203", name="窓口市", name_en="Madoguchi City", phone="047-000-0000", hours="平日 8:45〜17:15",
        postal_code="2728501", address="千葉県窓口市八幡1丁目1番1号",
    )  # fmt: skip


@pytest.fixture
def pilot(city: City) -> AppRevision:
    """The certificate all in chat."""
    return publish(certificate(all_in_chat=True, pilot_only=True, banner="これは再現です。", menu="住民票"))


@pytest.fixture
def by_link(city: City) -> AppRevision:
    """The certificate whose personal questions are asked on the city's own page."""
    return publish(certificate(menu="住民票"))


@pytest.fixture
def report(city: City) -> AppRevision:
    """The damage report with every type of field, all in chat."""
    defn = everything()
    assert defn.procedure
    pilot = {"all_in_chat": True, "pilot_only": True, "banner": japanese("試験です。"), "menu": japanese("道路の損傷")}
    procedure = defn.procedure.model_copy(update=pilot)
    return publish(defn.model_copy(update={"procedure": procedure}))


@pytest.fixture
def newcomer(line: LineSimulator, webhook: Webhook, city: City) -> Callable[..., Chat]:
    """Adds another resident: ``newcomer("髙橋 一郎")``."""

    def add(name: str = "市川 花子") -> Chat:
        chat = Chat(line, webhook, line.person(name))
        chat.settle()
        return chat

    return add


@pytest.fixture
def hanako(newcomer: Callable[..., Chat]) -> Chat:
    """Hanako, welcomed."""
    return newcomer()
