"""The letter and the label of a real application."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.utils import translation
from pypdf import PdfReader

from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.values import Value
from madoguchi.documents.letters import NotAddressable, address_label, covering_letter, letters_pdf, notice_letter
from madoguchi.records import read, write
from madoguchi.records.actor import SYSTEM
from tests.cast import HANAKO, HANAKO_ADDRESS, TAKAHASHI, YOSHIDA
from tests.integration.intake.conftest import app, city
from tests.samples import certificate_answers

__all__ = ["app", "city"]
pytestmark = pytest.mark.django_db
A4 = (595, 842)


def file(app: AppRevision, **answers: Value) -> read.Record:
    ref = write.create_record(app=app, values=certificate_answers(**answers), actor=SYSTEM, channel="web")
    return read.get_record(app, ref.record_id)


def read_pdf(document: bytes) -> tuple[str, list[tuple[int, int]]]:
    pages = PdfReader(io.BytesIO(document)).pages
    sizes = [(round(page.mediabox.width), round(page.mediabox.height)) for page in pages]
    return "\n".join(page.extract_text() for page in pages), sizes


def test_the_covering_letter_is_one_a4_page_with_everything_the_resident_needs(app: AppRevision) -> None:
    record = file(app, 氏名=TAKAHASHI)
    text, sizes = read_pdf(covering_letter(app, record, today=date(2026, 11, 23)))
    assert sizes == [A4]
    wanted = [
        "〒272-0021", "千葉県市川市八幡1丁目1番1号", "コーポ窓口 203", "髙橋　一郎 様", "令和8年11月23日", "窓口市",
        str(record.receipt_number), "住民票の写し", "同封するもの", "お問い合わせ先", "047", "1 / 1",
    ]
    assert [word for word in wanted if word not in text] == []


def test_the_letter_names_what_is_enclosed(app: AppRevision) -> None:
    text, _sizes = read_pdf(covering_letter(app, file(app), enclosed=["住民票の写し　2通", "領収書"]))
    assert "住民票の写し　2通" in text
    assert "領収書" in text


def test_a_long_list_goes_on_over_numbered_pages(app: AppRevision) -> None:
    text, sizes = read_pdf(covering_letter(app, file(app), enclosed=[f"書類{n}" for n in range(1, 41)]))
    assert sizes == [A4, A4]
    assert "1 / 2" in text
    assert "2 / 2" in text


def test_the_label_shows_where_it_goes_and_nothing_of_what_is_inside(app: AppRevision) -> None:
    record = file(app, 氏名=YOSHIDA)
    text, sizes = read_pdf(address_label(app, record))
    assert len(sizes) == 1
    assert "𠮷田　邉 様" in text
    assert "2720021" in text.replace(" ", "")
    assert not [word for word in ("住民票", "市民課", str(record.receipt_number)) if word in text]


def test_a_notice_can_be_posted_and_leads_to_the_status_page(app: AppRevision) -> None:
    record = file(app)
    letter = notice_letter(app, record, title="お支払いのお願い", body="一行目です。\n二行目です。", link="https://x.jp/s/1/2/")
    text, sizes = read_pdf(letters_pdf([letter]))
    assert sizes == [A4]
    wanted = ["お支払いのお願い", "一行目です。", "二行目です。", "市川　花子 様", "申請の状況のページ"]
    assert [word for word in wanted if word not in text] == []
    assert "同封するもの" not in text


def test_several_notices_are_one_pdf_where_no_sheet_is_shared_and_each_counts_its_pages(app: AppRevision) -> None:
    long = "\n".join("とても長いお知らせです。" for _ in range(25))
    letters = [
        notice_letter(app, file(app, 氏名=name), title="お知らせ", body=body, link="https://x.jp/s/1/2/")
        for name, body in ((HANAKO, "短い。"), (TAKAHASHI, long), (YOSHIDA, "短い。"))
    ]
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(letters_pdf(letters))).pages]
    assert [n for n, text in enumerate(pages) if " 様" in text] == [0, 2, 4], "each begins on the front of a sheet"
    assert ["1 / 1" in pages[0], "1 / 2" in pages[2], "2 / 2" in pages[3], "1 / 1" in pages[4]] == [True] * 4
    assert "".join(pages[1].split()) == ""


def test_a_notice_is_written_in_the_residents_language_whoever_prints_it(app: AppRevision) -> None:
    with translation.override("en"):
        letter = notice_letter(app, file(app), title="お知らせ", body="本文", link="https://x.jp/", language="ja_easy")
    assert letter["qr_label"] == "申請の状況のページ"


def test_neither_paper_says_anything_personal_in_its_properties(app: AppRevision) -> None:
    record = file(app)
    for document in (covering_letter(app, record), address_label(app, record)):
        assert "花子" not in str(PdfReader(io.BytesIO(document)).metadata)


def test_without_a_building_there_is_no_empty_line(app: AppRevision) -> None:
    record = file(app, 住所=HANAKO_ADDRESS | {"building": None})
    text, _sizes = read_pdf(address_label(app, record))
    assert "1丁目1番1号\n市川" in text


def test_without_an_address_staff_are_told_what_is_missing(app: AppRevision) -> None:
    with pytest.raises(NotAddressable, match="氏名または住所"):
        address_label(app, file(app, 住所=None))
