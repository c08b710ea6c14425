"""After submitting: what the resident sees, corrects, and may withdraw."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from madoguchi.catalog.queries import AppRevision
from madoguchi.identity.models import IdentityCheck
from madoguchi.intake import actions
from madoguchi.intake.models import Application, CorrectionRequest
from madoguchi.intake.problems import NotCancellable, NothingToCorrect
from madoguchi.intake.queries import applications_of, open_interviews, status_view
from madoguchi.interview.types import Answer, Confirm, Question, Start, Summary
from madoguchi.lib.business_days import business_days_between
from madoguchi.payments.models import Payment
from madoguchi.records import read, write
from madoguchi.records.actor import RESIDENT, SYSTEM
from madoguchi.records.models import Event, StoredFile
from tests import walks
from tests.integration.intake.conftest import Move, publish_with_actions
from tests.samples import certificate, certificate_answers
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("app")]

BLURRED = "写真がぼやけています。明るいところで撮り直してください。"


@pytest.fixture
def application(move: Move) -> Application:
    """Paid and waiting for the office."""
    found = walks.apply()
    pay(found)
    return found


def pay(application: Application) -> None:
    Payment.objects.filter(record_id=application.record_id).update(
        state="paid", provider="counter", paid_at=timezone.now()
    )
    write.fire_trigger(app_id=application.app_id, record_id=application.record_id, trigger="payment", actor=SYSTEM)


def give_back(move: Move, application: Application, *fields: str) -> None:
    move(application, "return", note=BLURRED, fields=list(fields))


def correct(application: Application, **answers: object) -> Application:
    interview = actions.start_correction(application)
    walks.confirm(interview, certificate_answers(**answers))
    following = actions.next_step(interview)
    assert isinstance(following, actions.Submitted)
    return following.application


# --- the status page ---


def test_the_status_page_says_what_is_to_be_paid_until_when() -> None:
    view = status_view(walks.apply())
    assert view.state == "手数料のお支払いを待っています"
    assert view.may_pay
    assert view.cancellable
    assert view.payment and view.payment.amount == 710
    assert view.expected_by is None


def test_the_status_page_promises_a_business_day_while_the_office_works(application: Application) -> None:
    view = status_view(application)
    procedure = certificate().procedure
    assert procedure and view.expected_by
    assert business_days_between(timezone.localdate(), view.expected_by) == procedure.processing_days
    assert not view.may_pay


def test_the_status_page_speaks_english(application: Application) -> None:
    assert status_view(application, language="en").title == certificate().procedure.title.in_language("en")  # type: ignore[union-attr]


def test_the_resident_reads_reasons_meant_for_them_and_no_staff_notes(
    application: Application, move: Move, app: AppRevision
) -> None:
    write.add_event(
        app=app, record_id=application.record_id, kind="commented", actor=SYSTEM, data={"text": "内部のメモ"}
    )
    move(application, "return", note=BLURRED, fields=["身分証おもて"])
    view = status_view(application)
    assert view.reason == BLURRED
    assert view.correction_labels == ("本人確認書類のおもて",)
    assert [entry.reason for entry in view.timeline if entry.reason] == [BLURRED]
    assert "内部のメモ" not in str(view)


def test_a_note_on_an_ordinary_move_stays_in_the_office(application: Application, move: Move) -> None:
    IdentityCheck.objects.update(state="passed")
    move(application, "accept", note="要注意の申請者")
    assert "要注意" not in str(status_view(application))


def test_a_posted_application_shows_its_tracking_number(application: Application, move: Move) -> None:
    IdentityCheck.objects.update(state="passed")
    move(application, "accept")
    move(application, "post", tracking_number="1234-5678-9012")
    assert status_view(application).tracking_number == "1234-5678-9012"


def test_a_resident_finds_unfinished_and_finished_walks(application: Application) -> None:
    unfinished = walks.begin(resident=application.resident)
    assert open_interviews(application.resident_id) == [unfinished]
    assert applications_of(application.resident_id) == [application]


# --- corrections ---


def test_returning_asks_the_resident_within_two_weeks(application: Application, move: Move) -> None:
    give_back(move, application, "身分証おもて")
    request = CorrectionRequest.objects.get()
    assert (request.fields, request.message) == (["身分証おもて"], BLURRED)
    assert request.due_at and business_days_between(timezone.localdate(), timezone.localdate(request.due_at)) == 10


def test_a_correction_asks_only_what_staff_asked_for_and_shows_what_was_filed(
    application: Application, move: Move
) -> None:
    give_back(move, application, "通数")
    interview = actions.start_correction(application)
    prompt = walks.step(interview.id, Start())
    assert isinstance(prompt, Question)
    assert (prompt.field.code, prompt.value) == ("通数", "2")
    summary = walks.step(interview.id, Answer("通数", "3"))
    assert isinstance(summary, Summary)
    assert [row.field.code for row in summary.rows if row.changeable] == ["通数"]


def test_a_question_outside_the_correction_cannot_be_answered(
    application: Application, move: Move, app: AppRevision
) -> None:
    give_back(move, application, "通数")
    interview = actions.start_correction(application)
    walks.step(interview.id, Answer("使いみち", "学校"))
    walks.step(interview.id, Answer("通数", "3"))
    walks.step(interview.id, Confirm())
    actions.next_step(interview)
    assert read.get_record(app, application.record_id).values["使いみち"] == "勤務先"


def test_a_correction_changes_the_same_record_and_returns_it_to_the_office(
    application: Application, move: Move, app: AppRevision
) -> None:
    give_back(move, application, "通数")
    assert correct(application, 通数="3") == application
    record = read.get_record(app, application.record_id)
    assert (record.values["通数"], record.status, record.receipt_number) == (
        "3", "submitted", application.receipt_number
    )
    assert Event.objects.filter(kind="corrected").count() == 1
    assert CorrectionRequest.objects.get().answered_at


def test_a_correction_sent_twice_counts_once(application: Application, move: Move) -> None:
    give_back(move, application, "通数")
    interview = actions.start_correction(application)
    walks.confirm(interview, certificate_answers(通数="3"))
    assert actions.submit_correction(interview.id) == actions.submit_correction(interview.id)
    assert Event.objects.filter(kind="corrected").count() == 1


def test_a_new_photo_replaces_the_old_and_is_checked_anew(
    application: Application, move: Move, app: AppRevision
) -> None:
    IdentityCheck.objects.update(state="failed")
    old = read.get_record(app, application.record_id).values["身分証おもて"]
    give_back(move, application, "身分証おもて")
    correct(application)
    new = read.get_record(app, application.record_id).values["身分証おもて"]
    assert new != old
    assert IdentityCheck.objects.filter(state="pending", record_id=application.record_id).count() == 1
    assert StoredFile.objects.get(pk=new[0]).record_id == application.record_id


def test_replaced_and_kept_photos_get_a_date_of_deletion_when_the_record_is_finished(
    application: Application, move: Move
) -> None:
    give_back(move, application, "身分証おもて")
    correct(application)
    move(application, "reject", note="確認できませんでした。")
    photos = StoredFile.objects.filter(record_id=application.record_id, identity=True)
    assert photos.count() == 3
    days = certificate().procedure.identity_photo_days  # type: ignore[union-attr]
    expected = timezone.now() + timedelta(days=days)
    assert all(p.delete_after and abs(p.delete_after - expected) < timedelta(minutes=1) for p in photos)


def test_opening_the_correction_again_goes_on_with_the_same_walk(application: Application, move: Move) -> None:
    give_back(move, application, "通数")
    assert actions.start_correction(application) == actions.start_correction(application)


def test_returned_twice_the_later_request_counts(application: Application, move: Move) -> None:
    give_back(move, application, "通数")
    first = actions.start_correction(application)
    correct(application, 通数="3")
    give_back(move, application, "使いみち")
    second = actions.start_correction(application)
    assert second != first
    prompt = walks.step(second.id, Start())
    assert isinstance(prompt, Question) and prompt.field.code == "使いみち"


def test_without_a_request_there_is_nothing_to_correct(application: Application) -> None:
    with pytest.raises(NothingToCorrect):
        actions.start_correction(application)


def test_a_fee_not_yet_paid_follows_the_correction(move: Move) -> None:
    publish_with_actions({"return": {"from": ["awaiting_payment", "submitted"]}})
    application = walks.apply()
    give_back(move, application, "通数")
    correct(application, 通数="4")
    assert Payment.objects.get(record_id=application.record_id).amount == 1310


# --- withdrawing ---


def test_an_unpaid_application_is_withdrawn_and_owes_nothing(app: AppRevision) -> None:
    application = walks.apply()
    actions.cancel_application(application, RESIDENT)
    assert read.get_record(app, application.record_id).status == "cancelled"
    assert Payment.objects.get().state == "cancelled"


def test_a_paid_application_that_is_withdrawn_is_refunded(application: Application) -> None:
    actions.cancel_application(application, RESIDENT)
    assert Payment.objects.get().state in {"refunding", "refunded"}
    assert status_view(application).state == "申請を取り下げました"


def test_withdrawing_twice_refunds_once(application: Application) -> None:
    actions.cancel_application(application, RESIDENT)
    with pytest.raises(NotCancellable):
        actions.cancel_application(application, RESIDENT)
    assert Payment.objects.count() == 1


def test_what_the_office_has_accepted_can_no_longer_be_withdrawn_online(application: Application, move: Move) -> None:
    IdentityCheck.objects.update(state="passed")
    move(application, "accept")
    with pytest.raises(NotCancellable, match="お電話"):
        actions.cancel_application(application, RESIDENT)
    assert Payment.objects.get().state == "paid"


def test_withdrawing_ends_the_open_correction(application: Application, move: Move) -> None:
    give_back(move, application, "通数")
    interview = actions.start_correction(application)
    actions.cancel_application(application, RESIDENT)
    interview.refresh_from_db()
    assert interview.outcome == "abandoned"
    with pytest.raises(NothingToCorrect):
        actions.start_correction(application)


def test_what_the_procedure_does_not_refund_stays_paid(move: Move) -> None:
    fee = certificate().procedure.fee.model_dump() | {"refundable_until": ["awaiting_payment"]}  # type: ignore[union-attr]
    publish_with_actions({}, fee=fee)
    application = walks.apply()
    pay(application)
    actions.cancel_application(application, RESIDENT)
    assert Payment.objects.get().state == "paid"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_a_refusal_and_a_correction_at_the_same_moment_do_not_wait_for_each_other_forever(
    move: Move, attempt: int
) -> None:
    publish_with_actions({"reject": {"from": ["submitted", "returned"]}})
    application = walks.apply()
    pay(application)
    give_back(move, application, "通数")
    interview = actions.start_correction(application)
    walks.confirm(interview, certificate_answers(通数="3"))
    calls = iter([
        lambda: actions.submit_correction(interview.id),
        lambda: move(application, "reject", note="確認できませんでした。"),
    ])
    found = at_once(lambda: next(calls)(), times=2)
    assert not [error for error in found if isinstance(error, DatabaseError)], found
    interview.refresh_from_db()
    assert interview.outcome in {"submitted", "abandoned"}
