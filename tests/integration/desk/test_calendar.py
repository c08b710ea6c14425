"""Calendars: records on their days, holidays and eras, undated ones beside, and another date by hand."""

from __future__ import annotations

from typing import Any

import pytest

from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.desk import calendars
from madoguchi.records import read
from madoguchi.records.actor import SYSTEM
from madoguchi.records.write import update_record
from tests.integration.desk.conftest import At
from tests.integration.desk.roadworks import repair, roadworks

pytestmark = pytest.mark.django_db
NOVEMBER, ROUNDS = "/desk/roads/?view=plan&day=2026-11-23", "/desk/roads/?view=rounds&day=2026-11-23"


@pytest.fixture
def roads(city: City) -> AppRevision:
    return roadworks()


def text(answer: Any) -> str:
    assert answer.status_code == 200
    found: str = answer.content.decode()
    return found


def day(page: str, wanted: str) -> str:
    return page.split(f'data-day="{wanted}"')[1].split("</td>", maxsplit=1)[0]


def test_records_stand_on_their_days_and_the_undated_beside(roads: AppRevision, at: At) -> None:
    repair(roads, 件名="西の穴", 工事日="2026-11-30")
    repair(roads, 件名="来月の橋", 工事日="2027-01-10")
    repair(roads, 件名="未定の道")
    page = text(at("sato").get(NOVEMBER))
    assert "西の穴" in day(page, "2026-11-30") and "来月の橋" not in page
    assert "未定の道" in page.split('id="undated"')[1]


def test_the_heading_names_the_era_and_holidays_have_their_names(roads: AppRevision, at: At) -> None:
    page = text(at("sato").get(NOVEMBER))
    assert "2026年11月（令和8年）" in page and "勤労感謝の日" in day(page, "2026-11-23")
    assert "cal__day--saturday" in page.split('data-day="2026-11-28"')[0].rsplit("<td", 1)[1]
    assert "令和元年" in text(at("sato").get("/desk/roads/?view=plan&day=2019-05-10"))


def test_moments_stand_with_their_time_in_tokyo(roads: AppRevision, at: At) -> None:
    repair(roads, 件名="夜回り", 見回り="2026-11-23T00:30:00+09:00")
    found = day(text(at("sato").get(ROUNDS)), "2026-11-23")
    assert "夜回り" in found and "00:30" in found


def test_a_week_shows_what_is_on_the_cards(roads: AppRevision, at: At) -> None:
    repair(roads, 件名="西の穴", 工事日="2026-11-23", 費用=500)
    page = text(at("sato").get(f"{NOVEMBER}&span=week"))
    assert page.count("data-day=") == 7 and "500円" in day(page, "2026-11-23")
    assert "2026-11-22～2026-11-28" in page


@pytest.mark.parametrize("asked", ["2026-13-01", "x", "", "0001-01-01", "9999-12-31", "２０２６"])
def test_what_is_no_day_is_today_or_the_end_of_the_calendar(roads: AppRevision, at: At, asked: str) -> None:
    for span in ("week", "month"):
        assert "cal__day" in text(at("sato").get(f"/desk/roads/?view=plan&day={asked}&span={span}"))


@pytest.mark.parametrize("typed", ["2026-12-05", "令和8年12月5日"])
def test_a_record_gets_another_date(roads: AppRevision, at: At, typed: str) -> None:
    ref = repair(roads, 工事日="2026-11-30")
    url = f"/desk/roads/{ref.record_id}/reschedule/?view=plan&day=2026-11-23"
    page = text(at("sato").post(url, {"value": typed, "revision": 1}, follow=True))
    assert "を変えました" in page and "2026年11月" in page
    assert read.get_record(roads, ref.record_id).values["工事日"] == "2026-12-05"


def test_the_time_of_a_moment_stays_and_a_new_one_begins_at_nine(roads: AppRevision, at: At) -> None:
    timed, undated = repair(roads, 見回り="2026-11-23T14:30:00+09:00"), repair(roads)
    for ref in (timed, undated):
        url = f"/desk/roads/{ref.record_id}/reschedule/?view=rounds"
        at("sato").post(url, {"value": "2026-11-24", "revision": 1})
    found = [read.get_record(roads, ref.record_id).values["見回り"] for ref in (timed, undated)]
    assert found == ["2026-11-24T14:30:00+09:00", "2026-11-24T09:00:00+09:00"]


def test_a_date_is_taken_away_and_a_wrong_one_explained(roads: AppRevision, at: At) -> None:
    ref = repair(roads, 工事日="2026-11-30")
    url = f"/desk/roads/{ref.record_id}/reschedule/?view=plan"
    assert "2月30日" in text(at("sato").post(url, {"value": "2026-02-30", "revision": 1}, follow=True))
    assert read.get_record(roads, ref.record_id).values["工事日"] == "2026-11-30"
    at("sato").post(url, {"value": "", "revision": 1})
    assert "工事日" not in read.get_record(roads, ref.record_id).values


def test_somebody_elses_change_is_not_overwritten(roads: AppRevision, at: At) -> None:
    ref = repair(roads, 工事日="2026-11-30")
    update_record(app=roads, record_id=ref.record_id, changes={"件名": "橋"}, expected_revision=1, actor=SYSTEM)
    url = f"/desk/roads/{ref.record_id}/reschedule/?view=plan"
    page = text(at("sato").post(url, {"value": "2026-12-05", "revision": 1}, follow=True))
    assert "ほかの人がこのレコードを更新しました" in page


def test_who_may_not_edit_sees_no_way_to_move(city: City, at: At) -> None:
    app = roadworks(field_rules=[{"field": "工事日", "allow": [{"access": "read"}]}])
    ref = repair(app, 工事日="2026-11-30")
    assert "data-movable" not in text(at("sato").get(NOVEMBER))
    url = f"/desk/roads/{ref.record_id}/reschedule/?view=plan"
    text(at("sato").post(url, {"value": "2026-12-05", "revision": 1}, follow=True))
    assert read.get_record(app, ref.record_id).values["工事日"] == "2026-11-30"
    look = roadworks(permissions=[{"department": "shimin", "rights": ["view"]}])
    assert "data-movable" not in text(at("sato").get(NOVEMBER))
    assert at("sato").post(url, {"value": "2026-12-05", "revision": 1}).status_code == 403
    assert look.code == "roads"


def test_hidden_dates_make_no_calendar_and_hidden_records_are_not_on_it(city: City, at: At) -> None:
    only = [{"staff": "suzuki"}]
    app = roadworks(field_rules=[{"field": "工事日", "allow": only}])
    repair(app, 件名="西の穴", 工事日="2026-11-30")
    page = text(at("sato").get(NOVEMBER))
    assert "見る権限がありません" in page and "西の穴" not in page
    roadworks(record_rules=[{"filter": "", "allow": [{"staff": "suzuki", "rights": ["view"]}]}])
    assert "西の穴" not in text(at("sato").get(NOVEMBER))
    assert "西の穴" in text(at("suzuki").get(NOVEMBER))


@pytest.mark.parametrize("code", [None, "ない", "件名"])
def test_a_calendar_by_what_is_no_date_says_so(city: City, at: At, code: str | None) -> None:
    views = [{"code": "plan", "name": "予定", "type": "calendar", "date": code, "columns": ["件名"]}]
    repair(roadworks(views=views))
    assert "アプリを作った人に知らせてください" in text(at("sato").get(NOVEMBER))


def test_a_calendar_may_go_by_when_records_were_added(city: City, at: At) -> None:
    views = [{"code": "plan", "name": "登録", "type": "calendar", "date": "created_at", "columns": ["件名"]}]
    repair(roadworks(views=views), 件名="西の穴")
    page = text(at("sato").get("/desk/roads/?view=plan"))
    assert "西の穴" in page and "data-movable" not in page


def test_a_full_day_folds_and_a_full_month_is_cut_and_said(
    roads: AppRevision, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        repair(roads, 件名=f"穴{number}", 工事日="2026-11-30")
    assert "ほか4件" in text(at("sato").get(NOVEMBER))
    monkeypatch.setattr(calendars, "MAX_RECORDS", 3)
    page = text(at("sato").get(NOVEMBER))
    assert "初めの3件だけ" in page and page.count('id="card-') == 3
