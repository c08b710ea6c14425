"""Who sees what. Every page of the desk is found by walking the URLconf."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.desk.models import SavedChart
from madoguchi.desk.urls import urlpatterns
from madoguchi.records.models import AccessLog, Event, StoredFile
from tests.integration.desk.conftest import At, Case
from tests.publishing import publish
from tests.samples import certificate

pytestmark = pytest.mark.django_db
OPEN_TO_ALL_STAFF = {"queue", "inbox", "inbox-read"}
ACCOUNTING = {"accounting", "accounting-csv"}
LETTERS = {"letters", "letters-print", "letters-posted"}
READ_ONLY = {
    "list", "search", "newer", "record", "queue", "print", "people", "inbox", "inbox-read", "charts", "chart",
    "chart-builder", "own-list",
}
ROUTES = {str(pattern.name): str(pattern.pattern) for pattern in urlpatterns}
PAGES = sorted(ROUTES)


def address(case: Case, name: str) -> str:
    front = StoredFile.objects.filter(record_id=case.record.id, identity=True).first()
    event = Event.objects.filter(app_id=case.app.app_id, record_id=case.record.id).last()
    assert front
    assert event
    chart, _made = SavedChart.objects.get_or_create(
        staff=case.staff["watanabe"], app_id=case.app.app_id, name="状態",
        chart={"code": "own", "name": "状態", "groups": [{"field": "status"}]},
    )
    known = {
        "chart_code": f"~{chart.pk}",
        "app_code": case.app.code, "record_id": case.record.id, "action_code": "return", "file_id": front.id,
        "field_id": front.field_id, "event_id": event.pk, "mass_id": front.id, "import_id": front.id,
        "kept_id": front.id, "kind": "csv",
    }
    wanted = re.findall(r"[:<](\w+)>", ROUTES[name])
    return reverse(f"desk:{name}", kwargs={part: known[part] for part in wanted})


def both_ways(client: Client, url: str) -> set[int]:
    """How a GET and a POST are answered, leaving aside methods the page does not have."""
    return {client.get(url).status_code, client.post(url).status_code} - {405}


@pytest.mark.parametrize("name", [p for p in PAGES if p not in OPEN_TO_ALL_STAFF])
def test_an_outsider_finds_nothing_anywhere(ready: Case, at: At, name: str) -> None:
    before = Event.objects.count()
    assert both_ways(at("outsider"), address(ready, name)) <= {403, 404}
    assert Event.objects.count() == before
    assert not AccessLog.objects.exists()


def test_an_outsider_does_not_even_see_that_the_app_exists(ready: Case, at: At) -> None:
    outsider = at("outsider")
    assert outsider.get("/desk/juminhyo/").status_code == outsider.get("/desk/no-such-app/").status_code == 404
    assert "住民票" not in outsider.get("/desk/").content.decode()


def read_only() -> AppRevision:
    data = certificate().model_dump(mode="json", by_alias=True)
    data["permissions"].append({"department": "kankyo", "rights": ["view"]})
    return publish(type(certificate()).model_validate(data))


@pytest.mark.parametrize("name", [p for p in PAGES if p not in READ_ONLY | ACCOUNTING])
def test_who_may_only_look_can_change_nothing(ready: Case, at: At, name: str) -> None:
    read_only()
    before = Event.objects.count()
    assert both_ways(at("outsider"), address(ready, name)) <= {403, 404}
    assert Event.objects.count() == before


OF_A_RECORD = [p for p in PAGES if p in {"file", "thumbnail"} or "<int:record_id>" in ROUTES[p]]
PAYING = {"receive-payment", "refund-payment"}
"""Who takes the money need not see the record. (And nobody may delete one of this app.)"""


def ruled(**parts: Any) -> AppRevision:
    return publish(AppDefinition.model_validate(certificate().model_dump(mode="json", by_alias=True) | parts))


@pytest.mark.parametrize("name", [p for p in OF_A_RECORD if p not in PAYING | {"delete"}])
def test_a_record_that_a_rule_hides_is_answered_like_one_that_does_not_exist(ready: Case, at: At, name: str) -> None:
    """伊藤 alone sees what is 申請済; to 佐藤, who may do everything else, it is not there."""
    allowed = [{"staff": "ito", "rights": ["view", "edit", "delete"]}]
    ruled(record_rules=[{"filter": 'ステータス in ("submitted")', "allow": allowed}])
    before, sato = Event.objects.count(), at("sato")
    answers = both_ways(sato, address(ready, name))
    elsewhere = address(ready, name).replace(f"/{ready.record.id}/", "/999999999/")
    assert answers == {404}
    assert name in {"file", "thumbnail"} or both_ways(sato, elsewhere) == {404}
    assert Event.objects.count() == before
    assert not AccessLog.objects.exists()


def test_a_record_that_a_rule_hides_is_in_no_list_and_no_number(ready: Case, at: At) -> None:
    at("sato").post(f"{ready.url}assign/")
    allowed = [{"staff": "ito", "rights": ["view"]}]
    ruled(record_rules=[{"filter": "", "allow": allowed}])
    receipt = ready.record.receipt_number
    assert receipt
    for name in ("queue", "list", "letters"):
        page = at("sato").get(address(ready, name)).content.decode()
        assert receipt not in page
        assert "市川" not in page
    assert at("sato").get(f"{address(ready, 'newer')}?since=0").status_code == 204
    assert receipt in at("ito").get(address(ready, "list")).content.decode()
    taken = at("suzuki").post(address(ready, "assign-many"), {"record": [ready.record.id]}, follow=True)
    assert "選ばれたものがありません" in taken.content.decode()


@pytest.mark.parametrize("name", [p for p in PAGES if p not in {"accounting", "accounting-csv", *PAYING}])
def test_a_field_that_a_rule_hides_is_on_no_page(ready: Case, at: At, name: str) -> None:
    """Neither the name nor the address, which no other field repeats."""
    hidden = [{"field": code, "allow": [{"staff": "ito"}]} for code in ("氏名", "住所", "身分証おもて", "身分証うら")]
    ruled(field_rules=hidden)
    for answer in (at("sato").get(address(ready, name)), at("sato").post(address(ready, name))):
        for word in ("花子", "ハナコ", "コーポ窓口"):
            assert word.encode() not in answer.content
    if name in {"file", "thumbnail"}:
        assert both_ways(at("sato"), address(ready, name)) == {404}
        assert 200 in both_ways(at("ito"), address(ready, name))


@pytest.mark.parametrize("name", sorted(READ_ONLY - {"search", "newer", "inbox-read"}))
def test_who_may_only_look_can_look(ready: Case, at: At, name: str) -> None:
    read_only()
    page = at("outsider").get(address(ready, name))
    assert page.status_code == 200
    for word in ("受理する", "自分の担当にする</button>", "コメントする", "窓口で受け付ける", "/thumbnail/"):
        assert word not in page.content.decode()


@pytest.mark.parametrize("name", sorted(ACCOUNTING))
@pytest.mark.parametrize("username", ["sato", "watanabe", "kobayashi"])
def test_the_money_list_is_for_accounting_only(ready: Case, at: At, name: str, username: str) -> None:
    assert at(username).get(address(ready, name)).status_code == 403
    assert at("tanaka").get(address(ready, name)).status_code == 200


def test_no_record_of_another_number_or_app_is_shown(ready: Case, at: At) -> None:
    assert at("sato").get("/desk/juminhyo/999999999/").status_code == 404
    assert at("sato").get("/desk/other/1/").status_code == 404
