"""From a table to an app and its records, in a real browser."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from madoguchi.accounts.models import Staff
from madoguchi.catalog import drafts
from madoguchi.catalog.models import App
from madoguchi.definition.app import AppDefinition
from madoguchi.records import import_run
from madoguchi.records.import_models import Import, KeptTable
from tests.browser.conftest import Check, Photograph
from tests.browser.studio_pages import builders
from tests.browser.test_desk import try_signing_in
from tests.cast import PASSWORD
from tests.publishing import publish

__all__ = ("builders",)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROWS = (
    "氏名,生年月日,電話番号,区分,通数\r\n"
    "市川 花子,平成2年4月1日,090-1234-5678,年金,1\r\n"
    "高山 太郎,S63.5.6,0577-32-3333,手当,2\r\n"
    "行徳 一郎,2001/7/8,047-334-1111,年金,たくさん\r\n"
) + "".join(f"国府台 春子,平成3年1月{n % 28 + 1}日,047-334-11{n:02},手当,{n}\r\n" for n in range(10, 30))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A ledger as an old program writes it."""
    path = tmp_path / "台帳.csv"
    path.write_bytes(ROWS.encode("cp932"))
    return path


def open_as_watanabe(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"/staff/sign-in?next={address}")
    try_signing_in(page, PASSWORD, "watanabe")


def test_a_ledger_becomes_an_app_and_its_rows_records(
    page: Page, builders: Mapping[str, Staff], table: Path, assert_accessible: Check, photograph: Photograph,
    tmp_path: Path,
) -> None:
    open_as_watanabe(page, "/studio/import/")
    assert_accessible(page)
    photograph(page, "studio-import")
    page.get_by_label("ファイルを選ぶか、ここに落とす").set_input_files(table)
    page.get_by_role("button", name="次へ").click()
    expect(page.get_by_label("「氏名」の種類")).to_have_value("name")
    expect(page.get_by_label("「生年月日」の種類")).to_have_value("date")
    expect(page.get_by_label("「電話番号」の種類")).to_have_value("phone")
    expect(page.get_by_text("平成2年4月1日").last).to_be_visible()
    page.get_by_label("「通数」の種類").select_option("number")
    page.get_by_label("「区分」の項目名").fill("利用目的")
    page.get_by_role("button", name="見直す").click()
    expect(page.get_by_role("columnheader", name="利用目的")).to_be_visible()
    assert_accessible(page)
    photograph(page, "studio-import-fields")
    page.get_by_label("アプリの名前").fill("証明の台帳")
    page.get_by_label("コード").fill("daicho")
    page.get_by_role("button", name="アプリを作る").click()
    expect(page.get_by_text("アプリの下書きを作りました。")).to_be_visible()

    revision = drafts.head(App.objects.get(code="daicho"))
    assert revision
    publish(AppDefinition.model_validate(revision.definition))
    kept = KeptTable.objects.get()
    page.goto("/studio/import/")
    page.get_by_role("link", name="台帳.csv").click()
    assert_accessible(page)
    photograph(page, "desk-import-columns")
    page.get_by_role("button", name="読み込みを始める").click()
    expect(page.get_by_text("待機中")).to_be_visible()
    assert not KeptTable.objects.filter(pk=kept.pk).exists()
    row = Import.objects.get()
    import_run.run(row.pk)
    expect(page.get_by_text("1行は読み込めませんでした")).to_be_visible()
    assert_accessible(page)
    photograph(page, "desk-import-state")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSVで受け取る").click()
    wrong = tmp_path / "errors.csv"
    download.value.save_as(wrong)
    text = wrong.read_text(encoding="utf-8-sig")
    assert "行徳 一郎" in text and "エラー" in text

    wrong.write_text(text.replace(",たくさん,", ",3,"), encoding="utf-8-sig")
    page.get_by_role("link", name="直した表を読み込む").click()
    page.get_by_label("ファイルを選ぶか、ここに落とす").set_input_files(wrong)
    page.get_by_role("button", name="次へ").click()
    expect(page.get_by_label("「通数」の入れ先")).to_have_value("通数")
    page.get_by_role("button", name="読み込みを始める").click()
    import_run.run(Import.objects.order_by("-created_at")[0].pk)
    expect(page.get_by_text("完了")).to_be_visible()
    assert sum(Import.objects.values_list("added", flat=True)) == 23


def test_a_file_that_is_no_table_is_refused_with_what_to_do(
    page: Page, builders: Mapping[str, Staff], tmp_path: Path, assert_accessible: Check
) -> None:
    wrong = tmp_path / "写し.csv"
    wrong.write_bytes(b"%PDF-1.7 not a table")
    open_as_watanabe(page, "/studio/import/")
    page.get_by_label("ファイルを選ぶか、ここに落とす").set_input_files(wrong)
    page.get_by_role("button", name="次へ").click()
    expect(page.get_by_role("alert")).to_contain_text("PDFは読み込めません")
    assert not KeptTable.objects.exists()
    assert_accessible(page)
