"""Boards: columns with counts, and only the moves that are allowed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.records import read
from madoguchi.records.actor import SYSTEM
from madoguchi.records.models import AccessLog, Event
from madoguchi.records.write import RecordRef, update_record
from tests.integration.desk.conftest import At
from tests.integration.desk.roadworks import FIELDS, repair, roadworks

pytestmark = pytest.mark.django_db
BOARD, URGENCY = "/desk/roads/?view=board", "/desk/roads/?view=urgency"


@pytest.fixture
def roads(city: City) -> AppRevision:
    return roadworks()


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def column(page: str, code: str) -> str:
    """The HTML of one column."""
    return page.split(f'data-column="{code}"')[1].split("</section>", maxsplit=1)[0]


def move(client: Client, ref: RecordRef, view: str, value: str, **more: Any) -> str:
    found = client.post(
        f"/desk/roads/{ref.record_id}/move/?view={view}", {"value": value, "revision": 1, **more}, follow=True
    )
    return text(found)


def test_records_stand_in_the_column_of_their_status_with_a_count(roads: AppRevision, at: At) -> None:
    repair(roads, 件名="西の穴", 費用=1200)
    repair(roads, 件名="東の穴")
    repair(roads, status="doing", 件名="橋")
    page = text(at("sato").get(BOARD))
    assert "西の穴" in column(page, "new") and "東の穴" in column(page, "new") and "橋" in column(page, "doing")
    assert ">2</span></h2>" in column(page, "new") and ">0</span></h2>" in column(page, "done")
    assert "1,200円" in column(page, "new")
    assert "ここには今、ありません" in column(page, "done")


def test_only_moves_that_the_person_may_make_are_offered(roads: AppRevision, at: At) -> None:
    repair(roads, status="doing")
    assert "終える" in text(at("sato").get(BOARD))
    assert "終える" not in text(at("suzuki").get(BOARD))


def test_a_card_moves_by_the_action_of_the_process(roads: AppRevision, at: At) -> None:
    ref = repair(roads)
    page = move(at("sato"), ref, "board", "start")
    assert "「工事を始める」を行いました" in page
    assert read.get_record(roads, ref.record_id).status == "doing"
    assert Event.objects.filter(kind="moved", record_id=ref.record_id).count() == 1


def test_an_action_that_asks_for_something_leads_to_its_page(roads: AppRevision, at: At) -> None:
    ref = repair(roads)
    page = text(at("sato").get(BOARD))
    assert f'href="/desk/roads/{ref.record_id}/actions/refuse/"' in page
    answer = at("sato").post(f"/desk/roads/{ref.record_id}/move/?view=board", {"value": "refuse", "revision": 1})
    assert answer.url == f"/desk/roads/{ref.record_id}/actions/refuse/"


def test_a_card_that_somebody_else_changed_stays_where_it_is(roads: AppRevision, at: At) -> None:
    ref = repair(roads, 急ぎ="通常")
    update_record(app=roads, record_id=ref.record_id, changes={"件名": "大穴"}, expected_revision=1, actor=SYSTEM)
    for view, value in (("board", "start"), ("urgency", "至急")):
        assert "ほかの人がこのレコードを更新しました" in move(at("sato"), ref, view, value)
    record = read.get_record(roads, ref.record_id)
    assert (record.status, record.values["急ぎ"]) == ("new", "通常")


def test_a_card_moves_to_another_option_and_to_none(roads: AppRevision, at: At) -> None:
    ref = repair(roads, 急ぎ="通常")
    assert "動かす" in column(text(at("sato").get(URGENCY)), "通常")
    move(at("sato"), ref, "urgency", "至急")
    assert "穴" in column(text(at("sato").get(URGENCY)), "至急")
    move(at("sato"), ref, "urgency", "-", revision=2)
    assert "急ぎ" not in read.get_record(roads, ref.record_id).values
    assert "未選択" in text(at("sato").get(URGENCY))


@pytest.mark.parametrize("value", ["ない選択肢", "x" * 300])
def test_what_is_no_option_is_refused(roads: AppRevision, at: At, value: str) -> None:
    ref = repair(roads, 急ぎ="通常")
    assert "動かせませんでした" in move(at("sato"), ref, "urgency", value)
    assert read.get_record(roads, ref.record_id).values["急ぎ"] == "通常"


def test_who_may_not_edit_the_field_sees_no_menu_and_cannot_move(city: City, at: At) -> None:
    app = roadworks(field_rules=[{"field": "急ぎ", "allow": [{"staff": "suzuki", "access": "write"}, {}]}])
    ref = repair(app, 急ぎ="通常")
    assert "動かす" not in text(at("sato").get(URGENCY))
    move(at("sato"), ref, "urgency", "至急")
    assert read.get_record(app, ref.record_id).values["急ぎ"] == "通常"
    move(at("suzuki"), ref, "urgency", "至急")
    assert read.get_record(app, ref.record_id).values["急ぎ"] == "至急"


def test_a_field_that_is_hidden_makes_no_columns(city: City, at: At) -> None:
    app = roadworks(field_rules=[{"field": "急ぎ", "allow": [{"staff": "suzuki"}]}])
    repair(app, 急ぎ="至急")
    page = text(at("sato").get(URGENCY))
    assert "見る権限がありません" in page
    assert "至急" not in page.split('id="list"')[1]


def test_records_that_a_rule_hides_are_neither_shown_nor_counted_nor_moved(city: City, at: At) -> None:
    rule = {"filter": '件名 in ("秘密")', "allow": [{"staff": "suzuki", "rights": ["view"]}]}
    app = roadworks(record_rules=[rule])
    ref = repair(app, 件名="秘密")
    page = text(at("sato").get(BOARD))
    assert "秘密" not in page and ">0</span></h2>" in column(page, "new")
    assert at("sato").post(f"/desk/roads/{ref.record_id}/move/?view=board", {"value": "start"}).status_code == 404
    assert "秘密" in text(at("suzuki").get(BOARD))


def test_a_column_is_read_in_pages(roads: AppRevision, at: At) -> None:
    for number in range(25):
        repair(roads, 件名=f"穴{number:02}")
    page = text(at("sato").get(BOARD))
    assert column(page, "new").count('id="card-') == 20
    assert "穴24" in page and "穴04" not in page and ">25</span></h2>" in page
    url = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    more = text(at("sato").get(f"/desk/roads/{url}", headers={"HX-Request": "true"}))
    assert "穴04" in more and "穴00" in more and "<html" not in more
    assert "穴04" in text(at("sato").get(f"/desk/roads/{url}"))


def test_personal_fields_on_cards_are_noted_as_read(city: City, at: At) -> None:
    views = [{"code": "board", "name": "板", "type": "kanban", "group_by": "status", "columns": ["通報者"]}]
    app = roadworks(views=views)
    ref = repair(app, 通報者={"family": "市川", "given": "花子"})
    assert "市川 花子" in text(at("sato").get(BOARD))
    assert AccessLog.objects.get().record_ids == [ref.record_id]


@pytest.mark.parametrize("group_by", [None, "ない", "費用"])
def test_a_board_by_what_is_no_choice_says_so(city: City, at: At, group_by: str | None) -> None:
    views = [{"code": "board", "name": "板", "type": "kanban", "group_by": group_by, "columns": ["件名"]}]
    repair(roadworks(views=views))
    assert "アプリを作った人に知らせてください" in text(at("sato").get(BOARD))


def test_a_board_has_no_more_columns_than_one_can_read(city: City, at: At) -> None:
    many = {**FIELDS[1], "options": [f"案{n}" for n in range(40)]}
    app = roadworks(fields=[FIELDS[0], many, *FIELDS[2:]])
    repair(app, 急ぎ="案1")
    page = text(at("sato").get(URGENCY))
    assert "案28" in page.split('id="list"')[1] and "あと11列" in page
