"""Webhooks: what an app tells other programs, over real HTTP."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from madoguchi.accounts.models import Membership, Staff
from madoguchi.api import webhook_send, webhooks
from madoguchi.api.models import Webhook, WebhookDelivery
from madoguchi.api.tasks import sweep
from madoguchi.api.webhook_send import NotDelivered
from madoguchi.catalog.models import App
from madoguchi.catalog.queries import AppRevision
from madoguchi.lib import outbound
from madoguchi.records import staff_notices, write
from madoguchi.records.actor import staff_actor
from madoguchi.records.models import AccessLog
from tests.integration.api.conftest import books
from tests.publishing import publish
from tests.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db
Run = Callable[[], int]
New = Callable[..., Webhook]
State = WebhookDelivery.State
NAME = {"family": "市川", "given": "花子", "family_kana": "イチカワ", "given_kana": "ハナコ"}


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with receiving() as told:
        yield told


@pytest.fixture
def new_hook(app: AppRevision, staff: Mapping[str, Staff], receiver: Receiver) -> New:
    """Makes a webhook of the ledger; its owner is sato."""

    def make(**changes: Any) -> Webhook:
        given = {"name": "試験", "url": receiver.url, "events": webhooks.EVENTS, "personal": False}
        row = App.objects.get(pk=app.app_id)
        return webhooks.save_webhook(None, app=row, actor=staff["sato"], **given | changes)[0]  # type: ignore[arg-type]

    return make


@pytest.fixture
def add(app: AppRevision, staff: Mapping[str, Staff]) -> Callable[..., int]:
    """Adds a record as suzuki; returns its id."""

    def make(**values: Any) -> int:
        given = {"key": "K-1", "氏名": NAME, **values}
        return write.create_record(app=app, values=given, actor=staff_actor(staff["suzuki"])).record_id

    return make


def sending() -> QuerySet[ProcrastinateJob]:
    return ProcrastinateJob.objects.filter(task_name="api.deliver")


def delivery() -> WebhookDelivery:
    return WebhookDelivery.objects.get()


def try_again() -> None:
    """One more try of the only message."""
    webhook_send.deliver(delivery().pk)


def test_a_new_record_is_told_in_kintones_shape(
    new_hook: New, add: Callable[..., int], receiver: Receiver, run_jobs: Run, app: AppRevision
) -> None:
    new_hook()
    record_id = add(num=3)
    run_jobs()
    told = receiver.last
    assert told["type"] == "ADD_RECORD"
    assert told["app"] == {"id": str(app.app_id), "name": "台帳"}
    assert told["record"]["key"] == {"type": "SINGLE_LINE_TEXT", "value": "K-1"}
    assert told["record"]["倍"]["value"] == "6"
    assert told["record"]["$id"] == {"type": "__ID__", "value": str(record_id)}
    assert told["recordTitle"] == f"#{record_id}"
    assert told["url"].endswith(f"/desk/books/{record_id}/")
    assert told["id"] == str(delivery().pk)
    assert (delivery().state, delivery().last["status"]) == (State.DELIVERED, 200)


def test_the_receiver_can_check_the_signature(
    new_hook: New, add: Callable[..., int], receiver: Receiver, run_jobs: Run
) -> None:
    secret = new_hook().secret
    add()
    run_jobs()
    call = receiver.received[0]
    parts = dict(part.split("=") for part in call.headers["X-Madoguchi-Signature"].split(","))
    wanted = hmac.new(secret.encode(), parts["t"].encode() + b"." + call.body, hashlib.sha256).hexdigest()
    assert parts["v1"] == wanted
    assert abs(int(parts["t"]) - timezone.now().timestamp()) < 60


def test_the_secret_is_sealed_and_bound_to_its_app(new_hook: New) -> None:
    hook = new_hook()
    assert hook.secret.startswith("whsec_")
    assert hook.secret.encode() not in bytes(hook.sealed_secret)


def test_every_kind_of_event_has_its_name(
    new_hook: New, add: Callable[..., int], receiver: Receiver, run_jobs: Run, app: AppRevision,
    staff: Mapping[str, Staff],
) -> None:
    new_hook()
    actor, record_id = staff_actor(staff["suzuki"]), add()
    write.update_record(app=app, record_id=record_id, changes={"num": 5}, expected_revision=None, actor=actor)
    assert app.definition.process is not None
    begin = app.definition.process.actions[0]
    write.move_record(app=app, record_id=record_id, action=begin, expected_revision=None, actor=actor)
    write.add_event(app=app, record_id=record_id, kind="commented", actor=actor, data={"text": "秘密"})
    run_jobs()
    assert [call.json["type"] for call in receiver.received] == [
        "ADD_RECORD", "UPDATE_RECORD", "UPDATE_STATUS", "ADD_RECORD_COMMENT",
    ]  # fmt: skip
    assert receiver.received[2].json["record"]["ステータス"]["value"] == "処理中"
    assert receiver.last["comment"]["creator"] == {"code": "suzuki", "name": "鈴木 健太"}
    assert receiver.last["comment"]["text"] == ""
    write.delete_record(app=app, record_id=record_id, expected_revision=None, actor=actor)
    run_jobs()
    told = receiver.last
    assert (told["type"], told["recordId"]) == ("DELETE_RECORD", str(record_id))
    assert told["deletedBy"]["code"] == "suzuki"
    assert "record" not in told


def test_only_what_was_asked_for_is_told(
    new_hook: New, add: Callable[..., int], receiver: Receiver, run_jobs: Run
) -> None:
    new_hook(events=["DELETE_RECORD"])
    add()
    assert not sending().exists()
    run_jobs()
    assert receiver.received == []


def test_personal_values_stay_here_unless_the_webhook_says_so(
    new_hook: New, add: Callable[..., int], receiver: Receiver, run_jobs: Run
) -> None:
    new_hook()
    add()
    run_jobs()
    assert "花子".encode() not in receiver.received[0].body
    assert not any(code.startswith("氏名") for code in receiver.last["record"])
    assert not AccessLog.objects.exists()


def test_personal_values_that_leave_are_noted_as_read_by_the_owner(
    new_hook: New, add: Callable[..., int], receiver: Receiver, run_jobs: Run, staff: Mapping[str, Staff]
) -> None:
    new_hook(personal=True)
    record_id = add()
    run_jobs()
    assert receiver.last["record"]["氏名_名"]["value"] == "花子"
    log = AccessLog.objects.get()
    assert (log.staff, log.purpose, log.record_ids, log.field_ids) == (staff["sato"], "webhook", [record_id], [18])


def test_a_record_that_the_owner_does_not_see_is_not_told(
    new_hook: New, add: Callable[..., int], receiver: Receiver, run_jobs: Run
) -> None:
    publish(books(record_rules=[{"filter": 'key = "K-1"', "allow": [{"staff": "suzuki", "rights": ["view"]}]}]))
    new_hook()
    add()
    run_jobs()
    assert receiver.received == []
    assert (delivery().state, delivery().reason) == (State.SKIPPED, "record")


def test_a_field_that_the_owner_does_not_see_is_not_told(
    new_hook: New, add: Callable[..., int], receiver: Receiver, run_jobs: Run
) -> None:
    publish(books(field_rules=[{"field": "num", "allow": [{"staff": "suzuki", "access": "write"}]}]))
    new_hook()
    add(num=1)
    run_jobs()
    assert "num" not in receiver.last["record"]


def test_what_fails_is_sent_again_with_the_same_id(
    new_hook: New, add: Callable[..., int], receiver: Receiver
) -> None:
    new_hook()
    add()
    receiver.status = 503
    with pytest.raises(NotDelivered, match="HTTP 503"):
        try_again()
    assert delivery().state == State.WAITING
    assert delivery().next_at is not None
    receiver.status = 204
    try_again()
    assert [one["status"] for one in delivery().attempts] == [503, 204]
    assert receiver.received[0].json["id"] == receiver.received[1].json["id"]
    try_again()
    assert len(receiver.received) == 2, "what has arrived is not sent again"


def test_after_eight_retries_it_is_given_up_and_sent_again_on_demand(
    new_hook: New, add: Callable[..., int], receiver: Receiver, run_jobs: Run
) -> None:
    new_hook()
    add()
    receiver.status = 500
    for _ in range(8):
        with pytest.raises(NotDelivered):
            try_again()
    try_again()
    assert (delivery().state, len(receiver.received)) == (State.FAILED, 9)
    receiver.status = 200
    assert webhooks.resend(delivery())
    assert not webhooks.resend(delivery()), "it waits already"
    run_jobs()
    assert (delivery().state, len(receiver.received)) == (State.DELIVERED, 10)
    assert len({call.json["id"] for call in receiver.received}) == 1


def test_the_pauses_grow_as_the_queue_lets_them() -> None:
    assert [webhook_send.pause(tries).total_seconds() for tries in (1, 2, 8)] == [4, 16, 65536]


def test_events_of_one_record_wait_for_each_other_and_records_do_not(
    new_hook: New, add: Callable[..., int], app: AppRevision, staff: Mapping[str, Staff]
) -> None:
    hook = new_hook()
    actor = staff_actor(staff["suzuki"])
    first, second = add(), add(key="K-2")
    write.update_record(app=app, record_id=first, changes={"num": 1}, expected_revision=None, actor=actor)
    locks = list(sending().order_by("id").values_list("lock", flat=True))
    assert locks == [f"webhook:{hook.pk}:{number}" for number in (first, second, first)]


def test_an_app_without_webhooks_makes_no_job(app: AppRevision, add: Callable[..., int]) -> None:
    add()
    assert not sending().exists()


def test_a_redirect_is_not_followed(new_hook: New, add: Callable[..., int], receiver: Receiver) -> None:
    new_hook()
    add()
    receiver.status, receiver.location = 302, f"{receiver.url}/elsewhere"
    with pytest.raises(NotDelivered):
        try_again()
    assert len(receiver.received) == 1
    assert delivery().last["error"] == "redirect"


def test_nothing_inside_is_called(
    new_hook: New, add: Callable[..., int], receiver: Receiver, settings: Settings
) -> None:
    new_hook()
    add()
    settings.WEBHOOK_ALLOW_PRIVATE = False
    with pytest.raises(NotDelivered):
        try_again()
    assert receiver.received == []
    assert delivery().last["error"] == "private"


def test_an_address_inside_is_not_saved(new_hook: New, settings: Settings) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = False
    for url in ("http://127.0.0.1/", "http://localhost:8000/", "http://[::1]/", "http://169.254.169.254/latest/"):
        with pytest.raises(webhooks.WebhookRefused, match="private"):
            new_hook(url=url)
    for url in ("ftp://example.com/", "https://user:pass@example.com/", "example.com", "https://"):
        with pytest.raises(webhooks.WebhookRefused, match="url"):
            new_hook(url=url)


def test_a_webhook_that_fails_for_three_days_is_switched_off_and_its_owner_told(
    new_hook: New, add: Callable[..., int], receiver: Receiver, run_jobs: Run, staff: Mapping[str, Staff]
) -> None:
    hook = new_hook()
    Staff.objects.filter(pk=staff["sato"].pk).update(email="sato@example.jp")
    add()
    receiver.status = 500
    with pytest.raises(NotDelivered):
        try_again()
    hook.refresh_from_db()
    assert hook.active and hook.failing_since is not None
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=3, minutes=1))
    with pytest.raises(NotDelivered):
        try_again()
    hook.refresh_from_db()
    assert (hook.active, hook.off_reason) == (False, Webhook.Off.FAILING)
    run_jobs()
    notice = staff_notices.unread(staff["sato"]).get()
    assert "Webhook「試験」が止まりました" in notice.text
    assert mail.outbox[0].to == ["sato@example.jp"]
    assert "試験" in mail.outbox[0].subject
    assert f"/studio/books/integration/webhooks/{hook.pk}/" in mail.outbox[0].body
    assert (delivery().state, delivery().reason) == (State.SKIPPED, "off")


def test_a_success_forgets_earlier_failures(new_hook: New, add: Callable[..., int], receiver: Receiver) -> None:
    hook = new_hook()
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=9))
    add()
    try_again()
    hook.refresh_from_db()
    assert hook.active and hook.failing_since is None


def test_an_owner_who_lost_the_right_sends_nothing_more(
    new_hook: New, add: Callable[..., int], receiver: Receiver, run_jobs: Run, staff: Mapping[str, Staff]
) -> None:
    hook = new_hook()
    Membership.objects.filter(staff=staff["sato"]).delete()
    add()
    run_jobs()
    hook.refresh_from_db()
    assert receiver.received == []
    assert (hook.active, hook.off_reason) == (False, Webhook.Off.OWNER)


def test_a_renamed_app_is_told_by_its_new_name(
    new_hook: New, add: Callable[..., int], receiver: Receiver, run_jobs: Run, app: AppRevision
) -> None:
    new_hook()
    add()
    publish(books(name="新しい台帳"))
    run_jobs()
    assert receiver.last["app"] == {"id": str(app.app_id), "name": "新しい台帳"}


def test_an_app_that_is_no_longer_published_tells_nothing(
    new_hook: New, add: Callable[..., int], receiver: Receiver, run_jobs: Run, app: AppRevision
) -> None:
    new_hook()
    add()
    App.objects.filter(pk=app.app_id).update(published=None)
    run_jobs()
    assert receiver.received == []
    assert delivery().reason == "app"


def test_a_webhook_deleted_meanwhile_leaves_a_job_that_does_nothing(
    new_hook: New, add: Callable[..., int], receiver: Receiver, run_jobs: Run
) -> None:
    hook = new_hook()
    add()
    hook.delete()
    run_jobs()
    assert receiver.received == []


def test_a_message_about_a_record_deleted_meanwhile_is_left_out(
    new_hook: New, add: Callable[..., int], receiver: Receiver, run_jobs: Run, app: AppRevision,
    staff: Mapping[str, Staff],
) -> None:
    new_hook()
    record_id = add()
    actor = staff_actor(staff["suzuki"])
    write.delete_record(app=app, record_id=record_id, expected_revision=None, actor=actor)
    run_jobs()
    assert [call.json["type"] for call in receiver.received] == ["DELETE_RECORD"]


def test_the_log_is_forgotten_after_90_days(new_hook: New, add: Callable[..., int], run_jobs: Run) -> None:
    new_hook()
    add()
    run_jobs()
    sweep()
    assert WebhookDelivery.objects.exists()
    WebhookDelivery.objects.update(created_at=timezone.now() - timedelta(days=91))
    sweep()
    assert not WebhookDelivery.objects.exists()


def test_nobody_there_is_said_so(new_hook: New, add: Callable[..., int], receiver: Receiver) -> None:
    new_hook(url="http://127.0.0.1:1/")
    add()
    with pytest.raises(NotDelivered, match="connect"):
        try_again()


def test_a_name_that_points_inside_is_refused_whatever_it_is_called(settings: Settings) -> None:
    with pytest.raises(outbound.NotReached, match="private"):
        outbound.post("http://localhost:9/", body=b"{}", headers={}, allow_private=False)


def test_an_app_has_ten_webhooks_at_most(new_hook: New) -> None:
    for _ in range(webhooks.MAX_WEBHOOKS):
        new_hook()
    with pytest.raises(webhooks.WebhookRefused, match="many"):
        new_hook()
