"""An earlier state of a record comes back as a new change, and what that means is said before."""

from __future__ import annotations

import pytest

from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.records.models import Event
from madoguchi.records.read import get_record
from tests.integration.desk import ledger
from tests.integration.desk.conftest import At
from tests.integration.desk.ledger import add, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def app(city: City) -> AppRevision:
    return ledger.published()


def test_the_state_after_any_event_comes_back(app: AppRevision, at: At) -> None:
    record_id = add(app, 単価=100, 数量="2", メモ="はじめ")
    page = f"/desk/ledger/{record_id}/"
    at("sato").post(f"{page}edit/", {**sent(app, 単価="200", メモ="つぎ"), "revision": 1})
    at("sato").post(f"{page}edit/", {**sent(app, メモ=""), "revision": 2})
    created, second, _third = Event.objects.filter(app_id=app.app_id, record_id=record_id).order_by("id")
    asked = at("sato").get(f"{page}restore/{created.pk}/").content.decode()
    for shown in ("100円", "200円", "はじめ"):
        assert shown in asked
    assert at("sato").post(f"{page}restore/{created.pk}/", {"revision": 2}).status_code == 409
    assert at("sato").post(f"{page}restore/{created.pk}/", {"revision": 3}).status_code == 302
    values = get_record(app, record_id).values
    assert (values["単価"], values["合計"], values["メモ"]) == (100, 200, "はじめ")
    assert Event.objects.latest("id").data == {"restored": created.pk}
    assert "前の内容に戻しました" in at("sato").get(page).content.decode()
    at("sato").post(f"{page}restore/{second.pk}/", {"revision": 4})
    assert get_record(app, record_id).values["メモ"] == "つぎ"


def test_what_one_may_not_see_or_change_stays(city: City, at: At) -> None:
    app = ledger.published(field_rules=[
        {"field": "メモ", "allow": [{"staff": "ito", "access": "write"}]},
        {"field": "単価", "allow": [{"staff": "ito", "access": "write"}, {"access": "read"}]},
    ])
    record_id = add(app, メモ="内緒のはじめ", 単価=100)
    page = f"/desk/ledger/{record_id}/"
    data = sent(app, 件名="窓", メモ="内緒のつぎ", 単価="200")
    at("ito").post(f"{page}edit/", {**data, "revision": 1})
    created = Event.objects.get(app_id=app.app_id, record_id=record_id, kind="created")
    asked = at("sato").get(f"{page}restore/{created.pk}/").content.decode()
    assert "内緒" not in asked
    assert "変更する権限がありません" in asked
    at("sato").post(f"{page}restore/{created.pk}/", {"revision": 2})
    values = get_record(app, record_id).values
    assert (values["件名"], values["メモ"], values["単価"]) == ("雨漏り", "内緒のつぎ", 200)


def test_there_is_no_such_state_of_another_records_event(app: AppRevision, at: At) -> None:
    first, second = add(app), add(app)
    event = Event.objects.get(app_id=app.app_id, record_id=second, kind="created")
    assert at("sato").get(f"/desk/ledger/{first}/restore/{event.pk}/").status_code == 404
