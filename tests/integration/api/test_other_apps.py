"""Lookups, totals and related records over the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from tests.integration.api.conftest import Api
from tests.integration.api.test_records import add, of, read
from tests.publishing import publish

pytestmark = pytest.mark.django_db
RIGHTS = [{"department": "shimin", "rights": ["view", "add", "edit", "delete"]}]


@pytest.fixture
def shops(staff: Mapping[str, Staff]) -> AppRevision:
    return publish(AppDefinition.model_validate({
        "code": "shops", "name": "店", "owner_department": "shimin", "permissions": RIGHTS, "fields": [
            {"type": "text", "id": 1, "code": "店番", "label": "店番", "unique": True},
            {"type": "text", "id": 2, "code": "店名", "label": "店名"},
            {"type": "number", "id": 3, "code": "席数", "label": "席数"},
            {"type": "total", "id": 4, "code": "売上", "label": "売上", "app": "sales", "here": "店番", "there": "店",
             "how": "sum", "of": "金額"},
            {"type": "related", "id": 5, "code": "明細", "label": "明細", "app": "sales", "here": "店番", "there": "店",
             "columns": ["金額"]},
        ],
    }))  # fmt: skip


@pytest.fixture
def sales(shops: AppRevision) -> AppRevision:
    return publish(AppDefinition.model_validate({
        "code": "sales", "name": "売上", "owner_department": "shimin", "permissions": RIGHTS, "fields": [
            {"type": "lookup", "id": 1, "code": "店", "label": "店", "app": "shops", "key": "店番",
             "copies": {"店の名": "店名"}},
            {"type": "text", "id": 2, "code": "店の名", "label": "店の名"},
            {"type": "number", "id": 3, "code": "金額", "label": "金額"},
            {"type": "lookup", "id": 4, "code": "今の店", "label": "今の店", "app": "shops", "key": "店番",
             "copies": {"今の席数": "席数"}, "live": True},
            {"type": "number", "id": 5, "code": "今の席数", "label": "今の席数"},
        ],
    }))  # fmt: skip


@pytest.fixture
def both(shops: AppRevision, sales: AppRevision, new_token: Callable[..., str]) -> Api:
    return Api(**{"X-Cybozu-API-Token": f"{new_token(shops)},{new_token(sales)}"})


def test_a_lookup_copies_and_ignores_what_is_sent_for_the_copies(
    both: Api, shops: AppRevision, sales: AppRevision
) -> None:
    add(both, shops, 店番="s1", 店名="本店", 席数="12")
    record_id = add(both, sales, 店="s1", 店の名="にせもの", 今の店="s1")
    record = read(both, sales, record_id)
    assert record["店の名"]["value"] == "本店" and record["今の席数"] == {"type": "NUMBER", "value": "12"}
    both.put("record", app=shops.app_id, updateKey={"field": "店番", "value": "s1"}, record=of(店名="新", 席数="20"))
    record = read(both, sales, record_id)
    assert record["店の名"]["value"] == "本店" and record["今の席数"]["value"] == "20"
    both.put("record", app=sales.app_id, id=record_id, record=of(店の名="変更"))
    assert read(both, sales, record_id)["店の名"]["value"] == "本店"
    both.put("record", app=sales.app_id, id=record_id, record=of(店=""))
    assert read(both, sales, record_id)["店の名"]["value"] == ""


def test_a_lookup_that_finds_nothing_is_refused_without_a_path(both: Api, sales: AppRevision) -> None:
    answer = both.post("record", app=sales.app_id, record=of(店="none"))
    assert (answer.status, answer.code, answer.errors) == (400, "GAIA_LO04", {})


def test_totals_are_calculated_and_related_records_not_in_records(
    both: Api, shops: AppRevision, sales: AppRevision
) -> None:
    record_id = add(both, shops, 店番="s1")
    for amount in ("100", "250"):
        add(both, sales, 店="s1", 金額=amount)
    record = read(both, shops, record_id)
    assert record["売上"] == {"type": "CALC", "value": "350"} and "明細" not in record
    (listed,) = both.get("records", app=shops.app_id).body["records"]
    assert listed["売上"]["value"] == "350"
    properties = both.get("app/form/fields", app=shops.app_id).body["properties"]
    assert properties["明細"]["referenceTable"]["relatedApp"] == {"app": str(sales.app_id), "code": "sales"}
    assert properties["明細"]["referenceTable"]["displayFields"] == ["金額"]


def test_a_token_of_one_app_learns_nothing_of_the_other(
    both: Api, shops: AppRevision, sales: AppRevision, new_token: Callable[..., str]
) -> None:
    record_id = add(both, shops, 店番="s1")
    add(both, sales, 店="s1", 金額="100")
    alone = Api(**{"X-Cybozu-API-Token": new_token(shops)})
    assert read(alone, shops, record_id)["売上"]["value"] == ""
