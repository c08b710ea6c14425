"""One LINE simulator with a listening webhook for each test."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.line_simulator import LineSimulator, Webhook, line_simulator, listening_webhook


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
