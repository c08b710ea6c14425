"""From confirmed answers to an application: exactly once, whatever is tapped twice."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.catalog import conversions
from madoguchi.identity import actions as identity
from madoguchi.identity import queries as identity_queries
from madoguchi.intake import capacity, interviews, links
from madoguchi.intake.interviews import Filing
from madoguchi.intake.models import Application, Interview
from madoguchi.intake.problems import InterviewClosed, NotReady
from madoguchi.intake.residents import remember_email
from madoguchi.payments import actions as payments
from madoguchi.records import files, write
from madoguchi.records.actor import RESIDENT
from madoguchi.records.write import AlreadyCreated, RecordRef

COUNTER = "counter"
SIGNED_LEVELS = frozenset({"card", "signature"})
"""Assurance levels reached with the My Number card before submitting; photos are checked by staff after it."""


def submit(interview_id: uuid.UUID) -> Application:
    """Files the confirmed interview; called again (second tap, second tab) it returns the same application.

    One transaction: the record with its event and receipt number, the application, the attachments, the fee and
    the identity check exist all or not at all. Raises NotReady, InterviewClosed.
    """
    with transaction.atomic():
        interview = interviews.lock(interview_id)
        if interview.outcome == Interview.Outcome.SUBMITTED:
            return Application.objects.select_related("app", "resident").get(interview=interview)
        filing = ready_filing(interview)
        if interview.corrects_record_id is None and capacity.no_place_left(interview.app_id):
            raise InterviewClosed(interview, "full")
        application = _application(interview, _create_record(interview, filing))
        files.attach_files(interview.id, application.record_id, keep=interviews.file_ids(filing))
        _begin_identity(interview, application, filing)
        ask_fee(application, filing)
        _remember_email(interview, filing)
        interviews.close(interview, Interview.Outcome.SUBMITTED)
        return application


def ready_filing(interview: Interview) -> Filing:
    """What is to be filed; raises NotReady or InterviewClosed if it must not be."""
    interviews.refuse_if_closed(interview)
    state = interviews.open_state(interview)
    if state.phase != "confirmed":
        raise NotReady(_("入力内容の確認がまだ済んでいません。内容を確かめてから送信してください。"))
    filing = interviews.filing(interview, state)
    closes_at = filing.procedure.closes_at
    if closes_at and timezone.now() >= closes_at and interview.corrects_record_id is None:
        raise InterviewClosed(interview, "closed")
    if not identified(interview, filing):
        raise NotReady(
            _("本人確認がまだ済んでいないか、そのあとで内容が変わりました。もう一度、本人確認をしてください。")
        )
    return filing


def identified(interview: Interview, filing: Filing) -> bool:
    """Whether the card has vouched for exactly these answers; always true where no card is asked for.

    At the counter staff look at the person and their documents, and tick the same checklist as for photos.
    """
    if filing.procedure.assurance not in SIGNED_LEVELS or interview.channel == COUNTER:
        return True
    check = identity_queries.passed_for_interview(interview.id)
    return check is not None and check.signed_digest == filing.digest


def end_of(day: date) -> datetime:
    """The last second of a day in Japan."""
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def due_at(filing: Filing) -> datetime:
    """The end of the last day on which the fee may be paid."""
    fee = filing.procedure.fee
    return end_of(timezone.localdate() + timedelta(days=fee.expires_days if fee else 0))


def _owes_at_application(filing: Filing) -> bool:
    fee = filing.procedure.fee
    return fee is not None and fee.when == "at_application" and filing.total > 0


def _create_record(interview: Interview, filing: Filing) -> RecordRef:
    process = filing.app.definition.process
    status = process.initial if process else None
    if process and process.initial_unpaid and _owes_at_application(filing):
        status = process.initial_unpaid
    app, values = conversions.fitted(filing.app, filing.values)
    try:
        return write.create_record(
            app=app, values=values, actor=RESIDENT, status=status,
            channel=interviews.channel_of(interview), interview_id=interview.id, receipt_prefix=filing.procedure.prefix,
        )
    except AlreadyCreated as error:
        return error.ref


def _application(interview: Interview, ref: RecordRef) -> Application:
    if ref.receipt_number is None:
        raise ValueError("create_record gives every application a receipt number")
    application, _made = Application.objects.get_or_create(
        interview=interview,
        defaults={
            "resident": interview.resident, "app": interview.app, "record_id": ref.record_id,
            "receipt_number": ref.receipt_number,
            "secret": links.seal_secret(links.new_secret(), ref.receipt_number),
        },
    )
    return application


def _begin_identity(interview: Interview, application: Application, filing: Filing) -> None:
    signed = filing.procedure.assurance in SIGNED_LEVELS
    if filing.procedure.assurance == "photo" or (signed and interview.channel == COUNTER):
        identity.begin_photo_check(application.app_id, application.record_id)
    elif signed:
        identity.attach_to_record(interview.id, application.record_id)


def _remember_email(interview: Interview, filing: Filing) -> None:
    email = filing.values.get(filing.procedure.applicant.email or "")
    if email:
        remember_email(interview.resident, email)


def ask_fee(application: Application, filing: Filing) -> None:
    """Asks for the fee if it is owed at application; asked again with the same amount it changes nothing."""
    if not _owes_at_application(filing):
        return
    payments.make_due(
        app=filing.app, record_id=application.record_id, receipt_number=application.receipt_number,
        lines=filing.fee, due_at=due_at(filing), actor=RESIDENT,
    )
