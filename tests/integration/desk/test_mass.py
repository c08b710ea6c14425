"""One thing is done to many records: each by itself, each with its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.desk import mass
from madoguchi.records.mass_models import MassChange
from madoguchi.records.models import Event
from madoguchi.records.read import get_record
from tests.integration.desk import ledger
from tests.integration.desk.conftest import At
from tests.integration.desk.ledger import add

pytestmark = pytest.mark.django_db


@pytest.fixture
def app(city: City) -> AppRevision:
    return ledger.published(process=ledger.PROCESS)


def do(client: Client, ids: list[int] | None, query: str = "", **data: Any) -> HttpResponse:
    which: dict[str, Any] = {"scope": "list"} if ids is None else {"record": ids}
    return client.post(f"/desk/ledger/mass/{query}", {**which, **data})


def test_a_field_is_set_in_the_ticked_records(app: AppRevision, at: At) -> None:
    ids = [add(app, 単価=n) for n in (1, 2, 3)]
    page = do(at("sato"), ids[:2], field="3").content.decode()
    assert "2件をまとめて操作する" in page
    assert 'name="f.3"' in page
    answer = do(at("sato"), ids[:2], do="set", field="3", f="3", **{"f.3": "500円"})
    assert answer.status_code == 302
    assert [get_record(app, one).values["単価"] for one in ids] == [500, 500, 3]
    result = at("sato").get(answer.url).content.decode()  # type: ignore[attr-defined]
    assert "2件できました。0件はできませんでした" in result


def test_a_value_that_cannot_be_read_changes_nothing_and_stays_in_its_box(app: AppRevision, at: At) -> None:
    record_id = add(app, 単価=1)
    answer = do(at("sato"), [record_id], do="set", field="3", f="3", **{"f.3": "たくさん"})
    assert answer.status_code == 422
    assert "たくさん" in answer.content.decode()
    assert get_record(app, record_id).values["単価"] == 1
    assert do(at("sato"), [record_id], do="set", field="1", f="1", empty="1").status_code == 422


def test_what_is_refused_is_told_with_its_reason_and_the_rest_is_done(city: City, at: At) -> None:
    app = ledger.published(
        process=ledger.PROCESS,
        record_rules=[{"filter": '種別 in ("購入")', "allow": [{"rights": ["view"]}]}],
    )
    mine, fixed = add(app, 種別="修理"), add(app, 種別="購入")
    answer = do(at("sato"), [mine, fixed, 999], do="set", field="2", f="2", **{"f.2": "点検"})
    page = at("sato").get(answer.url).content.decode()  # type: ignore[attr-defined]
    assert "1件できました。2件はできませんでした" in page
    assert "権限がありません" in page
    assert "レコードがない" in page
    (found,) = MassChange.objects.all()
    rows = b"".join(at("sato").get(f"/desk/ledger/mass/{found.pk}/outcomes.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert rows.count("できません") == 2
    assert at("suzuki").get(f"/desk/ledger/mass/{found.pk}/").status_code == 404


def test_an_action_moves_those_it_is_for(app: AppRevision, at: At) -> None:
    first, second = add(app), add(app)
    do(at("sato"), [first], do="action", action="finish")
    do(at("sato"), [first, second], do="action", action="finish")
    assert {get_record(app, one).status for one in (first, second)} == {"done"}
    last = MassChange.objects.latest("created_at")
    assert (last.changed, last.refused) == (1, 1)
    assert Event.objects.filter(kind="moved").count() == 2


def test_records_are_given_to_somebody_and_to_nobody(app: AppRevision, at: At, staff: dict[str, Any]) -> None:
    ids = [add(app), add(app)]
    do(at("sato"), ids, do="assign", to="suzuki")
    assert {get_record(app, one).assignee_id for one in ids} == {staff["suzuki"].pk}
    do(at("sato"), ids, do="assign", to="")
    assert {get_record(app, one).assignee_id for one in ids} == {None}


def test_deleting_needs_a_tick(app: AppRevision, at: At) -> None:
    ids = [add(app), add(app)]
    assert do(at("sato"), ids, do="delete").status_code == 422
    do(at("sato"), ids, do="delete", sure="1")
    assert Event.objects.filter(kind="deleted").count() == 2


def test_a_whole_list_goes_on_in_the_background_and_again_after_a_crash(
    app: AppRevision, at: At, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mass, "AT_ONCE", 2)
    monkeypatch.setattr(mass, "BATCH", 2)
    for kind in ("修理", "修理", "購入", "修理", "修理", "修理"):
        add(app, 種別=kind)
    at("sato").post("/desk/ledger/search/", {"q": "雨漏り"})
    answer = do(at("sato"), None, do="set", field="2", f="2", **{"f.2": "点検"})
    page = at("sato").get(answer.url).content.decode()  # type: ignore[attr-defined]
    assert "6件のうち0件まで済みました" in page
    (found,) = MassChange.objects.all()
    mass._batch(found.pk)  # What a worker did before it was killed.
    found.refresh_from_db()
    assert found.done == 2
    run_jobs()
    found.refresh_from_db()
    assert (found.done, found.changed, found.is_open) == (6, 6, False)
    assert Event.objects.filter(kind="updated").count() == 6
    assert b"6" in at("sato").get(answer.url).content  # type: ignore[attr-defined]


def test_it_can_be_stopped_and_what_was_done_stays(
    app: AppRevision, at: At, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mass, "AT_ONCE", 0)
    add(app)
    do(at("sato"), None, do="set", field="2", f="2", **{"f.2": "点検"})
    (found,) = MassChange.objects.all()
    at("sato").post(f"/desk/ledger/mass/{found.pk}/stop/")
    run_jobs()
    found.refresh_from_db()
    assert (found.done, found.is_open) == (0, False)


def test_who_may_only_look_is_not_offered_anything(city: City, at: At) -> None:
    app = ledger.published(permissions=[{"rights": ["view"]}])
    record_id = add(app)
    assert "/mass/" not in at("sato").get("/desk/ledger/").content.decode()
    assert do(at("sato"), [record_id]).status_code == 403
    assert do(at("sato"), [record_id], do="delete", sure="1").status_code == 403
