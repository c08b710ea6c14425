"""A real worker sends, fails and sends again: nothing is handed over by the test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from django.db import connection
from pytest_django import Settings

from madoguchi.accounts.models import Staff
from madoguchi.api import webhooks
from madoguchi.api.models import WebhookDelivery
from madoguchi.catalog.models import App
from madoguchi.catalog.queries import AppRevision
from madoguchi.records import write
from madoguchi.records.actor import staff_actor
from tests.integration.line.test_live import work
from tests.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with receiving() as told:
        yield told


def test_one_records_events_keep_their_order_over_a_failure_and_another_record_does_not_wait(
    app: AppRevision, staff: Mapping[str, Staff], receiver: Receiver
) -> None:
    actor, row = staff_actor(staff["sato"]), App.objects.get(pk=app.app_id)
    webhooks.save_webhook(
        None, app=row, name="試験", url=receiver.url, events=webhooks.EVENTS, personal=False, actor=staff["sato"]
    )
    first = write.create_record(app=app, values={"key": "K-1"}, actor=actor).record_id
    write.update_record(app=app, record_id=first, changes={"num": 1}, expected_revision=None, actor=actor)
    receiver.status = 503
    work()
    assert [call.json["type"] for call in receiver.received] == ["ADD_RECORD"], "the change waits for the addition"
    receiver.status = 200
    second = write.create_record(app=app, values={"key": "K-2"}, actor=actor).record_id
    work()
    assert receiver.last["record"]["$id"]["value"] == str(second)
    assert len(receiver.received) == 2
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo' AND attempts > 0")
    work()
    work()  # A worker that does not wait leaves when what is left is locked.
    mine = [call.json for call in receiver.received if call.json["record"]["$id"]["value"] == str(first)]
    assert [told["type"] for told in mine] == ["ADD_RECORD", "ADD_RECORD", "UPDATE_RECORD"]
    assert mine[0]["id"] == mine[1]["id"]
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {WebhookDelivery.State.DELIVERED}
