"""The LINE simulator as the process the demonstration starts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from linebot.v3.messaging import ApiClient, Configuration, MessagingApi

from tests.integration.simulators.test_line_richmenus import new_menu
from tests.line_simulator import ACCESS_TOKEN, Webhook, free_port, line_simulator

SOURCE = Path(__file__).parents[3] / "src"


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``python -m simulators.line`` and its address, after its ready line."""
    port = free_port()
    arguments = ["--port", str(port), "--data", str(tmp_path), "--channel-secret", "s", "--channel-access-token", "t"]
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "simulators.line", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(SOURCE)},
    ) as started:  # fmt: skip
        assert started.stdout is not None
        url = f"http://127.0.0.1:{port}"
        assert started.stdout.readline() == f"LINE simulator ready at {url}\n"
        yield started, url
        started.kill()


def test_it_ends_cleanly_when_asked_although_a_phone_is_watching(process: tuple[subprocess.Popen[str], str]):
    started, url = process
    user_id = httpx.post(f"{url}/control/users", json={"displayName": "市川 花子"}).json()["userId"]
    watching = threading.Event()

    def watch() -> None:
        with httpx.stream("GET", f"{url}/phone/{user_id}/events", timeout=20) as stream:
            watching.set()
            stream.read()

    phone = threading.Thread(target=watch)
    phone.start()
    assert watching.wait(5)
    started.send_signal(signal.SIGTERM)
    out, errors = started.communicate(timeout=10)
    phone.join(timeout=5)
    assert (started.returncode, out, errors) == (0, "", "")
    assert not phone.is_alive()


def test_the_token_of_the_command_line_is_accepted(process: tuple[subprocess.Popen[str], str]):
    _, url = process
    assert httpx.get(f"{url}/v2/bot/info", headers={"Authorization": "Bearer t"}).json()["displayName"] == "市役所"


def test_a_restart_keeps_friends_chats_menus_and_clock(tmp_path: Path, webhook: Webhook):
    with line_simulator(tmp_path, webhook.url) as before:
        person = before.person()
        person.say("覚えていますか")
        before.advance(3600)
        with ApiClient(Configuration(host=before.base_url, access_token=ACCESS_TOKEN)) as client:
            MessagingApi(client).set_default_rich_menu(new_menu(MessagingApi(client)))
    with line_simulator(tmp_path) as after:
        person.client = after.client
        assert person.last_event()["message"]["text"] == "覚えていますか"
        assert after.client.get("/control/clock").json()["offset_s"] == 3600
        person.tap("住民票")
        assert b"start:juminhyo" in webhook.requests[-1][1]
