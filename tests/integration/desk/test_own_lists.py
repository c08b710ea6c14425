"""Lists of one's own: made without writing a query, kept, changed, handed on, and never a way around the rules."""

from __future__ import annotations

import html
from typing import Any

import pytest

from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.desk.models import SavedView
from tests.integration.desk.conftest import At
from tests.integration.desk.roadworks import repair, roadworks

pytestmark = pytest.mark.django_db
FORM = "/desk/roads/own-list/?view=all"


@pytest.fixture
def roads(city: City) -> AppRevision:
    app = roadworks()
    repair(app, 件名="西の穴", 急ぎ="至急", 費用=500, 工事日="2026-11-30", 電話メモ="折り返し")
    repair(app, 件名="東の橋", 急ぎ="通常", 費用=9000)
    return app


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def typed(*rows: tuple[str, str, str], **more: Any) -> dict[str, Any]:
    fields, signs, values = zip(*rows, strict=True) if rows else ((), (), ())
    return {"field": fields, "sign": signs, "value": values, "column": ["件名", "費用"], **more}


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (("急ぎ", "eq", "至急"), {"西の穴"}), (("急ぎ", "eq", "至急、通常"), {"西の穴", "東の橋"}),
        (("急ぎ", "ne", "至急"), {"東の橋"}), (("件名", "like", "穴"), {"西の穴"}),
        (("件名", "unlike", "穴"), {"東の橋"}),
        (("費用", "ge", "9000"), {"東の橋"}), (("費用", "lt", "9000"), {"西の穴"}),
        (("工事日", "eq", "令和8年11月30日"), {"西の穴"}), (("工事日", "empty", ""), {"東の橋"}),
        (("工事日", "filled", ""), {"西の穴"}), (("電話メモ", "eq", "折り返し"), {"西の穴"}),
        (("ステータス", "eq", "受付"), {"西の穴", "東の橋"}), (("作成日時", "le", "TODAY()"), {"西の穴", "東の橋"}),
    ],
)
def test_a_condition_is_chosen_and_its_list_shown(
    roads: AppRevision, at: At, row: tuple[str, str, str], found: set[str]
) -> None:
    answer = at("sato").post(FORM, typed(row), follow=True)
    page, (url, _status) = text(answer), answer.redirect_chain[-1]
    assert {name for name in ("西の穴", "東の橋") if name in page} == found
    assert "折り返し" not in url and "query" not in url
    form = text(at("sato").get(url.replace("/roads/?", "/roads/own-list/?")))
    assert f'value="{row[0]}" selected' in form and f'value="{row[1]}" selected' in form


def test_all_or_any_and_a_written_query_are_joined(roads: AppRevision, at: At) -> None:
    rows = [("急ぎ", "eq", "至急"), ("費用", "ge", "9000")]
    both = text(at("sato").post(FORM, typed(*rows), follow=True))
    assert "西の穴" not in both and "東の橋" not in both
    either = text(at("sato").post(FORM, typed(*rows, joined="any"), follow=True))
    assert "西の穴" in either and "東の橋" in either
    written = text(at("sato").post(FORM, typed(*rows, joined="any", written='件名 like "橋"'), follow=True))
    assert "西の穴" not in written and "東の橋" in written
    saved = SavedView.objects.get()
    assert 'like "橋"' in text(at("sato").get(f"/desk/roads/own-list/?view=~{saved.pk}"))


def test_a_list_is_saved_changed_handed_on_and_removed(roads: AppRevision, at: At) -> None:
    sato = at("sato")
    data = typed(("急ぎ", "eq", "至急"), name="急ぐもの", save="", sort=["-費用"])
    assert "急ぐもの" in text(sato.post(FORM, data, follow=True))
    saved = SavedView.objects.get()
    url, form = f"/desk/roads/?view=~{saved.pk}", f"/desk/roads/own-list/?view=~{saved.pk}"
    assert "急ぐもの" in text(sato.get("/desk/roads/"))
    assert "同じ名前" in text(sato.post(FORM, data, headers={}), 422)
    shared = text(at("suzuki").get(url))
    assert "西の穴" in shared and "東の橋" not in shared
    assert "急ぐもの" not in text(at("suzuki").get("/desk/roads/"))
    text(sato.post(form, typed(("急ぎ", "eq", "通常"), name="急がない", save=""), follow=True))
    assert "東の橋" in text(sato.get(url)) and SavedView.objects.count() == 1
    remove = f"/desk/roads/own-list/remove/?view=~{saved.pk}"
    assert at("suzuki").post(remove).status_code == 404
    assert sato.post(remove).status_code == 302 and not SavedView.objects.exists()
    assert "すべて" in text(sato.get(url))


def test_what_is_tried_out_is_kept_once_and_nobody_elses(roads: AppRevision, at: At) -> None:
    for value in ("至急", "通常"):
        at("sato").post(FORM, typed(("急ぎ", "eq", value)))
    saved = SavedView.objects.get()
    assert "保存していません" in text(at("sato").get("/desk/roads/"))
    other = text(at("suzuki").get(f"/desk/roads/?view=~{saved.pk}"))
    assert "西の穴" in other and "東の橋" in other
    assert at("outsider").get(f"/desk/roads/?view=~{saved.pk}").status_code == 404


def test_a_list_handed_on_shows_nothing_more_than_its_reader_may_see(city: City, at: At) -> None:
    rule = {"filter": '急ぎ in ("至急")', "allow": [{"staff": "sato", "rights": ["view"]}]}
    app = roadworks(field_rules=[{"field": "費用", "allow": [{"staff": "sato"}]}], record_rules=[rule])
    repair(app, 件名="西の穴", 急ぎ="至急", 費用=500)
    repair(app, 件名="東の橋", 急ぎ="通常", 費用=500)
    at("sato").post(FORM, typed(("費用", "eq", "500"), name="五百円", save=""))
    saved = SavedView.objects.get()
    page = text(at("suzuki").get(f"/desk/roads/?view=~{saved.pk}"))
    assert "東の橋" not in page and "西の穴" not in page and "500" not in page.split('id="list"')[1]
    assert "500" not in text(at("suzuki").get(f"/desk/roads/own-list/?view=~{saved.pk}"))
    assert "費用" not in text(at("suzuki").get(FORM))
    at("sato").post(FORM, typed(name="全部", save=""))
    everything = SavedView.objects.get(name="全部")
    page = text(at("suzuki").get(f"/desk/roads/?view=~{everything.pk}"))
    assert "東の橋" in page and "西の穴" not in page and "500円" not in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (typed(("費用", "like", "5")), "この比べ方は使えません"), (typed(("費用", "eq", "")), "値を入れてください"),
        (typed(("工事日", "eq", "あした")), "日付として"), (typed(("ない", "eq", "1")), "選び直して"),
        (typed(written="((("), "直すところ"), (typed(column=[]), "列を1つ以上"),
        (typed(save="", name=""), "保存する名前"), (typed(save="", name="あ" * 61), "60文字"),
        (typed(("急ぎ", "eq", "ない選択肢")), "直すところ"), (typed(("費用", "eq", "x")), "直すところ"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    roads: AppRevision, at: At, data: dict[str, Any], words: str
) -> None:
    page = text(at("sato").post(FORM, data), 422)
    assert words in page
    for value in data["value"]:
        assert f'value="{value}"' in page
    assert not SavedView.objects.exists()


def test_more_lists_than_one_can_use_are_refused(roads: AppRevision, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("madoguchi.desk.views_own.MAX_SAVED", 1)
    at("sato").post(FORM, typed(name="一", save=""))
    assert "50個まで" in text(at("sato").post(FORM, typed(name="二", save="")), 422)


@pytest.mark.parametrize("code", ["~0", "~x", "~", "~99999999999999999999", "~-1"])
def test_a_list_that_is_not_there_is_the_first_one(roads: AppRevision, at: At, code: str) -> None:
    assert "西の穴" in text(at("sato").get(f"/desk/roads/?view={code}"))


def test_a_board_keeps_its_shape_under_ones_own_condition(roads: AppRevision, at: At) -> None:
    page = text(at("sato").post("/desk/roads/own-list/?view=board", typed(("急ぎ", "eq", "至急")), follow=True))
    assert 'class="board"' in page and "西の穴" in page and "東の橋" not in page
