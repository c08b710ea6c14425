"""The inbox: rules of apps and reminders reach the right people, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from madoguchi.accounts.models import Staff, StaffGroup
from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.desk import inbox_mail, tasks
from madoguchi.records import staff_rules
from madoguchi.records.actor import RESIDENT, SYSTEM, staff_actor
from madoguchi.records.models import Event, StaffNotice
from madoguchi.records.write import add_event, assign_record, create_record, delete_record, move_record, update_record
from tests.integration.desk.conftest import At
from tests.integration.desk.roadworks import FIELDS, repair, roadworks
from tests.jobs import run_waiting_jobs
from tests.publishing import publish

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")
GROUPS_FIELD = {"type": "group", "id": 30, "code": "班", "label": "班"}


def with_rule(to: list[dict[str, Any]], on: str = "added", **rule: Any) -> AppRevision:
    notification = {"code": "n1", "title": "新しい通報", "on": [on], "to": to, **rule}
    return roadworks(notifications=[notification], fields=[*FIELDS, GROUPS_FIELD])


def told() -> set[str]:
    return {notice.staff.username for notice in StaffNotice.objects.select_related("staff")}


@pytest.mark.parametrize(
    ("target", "people"),
    [
        ({"department": "shimin", "roles": ["review"]}, {"suzuki"}), ({"staff": "ito"}, {"ito"}),
        ({"roles": ["app_admin"]}, {"watanabe"}), ({"group": "saigai"}, {"suzuki", "ito"}),
        ({"group": "saigai", "roles": ["approval"]}, {"ito"}), ({"in_field": "担当者"}, {"sato"}),
        ({"in_field": "班"}, {"suzuki", "ito"}), ({"in_field": "班", "roles": ["review"]}, {"suzuki"}),
        ({"staff": "outsider"}, set()), ({"assignee": True}, set()), ({"in_field": "件名"}, set()),
    ],
)
def test_a_rule_tells_those_whom_it_names_and_who_may_see_the_record(
    city: City, staff: dict[str, Staff], target: dict[str, Any], people: set[str]
) -> None:
    StaffGroup.objects.create(code="saigai", name="災害対策班").members.set([staff["suzuki"], staff["ito"]])
    app = with_rule([target])
    repair(app, 担当者=["sato"], 班=["saigai"])
    run_waiting_jobs()
    assert told() == people


def test_creator_and_assignee_are_told_but_never_of_what_they_did_themselves(
    city: City, staff: dict[str, Staff]
) -> None:
    app = with_rule([{"creator": True}, {"assignee": True}], on="edited")
    sato, suzuki = staff["sato"], staff["suzuki"]
    ref = repair(app, actor=staff_actor(sato))
    assign_record(app=app, record_id=ref.record_id, staff_id=suzuki.pk, expected_revision=None, actor=SYSTEM)
    change: dict[str, Any] = {"app": app, "record_id": ref.record_id, "expected_revision": None}
    update_record(**change, changes={"件名": "大穴"}, actor=staff_actor(sato))
    run_waiting_jobs()
    assert told() == {"suzuki"}
    update_record(**change, changes={"件名": "小穴"}, actor=staff_actor(suzuki))
    run_waiting_jobs()
    assert told() == {"suzuki", "sato"}


@pytest.mark.parametrize("on", ["added", "edited", "commented", "moved"])
def test_each_occasion_tells_once_however_often_the_job_runs(city: City, staff: dict[str, Staff], on: str) -> None:
    app = with_rule([{"staff": "sato"}, {"roles": ["reception"]}], on=on)
    ref = repair(app)
    update_record(app=app, record_id=ref.record_id, changes={"件名": "橋"}, expected_revision=None, actor=SYSTEM)
    add_event(app=app, record_id=ref.record_id, kind="commented", actor=SYSTEM, data={"text": "見ました"})
    assert app.definition.process
    move_record(
        app=app, record_id=ref.record_id, action=app.definition.process.actions[0], expected_revision=None, actor=SYSTEM
    )
    run_waiting_jobs()
    for event in Event.objects.all():
        tasks.tell_by_rules(event.pk)
    assert StaffNotice.objects.filter(staff=staff["sato"]).count() == 1
    assert StaffNotice.objects.get(staff=staff["sato"]).text == "新しい通報"


def test_the_filter_of_a_rule_decides(city: City, staff: dict[str, Staff]) -> None:
    app = with_rule([{"staff": "sato"}], filter='急ぎ in ("至急")')
    repair(app, 急ぎ="通常")
    run_waiting_jobs()
    assert told() == set()
    repair(app, 急ぎ="至急")
    run_waiting_jobs()
    assert told() == {"sato"}


def test_who_is_mentioned_in_a_comment_is_not_told_by_a_rule_as_well(city: City, staff: dict[str, Staff]) -> None:
    app = with_rule([{"department": "shimin"}], on="commented")
    ref = repair(app)
    mentions = [{"type": "USER", "code": "sato"}]
    add_event(
        app=app, record_id=ref.record_id, kind="commented", actor=staff_actor(staff["ito"]),
        data={"text": "お願いします", "mentions": mentions},
    )
    run_waiting_jobs()
    assert [n.kind for n in StaffNotice.objects.filter(staff=staff["sato"])] == ["mention"]
    assert told() == {"sato", "suzuki", "watanabe"}


def test_a_record_that_a_rule_hides_is_told_to_nobody_who_may_not_see_it(city: City, staff: dict[str, Staff]) -> None:
    rules = [{"filter": "", "allow": [{"staff": "suzuki", "rights": ["view"]}]}]
    notification = {"code": "n", "title": "通報", "on": ["added"], "to": [{"department": "shimin"}]}
    app = roadworks(record_rules=rules, notifications=[notification])
    repair(app)
    run_waiting_jobs()
    assert told() == {"suzuki"}


def test_a_record_that_is_gone_when_the_job_runs_tells_nobody(city: City, staff: dict[str, Staff]) -> None:
    app = with_rule([{"staff": "sato"}])
    ref = create_record(app=app, values={"件名": "穴"}, actor=SYSTEM)
    delete_record(app=app, record_id=ref.record_id, expected_revision=None, actor=SYSTEM)
    run_waiting_jobs()
    assert told() == set()


def test_an_app_without_rules_makes_no_job(city: City, staff: dict[str, Staff]) -> None:
    repair(roadworks())
    assert not ProcrastinateJob.objects.filter(task_name="desk.tell_by_rules").exists()


# --- reminders ------------------------------------------------------------------------------------------------------


def at_time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("days", "now", "reminded"),
    [
        (0, "2026-12-01T08:59", False), (0, "2026-12-01T09:00", True), (0, "2026-12-02T08:59", True),
        (0, "2026-12-02T09:00", False), (-3, "2026-11-28T09:01", True), (-3, "2026-12-01T09:01", False),
        (7, "2026-12-08T09:00", True),
    ],
)
@pytest.mark.parametrize("field", ["工事日", "見回り"])
def test_a_reminder_comes_at_its_time_and_up_to_a_day_late(
    city: City, staff: dict[str, Staff], field: str, days: int, now: str, reminded: bool
) -> None:
    app = with_rule([{"staff": "sato"}], on="reminder", reminder={"field": field, "days": days})
    repair(app, 工事日="2026-12-01", 見回り="2026-12-01T23:30:00+09:00")
    assert staff_rules.remind(at_time(now)) == int(reminded)
    assert told() == ({"sato"} if reminded else set())


def test_a_reminder_comes_once_for_a_date_and_anew_for_another(city: City, staff: dict[str, Staff]) -> None:
    app = with_rule([{"staff": "sato"}], on="reminder", reminder={"field": "工事日"})
    ref = repair(app, 工事日="2026-12-01")
    assert [staff_rules.remind(at_time(f"2026-12-01T09:{m:02}")) for m in (0, 5, 10)] == [1, 0, 0]
    assert "2026-12-01" in StaffNotice.objects.get().text
    changes = {"工事日": "2026-12-05"}
    update_record(app=app, record_id=ref.record_id, changes=changes, expected_revision=None, actor=RESIDENT)
    assert staff_rules.remind(at_time("2026-12-05T09:00")) == 1


def test_reminders_about_what_is_no_date_any_more_do_nothing(city: City, staff: dict[str, Staff]) -> None:
    for field in ("件名", "ない"):
        with_rule([{"staff": "sato"}], on="reminder", reminder={"field": field})
        assert staff_rules.remind(at_time("2026-12-01T09:00")) == 0


# --- the page -------------------------------------------------------------------------------------------------------


def test_the_inbox_shows_counts_and_marks_as_read(city: City, staff: dict[str, Staff], at: At) -> None:
    app = with_rule([{"staff": "sato"}])
    refs = [repair(app) for _ in range(3)]
    run_waiting_jobs()
    sato = at("sato")
    page = sato.get("/desk/inbox/").content.decode()
    assert page.count("inbox__title") == 3 and f'href="/desk/roads/{refs[0].record_id}/"' in page
    assert ">3<" in page.split("rail__list")[1]
    first = StaffNotice.objects.earliest("id")
    sato.post("/desk/inbox/read/", {"notice": first.pk})
    assert sato.get("/desk/inbox/").content.decode().count("inbox__title") == 2
    assert sato.get("/desk/inbox/?show=all").content.decode().count("inbox__title") == 3
    at("suzuki").post("/desk/inbox/read/", {"notice": "all"})
    assert StaffNotice.objects.filter(read_at=None).count() == 2
    page = sato.post("/desk/inbox/read/", {"notice": "all"}, follow=True).content.decode()
    assert "すべて既読にしました" in page and "未読のお知らせはありません" in page


def test_opening_the_record_reads_its_notices(city: City, staff: dict[str, Staff], at: At) -> None:
    ref = repair(with_rule([{"staff": "sato"}]))
    run_waiting_jobs()
    at("sato").get(f"/desk/roads/{ref.record_id}/")
    assert not StaffNotice.objects.filter(read_at=None).exists()


def test_what_one_may_no_longer_see_is_not_in_the_inbox(city: City, staff: dict[str, Staff], at: At) -> None:
    app = with_rule([{"staff": "sato"}])
    repair(app)
    run_waiting_jobs()
    assert "新しい通報" in at("sato").get("/desk/inbox/").content.decode()
    data = app.definition.model_dump(mode="json", by_alias=True)
    data["record_rules"] = [{"filter": "", "allow": [{"staff": "suzuki", "rights": ["view"]}]}]
    publish(AppDefinition.model_validate(data))
    assert "新しい通報" not in at("sato").get("/desk/inbox/").content.decode()


@pytest.mark.parametrize("typed", ["x", "9" * 30, "", "-1"])
def test_what_no_browser_sends_marks_nothing(city: City, staff: dict[str, Staff], at: At, typed: str) -> None:
    repair(with_rule([{"staff": "sato"}]))
    run_waiting_jobs()
    assert at("sato").post("/desk/inbox/read/", {"notice": typed}).status_code == 302
    assert at("sato").get(f"/desk/inbox/?before={typed}").status_code == 200
    assert StaffNotice.objects.filter(read_at=None).count() == 1


def test_a_long_inbox_is_read_in_pages(city: City, staff: dict[str, Staff], at: At) -> None:
    app = with_rule([{"staff": "sato"}])
    ref = repair(app)
    StaffNotice.objects.bulk_create(
        StaffNotice(
            staff=staff["sato"], app_id=app.app_id, record_id=ref.record_id, kind="rule", text=f"お知らせ{n:02}。"
        )
        for n in range(60)
    )
    page = at("sato").get("/desk/inbox/").content.decode()
    assert "お知らせ59。" in page and "お知らせ09。" not in page
    more = page.split('href="?show=unread&amp;before=')[1].split('"')[0]
    assert "お知らせ09。" in at("sato").get(f"/desk/inbox/?before={more}").content.decode()


# --- mail -----------------------------------------------------------------------------------------------------------


def test_a_mail_says_how_much_waits_and_nothing_else_once(
    city: City, staff: dict[str, Staff], settings: Settings
) -> None:
    Staff.objects.filter(username="sato").update(email="sato@example.jp")
    app = with_rule([{"department": "shimin"}])
    repair(app, 件名="市川さん宅前の穴")
    run_waiting_jobs()
    tasks.mail_notices(0)
    assert mail.outbox == []
    settings.STAFF_EMAIL = True
    tasks.mail_notices(0)
    tasks.mail_notices(0)
    (sent,) = mail.outbox
    assert sent.to == ["sato@example.jp"] and "1件" in sent.subject and "/desk/inbox/" in sent.body
    assert "市川" not in f"{sent.body}{sent.subject}"
    assert inbox_mail.send_waiting() == 0
