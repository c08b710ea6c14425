"""Cells of a list are changed in their place."""

from __future__ import annotations

import re

import pytest

from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.records.models import Event
from madoguchi.records.read import get_record
from tests.integration.desk import ledger
from tests.integration.desk.conftest import At
from tests.integration.desk.ledger import add

pytestmark = pytest.mark.django_db


@pytest.fixture
def app(city: City) -> AppRevision:
    return ledger.published()


def cell(record_id: int, field_id: int) -> str:
    return f"/desk/ledger/{record_id}/cells/{field_id}/"


def test_a_cell_has_its_box_and_saving_shows_the_row_anew(app: AppRevision, at: At) -> None:
    record_id = add(app, 単価=100, 数量="2")
    page = at("sato").get("/desk/ledger/").content.decode()
    assert f'<tr id="row-{record_id}" data-revision="1">' in page
    assert '<td data-edit="3" tabindex="-1" class=number>' in page
    assert 'data-edit="5"' not in page  # a formula
    box = at("sato").get(cell(record_id, 3)).content.decode()
    assert 'name="f.3" value="100"' in box
    answer = at("sato").post(cell(record_id, 3), {"f": "3", "f.3": "700円", "revision": 1})
    row = answer.content.decode()
    assert answer.status_code == 200
    assert 'data-revision="2"' in row
    assert "1,400円" in row
    assert get_record(app, record_id).values["単価"] == 700


def test_what_cannot_be_read_is_told_and_changes_nothing(app: AppRevision, at: At) -> None:
    record_id = add(app)
    answer = at("sato").post(cell(record_id, 3), {"f": "3", "f.3": "x", "revision": 1})
    assert answer.status_code == 422
    assert "数字" in answer.json()["problem"]
    assert at("sato").post(cell(record_id, 1), {"f": "1", "f.1": "", "revision": 1}).status_code == 422
    assert Event.objects.filter(kind="updated").count() == 0


def test_a_row_that_changed_meanwhile_says_what_it_holds_now(app: AppRevision, at: At) -> None:
    record_id = add(app, 単価=100)
    at("sato").post(cell(record_id, 3), {"f": "3", "f.3": "200", "revision": 1})
    answer = at("suzuki").post(cell(record_id, 3), {"f": "3", "f.3": "300", "revision": 1})
    assert answer.status_code == 409
    told = answer.json()
    assert (told["who"], told["now"], told["revision"], told["same_field"]) == ("佐藤 美咲", "200円", 2, True)
    other = at("suzuki").post(cell(record_id, 1), {"f": "1", "f.1": "窓", "revision": 1}).json()
    assert not other["same_field"]
    assert at("suzuki").post(cell(record_id, 3), {"f": "3", "f.3": "300", "revision": 2}).status_code == 200


def test_what_may_not_be_changed_is_not_a_cell_to_edit(city: City, at: At) -> None:
    app = ledger.published(
        field_rules=[{"field": "単価", "allow": [{"access": "read"}]}],
        record_rules=[{"filter": '種別 in ("購入")', "allow": [{"rights": ["view"]}]}],
    )
    fixed, free = add(app, 種別="購入"), add(app, 種別="修理")
    page = at("sato").get("/desk/ledger/").content.decode()
    assert 'data-edit="3"' not in page
    rows = dict(re.findall(r'<tr id="row-(\d+)"(.*?)</tr>', page, re.DOTALL))
    assert "data-edit" not in rows[str(fixed)]
    assert 'data-edit="1"' in rows[str(free)]
    assert at("sato").post(cell(fixed, 1), {"f": "1", "f.1": "x", "revision": 1}).status_code == 403
    assert at("sato").post(cell(free, 3), {"f": "3", "f.3": "1", "revision": 1}).status_code == 403
    assert at("sato").get(cell(free, 15)).status_code == 403  # a table needs more room
