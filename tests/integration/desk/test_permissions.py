"""Who sees what. Every page of the desk is found by walking the URLconf."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from madoguchi.catalog.queries import AppRevision
from madoguchi.desk.urls import urlpatterns
from madoguchi.records.models import AccessLog, Event, StoredFile
from tests.integration.desk.conftest import At, Case
from tests.publishing import publish
from tests.samples import certificate

pytestmark = pytest.mark.django_db
OPEN_TO_ALL_STAFF = {"queue"}
ACCOUNTING = {"accounting", "accounting-csv"}
LETTERS = {"letters", "letters-print", "letters-posted"}
READ_ONLY = {"list", "search", "newer", "record", "queue"}
PAGES = sorted(str(pattern.name) for pattern in urlpatterns)


def address(case: Case, name: str) -> str:
    front = StoredFile.objects.filter(record_id=case.record.id, identity=True).first()
    assert front
    record = {"app_code": case.app.code, "record_id": case.record.id}
    if name in OPEN_TO_ALL_STAFF | ACCOUNTING | LETTERS:
        return reverse(f"desk:{name}")
    if name in {"file", "thumbnail"}:
        return reverse(f"desk:{name}", args=[front.id])
    if name in {"list", "search", "newer", "assign-many", "counter"}:
        return reverse(f"desk:{name}", args=[case.app.code])
    return reverse(f"desk:{name}", kwargs=record | ({"action_code": "return"} if name == "action" else {}))


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


@pytest.mark.parametrize("name", sorted(READ_ONLY - {"search", "newer"}))
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
