"""Returned applications: what staff ask for, the resident's second walk, and filing it on the same record."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.fields import FILE_TYPES
from madoguchi.definition.text import Language
from madoguchi.definition.values import Value, Values
from madoguchi.identity import actions as identity
from madoguchi.intake import fees, interviews
from madoguchi.intake.filed import filed
from madoguchi.intake.interviews import Filing
from madoguchi.intake.links import INTERVIEW_DAYS
from madoguchi.intake.models import Application, CorrectionRequest, Interview
from madoguchi.intake.problems import NothingToCorrect
from madoguchi.intake.submission import SIGNED_LEVELS, ask_fee, end_of, ready_filing
from madoguchi.interview.types import State
from madoguchi.lib.business_days import add_business_days
from madoguchi.records import files, write
from madoguchi.records.actor import RESIDENT
from madoguchi.records.models import StoredFile
from madoguchi.records.read import Record

CORRECTION_BUSINESS_DAYS = 10
"""How long the resident has; two weeks without counting weekends and holidays."""


def open_request(application: Application) -> CorrectionRequest | None:
    """What staff ask the resident to correct now, if anything."""
    return application.corrections.filter(answered_at=None).select_related("interview").first()


def request_correction(
    *, application: Application, event_id: int, fields: list[str], message: str, due_on: date | None = None
) -> None:
    """Notes what staff asked for; an earlier request that is still open gives way to it.

    Without ``due_on`` the resident has CORRECTION_BUSINESS_DAYS.
    """
    last_day = due_on or add_business_days(timezone.localdate(), CORRECTION_BUSINESS_DAYS)
    close_requests(application)
    CorrectionRequest.objects.create(
        application=application, event_id=event_id, fields=fields, message=message, due_at=end_of(last_day)
    )


def close_requests(application: Application) -> None:
    """Nothing is asked for any more: the correction came in, or the office went on without it."""
    for request in application.corrections.filter(answered_at=None).select_related("interview"):
        request.answered_at = timezone.now()
        request.save(update_fields=["answered_at"])
        if request.interview and request.interview.outcome == Interview.Outcome.OPEN:
            interviews.close(request.interview, Interview.Outcome.ABANDONED)


def start_correction(application: Application) -> Interview:
    """The interview that asks only what staff asked for, prefilled; the same one when opened again.

    Raises NothingToCorrect.
    """
    with transaction.atomic():
        record = filed(application.app_id, application.record_id, lock=True)
        request = open_request(application)
        if request is None:
            raise NothingToCorrect(_("いま直していただくところはありません。申請の状況をご確認ください。"))
        if request.interview and interviews.is_open(request.interview):
            return request.interview
        request.interview = _correction_interview(application, request, record)
        request.save(update_fields=["interview"])
        return request.interview


def submit_correction(interview_id: uuid.UUID) -> Application:
    """Files the confirmed correction on its record, exactly once; raises NotReady, InterviewClosed."""
    with transaction.atomic():
        request = CorrectionRequest.objects.select_related("application__app").get(interview_id=interview_id)
        record = filed(request.application.app_id, request.application.record_id, lock=True)
        interview = interviews.lock(interview_id)
        if interview.outcome == Interview.Outcome.SUBMITTED:
            return request.application
        filing = ready_filing(interview)
        _file_correction(interview, request.application, filing, record.values)
        interviews.close(interview, Interview.Outcome.SUBMITTED)
        close_requests(request.application)
        return request.application


def _correction_interview(application: Application, request: CorrectionRequest, record: Record) -> Interview:
    interview = Interview(
        app_id=application.app_id, revision_id=record.app_revision_id, resident=application.resident,
        channel=application.interview.channel, corrects_record_id=application.record_id,
        expires_at=timezone.now() + timedelta(days=INTERVIEW_DAYS),
    )
    language: Language = application.resident.language  # type: ignore[assignment]
    state = State(answers=record.values, only=frozenset(request.fields), language=language)
    interview.state = interviews.seal_state(interview.id, state)
    interview.save(force_insert=True)
    return interview


def _file_correction(interview: Interview, application: Application, filing: Filing, before: Values) -> None:
    changes = changed(filing.app, before, filing.values)
    write.update_record(
        app=filing.app, record_id=application.record_id, changes=changes, expected_revision=None, actor=RESIDENT,
        kind="corrected", data={"fields": sorted(changes)},
    )
    files.attach_files(interview.id, application.record_id, keep=interviews.file_ids(filing))
    _retire_replaced_files(filing, changes, before)
    _identify_again(interview, application, filing, changes)
    _renew_fee(application, filing)
    write.fire_trigger(
        app_id=application.app_id, record_id=application.record_id, trigger="correction", actor=RESIDENT, data={}
    )


def changed(app: AppRevision, before: Values, after: Values) -> dict[str, Value]:
    """The resident's fields whose value differs; a field that became hidden is blanked. Staff's fields stay."""
    asked = [f.code for f in app.definition.value_fields if not f.staff_only]
    return {code: after.get(code) for code in asked if before.get(code) != after.get(code)}


def _retire_replaced_files(filing: Filing, changes: Values, before: Values) -> None:
    """The daily job deletes replaced files later; ID photos go with the record's other ID photos."""
    types = {field.code: field.type for field in filing.app.definition.fields}
    replaced = [
        file_id
        for code in changes if types[code] in FILE_TYPES
        for file_id in before.get(code) or () if file_id not in (changes[code] or ())
    ]
    delete_after = timezone.now() + timedelta(days=filing.procedure.identity_photo_days)
    StoredFile.objects.filter(pk__in=replaced, identity=False).update(delete_after=delete_after)


def _identify_again(interview: Interview, application: Application, filing: Filing, changes: Values) -> None:
    """New ID photos are checked anew; a card has vouched for the corrected answers before this."""
    if filing.procedure.assurance in SIGNED_LEVELS:
        identity.attach_to_record(interview.id, application.record_id)
    photos = {f.code for f in filing.app.definition.fields if f.type == "photo" and f.identity}
    if filing.procedure.assurance == "photo" and photos & set(changes):
        identity.begin_photo_check(application.app_id, application.record_id)


def _renew_fee(application: Application, filing: Filing) -> None:
    """A fee not begun to be paid follows the corrected answers; one already paid is for staff to settle."""
    payment = fees.payment_of(application)
    if payment is not None and payment.state in fees.CHANGEABLE:
        ask_fee(application, filing)
