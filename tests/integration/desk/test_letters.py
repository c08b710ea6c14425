"""Notices that go by post: who sees them, how they are printed, and when they count as told."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader

from madoguchi.accounts.models import Department, Membership
from madoguchi.definition.app import AppDefinition
from madoguchi.intake.models import Application
from madoguchi.notices.models import Notice
from madoguchi.records import write
from madoguchi.records.actor import SYSTEM
from madoguchi.records.models import AccessLog, Event
from tests import walks
from tests.cast import TAKAHASHI
from tests.integration.desk.conftest import At, Case
from tests.publishing import publish
from tests.samples import certificate, certificate_answers

pytestmark = pytest.mark.django_db
PAGE, PRINT, POSTED = "/desk/letters/", "/desk/letters/print/", "/desk/letters/posted/"


@pytest.fixture(autouse=True)
def letters_of_hanako(case: Case, run_jobs: Callable[[], int]) -> None:
    """Hanako's application came by LINE, but no sender reaches her any more: her notice became a letter."""
    write_to(case.application, run_jobs)


def write_to(application: Application, run_jobs: Callable[[], int]) -> Notice:
    """What was told about the application becomes a letter."""
    run_jobs()
    notice = Notice.objects.get(record_id=application.record_id, app_id=application.app_id)
    notice.channel, notice.state, notice.sent_at = "letter", "queued", None
    notice.save()
    return notice


@pytest.fixture
def takahashi(case: Case, run_jobs: Callable[[], int]) -> Notice:
    """高橋's letter, the second one."""
    return write_to(walks.apply(certificate_answers(氏名=TAKAHASHI), channel="web"), run_jobs)


def hanakos(case: Case) -> Notice:
    return Notice.objects.get(record_id=case.record.id, app_id=case.app.app_id)


def pages_of(response: Any) -> list[str]:
    assert response["Content-Type"] == "application/pdf", response.content.decode()[:300]
    return [page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages]


def test_the_letters_that_wait_are_listed_and_counted_on_the_rail(case: Case, at: At) -> None:
    page = at("sato").get(PAGE).content.decode()
    assert case.application.receipt_number in page and "市川 花子" in page and hanakos(case).title in page
    assert '郵送するお知らせ</span><span class="rail__count">1' in page
    assert "data-pick checked" not in page
    assert "data-pick checked" in at("sato").get(f"{PAGE}?all=1").content.decode()


def test_that_names_were_read_is_noted(case: Case, at: At) -> None:
    at("sato").get(PAGE)
    log = AccessLog.objects.get()
    assert (log.purpose, log.record_ids) == ("list", [case.record.id])
    assert log.field_ids == [case.app.definition.by_code["氏名"].id]


def test_all_are_printed_as_one_pdf(case: Case, takahashi: Notice, at: At) -> None:
    pages = pages_of(at("sato").post(PRINT, {"letter": [str(hanakos(case).pk), str(takahashi.pk)]}))
    assert ["市川　花子 様" in pages[0], "髙橋　一郎 様" in pages[2]] == [True, True]
    assert "令和" in pages[0] and case.application.receipt_number in pages[0]
    assert Event.objects.filter(kind="letter_made").count() == 2
    logged = AccessLog.objects.get(purpose="letter")
    assert sorted(logged.record_ids) == sorted([case.record.id, takahashi.record_id]) and len(logged.field_ids) == 2


def test_one_is_printed_by_its_own_button_whatever_is_ticked(case: Case, takahashi: Notice, at: At) -> None:
    pages = pages_of(at("sato").post(PRINT, {"letter": [str(hanakos(case).pk)], "only": str(takahashi.pk)}))
    assert len(pages) == 1 and "髙橋　一郎 様" in pages[0]


def test_the_list_and_the_timeline_say_that_it_was_printed(case: Case, at: At) -> None:
    sato = at("sato")
    sato.post(PRINT, {"only": str(hanakos(case).pk)})
    assert "</time> 印刷" in sato.get(PAGE).content.decode()
    assert "郵送するお知らせを印刷しました" in sato.get(case.url).content.decode()


def test_a_posted_letter_leaves_the_list_and_is_told_once_on_the_timeline(case: Case, at: At) -> None:
    sato, chosen = at("sato"), {"letter": [str(hanakos(case).pk)]}
    assert "1件を投函済みにしました。" in sato.post(POSTED, chosen, follow=True).content.decode()
    page = sato.post(POSTED, chosen, follow=True).content.decode()
    assert "もうありません" in page and "郵送するお知らせは、今はありません" in page
    assert "通知しました" in sato.get(case.url).content.decode()
    assert Event.objects.get(kind="notice_sent", data__channel="letter").actor_staff == case.staff["sato"]


def test_without_a_choice_the_page_says_what_to_do(case: Case, at: At) -> None:
    for address in (PRINT, POSTED):
        for data in ({}, {"letter": ["no-uuid"]}):
            assert "左の四角を選んでから" in at("sato").post(address, data, follow=True).content.decode()
    assert hanakos(case).state == "queued"


def test_a_letter_without_an_address_is_left_out_and_the_list_says_why(
    case: Case, takahashi: Notice, at: At
) -> None:
    write.update_record(
        app=case.app, record_id=takahashi.record_id, changes={"住所": None}, expected_revision=None, actor=SYSTEM
    )
    sato, both = at("sato"), {"letter": [str(hanakos(case).pk), str(takahashi.pk)]}
    assert len(pages_of(sato.post(PRINT, both))) == 1
    page = sato.get(PAGE).content.decode()
    assert "宛先が分からない1件は印刷していません" in page and "氏名または住所が入力されていない" in page
    sato.post(POSTED, {"letter": [str(takahashi.pk)]})
    takahashi.refresh_from_db()
    assert takahashi.state == "sent"


def test_who_processes_another_app_reaches_no_letter_of_this_one(case: Case, at: At) -> None:
    """山本 of 環境課 has an app of their own, so the page opens; Hanako's letter is not in it, even by its id."""
    other = certificate(prefix="KK").model_dump(mode="json", by_alias=True)
    other |= {"code": "kankyo", "permissions": [{"department": "kankyo", "rights": ["view", "process"]}]}
    publish(AppDefinition.model_validate(other))
    outsider, only = at("outsider"), {"only": str(hanakos(case).pk)}
    page = outsider.get(PAGE).content.decode()
    assert "郵送するお知らせは、今はありません" in page and "花子" not in page
    for address in (PRINT, POSTED):
        assert "もうありません" in outsider.post(address, only, follow=True).content.decode()
    assert hanakos(case).state == "queued"
    assert not Event.objects.filter(kind="letter_made").exists() and not AccessLog.objects.exists()


def test_who_may_look_but_not_process_is_refused_and_has_no_such_tool(case: Case, at: At) -> None:
    tanaka = at("tanaka")
    assert {tanaka.get(PAGE).status_code, tanaka.post(PRINT).status_code, tanaka.post(POSTED).status_code} == {403}
    assert "郵送するお知らせ" not in tanaka.get("/desk/").content.decode()


def test_a_member_of_two_departments_sees_the_letters_of_both(case: Case, at: At) -> None:
    Membership.objects.create(
        staff=case.staff["outsider"], department=Department.objects.get(code="shimin"), role="reception"
    )
    assert case.application.receipt_number in at("outsider").get(PAGE).content.decode()
