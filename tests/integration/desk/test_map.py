"""Maps: the records with a place, as points and as a list, and where the map's pictures may come from."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_django import Settings

from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.desk import maps
from madoguchi.records.models import AccessLog
from tests.integration.desk.conftest import At
from tests.integration.desk.roadworks import FIELDS, repair, roadworks

pytestmark = pytest.mark.django_db
MAP = "/desk/roads/?view=places"
STATION = {"lat": 35.7219, "lon": 139.9311, "label": "市川駅前"}


@pytest.fixture
def roads(city: City) -> AppRevision:
    return roadworks()


def text(answer: Any) -> str:
    assert answer.status_code == 200
    found: str = answer.content.decode()
    return found


def points(page: str) -> list[dict[str, Any]]:
    script = page.split('id="map-points"', 1)[1].split(">", 1)[1]
    found: list[dict[str, Any]] = json.loads(script.split("</script>", maxsplit=1)[0])
    return found


def test_records_with_a_place_are_points_and_stand_in_the_list(roads: AppRevision, at: At) -> None:
    ref = repair(roads, 件名="西の穴", 場所=STATION, 費用=500)
    repair(roads, 件名="どこかの穴")
    page = text(at("sato").get(MAP))
    assert points(page) == [{"id": ref.record_id, "lat": 35.7219, "lon": 139.9311, "title": "西の穴"}]
    listed = page.split('class="map-list"')[1]
    assert "西の穴" in listed and "市川駅前" in listed and "500円" in listed
    assert "どこかの穴" not in page and "場所の入っていないものが1件" in page


def test_pictures_may_come_from_the_tiles_on_this_page_alone(
    roads: AppRevision, at: At, settings: Settings
) -> None:
    repair(roads, 場所=STATION)
    assert "https://cyberjapandata.gsi.go.jp" in at("sato").get(MAP)["Content-Security-Policy"]
    assert "cyberjapandata" not in at("sato").get("/desk/roads/?view=all")["Content-Security-Policy"]
    assert "地理院タイル" in text(at("sato").get(MAP))
    for own in ("", "/tiles/{z}/{x}/{y}.png"):
        settings.MAP_TILES = own
        answer = at("sato").get(MAP)
        assert "gsi.go.jp" not in answer["Content-Security-Policy"] + text(answer)


def test_hidden_places_and_records_are_on_no_map(city: City, at: At) -> None:
    app = roadworks(field_rules=[{"field": "場所", "allow": [{"staff": "suzuki"}]}])
    repair(app, 件名="西の穴", 場所=STATION)
    page = text(at("sato").get(MAP))
    assert "見る権限がありません" in page and "35.72" not in page
    roadworks(record_rules=[{"filter": "", "allow": [{"staff": "suzuki", "rights": ["view"]}]}])
    page = text(at("sato").get(MAP))
    assert "西の穴" not in page and "35.72" not in page and "地図に載せるものがありません" in page
    assert "西の穴" in text(at("suzuki").get(MAP))


def test_a_personal_place_is_noted_as_read(city: City, at: At) -> None:
    app = roadworks(fields=[{**field, "personal": field["code"] == "場所"} for field in FIELDS])
    ref = repair(app, 場所=STATION)
    at("sato").get(MAP)
    assert AccessLog.objects.get().record_ids == [ref.record_id]


def test_a_title_cannot_leave_its_script(roads: AppRevision, at: At) -> None:
    repair(roads, 件名="</script><script>alert(1)</script>", 場所=STATION)
    page = text(at("sato").get(MAP))
    assert "<script>alert" not in page and points(page)[0]["title"].startswith("</script>")


def test_more_points_than_a_map_takes_are_said(roads: AppRevision, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "MAX_POINTS", 2)
    for _ in range(3):
        repair(roads, 場所=STATION)
    page = text(at("sato").get(MAP))
    assert len(points(page)) == 2 and "初めの2件だけ" in page


@pytest.mark.parametrize("place", [None, "ない", "件名"])
def test_a_map_by_what_is_no_place_says_so(city: City, at: At, place: str | None) -> None:
    views = [{"code": "places", "name": "地図", "type": "map", "place": place, "columns": ["件名"]}]
    repair(roadworks(views=views), 場所=STATION)
    assert "アプリを作った人に知らせてください" in text(at("sato").get(MAP))
