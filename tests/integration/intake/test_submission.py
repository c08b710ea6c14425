"""Confirmed answers become one application: one record, one receipt number, one fee, whatever is tapped twice."""

from __future__ import annotations

from threading import Barrier
from typing import Any

import pytest

from madoguchi.catalog.queries import AppRevision
from madoguchi.identity.models import IdentityCheck
from madoguchi.intake import actions, interviews, submission
from madoguchi.intake.models import Application, Interview
from madoguchi.intake.problems import InterviewClosed, NotReady
from madoguchi.intake.residents import email_of
from madoguchi.interview.types import Answer, Change, Confirm, Start
from madoguchi.payments.models import Payment
from madoguchi.records import read, write
from madoguchi.records.models import Event, StoredFile
from tests import walks
from tests.integration.intake.conftest import publish_with_actions
from tests.publishing import publish
from tests.samples import certificate, certificate_answers
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("app")]


def record_of(application: Application, app: AppRevision) -> read.Record:
    return read.get_record(app, application.record_id)


def test_a_confirmed_interview_becomes_an_application_with_a_receipt_number(app: AppRevision) -> None:
    application = walks.apply()
    record = record_of(application, app)
    assert application.receipt_number == record.receipt_number
    assert record.values["氏名"]["given"] == "花子"
    assert record.values["手数料"] == 600
    assert record.channel == "web"


def test_the_fee_is_due_at_once_and_the_record_waits_for_it(app: AppRevision) -> None:
    application = walks.apply()
    payment = Payment.objects.get()
    assert (payment.amount, payment.state, payment.record_id) == (710, "due", application.record_id)
    assert record_of(application, app).status == "awaiting_payment"


def test_a_procedure_without_a_fee_goes_straight_to_the_office() -> None:
    free = publish_with_actions({"accept": {"requires": ["identity"]}}, fee=None)
    following = actions.next_step(walks.confirm(walks.begin()))
    assert isinstance(following, actions.Submitted)
    assert following.pay_path is None
    assert record_of(following.application, free).status == "submitted"
    assert not Payment.objects.exists()


def test_where_the_fee_follows_the_review_nothing_is_due_yet() -> None:
    fee = certificate().procedure.fee.model_dump() | {"when": "after_review"}  # type: ignore[union-attr]
    fix_fee = {"from": ["submitted"], "to": "awaiting_payment", "kind": "fix_fee"}
    app = publish_with_actions({"fix": fix_fee}, fee=fee)
    assert record_of(walks.apply(), app).status == "submitted"
    assert not Payment.objects.exists()


def test_the_answers_of_hidden_questions_are_not_filed(app: AppRevision) -> None:
    interview = walks.begin()
    walks.answer_all(interview, certificate_answers(使いみち="その他", 使いみちの内容="秘密の用事"))
    walks.step(interview.id, Change("使いみち"))
    walks.step(interview.id, Answer("使いみち", "年金"))
    walks.step(interview.id, Confirm())
    following = actions.next_step(interview)
    assert isinstance(following, actions.Submitted)
    assert "使いみちの内容" not in record_of(following.application, app).values
    assert "秘密の用事" not in str(list(Event.objects.values("after", "data")))


def test_files_and_identity_check_belong_to_the_record() -> None:
    application = walks.apply()
    assert StoredFile.objects.filter(record_id=application.record_id, identity=True).count() == 2
    assert IdentityCheck.objects.get().record_id == application.record_id


def test_pictures_of_hidden_questions_are_deleted_not_filed() -> None:
    interview = walks.begin()
    walks.answer_all(interview)
    walks.step(interview.id, Change("身分証の種類"))
    walks.step(interview.id, Answer("身分証の種類", "マイナンバーカード"))  # its back must not be kept
    walks.step(interview.id, Confirm())
    actions.next_step(interview)
    assert [f.record_id is not None for f in StoredFile.objects.filter(deleted_at=None)] == [True]


def test_nothing_of_the_answers_stays_in_the_interview() -> None:
    assert bytes(walks.apply().interview.state) == b""


def test_the_address_given_in_the_answers_is_where_notices_go() -> None:
    assert email_of(walks.apply().resident_id) == "hanako@example.jp"


def test_submitting_before_confirming_is_refused() -> None:
    interview = walks.begin()
    walks.answer_all(interview)
    assert isinstance(actions.next_step(interview), actions.AskMore)
    with pytest.raises(NotReady):
        actions.submit(interview.id)
    assert not Application.objects.exists()


def test_a_second_confirm_leads_to_the_same_application() -> None:
    application = walks.apply()
    again = actions.next_step(application.interview)
    assert isinstance(again, actions.Submitted)
    assert again.application == application
    assert again.pay_path and again.pay_path.endswith("/pay/")
    with pytest.raises(InterviewClosed, match="すでに送信"):
        walks.step(application.interview_id, Confirm())


def test_a_procedure_that_closed_meanwhile_takes_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    publish(certificate(closes_at="2099-01-01T00:00:00+09:00"))
    interview = walks.confirm(walks.begin())
    closed = certificate(closes_at="2020-01-01T00:00:00+09:00").procedure
    monkeypatch.setattr(interviews, "procedure_of", lambda app: closed)
    with pytest.raises(InterviewClosed, match="受付期間"):
        actions.submit(interview.id)


def test_if_anything_fails_nothing_is_filed(monkeypatch: pytest.MonkeyPatch) -> None:
    interview = walks.confirm(walks.begin())

    def fail(**_: object) -> None:
        raise RuntimeError("the payment room is down")

    monkeypatch.setattr(submission.payments, "make_due", fail)
    with pytest.raises(RuntimeError):
        actions.submit(interview.id)
    assert not Event.objects.filter(kind="created").exists()
    monkeypatch.undo()
    assert isinstance(actions.next_step(interview), actions.Submitted)


def test_the_secret_opens_the_status_page_and_nothing_else_does() -> None:
    application, other = walks.apply(), walks.apply()
    secret = actions.status_path(application).split("/")[3]
    assert len(secret) >= 22
    assert actions.application_by_secret(application.receipt_number, secret) == application
    assert actions.application_by_secret(other.receipt_number, secret) is None
    assert actions.application_by_secret(application.receipt_number, secret[:-1]) is None
    assert actions.application_by_secret("XX-R08-000000", secret) is None
    assert actions.application_by_secret(application.receipt_number, "日本語") is None
    assert secret.encode() not in bytes(application.secret)


# --- two at once ---


@pytest.mark.django_db(transaction=True)
def test_four_taps_at_once_make_one_application_one_record_one_charge() -> None:
    interview = walks.confirm(walks.begin())
    found = at_once(lambda: actions.next_step(interview))
    assert {type(step) for step in found} == {actions.Submitted}, found
    assert len({step.application.pk for step in found}) == 1
    assert Event.objects.filter(kind="created").count() == 1
    assert Payment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_row_lock_the_race_is_real_and_the_database_still_lets_only_one_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    interview, attempts = walks.confirm(walks.begin()), []
    create, both_are_in = write.create_record, Barrier(2)

    def create_when_both_are_in(**given: Any) -> Any:
        attempts.append(given["interview_id"])
        both_are_in.wait(timeout=10)
        return create(**given)

    monkeypatch.setattr(interviews, "lock", lambda pk: Interview.objects.select_related("app", "resident").get(pk=pk))
    monkeypatch.setattr(submission.write, "create_record", create_when_both_are_in)
    at_once(lambda: actions.submit(interview.id), times=2)
    assert len(attempts) == 2  # the race: both believed the interview was still open
    assert Application.objects.count() == 1
    assert Event.objects.filter(kind="created").count() == 1


@pytest.mark.django_db(transaction=True)
def test_answers_from_two_tabs_at_the_same_moment_are_both_kept() -> None:
    interview = walks.begin()
    walks.answer_all(interview)
    changes = iter([("通数", "3"), ("使いみち", "学校")])

    def change() -> None:
        code, value = next(changes)
        walks.step(interview.id, Answer(code, value))

    assert at_once(change, times=2) == [None, None]
    answers = actions.take_step(interview_id=interview.id, input=Start(), by_part=False).state.answers
    assert (answers["通数"], answers["使いみち"]) == ("3", "学校")


# --- with the card ---


def sign(interview: Interview, digest: str | None = None) -> IdentityCheck:
    """The card vouches for what the interview would file now (or for ``digest``)."""
    filing = interviews.filing(interview, interviews.open_state(interview))
    return IdentityCheck.objects.create(
        app=interview.app, interview_id=interview.id, kind="signature", state="passed",
        signed_digest=digest or filing.digest,
    )


@pytest.fixture
def signed_app(app: AppRevision) -> AppRevision:
    """The same procedure, with an electronic signature instead of photos."""
    return publish(certificate(assurance="signature"))


def test_a_signature_is_asked_for_before_anything_is_filed(signed_app: AppRevision) -> None:
    interview = walks.confirm(walks.begin())
    following = actions.next_step(interview)
    assert isinstance(following, actions.Identify)
    assert following.url_path.endswith("/next/")
    with pytest.raises(NotReady, match="本人確認"):
        actions.submit(interview.id)


def test_what_was_signed_is_filed_with_its_signature(signed_app: AppRevision) -> None:
    interview = walks.confirm(walks.begin())
    check = sign(interview)
    following = actions.next_step(interview)
    assert isinstance(following, actions.Submitted)
    check.refresh_from_db()
    assert check.record_id == following.application.record_id


def test_answers_changed_after_signing_must_be_signed_again(signed_app: AppRevision) -> None:
    interview = walks.confirm(walks.begin())
    sign(interview)
    walks.step(interview.id, Change("通数"))
    walks.step(interview.id, Answer("通数", "9"))
    walks.step(interview.id, Confirm())
    assert isinstance(actions.next_step(interview), actions.Identify)
    with pytest.raises(NotReady, match="もう一度"):
        actions.submit(interview.id)


def test_a_signature_for_another_text_counts_for_nothing(signed_app: AppRevision) -> None:
    interview = walks.confirm(walks.begin())
    sign(interview, digest="0" * 64)
    assert isinstance(actions.next_step(interview), actions.Identify)


def test_the_digest_follows_the_answers_and_not_the_clock_or_their_order() -> None:
    defn = certificate()
    answers = certificate_answers()
    backwards = dict(reversed(answers.items()))
    assert interviews.digest_of(defn, answers) == interviews.digest_of(defn, backwards | {"手数料": 1, "委任状": None})
    assert interviews.digest_of(defn, answers) != interviews.digest_of(defn, certificate_answers(通数="3"))


def test_at_the_counter_staff_check_the_person_instead_of_the_card(signed_app: AppRevision) -> None:
    publish(certificate(assurance="signature", channels=["counter"]))
    application = walks.apply(channel="counter")
    check = IdentityCheck.objects.get(record_id=application.record_id)
    assert (check.kind, check.state) == ("photo", "pending")
