"""Tables out of the files that offices really have."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from madoguchi.lib import tables
from madoguchi.lib.tables import TableError, delimited, excel
from madoguchi.lib.tables.base import letters

CSV = "番号,氏名,備考\r\n001,髙橋 一郎,\"1行目\n2行目\"\r\n002,市川 花子,\r\n"


def as_file(text: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text.encode(encoding))


def workbook(*rows: list[Any], formats: dict[str, str] | None = None, title: str = "台帳") -> io.BytesIO:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for place, number_format in (formats or {}).items():
        sheet[place].number_format = number_format
    file = io.BytesIO()
    book.save(file)
    return file


def read(file: io.BytesIO, **options: Any) -> tuple[tuple[str, ...], list[list[str]]]:
    found = tables.preview(file, **options)
    return found.header, [cells for _, cells in tables.rows(file, found.source)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_gives_the_same_table(encoding: str):
    header, rows = read(as_file(CSV, encoding))
    assert header == ("番号", "氏名", "備考")
    assert rows == [["001", "髙橋 一郎", "1行目\n2行目"], ["002", "市川 花子", ""]]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"], ids=["comma", "tab", "semicolon"])
def test_the_separator_is_found(delimiter: str):
    header, rows = read(as_file(CSV.replace(",", delimiter)))
    assert header == ("番号", "氏名", "備考")
    assert len(rows) == 2


def test_commas_inside_quotes_do_not_mislead_in_a_table_of_tabs():
    header, rows = read(as_file('品名\t数\n"机, 椅子, 棚"\t1\n"赤, 青, 白"\t2\n'))
    assert header == ("品名", "数")
    assert rows[0] == ["机, 椅子, 棚", "1"]


def test_zeros_that_another_system_protected_are_kept():
    assert read(as_file('番号,名\n="00123",甲\n'))[1] == [["00123", "甲"]]


def test_a_quotation_mark_that_is_never_closed_is_reported_with_its_row():
    text = "番号,備考\n1,あ\n2,\"" + "い\n" * 200_000
    with pytest.raises(TableError, match=r"行目を読み取れません.*閉じ忘れ"):
        read(as_file(text))


def test_titles_above_the_header_are_passed_over():
    titles = (["避難行動要支援者台帳"], ["令和8年4月1日現在"], [])
    header, rows = read(workbook(*titles, ["番号", "氏名"], [1, "市川 花子"]))
    assert header == ("番号", "氏名")
    assert rows == [["1", "市川 花子"]]


def test_a_header_of_two_rows_under_a_merged_cell_is_one():
    header, _ = read(workbook(
        ["氏名", "住所", None, "電話"], [None, "郵便番号", "所在地", None],
        ["市川 花子", "272-0021", "八幡1", "0473341111"],
    ))  # fmt: skip
    assert header == ("氏名", "郵便番号", "所在地", "電話")


def test_a_table_without_a_header_gets_names_of_columns():
    header, rows = read(as_file("1,2026-04-01,500\n2,2026-04-02,600\n"))
    assert header == ("列A", "列B", "列C")
    assert len(rows) == 2


def test_the_same_name_twice_and_no_name_are_told_apart():
    header, _ = read(as_file("備考,番号,備考,,\nあ,1,い,う,\n"))
    assert header == ("備考", "番号", "備考（2）", "列D")


def test_somebody_may_say_where_the_header_is():
    file = as_file("甲,乙\n丙,丁\n1,2\n")
    assert read(file, header_row=2) == (("丙", "丁"), [["1", "2"]])
    assert read(file, header_row=0)[1] == [["甲", "乙"], ["丙", "丁"], ["1", "2"]]


def test_cells_of_excel_become_what_people_see():
    file = workbook(
        ["日付", "和暦", "日時", "時刻", "郵便番号", "番号", "金額", "小数", "整数", "はい", "文字"],
        [date(2026, 4, 1), date(2026, 4, 1), datetime(2026, 4, 1, 9, 30, tzinfo=UTC).replace(tzinfo=None),
         time(9, 30), 600001, 42, 1200, 0.1 + 0.2, 3.0, True, "0012"],
        formats={
            "A2": "yyyy/m/d", "B2": '[$-411]ggge"年"m"月"d"日"', "C2": "yyyy/m/d h:mm", "D2": "h:mm",
            "E2": "[<=999]000;[<=9999]000\\-00;000\\-0000", "F2": "00000", "G2": '"¥"#,##0',
        },
    )  # fmt: skip
    assert read(file)[1] == [[
        "2026-04-01", "2026-04-01", "2026-04-01T09:30:00", "09:30", "060-0001", "00042", "1200円", "0.3", "3", "TRUE",
        "0012",
    ]]  # fmt: skip


def test_sheets_are_listed_and_any_can_be_chosen():
    book = Workbook()
    book.active.title = "表紙"
    book.active.append(["見出し"])
    book.active.append(["中身"])
    other = book.create_sheet("令和8年度")
    other.append(["番号", "名"])
    other.append([1, "甲"])
    file = io.BytesIO()
    book.save(file)
    found = tables.preview(file, sheet="令和8年度")
    assert found.sheets == ("表紙", "令和8年度")
    assert found.header == ("番号", "名")
    with pytest.raises(TableError, match="シート「昔」がありません"):
        tables.preview(file, sheet="昔")


def with_part(file: io.BytesIO, name: str, change: Callable[[bytes], bytes]) -> io.BytesIO:
    """The workbook with one of its parts changed."""
    changed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return changed


SHEET = "xl/worksheets/sheet1.xml"


def test_readings_that_excel_keeps_with_kanji_are_left_out():
    def add_reading(sheet: bytes) -> bytes:
        reading = '<t>市川</t><rPh sb="0" eb="2"><t>イチカワ</t></rPh>'
        return sheet.decode().replace("<t>市川</t>", reading).encode()

    file = with_part(workbook(["氏名", "番号"], ["市川", "1"]), SHEET, add_reading)
    assert read(file)[1] == [["市川", "1"]]


def bomb() -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    return file


def not_excel() -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return file


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)


@pytest.mark.parametrize(("content", "words"), [
    # What each begins with, and the words that say what it is.
    (b"", "空です"),
    (b"  \r\n", "空です"),
    (OLE, "古い形式.*xlsx"),
    (OLE + "EncryptedPackage".encode("utf-16-le"), "パスワードで保護"),
    (b"%PDF-1.7 ...", "PDF"),
    (b"\x89PNG\r\n", "画像"),
    (b"<html><table>", "Webページ"),
    (b"PK\x03\x04 broken", "壊れて"),
    (not_excel().getvalue(), "Excelの表ではありません"),
    (bomb().getvalue(), "大きすぎます"),
    (bytes(range(128, 256)) * 40, "文字コード"),
    (b"\x00\x01\x02\x00\x00" * 400, "文字コード"),
    ("見出しだけ,です\n".encode(), "1行以上のデータ"),
], ids=[
    "empty", "blank", "xls", "locked", "pdf", "png", "html", "damaged", "docx", "bomb", "noise", "binary", "no rows",
])  # fmt: skip
def test_a_file_that_is_no_table_is_refused_with_what_to_do(content: bytes, words: str):
    with pytest.raises(TableError, match=words):
        tables.preview(io.BytesIO(content))


def test_a_damaged_sheet_is_refused_in_words():
    file = with_part(workbook(["番号", "名"], [1, "甲"]), SHEET, lambda sheet: sheet[:-300])
    with pytest.raises(TableError, match="壊れて"):
        read(file)


def test_more_than_100_megabytes_are_refused():
    class Large(io.BytesIO):
        def seek(self, offset: int, whence: int = 0, /) -> int:
            return 200 * 1024 * 1024 if whence == 2 else super().seek(offset, whence)

    with pytest.raises(TableError, match=r"200 MB.*100 MBまで"):
        tables.preview(Large(b"a,b\n1,2\n"))


def test_columns_have_the_names_of_a_spreadsheet():
    assert [letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_rows_are_as_wide_as_the_header():
    file = as_file("甲,乙\n1\n2,3,4\n")
    assert read(file) == (("甲", "乙", "列C"), [["1", "", ""], ["2", "3", "4"]])


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8), min_size=2, max_size=4),
                min_size=1, max_size=6))
def test_whatever_text_a_csv_holds_comes_back(grid: list[list[str]]):
    import csv

    file = io.StringIO(newline="")
    csv.writer(file).writerows(grid)
    read_back = [cells for _, cells in delimited.read(as_file(file.getvalue()), "utf-8", ",")]
    assert read_back == [row for row in grid if any(row)] or any('="' in cell for row in grid for cell in row)


def test_numbers_have_no_exponent_and_no_noise():
    assert excel._shortest(1e20) == "100000000000000000000"
    assert excel._shortest(1.1 * 3) == "3.3"
    assert excel._shortest(-0.000001) == "-0.000001"


def test_a_date_without_a_clock_in_its_format_is_a_date():
    assert excel._moment(datetime(2026, 4, 1, 12, tzinfo=UTC), "yyyy/m/d") == "2026-04-01"
    assert excel._moment(date(2026, 4, 1), "") == "2026-04-01"
