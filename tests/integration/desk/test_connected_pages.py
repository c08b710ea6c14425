"""What lives in other apps, on the desk's pages."""

from __future__ import annotations

import re

import pytest

from madoguchi.catalog.models import City
from tests.integration.desk.conftest import At
from tests.integration.records.test_connected import Town

pytestmark = pytest.mark.django_db
VIEW = {"code": "all", "name": "すべて", "columns": ["施設名", "件数", "修繕", "created_by", "updated_at"]}


def test_a_record_page_shows_totals_and_related_records(city: City, at: At) -> None:
    town = Town()
    page = at("sato").get(f"/desk/facilities/{town.hall}/").content.decode()
    assert "3,501" in page
    assert re.search(rf'/{town.fixed[0]}/">[^<]*</a></td>', page)
    assert "<td>屋根</td>" in page or ">屋根</a>" in page
    assert "2,000円" in page
    assert "500円" not in page.replace("1,501円", "")  # only two are shown


def test_a_list_shows_totals_and_related_records(city: City, at: At) -> None:
    town = Town(views=[VIEW])
    page = at("sato").get("/desk/facilities/").content.decode()
    assert '<td class="number"><span class="table__text">3</span>' in page.replace("class=number", 'class="number"')
    assert f"#{town.fixed[0]} 屋根 2,000円、#{town.fixed[2]} 床 1,501円" in page
    assert "登録者" in page


def test_who_may_not_see_the_other_app_sees_no_trace_of_it(city: City, at: At) -> None:
    town = Town(views=[VIEW], repairs_parts={"permissions": [{"staff": "ito", "rights": ["view"]}]})
    for address in ("/desk/facilities/", f"/desk/facilities/{town.hall}/"):
        page = at("sato").get(address).content.decode()
        assert "屋根" not in page
        assert "3,501" not in page


