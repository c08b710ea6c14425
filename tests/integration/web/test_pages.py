"""Every page: title, heading, language, headers, escaped texts; the search; the reader's own settings."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.intake.links import interview_token
from madoguchi.site.logs import WithoutSecrets
from tests import walks
from tests.integration.web.walking import Walk, start, visible
from tests.publishing import publish
from tests.samples import certificate, everything, everything_answers

pytestmark = pytest.mark.django_db


def test_every_page_has_a_title_one_heading_a_language_and_the_citys_phone(walk: Walk) -> None:
    walk.answer_everything()
    before = [f"/i/{walk.token}/check/", f"/i/{walk.token}/save/", *map(walk.path, ("氏名", "通数", "同意"))]
    public = ["/", "/?q=x", "/p/juminhyo/", "/status/", "/about/accessibility/", "/about/privacy/", "/lang/"]
    for path in [*public, *before]:
        _check_frame(walk.client, path)
    walk.confirm()
    status = walk.status_path
    for path in (status, f"{status}done/", f"{status}pay/", f"{status}cancel/", "/nowhere", "/s/x/y/", "/i/x/"):
        _check_frame(walk.client, path)


def _check_frame(client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    assert re.search(r"<title>[^<]+窓口市</title>", page), path
    assert len(re.findall("<h1[ >]", page)) == 1, path
    assert '<html lang="ja"' in page and "tel:047-000-0000" in page, path
    assert not re.search(r"<[^>]+\sstyle=|<script(?![^>]+src=)|\son[a-z]+=", page), path


def test_pages_with_personal_data_stay_out_of_caches_searches_and_other_sites(walk: Walk) -> None:
    walk.answer_everything()
    walk.confirm()
    for path in (f"/i/{walk.token}/", walk.status_path, f"{walk.status_path}pay/", "/s/x/y/", "/i/x/"):
        response = walk.client.get(path)
        assert response["Cache-Control"] == "no-store", path
        assert response["Referrer-Policy"] == "same-origin", path
        assert "noindex" in response["X-Robots-Tag"], path
        assert "unsafe" not in response["Content-Security-Policy"], path


def test_forms_from_elsewhere_are_refused_with_a_friendly_page(paper: AppRevision) -> None:
    strict = Client(enforce_csrf_checks=True)
    walk = start(Client(), paper.code)
    for path in (walk.path("通数"), f"/i/{walk.token}/check/", f"/p/{paper.code}/", "/lang/"):
        response = strict.post(path, {"a": "2"})
        assert response.status_code == 403, path
        assert "もう一度お試しください" in visible(response.content.decode())


def test_what_is_typed_and_defined_is_escaped(city: City, browser: Client) -> None:
    walk = start(browser, publish(certificate(title="<i>住民票</i>", banner="<script>1</script>")).code)
    page = walk.send("使いみち", {"a": "x"}).content.decode() + browser.get("/p/juminhyo/").content.decode()
    wrong = walk.send("電話番号", {"a": '"><script>alert(1)</script>'}).content.decode()
    assert "<i>住" not in page and "<script>1" not in page
    assert "<script>alert" not in wrong and "&lt;script&gt;alert" in wrong


def test_procedures_are_found_by_title_keyword_and_kana(city: City, browser: Client) -> None:
    publish(certificate(keywords=["じゅうみんひょう", "謄本"]))
    publish(everything())
    for words in ("住民票", "ジュウミンヒョウ", "じゅうみん", "謄本 住民票", "residence"):
        page = visible(browser.get("/", {"q": words}).content.decode())
        assert "住民票の写し" in page and "道路" not in page, words
    assert "見つかりませんでした" in visible(browser.get("/", {"q": "うちゅう"}).content.decode())


def test_a_city_without_procedures_says_so(city: City, browser: Client) -> None:
    assert "受け付けている手続はありません" in visible(browser.get("/").content.decode())


def test_a_site_without_a_city_still_answers(db: None, browser: Client) -> None:
    assert browser.get("/").status_code == 200


def test_a_procedure_that_is_over_or_not_on_the_web_has_no_button(city: City, browser: Client) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    over = publish(certificate(closes_at=yesterday))
    page = visible(browser.get(f"/p/{over.code}/").content.decode())
    assert "受付は終わりました" in page and "申請をはじめる" not in page
    assert browser.post(f"/p/{over.code}/").status_code == 409
    publish(certificate(channels=["line"]))
    page = visible(browser.get("/p/juminhyo/").content.decode())
    assert "このサイトからは申請できません" in page and "LINE" in page


def test_a_pilot_says_that_it_is_one(city: City, browser: Client) -> None:
    publish(certificate(pilot_only=True, banner="2019年の再現です。"))
    assert "実証実験です 2019年の再現です。" in visible(browser.get("/p/juminhyo/").content.decode())


def test_language_size_and_furigana_are_kept_in_cookies(city: City, browser: Client) -> None:
    title = {"ja": "住民票", "en": "Residence", "ja_easy": "住民票《じゅうみんひょう》"}
    publish(certificate(title=title))
    back = browser.post("/lang/", {"language": "ja_easy", "next": "/p/juminhyo/"})
    assert back["Location"] == "/p/juminhyo/"
    page = browser.get("/p/juminhyo/").content.decode()
    assert "<ruby>住民票<rp>（</rp><rt>じゅうみんひょう</rt>" in page and "<title>住民票 –" in page
    browser.post("/lang/", {"text_size": "largest", "furigana": "off"})
    assert '<html lang="ja" class="text-largest furigana-off">' in browser.get("/").content.decode()
    browser.post("/lang/", {"language": "en"})
    page = browser.get("/").content.decode()
    assert '<html lang="en"' in page and "Residence" in page


def test_the_page_of_the_settings_shows_them_open(city: City, browser: Client) -> None:
    assert '<details class="settings" open>' in browser.get("/lang/").content.decode()
    assert '<details class="settings">' in browser.get("/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_settings_lead_nowhere_else(city: City, browser: Client, elsewhere: str) -> None:
    assert browser.post("/lang/", {"language": "en", "next": elsewhere})["Location"] == "/"


def test_many_options_become_a_list_to_open(city: City, browser: Client) -> None:
    definition = certificate().model_dump(mode="json", by_alias=True)
    purpose = next(field for field in definition["fields"] if field["code"] == "使いみち")
    purpose["options"] = [*purpose["options"], *(f"提出先{n}" for n in range(20))]
    from madoguchi.definition.app import AppDefinition

    walk = start(browser, publish(AppDefinition.model_validate(definition)).code)
    page = walk.page("使いみち")
    assert '<select class="select" id="a"' in page and "data-filter-for" in page
    assert walk.send("使いみち", {"a": "提出先7"}).status_code == 302


def test_browsers_fill_in_only_the_residents_own_data(walk: Walk) -> None:
    assert 'autocomplete="family-name"' in walk.page("氏名") and 'autocomplete="email"' in walk.page("メール")
    assert 'autocomplete="bday-year"' in walk.page("生年月日") and 'autocomplete="tel"' in walk.page("電話番号")


def test_logs_hold_no_token_and_no_secret() -> None:
    record = logging.LogRecord(
        "django.request", logging.ERROR, "", 1, "Internal Server Error: %s",
        ("/i/abc:def:ghi/q/氏名/ and /s/JM-R08-000001/s3cret/pay/",), None,
    )
    WithoutSecrets().filter(record)
    assert record.getMessage() == "Internal Server Error: /i/…/q/氏名/ and /s/JM-R08-000001/…/pay/"


def test_the_summary_says_where_something_could_not_be_calculated(city: City, browser: Client) -> None:
    data = everything().model_dump(mode="json", by_alias=True)
    table = next(field for field in data["fields"] if field["code"] == "品目")
    next(sub for sub in table["fields"] if sub["code"] == "金額")["formula"] = "単価 / (数量 - 2)"
    interview = walks.begin(app_code=publish(AppDefinition.model_validate(data)).code)
    walks.answer_all(interview, {k: v for k, v in everything_answers().items() if k != "道路番号"})
    page = browser.get(f"/i/{interview_token(interview)}/check/").content.decode()
    row = page[page.index("こわれた物") :][:900]
    assert "field__error" in row and "<svg" in row and "1行目「金額」: 0 で割ることはできません" in row
