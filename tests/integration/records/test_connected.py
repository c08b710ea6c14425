"""Totals, related records and lookups that follow: read with the record, and only what may be seen over there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from madoguchi import query
from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.catalog.schema import existing_indexes
from madoguchi.definition.app import AppDefinition, Right, Sort, View
from madoguchi.definition.findings import DefinitionError
from madoguchi.definition.text import japanese
from madoguchi.query import QueryCheckError
from madoguchi.records import write
from madoguchi.records.actor import SYSTEM
from madoguchi.records.lists import list_records, own_condition
from madoguchi.records.permissions import Access, access_of
from madoguchi.records.read import find_record, get_record, history
from madoguchi.records.viewer import TokenViewer, Viewer
from tests.integration.records.samples import access, program
from tests.publishing import publish

pytestmark = pytest.mark.django_db
SHARED = [{"rights": ["view", "add", "edit", "delete"]}]


def facilities(**parts: Any) -> AppDefinition:
    """Halls, each with a code, a name and a telephone number."""
    fields = [
        {"id": 1, "code": "施設番号", "label": "施設番号", "type": "text", "unique": True},
        {"id": 2, "code": "施設名", "label": "施設名", "type": "text"},
        {"id": 3, "code": "連絡先", "label": "連絡先", "type": "phone"},
        {"id": 4, "code": "修繕", "label": "修繕", "type": "related", "app": "repairs", "here": "施設番号",
         "there": "施設", "columns": ["内容", "費用", "status"], "sort": "費用", "descending": True, "size": 2},
        {"id": 5, "code": "件数", "label": "件数", "type": "total", "app": "repairs", "here": "施設番号",
         "there": "施設"},
        {"id": 6, "code": "大きい費用", "label": "大きい費用", "type": "total", "app": "repairs", "here": "施設番号",
         "there": "施設", "how": "sum", "of": "費用", "filter": "費用 >= 1000"},
        {"id": 7, "code": "平均", "label": "平均", "type": "total", "app": "repairs", "here": "施設番号",
         "there": "施設", "how": "average", "of": "費用", "decimals": 2},
    ]
    data = {"code": "facilities", "name": "施設", "owner_department": "shimin", "fields": fields, "permissions": SHARED}
    return AppDefinition.model_validate({**data, **parts})


def repairs(*, live: bool = True, **parts: Any) -> AppDefinition:
    """Repairs of halls; the hall's name and number follow the hall."""
    fields = [
        {"id": 1, "code": "内容", "label": "内容", "type": "text"},
        {"id": 2, "code": "費用", "label": "費用", "type": "money"},
        {"id": 3, "code": "施設", "label": "施設", "type": "lookup", "app": "facilities", "key": "施設番号",
         "copies": {"名前": "施設名", "電話": "連絡先"}, "live": live},
        {"id": 4, "code": "名前", "label": "名前", "type": "text"},
        {"id": 5, "code": "電話", "label": "電話", "type": "phone"},
    ]
    data = {"code": "repairs", "name": "修繕", "owner_department": "shimin", "fields": fields, "permissions": SHARED}
    return AppDefinition.model_validate({**data, **parts})


def add(app: AppRevision, **values: Any) -> int:
    return write.create_record(app=app, values=values, actor=SYSTEM).record_id


class Town:
    """One hall with three repairs."""

    def __init__(self, *, repairs_parts: Mapping[str, Any] | None = None, live: bool = True, **parts: Any) -> None:
        publish(facilities(**parts))
        self.repairs = publish(repairs(live=live, **(repairs_parts or {})))
        self.facilities = publish(facilities(**parts))
        self.hall = add(self.facilities, 施設番号="H-1", 施設名="公民館", 連絡先="047-000-0001")
        self.other = add(self.facilities, 施設番号="H-2")
        copies = {"施設": "H-1", "名前": "公民館", "電話": "047-000-0001"}
        self.fixed = [
            add(self.repairs, 内容=what, 費用=cost, **copies)
            for what, cost in (("屋根", 2000), ("窓", 500), ("床", 1501))
        ]


def shown(*columns: str) -> View:
    return View(code="v", name=japanese("一覧"), columns=columns, sort=(Sort(field="id"),))


def test_a_record_shows_what_belongs_to_it_over_there() -> None:
    town = Town()
    found = find_record(program(town.facilities, "view"), town.hall)
    assert found.others == {"修繕": None, "件数": None, "大きい費用": None, "平均": None}  # no right over there
    held = both(town, "view")
    assert find_record(held, town.hall).others == {
        "修繕": [
            {"id": town.fixed[0], "内容": "屋根", "費用": 2000, "status": None},
            {"id": town.fixed[2], "内容": "床", "費用": 1501, "status": None},
        ],
        "件数": "3", "大きい費用": "3501", "平均": "1333.67",
    }
    assert find_record(held, town.other).others == {"修繕": None, "件数": "0", "大きい費用": "0", "平均": None}


def both(town: Town, *rights: Right) -> Access:
    given = {app.app_id: frozenset(rights) for app in (town.facilities, town.repairs)}
    return access_of(town.facilities, Viewer(token=TokenViewer(1, given)))


def test_a_list_reads_totals_in_its_one_statement_and_only_those_it_shows() -> None:
    town = Town()
    held = both(town, "view")
    list_records(town.facilities, shown("施設番号", "件数"), access=held)
    with CaptureQueriesContext(connection) as captured:
        page = list_records(town.facilities, shown("施設番号", "件数", "修繕"), access=held)
    assert [(row["施設番号"], row["件数"]) for row in page.rows] == [("H-1", "3"), ("H-2", "0")]
    assert [line["内容"] for line in page.rows[0]["修繕"]] == ["屋根", "床"]
    assert sum("LATERAL" in query["sql"] for query in captured) == 1
    with CaptureQueriesContext(connection) as captured:
        list_records(town.facilities, shown("施設番号"), access=held)
    assert not any("LATERAL" in query["sql"] for query in captured)


def test_totals_count_only_the_records_that_the_viewer_sees(staff: Mapping[str, Staff]) -> None:
    rules = [{"filter": "費用 >= 2000", "allow": [{"staff": "ito", "rights": ["view"]}]}]
    town = Town(repairs_parts={"record_rules": rules})
    assert find_record(access(town.facilities, staff["ito"]), town.hall).others["件数"] == "3"
    others = find_record(access(town.facilities, staff["sato"]), town.hall).others
    assert (others["件数"], others["大きい費用"]) == ("2", "1501")
    assert [line["内容"] for line in others["修繕"]] == ["床", "窓"]


def test_what_is_hidden_over_there_is_neither_added_up_nor_shown_nor_sorted_by(staff: Mapping[str, Staff]) -> None:
    town = Town(repairs_parts={"field_rules": [{"field": "費用", "allow": [{"staff": "ito"}]}]})
    others = find_record(access(town.facilities, staff["sato"]), town.hall).others
    assert (others["件数"], others["大きい費用"], others["平均"]) == ("3", None, None)
    assert others["修繕"] == [
        {"id": town.fixed[2], "内容": "床", "status": None}, {"id": town.fixed[1], "内容": "窓", "status": None},
    ]


def test_who_may_not_see_the_other_app_sees_blanks(staff: Mapping[str, Staff]) -> None:
    town = Town(repairs_parts={"permissions": [{"department": "shimin", "rights": ["view"]}]})
    assert find_record(access(town.facilities, staff["sato"]), town.hall).others["件数"] == "3"
    others = find_record(access(town.facilities, staff["outsider"]), town.hall).others
    assert set(others.values()) == {None}


def rename(town: Town) -> None:
    write.update_record(
        app=town.facilities, record_id=town.hall, changes={"施設名": "新公民館"}, expected_revision=None, actor=SYSTEM
    )


def test_a_live_lookup_follows_the_other_row(staff: Mapping[str, Staff]) -> None:
    town = Town()
    rename(town)
    held = access(town.repairs, staff["sato"])
    assert find_record(held, town.fixed[0]).values["名前"] == "新公民館"
    rows = list_records(town.repairs, shown("内容", "名前", "電話"), access=held).rows
    assert {(row["名前"], row["電話"]) for row in rows} == {("新公民館", "047-000-0001")}
    assert get_record(town.repairs, town.fixed[0]).values["名前"] == "公民館"  # what was stored when it was written


def test_a_copying_lookup_stays_as_it_was(staff: Mapping[str, Staff]) -> None:
    town = Town(live=False)
    rename(town)
    assert find_record(access(town.repairs, staff["sato"]), town.fixed[0]).values["名前"] == "公民館"


def test_a_live_lookup_shows_nothing_to_who_may_not_see_the_other_app(staff: Mapping[str, Staff]) -> None:
    town = Town(permissions=[{"department": "shimin", "rights": ["view"]}])
    seen = find_record(access(town.repairs, staff["outsider"]), town.fixed[0]).values
    assert seen == {"内容": "屋根", "費用": 2000, "施設": "H-1"}


def test_lists_are_not_sorted_or_searched_by_what_is_read_elsewhere(staff: Mapping[str, Staff]) -> None:
    town = Town()
    rename(town)
    held = access(town.repairs, staff["sato"])
    page = list_records(town.repairs, shown("名前"), access=held, sort=[Sort(field="名前")])
    assert page.messages == ("「名前」では並べ替えられません。",)
    assert list_records(town.repairs, shown("名前"), access=held, search="公民館").rows == ()
    with pytest.raises(QueryCheckError):
        own_condition(held, query.parse('名前 = "公民館"').condition)
    assert "公民館" not in str([event.after for event in history(town.repairs, town.fixed[0], access=held)])


def test_staff_look_up_only_what_they_may_see_over_there(staff: Mapping[str, Staff]) -> None:
    """Copying a row would show it to who may not see it."""
    town = Town(live=False, permissions=[{"department": "shimin", "rights": ["view"]}])
    sato, outsider = access(town.repairs, staff["sato"]), access(town.repairs, staff["outsider"])
    for held, copied in ((sato, "公民館"), (outsider, None)):
        fresh = add(town.repairs, 内容="扉")
        try:
            write.update_record(
                app=town.repairs, record_id=fresh, changes={"施設": "H-1"}, expected_revision=None,
                actor=held.viewer.actor, access=held,
            )
        except write.InvalidValues:
            assert copied is None
        assert get_record(town.repairs, fresh).values.get("名前") == copied


def test_records_over_there_are_found_by_an_index() -> None:
    town = Town()
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s", [f"app_{town.repairs.app_id}"])
        made = [text for (text,) in cursor.fetchall()]
    assert any(text.endswith("(f3)") for text in made), made
    assert existing_indexes(f"app_{town.repairs.app_id}")


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ({"type": "total", "app": "repairs", "here": "施設番号", "there": "無い"}, "「無い」というフィールド"),
        ({"type": "total", "app": "repairs", "here": "施設番号", "there": "施設", "how": "sum", "of": "内容"},
         "数ではない"),
        ({"type": "total", "app": "repairs", "here": "施設番号", "there": "費用"}, "比べられません"),
        ({"type": "related", "app": "repairs", "here": "施設番号", "there": "施設", "columns": ["無い"]}, "「無い」"),
        ({"type": "related", "app": "repairs", "here": "施設番号", "there": "施設", "columns": ["内容"],
          "filter": '無い = "1"'}, "見つかりません"),
    ],
    ids=["no such field", "no number", "of different kinds", "no such column", "a filter that does not fit"],
)  # fmt: skip
def test_what_does_not_fit_the_other_app_is_not_published(field: dict[str, Any], says: str) -> None:
    publish(repairs())
    wrong = facilities(fields=[
        {"id": 1, "code": "施設番号", "label": "施設番号", "type": "text"},
        {"id": 9, "code": "x", "label": "x", **field},
    ])  # fmt: skip
    with pytest.raises(DefinitionError, match=says):
        publish(wrong)
