"""The simulator delivers to a listening server and a real worker answers: nothing is handed over by the test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from madoguchi.catalog.queries import AppRevision
from madoguchi.channels.line import client
from madoguchi.channels.line.models import OutgoingMessage, ReceivedEvent
from madoguchi.intake.models import Application
from madoguchi.site.config import Service
from madoguchi.site.worker import worker_app
from tests.integration.line.walking import ANSWERS
from tests.line_chat import actions_of, photo, words
from tests.line_simulator import LineSimulator, Person, line_simulator

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(
    live_server: LiveServer, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LineSimulator]:
    """LINE, delivering straight to the server."""
    settings.BASE_URL = live_server.url
    with line_simulator(tmp_path_factory.mktemp("live"), f"{live_server.url}/line/webhook") as simulator:
        settings.LINE = Service(simulator.base_url, simulator.channel_id, simulator.channel_secret)
        client.forget_token()
        yield simulator


def work() -> None:
    """A real worker, until nothing is left to do."""

    async def until_idle() -> None:
        app = worker_app()
        async with app.open_async():
            await app.run_worker_async(
                concurrency=3, wait=False, install_signal_handlers=False, listen_notify=False,
                task_middleware=[_leave_no_connection],
            )
        await sync_to_async(connections.close_all)()  # what is due by the clock is enqueued in a thread of its own

    def run() -> None:
        asyncio.run(until_idle())
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()


def _leave_no_connection(call_next: Callable[[], Any], context: Any, worker: Any) -> Any:
    """The test database is dropped at the end; the worker's threads must not hold on to it."""
    try:
        return call_next()
    finally:
        connections.close_all()


def heard(person: Person) -> str:
    return "\n".join(words(message) for message in person.from_bot())


def test_two_residents_are_each_answered_once_although_line_sends_everything_twice_and_in_disorder(
    pilot: AppRevision, line: LineSimulator
):
    line.faults(duplicate=1, reorder=1)
    people = [line.person("市川 花子"), line.person("髙橋 一郎")]
    work()
    for person in people:
        person.tap("住民票")
    work()
    for person in people:
        person.tap("住民票の写し")
    work()
    for person in people:
        person.say("市川 花子")
        person.say("イチカワ ハナコ")
    work()
    for person in people:
        assert heard(person).count("（2/14）生年月日") == 1
        assert heard(person).count("【フリガナ") == 1
    assert ReceivedEvent.objects.filter(handled_at=None).count() == 0
    assert OutgoingMessage.objects.filter(sent_at=None).count() == 0


def test_a_double_tap_handled_by_a_real_worker_files_one_application(pilot: AppRevision, line: LineSimulator):
    person = line.person()
    work()
    person.tap("住民票")
    work()
    person.tap("住民票の写し")
    work()
    for text in list(ANSWERS.values())[:-1]:
        person.say(text)
    files = [("files", ("a.jpg", photo(), "image/jpeg"))] * 2
    line.client.post(f"/control/users/{person.user_id}/image", files=files).raise_for_status()
    person.say("はい")
    work()
    send = next(action for action in actions_of(person.from_bot()) if action["label"] == "この内容で申請する")
    for _ in range(2):
        person.act("press", action=send)
    work()
    number = Application.objects.get().receipt_number
    assert heard(person).count(f"受付番号は {number}") == 2
