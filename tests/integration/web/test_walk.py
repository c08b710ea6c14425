"""A resident without JavaScript gets through a procedure, whatever they type, tap twice or go back to."""

from __future__ import annotations

import pytest
from django.test import Client

from madoguchi.catalog.queries import AppRevision
from madoguchi.intake.models import Application
from madoguchi.records.models import StoredFile
from tests.integration.web.walking import (
    CERTIFICATE_PAGES,
    HANAKO_HOME,
    HANAKO_NAME,
    Walk,
    picture,
    start,
    visible,
)

pytestmark = pytest.mark.django_db


def test_a_resident_without_javascript_applies_from_the_home_page_to_the_receipt_number(
    paper: AppRevision, browser: Client
) -> None:
    assert "住民票の写し" in visible(browser.get("/").content.decode())
    assert "申請をはじめる" in visible(browser.get(f"/p/{paper.code}/").content.decode())
    walk = start(browser, paper.code)
    walk.answer_everything()
    assert walk.here == "check"
    summary = visible(browser.get(f"/i/{walk.token}/check/").content.decode())
    assert "市川 花子" in summary and "昭和60年4月1日" in summary and "まだ送信していません" in summary
    pay = walk.confirm()
    assert pay.redirect_chain[-1][0] == f"{walk.status_path}pay/"
    done = browser.post(f"{walk.status_path}pay/", {"provider": "counter"}, follow=True)
    assert walk.application.receipt_number in visible(done.content.decode())
    assert "窓口でお支払いください" in visible(done.content.decode())


def test_what_was_typed_wrongly_is_still_there_with_the_reason_beside_it(walk: Walk) -> None:
    walk.answer("はじめに")
    response = walk.send("氏名", {**HANAKO_NAME, "a.family_kana": "ichikawa"})
    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="ichikawa"' in page and 'value="花子"' in page
    assert 'href="#a-family_kana"' in page and 'id="a-family_kana-error"' in page
    assert "<title>エラー:" in page
    assert walk.here == "氏名"


def test_a_date_may_be_typed_in_an_era_or_with_a_western_year(walk: Walk) -> None:
    walk.answer("はじめに")
    walk.answer("氏名", HANAKO_NAME)
    wrong = walk.send("生年月日", {"a.era": "平成", "a.year": "32", "a.month": "4", "a.day": "1"})
    assert "平成は" in visible(wrong.content.decode()) and 'value="32"' in wrong.content.decode()
    assert walk.answer("生年月日", {"a.era": "", "a.year": "1985", "a.month": "4", "a.day": "1"}) == "住所"
    page = walk.page("生年月日")
    assert '<option value="昭和" selected>' in page and 'value="60"' in page


def test_the_address_is_found_by_its_postal_code_without_javascript(walk: Walk) -> None:
    page = walk.send("住所", {"a.postal_code": "２７２００２１"}, do="look_up").content.decode()
    assert 'value="千葉県"' in page and 'value="市川市"' in page and 'value="八幡"' in page
    unknown = walk.send("住所", {"a.postal_code": "0000000", "a.street": "5番"}, do="look_up").content.decode()
    assert "見つかりませんでした" in unknown and 'value="5番"' in unknown


def test_where_one_postal_code_has_several_towns_the_resident_chooses_one(walk: Walk) -> None:
    page = walk.send("住所", {"a.postal_code": "4520961"}, do="look_up").content.decode()
    assert "町名を選んでください" in page
    town = page.split('name="town" value="')[1].split('"')[0]
    kept = walk.send("住所", {"a.postal_code": "4520961", "town": town}).content.decode()
    assert f'name="a.town" value="{town}"' in kept


def test_changing_an_answer_from_the_summary_leads_back_to_the_summary(walk: Walk) -> None:
    walk.answer_everything()
    assert "変更して確認画面に戻る" in walk.page("通数")
    assert walk.answer("通数", {"a": "3"}) == "check"


def test_the_back_link_leads_to_the_question_before_and_its_answer_is_there(walk: Walk) -> None:
    walk.answer("はじめに")
    walk.answer("氏名", HANAKO_NAME)
    assert walk.path("氏名") in _unquoted(walk.page("生年月日"))
    assert 'value="市川"' in walk.page("氏名")
    assert walk.answer("氏名", HANAKO_NAME) == "生年月日"


def test_sending_twice_makes_one_application_and_shows_the_same_page(walk: Walk) -> None:
    walk.answer_everything()
    first = walk.confirm()
    second = walk.confirm()
    assert first.redirect_chain[-1][0] == second.redirect_chain[-1][0]
    assert Application.objects.count() == 1


def test_going_back_to_a_question_after_sending_shows_the_confirmation_never_an_error(walk: Walk) -> None:
    walk.answer_everything()
    walk.confirm()
    walk.client.post(f"{walk.status_path}pay/", {"provider": "counter"})
    for path in (walk.path("通数"), f"/i/{walk.token}/check/", f"/i/{walk.token}/"):
        response = walk.client.get(path, follow=True)
        assert response.status_code == 200
        assert walk.application.receipt_number in visible(response.content.decode())


def test_photos_are_attached_shown_and_removed_without_javascript(walk: Walk) -> None:
    walk.answer("身分証の種類", CERTIFICATE_PAGES["身分証の種類"])
    walk.attach("身分証おもて", picture())
    page = walk.page("身分証おもて")
    file = StoredFile.objects.get()
    assert f"/files/{file.id}" in page and "写真 1枚目" in page
    small = walk.client.get(f"/i/{walk.token}/files/{file.id}")
    assert small["Content-Type"] == "image/jpeg" and small["Cache-Control"] == "no-store"
    walk.send("身分証おもて", do=f"remove_file.{file.id}")
    assert "写真 1枚目" not in walk.page("身分証おもて")
    assert "error-summary" in walk.send("身分証おもて").content.decode()


def test_a_photo_chosen_but_not_attached_goes_along_with_the_answer(walk: Walk) -> None:
    walk.answer("身分証の種類", CERTIFICATE_PAGES["身分証の種類"])
    assert walk.send("身分証おもて", {"file": picture()}).status_code == 302
    assert StoredFile.objects.count() == 1


def test_a_file_that_is_no_picture_is_refused_in_words(walk: Walk) -> None:
    fake = picture()
    fake.seek(0)
    fake.truncate()
    fake.write(b"#!/bin/sh\nrm -rf /\n")
    fake.seek(0)
    response = walk.attach("身分証おもて", fake)
    assert response.status_code == 200 and "error-summary" in response.content.decode()


def test_an_upload_longer_than_allowed_is_refused_before_it_is_read(walk: Walk) -> None:
    response = walk.client.post(
        walk.path("身分証おもて"), b"x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=200_000_000
    )
    assert response.status_code == 413 and "大きすぎ" in visible(response.content.decode())


def test_too_many_uploads_are_slowed_down(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    from madoguchi.channels.web import limits

    monkeypatch.setattr(limits, "UPLOADS", limits.Limit("few", times=0, seconds=600))
    response = walk.attach("身分証おもて", picture())
    assert "10分ほど待ってから" in visible(response.content.decode())


def test_another_interview_does_not_see_the_photos_of_this_one(walk: Walk, browser: Client) -> None:
    walk.attach("身分証おもて", picture())
    stranger = start(browser, "juminhyo")
    assert browser.get(f"/i/{stranger.token}/files/{StoredFile.objects.get().id}").status_code == 404


def test_rows_are_added_and_removed_and_keep_what_is_typed(report: AppRevision, browser: Client) -> None:
    walk = start(browser, report.code)
    row = {"a.rows": "1", "a.0.品名": "タイヤ", "a.0.数量": "2", "a.0.単価": "1500"}
    two = walk.send("品目", row, do="add_row").content.decode()
    assert 'value="タイヤ"' in two and 'name="a.1.品名"' in two and "a.0.金額" not in two
    one = walk.send("品目", {**row, "a.rows": "2", "a.1.品名": "かさ"}, do="remove_row.0").content.decode()
    assert 'value="かさ"' in one and 'value="タイヤ"' not in one
    wrong = walk.send("品目", {**row, "a.0.数量": "多い"})
    assert 'id="a-0-数量-error"' in wrong.content.decode() and 'value="多い"' in wrong.content.decode()
    assert walk.send("品目", row).status_code == 302


def test_every_type_of_question_is_shown_and_taken(report: AppRevision, browser: Client) -> None:
    walk = start(browser, report.code)
    walk.answer_everything({
        "場所": {"a.lat": "", "a.lon": "", "a.label": "市川駅前の歩道"}, "状況": {"a": "穴が\r\nあいています"},
        "見つけた日時": {"a.era": "令和", "a.year": "8", "a.month": "11", "a.day": "22", "a.time": "18:30"},
        "連絡できる時刻": {"a": "09:30"}, "道路番号": {"a": ""}, "費用": {"a": "3,000円"}, "幅": {"a": "１．５"},
        "種類": {"a": "hole"}, "困りごと": {"a": ["歩けない", "水がたまる"]}, "品目": {"a.rows": "1"},
        "名前": HANAKO_NAME, "連絡先住所": HANAKO_HOME, "電話": {"a": ""}, "メール": {"a": "hanako@example.jp"},
        "希望日": {"a.era": "", "a.year": "", "a.month": "", "a.day": ""}, "公開": {"a": "yes"}, "見出し": {},
    })
    summary = visible(browser.get(f"/i/{walk.token}/check/").content.decode())
    for shown in ("市川駅前の歩道", "令和8年11月22日", "3,000円", "1.5m", "歩けない", "市川 花子", "hanako@example.jp"):
        assert shown in summary, shown
    done = walk.confirm()
    assert "申請を受け付けました" in visible(done.content.decode())


def test_optional_questions_may_be_left_blank(report: AppRevision, browser: Client) -> None:
    walk = start(browser, report.code)
    assert walk.send("費用", {"a": ""}).status_code == 302
    assert "任意" in visible(walk.page("費用"))


def test_the_place_is_kept_and_found_again_on_another_device(walk: Walk) -> None:
    walk.answer("はじめに")
    walk.answer("氏名", HANAKO_NAME)
    saved = walk.client.get(f"/i/{walk.token}/save/").content.decode()
    assert f"/i/{walk.token}/" in saved and "<svg" in saved
    assert Walk(Client(), walk.token).here == "生年月日"


def _unquoted(html: str) -> str:
    from urllib.parse import unquote

    return unquote(html)
