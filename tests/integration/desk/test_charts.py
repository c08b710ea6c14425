"""Charts and cross tables: right numbers, only of what one may see, and ways to the records."""

from __future__ import annotations

import html
from typing import Any

import pytest

from madoguchi.accounts.models import Staff
from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import Chart
from madoguchi.desk.models import SavedChart
from madoguchi.records import charts
from madoguchi.records.permissions import staff_access
from tests.integration.desk.conftest import At
from tests.integration.desk.roadworks import CHARTS, repair, roadworks

pytestmark = pytest.mark.django_db
KINDS = ("bar", "column", "line", "area", "pie", "table", "cross")


@pytest.fixture
def roads(city: City) -> AppRevision:
    return roadworks()


def chart(*groups: Any, **parts: Any) -> Chart:
    found = [group if isinstance(group, dict) else {"field": group} for group in groups]
    return Chart.model_validate({"code": "c", "name": "図", "groups": found, **parts})


def numbers(app: AppRevision, staff: Staff, wanted: Chart, **more: Any) -> dict[Any, Any]:
    result = charts.compute(staff_access(app, staff), wanted, **more)
    return {
        row.keys if len(row.keys) > 1 else row.keys[0]: row.numbers if len(row.numbers) > 1 else row.numbers[0]
        for row in result.rows
    }


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def test_records_are_counted_and_added_up_by_group(roads: AppRevision, staff: dict[str, Staff]) -> None:
    for urgency, cost in (("至急", 100), ("至急", 300), ("通常", 5), (None, None)):
        repair(roads, 急ぎ=urgency, 費用=cost)
    measures = [{"how": how, "field": "費用"} for how in ("count", "sum", "average", "min", "max")]
    assert numbers(roads, staff["sato"], chart("急ぎ", measures=measures)) == {
        "至急": (2, 400, 200, 100, 300), "通常": (1, 5, 5, 5, 5), None: (1, None, None, None, None),
    }


@pytest.mark.parametrize(
    ("per", "first_days"),
    [
        ("day", {"2026-03-31", "2026-04-01", "2026-11-23"}), ("week", {"2026-03-29", "2026-11-22"}),
        ("month", {"2026-03-01", "2026-04-01", "2026-11-01"}), ("quarter", {"2026-01-01", "2026-04-01", "2026-10-01"}),
        ("year", {"2026-01-01"}), ("fiscal_year", {"2025-04-01", "2026-04-01"}),
    ],
)
def test_dates_fall_into_periods(roads: AppRevision, staff: dict[str, Staff], per: str, first_days: set[str]) -> None:
    for day in ("2026-03-31", "2026-04-01", "2026-11-23"):
        repair(roads, 工事日=day, 見回り=f"{day}T00:30:00+09:00")
    for field in ("工事日", "見回り"):
        assert set(numbers(roads, staff["sato"], chart({"field": field, "per": per}))) == first_days


def test_a_record_with_several_values_counts_in_each(roads: AppRevision, staff: dict[str, Staff]) -> None:
    repair(roads, 道具=["スコップ", "トラック"])
    repair(roads, 道具=["スコップ"])
    repair(roads)
    assert numbers(roads, staff["sato"], chart("道具")) == {"スコップ": 2, "トラック": 1, None: 1}


def test_two_groups_make_pairs(roads: AppRevision, staff: dict[str, Staff]) -> None:
    repair(roads, 急ぎ="至急")
    repair(roads, 急ぎ="至急", status="done")
    assert numbers(roads, staff["sato"], chart("急ぎ", "status")) == {("至急", "new"): 1, ("至急", "done"): 1}


def test_the_filter_of_the_chart_and_of_the_view_both_hold(roads: AppRevision, staff: dict[str, Staff]) -> None:
    for urgency, cost in (("至急", 1), ("至急", 2), ("通常", 2)):
        repair(roads, 急ぎ=urgency, 費用=cost)
    view = roads.definition.views[0].model_copy(update={"filter": '費用 = "2"'})
    wanted = chart("急ぎ", filter='急ぎ in ("至急")')
    assert numbers(roads, staff["sato"], wanted, view=view) == {"至急": 1}


def test_hidden_records_are_not_counted_and_hidden_fields_not_grouped(city: City, staff: dict[str, Staff]) -> None:
    app = roadworks(
        record_rules=[{"filter": '急ぎ in ("至急")', "allow": [{"staff": "suzuki", "rights": ["view"]}]}],
        field_rules=[{"field": "費用", "allow": [{"staff": "suzuki"}]}],
    )
    repair(app, 急ぎ="至急", 費用=100)
    repair(app, 急ぎ="通常", 費用=100)
    assert numbers(app, staff["sato"], chart("急ぎ")) == {"通常": 1}
    for wanted in (chart("費用"), chart("急ぎ", measures=[{"how": "sum", "field": "費用"}])):
        with pytest.raises(charts.ChartRefused, match="権限"):
            numbers(app, staff["sato"], wanted)
    with pytest.raises(charts.ChartRefused):
        numbers(app, staff["sato"], chart("急ぎ", filter="費用 > 1"), own=True)
    assert numbers(app, staff["sato"], chart("急ぎ", filter="費用 > 1")) == {"通常": 1}
    assert numbers(app, staff["suzuki"], chart("費用")) == {"100": 2}


@pytest.mark.parametrize("field", ["通報者", "場所", "ない"])
def test_what_makes_no_groups_is_refused_in_words(roads: AppRevision, staff: dict[str, Staff], field: str) -> None:
    with pytest.raises(charts.ChartRefused, match="分けられません"):
        numbers(roads, staff["sato"], chart(field))


def test_more_groups_than_can_be_read_are_cut_and_said(
    roads: AppRevision, staff: dict[str, Staff], at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts, "MAX_GROUPS", 3)
    for number in range(5):
        repair(roads, 件名=f"穴{number}")
    result = charts.compute(staff_access(roads, staff["sato"]), chart("件名"))
    assert len(result.rows) == 3 and result.cut
    page = at("sato").post("/desk/roads/chart-builder/", {"group0": "件名", "how": "count", "show": ""})
    assert "超えるため" in text(page)


def test_every_kind_is_drawn_with_its_table(city: City, at: At) -> None:
    groups = [{"field": "急ぎ"}, {"field": "status"}]
    made = [
        {"code": f"{kind}{n}", "name": kind, "type": kind, "groups": groups[:n], "stacked": kind == "column"}
        for kind in KINDS for n in (1, 2)
    ]
    app = roadworks(charts=made, views=[])
    repair(app, 急ぎ="至急")
    repair(app, 急ぎ="通常", status="done")
    for one in made:
        page = text(at("sato").get(f"/desk/roads/charts/{one['code']}/"))
        assert ("<svg class=\"chart__svg\"" in page) == (one["type"] not in ("table", "cross"))
        assert "style=" not in page
        assert "至急" in page.split("<table")[1]


def test_a_cross_table_has_rows_columns_and_sums(roads: AppRevision, at: At) -> None:
    for urgency, status in (("至急", "new"), ("至急", "new"), ("通常", "done")):
        repair(roads, 急ぎ=urgency, status=status)
    page = text(at("sato").get("/desk/roads/charts/crossed/"))
    table = page.split("<table")[1].split("</table>")[0]
    assert table.index("受付") < table.index("完了")
    assert table.split("<tfoot>")[1].count("<td") == 2 and ">2</td>" in table.split("<tfoot>")[1]


def test_a_number_leads_to_exactly_its_records(roads: AppRevision, at: At) -> None:
    repair(roads, 件名="北", 急ぎ="至急", 工事日="2026-11-30")
    repair(roads, 件名="南", 急ぎ="通常", 工事日="2026-12-01")
    for code in ("by-month", "crossed"):
        page = text(at("sato").get(f"/desk/roads/charts/{code}/"))
        links = [part.split('"')[0] for part in page.split("<table")[1].split('<td class="number"><a href="')[1:]]
        found = text(at("sato").get(links[0]))
        assert ("北" in found) != ("南" in found)
    view = text(at("sato").get("/desk/roads/?view=numbers"))
    link = view.split("<table")[1].split('<a href="')[1].split('"')[0]
    assert "shape=table" in link and "北" in text(at("sato").get(link))


def test_a_personal_field_is_no_part_of_an_address(roads: AppRevision, at: At) -> None:
    repair(roads, 電話メモ="折り返し")
    page = at("sato").post("/desk/roads/chart-builder/", {"group0": "電話メモ", "how": "count"})
    assert "折り返し" in text(page) and "query=" not in text(page)
    refused = text(at("sato").get("/desk/roads/?view=all&query=電話メモ = \"折り返し\""))
    assert "個人の情報" in refused and "#1" not in refused


def test_a_chart_of_ones_own_is_made_saved_changed_and_removed(roads: AppRevision, at: At) -> None:
    repair(roads, 急ぎ="至急", 費用=700)
    sato, url = at("sato"), "/desk/roads/chart-builder/"
    typed = {"type": "bar", "group0": "急ぎ", "how": "sum", "of": "費用", "filter": "費用 > 1", "sort": "value"}
    assert "700円" in text(sato.post(url, typed))
    assert "保存する名前" in text(sato.post(url, {**typed, "save": ""}), 422)
    page = text(sato.post(url, {**typed, "name": "急ぎの費用", "save": ""}, follow=True))
    saved = SavedChart.objects.get()
    assert "急ぎの費用" in page and "700円" in page
    assert "同じ名前" in text(sato.post(url, {**typed, "name": "急ぎの費用", "save": ""}), 422)
    changed = {**typed, "how": "count", "name": "件数", "save": ""}
    assert "件数" in text(sato.post(f"{url}?chart={saved.pk}", changed, follow=True))
    assert "件数" in text(sato.get("/desk/roads/charts/"))
    shared = text(at("suzuki").get(f"/desk/roads/charts/~{saved.pk}/"))
    assert "佐藤 美咲さんのグラフ" in shared
    assert at("suzuki").post(f"/desk/roads/charts/~{saved.pk}/delete/").status_code == 404
    assert at("outsider").get(f"/desk/roads/charts/~{saved.pk}/").status_code == 404
    sato.post(f"/desk/roads/charts/~{saved.pk}/delete/")
    assert not SavedChart.objects.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "何ごとに"), ({"group0": "急ぎ", "how": "sum"}, "計算する項目"),
        ({"group0": "急ぎ", "filter": "ない = 1"}, "ない"), ({"group0": "急ぎ", "filter": "((("}, ""),
    ],
)
def test_a_chart_that_cannot_be_made_says_why(
    roads: AppRevision, at: At, typed: dict[str, str], words: str
) -> None:
    answer = at("sato").post("/desk/roads/chart-builder/", {"how": "count", **typed})
    assert words in text(answer, 422)


def test_what_no_browser_sends_breaks_nothing(roads: AppRevision, at: At) -> None:
    typed = {"type": "x", "group0": "通報者", "how": "count", "per0": "x", "view": "x", "sort": "x"}
    assert "分けられません" in text(at("sato").post("/desk/roads/chart-builder/", typed))
    for code in ("nothing", "~0", "~9999999999999", "~x"):
        assert at("sato").get(f"/desk/roads/charts/{code}/").status_code == 404


def test_the_table_comes_as_csv_that_no_program_runs(roads: AppRevision, at: At) -> None:
    repair(roads, 件名="=1+1")
    at("sato").post("/desk/roads/chart-builder/", {"group0": "件名", "how": "count", "name": "件名", "save": ""})
    saved = SavedChart.objects.get()
    answer: Any = at("sato").get(f"/desk/roads/charts/~{saved.pk}/table.csv")
    assert b"'=1+1,1" in b"".join(answer.streaming_content)


def test_without_the_right_to_export_there_is_no_csv(city: City, at: At) -> None:
    roadworks(permissions=[{"department": "shimin", "rights": ["view"]}])
    assert at("sato").get("/desk/roads/charts/by-month/table.csv").status_code == 403
    assert "table.csv" not in text(at("sato").get("/desk/roads/charts/by-month/"))


def test_money_and_averages_read_well(roads: AppRevision, at: At) -> None:
    assert CHARTS[0]["measures"][1]["field"] == "費用"
    repair(roads, 工事日="2026-11-01", 費用=1234567)
    page = text(at("sato").get("/desk/roads/charts/by-month/"))
    assert "1,234,567円" in page and "工事日（月ごと）" in page and "費用の合計" in page and "2026-11" in page


def test_an_empty_chart_teaches(roads: AppRevision, at: At) -> None:
    assert "数えるレコードがありません" in text(at("sato").get("/desk/roads/charts/by-month/"))
    roadworks(charts=[], views=[])
    assert "グラフはまだありません" in text(at("sato").get("/desk/roads/charts/"))
