"""A list as a file: exactly what the screen shows, harmless in a spreadsheet, noted."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.test import Client

from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.desk import export
from madoguchi.records.models import AccessLog
from tests.integration.desk import ledger
from tests.integration.desk.conftest import At
from tests.integration.desk.ledger import add

pytestmark = pytest.mark.django_db
COLUMNS = ["id", "件名", "単価", "合計", "受付日", "職員", "氏名", "メモ"]
NAME = {"family": "市川", "given": "花子", "family_kana": "イチカワ", "given_kana": "ハナコ"}


@pytest.fixture
def app(city: City) -> AppRevision:
    return ledger.published(views=[{**ledger.VIEW, "columns": COLUMNS}])


def content(client: Client, query: str = "") -> bytes:
    answer = client.get(f"/desk/ledger/export/{query}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def table(client: Client, query: str = "", encoding: str = "utf-8-sig") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(client, query).decode(encoding))))


def fill(app: AppRevision) -> None:
    add(app, 件名="雨漏り", 単価=1200, 数量="2", 受付日="2026-11-23", 職員=["suzuki"], 氏名=NAME, 種別="修理")
    add(app, 件名="窓", 単価=-500, 数量="1", 種別="購入")


def test_the_file_has_what_the_screen_shows(app: AppRevision, at: At, staff: object) -> None:
    fill(app)
    rows = table(at("sato"))
    assert rows[0] == ["番号", "件名", "単価", "合計", "受付日", "職員", "氏名", "メモ"]
    assert rows[1][1:] == ["雨漏り", "1200", "2400", "2026-11-23", "鈴木 健太", "市川 花子", ""]
    assert [row[1] for row in rows[1:]] == ["雨漏り", "窓"]


def test_search_order_and_conditions_hold_for_the_file_too(app: AppRevision, at: At) -> None:
    fill(app)
    client = at("sato")
    assert [row[1] for row in table(client, "?view=all&sort=-id")[1:]] == ["窓", "雨漏り"]
    client.post("/desk/ledger/search/?view=all", {"q": "雨漏り"})
    assert [row[1] for row in table(client, "?view=all")[1:]] == ["雨漏り"]


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-cmd|x", "@SUM(1)", "\tx=1", "\rx"])
def test_no_text_runs_as_a_formula(app: AppRevision, at: At, text: str) -> None:
    add(app, メモ=text)
    cell = table(at("sato"))[1][7]
    assert cell.startswith("'")
    book = openpyxl.load_workbook(io.BytesIO(content(at("sato"), "?format=xlsx")))
    assert book.active is not None
    assert book.active.cell(2, 8).data_type in ("s", "inlineStr")


def test_excel_gets_numbers_as_numbers(app: AppRevision, at: At, staff: object) -> None:
    fill(app)
    book = openpyxl.load_workbook(io.BytesIO(content(at("sato"), "?format=xlsx")))
    sheet = book.active
    assert sheet is not None
    assert sheet.title == "修繕台帳"
    rows: list[tuple[Any, ...]] = list(sheet.iter_rows(values_only=True))
    assert rows[1][1:5] == ("雨漏り", 1200, 2400, "2026-11-23")
    assert rows[2][2] == -500


def test_what_shift_jis_cannot_write_is_said_before(app: AppRevision, at: At) -> None:
    add(app, 件名="𠮷田邸〜南")
    page = at("sato").get("/desk/ledger/export/?format=sjis").content.decode()
    assert "𠮷" in page
    assert "1件のレコード" in page
    rows = table(at("sato"), "?format=sjis&replace=1", "cp932")
    assert rows[1][1] == "〓田邸～南"


def test_nothing_stands_in_the_way_where_shift_jis_has_every_character(app: AppRevision, at: At) -> None:
    add(app, 件名="髙橋邸")
    assert table(at("sato"), "?format=sjis", "cp932")[1][1] == "髙橋邸"


def test_it_needs_the_right_and_is_noted_page_by_page(
    city: City, at: At, monkeypatch: pytest.MonkeyPatch, staff: object
) -> None:
    monkeypatch.setattr(export, "PAGE_ROWS", 2)
    app = ledger.published(
        views=[{**ledger.VIEW, "columns": COLUMNS}],
        permissions=[{"department": "shimin", "rights": ledger.EVERYTHING}, {"rights": ["view"]}],
    )
    for _ in range(5):
        add(app, 氏名=NAME)
    assert at("outsider").get("/desk/ledger/export/").status_code == 403
    assert "書き出す" not in at("outsider").get("/desk/ledger/").content.decode()
    AccessLog.objects.all().delete()
    assert len(table(at("sato"))) == 6
    logs = AccessLog.objects.filter(purpose="export")
    assert sorted(len(log.record_ids) for log in logs) == [1, 2, 2]


def test_hidden_fields_and_records_are_not_in_it(city: City, at: At) -> None:
    app = ledger.published(
        views=[{**ledger.VIEW, "columns": COLUMNS}],
        field_rules=[{"field": "氏名", "allow": [{"staff": "ito"}]}],
        record_rules=[{"filter": '種別 in ("修理")', "allow": [{"staff": "ito", "rights": ["view"]}]}],
    )
    fill(app)
    rows = table(at("sato"))
    assert "氏名" not in rows[0]
    assert [row[1] for row in rows[1:]] == ["窓"]
