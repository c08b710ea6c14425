"""Residents are told once, by the best way that works, and staff see what did not arrive."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from madoguchi.catalog.queries import published_by_id
from madoguchi.intake import actions as intake
from madoguchi.intake.models import Application
from madoguchi.notices import actions, channels, tasks
from madoguchi.notices.channels import Undeliverable
from madoguchi.notices.models import Notice
from madoguchi.notices.queries import letters_to_print, notices_of
from madoguchi.payments.models import Payment
from madoguchi.payments.readback import book_payment
from madoguchi.records import write
from madoguchi.records.actor import RESIDENT, SYSTEM
from madoguchi.records.models import Event
from madoguchi.records.permissions import Access, access_of
from madoguchi.records.viewer import TokenViewer, Viewer
from tests import walks
from tests.integration.intake.conftest import Move, app, city, move
from tests.samples import certificate_answers

__all__ = ["app", "city", "move"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("app")]
RunJobs = Callable[[], int]


def everything_of(application: Application) -> Access:
    """What a program may see whose token may view the application's app."""
    viewer = Viewer(token=TokenViewer(1, {application.app_id: frozenset({"view"})}))
    return access_of(published_by_id(application.app_id), viewer)


class FakeSender:
    """A channel that remembers, refuses or breaks."""

    def __init__(self, problem: Exception | None = None) -> None:
        self.problem, self.sent = problem, list[Notice]()

    def can_reach(self, resident_id: UUID) -> bool:
        return True

    def send(self, notice: Notice) -> None:
        if self.problem:
            raise self.problem
        self.sent.append(notice)


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSender]:
    """LINE reaches everybody."""
    fake = FakeSender()
    monkeypatch.setitem(channels._senders, "line", fake)
    yield fake


@pytest.fixture(autouse=True)
def no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only e-mail, unless a test brings LINE."""
    monkeypatch.delitem(channels._senders, "line", raising=False)


def paid(application: Application) -> None:
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(record_id=application.record_id)
        payment.provider, payment.paid_at = "counter", timezone.now()
        book_payment(payment, SYSTEM)


def test_a_new_application_is_confirmed_by_mail_with_number_and_link(run_jobs: RunJobs) -> None:
    application = walks.apply()
    run_jobs()
    [message] = mail.outbox
    assert message.to == ["hanako@example.jp"]
    assert application.receipt_number in message.body
    assert intake.status_url(application) in message.body
    assert "窓口市" in message.body
    assert "047-000-0000" in message.body


def test_a_message_holds_nothing_personal_and_no_reason(move: Move, run_jobs: RunJobs) -> None:
    application = walks.apply()
    paid(application)
    move(application, "return", note="住民票の住所と違います。", fields=["住所"])
    run_jobs()
    told = "\n".join(f"{m.subject}\n{m.body}" for m in mail.outbox)
    assert [n.template for n in notices_of(application.app_id, application.record_id)] == ["returned", "paid", "unpaid"]
    assert not [word for word in ("花子", "八幡1丁目1番1号コーポ", "090-1234", "違います") if word in told]


def test_an_event_is_told_once_however_often_its_job_runs(run_jobs: RunJobs) -> None:
    walks.apply()
    run_jobs()
    created = Event.objects.get(kind="created")
    tasks.prepare(event_id=created.pk)
    notice = Notice.objects.get()
    tasks.send(notice_id=str(notice.pk))
    run_jobs()
    assert len(mail.outbox) == 1
    assert Event.objects.filter(kind="notice_sent").count() == 1


def test_a_payment_is_told_once_although_it_also_moves_the_record(run_jobs: RunJobs, app: object) -> None:
    application = walks.apply()
    run_jobs()
    paid(application)
    run_jobs()
    assert [n.template for n in notices_of(application.app_id, application.record_id)] == ["paid", "unpaid"]


def test_line_is_preferred_to_mail(line: FakeSender, run_jobs: RunJobs) -> None:
    application = walks.apply()
    run_jobs()
    assert mail.outbox == []
    [notice] = line.sent
    assert notice.link == intake.status_url(application)
    assert intake.status_path(application) not in notice.body
    secret = intake.status_path(application).split("/")[3].encode()
    assert secret not in bytes(notice.sealed_link)


def test_who_blocked_the_account_gets_a_mail(line: FakeSender, run_jobs: RunJobs) -> None:
    line.problem = Undeliverable("LINEでブロックされています。")
    application = walks.apply()
    run_jobs()
    assert len(mail.outbox) == 1
    failed = Notice.objects.get(channel="line")
    assert (failed.state, failed.error) == ("failed", "LINEでブロックされています。")
    kinds = Event.objects.filter(record_id=application.record_id).order_by("id").values_list("kind", flat=True)
    assert list(kinds)[-2:] == ["notice_failed", "notice_sent"]


def test_a_disturbance_is_tried_again_and_given_up_after_the_last_attempt(line: FakeSender, run_jobs: RunJobs) -> None:
    walks.apply()
    actions.prepare_notice(Event.objects.get(kind="created").pk)
    line.problem = ConnectionError("token of user U1234 refused")
    notice = Notice.objects.get(channel="line")
    for _ in range(tasks.LAST_ATTEMPT - 1):
        with pytest.raises(ConnectionError):
            tasks.send(notice_id=str(notice.pk))
    notice.refresh_from_db()
    assert notice.state == "queued"
    tasks.send(notice_id=str(notice.pk))
    notice.refresh_from_db()
    assert notice.state == "failed"
    assert "U1234" not in notice.error
    assert Notice.objects.get(channel="email").state == "queued"


def test_a_disturbance_that_passes_sends_after_all(line: FakeSender) -> None:
    walks.apply()
    notice = actions.prepare_notice(Event.objects.get(kind="created").pk)
    assert notice
    line.problem = TimeoutError()
    with pytest.raises(TimeoutError):
        tasks.send(notice_id=str(notice.pk))
    line.problem = None
    tasks.send(notice_id=str(notice.pk))
    notice.refresh_from_db()
    assert (notice.state, notice.error, len(line.sent)) == ("sent", "", 1)


def test_an_address_that_does_not_exist_becomes_a_letter(monkeypatch: pytest.MonkeyPatch, run_jobs: RunJobs) -> None:
    def refuse(*_: object) -> None:
        raise smtplib.SMTPRecipientsRefused({"hanako@example.jp": (550, b"no such user hanako")})

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    application = walks.apply()
    run_jobs()
    [letter] = letters_to_print([everything_of(application)])
    assert (letter.channel, letter.state) == ("letter", "queued")
    assert "hanako" not in Notice.objects.get(channel="email").error


def test_who_can_be_reached_by_nothing_gets_a_letter_until_staff_have_printed_it(run_jobs: RunJobs) -> None:
    application = walks.apply(certificate_answers(), channel="line")
    run_jobs()
    [letter] = letters_to_print([everything_of(application)])
    actions.mark_printed(letter, actor=SYSTEM)
    actions.mark_printed(letter, actor=SYSTEM)
    assert letters_to_print([everything_of(application)]) == []
    assert Event.objects.filter(kind="notice_sent").count() == 1


def test_withdrawing_is_confirmed(run_jobs: RunJobs) -> None:
    application = walks.apply()
    intake.cancel_application(application, RESIDENT)
    run_jobs()
    assert ["お支払い" in m.subject for m in mail.outbox] == [True, False]
    assert "取り下げ" in mail.outbox[-1].subject


def test_what_staff_note_among_themselves_is_told_to_nobody(run_jobs: RunJobs, app: object) -> None:
    application = walks.apply()
    run_jobs()
    record_app = intake.catalog.published("juminhyo")
    write.add_event(app=record_app, record_id=application.record_id, kind="commented", actor=SYSTEM, data={"text": "x"})
    run_jobs()
    assert len(mail.outbox) == 1


def test_an_english_speaker_is_told_in_english(run_jobs: RunJobs) -> None:
    walks.apply(resident=intake.new_resident(language="en"))
    run_jobs()
    [message] = mail.outbox
    assert "Please pay the fee" in message.subject
    assert "Madoguchi City" in message.body


def test_a_mail_subject_never_breaks_into_headers(run_jobs: RunJobs) -> None:
    walks.apply()
    notice = actions.prepare_notice(Event.objects.get(kind="created").pk)
    assert notice
    notice.title = "件名\r\nBcc: everybody@example.jp"
    notice.save()
    tasks.send(notice_id=str(notice.pk))
    [message] = mail.outbox
    assert message.subject == "件名 Bcc: everybody@example.jp"
    assert message.message()["Bcc"] is None
