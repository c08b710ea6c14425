"""One LINE simulator with a listening webhook for each test."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from linebot.v3.messaging import ApiClient, Configuration, MessagingApi
from PIL import Image

from tests.line_simulator import ACCESS_TOKEN, LineSimulator, Webhook, line_simulator, listening_webhook


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with listening_webhook() as webhook:
        yield webhook


@pytest.fixture
def line(webhook: Webhook, tmp_path: Path) -> Iterator[LineSimulator]:
    with line_simulator(tmp_path / "line", webhook.url) as simulator:
        yield simulator


@pytest.fixture
def photo() -> bytes:
    """A small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#7799bb").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def sdk(line: LineSimulator) -> Iterator[ApiClient]:
    with ApiClient(Configuration(host=line.base_url, access_token=ACCESS_TOKEN)) as client:
        yield client


@pytest.fixture
def api(sdk: ApiClient) -> MessagingApi:
    return MessagingApi(sdk)
