"""The door of intake: everything a channel may do for a resident.

A channel asks ``take_step`` for the next prompt until it is ``Confirmed``, then ``next_step`` what follows.
All functions are safe to call twice; times are aware; texts of problems are ready for the resident.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.catalog import queries as catalog
from madoguchi.definition.app import Channel, Procedure
from madoguchi.definition.checking_base import is_blank
from madoguchi.definition.fields import FILE_TYPES, FileField, PhotoField
from madoguchi.definition.text import Language
from madoguchi.identity import actions as identity
from madoguchi.intake import capacity, fees, interviews
from madoguchi.intake.cancellation import cancel_application
from madoguchi.intake.corrections import start_correction, submit_correction
from madoguchi.intake.links import (
    INTERVIEW_DAYS,
    application_by_secret,
    interview_by_token,
    interview_path,
    interview_token,
    status_path,
    status_url,
)
from madoguchi.intake.models import Application, Interview, Resident
from madoguchi.intake.problems import IntakeProblem, InterviewClosed, LinkInvalid, NotReady, ProcedureClosed
from madoguchi.intake.residents import choose_language, new_resident
from madoguchi.intake.submission import SIGNED_LEVELS, identified, submit
from madoguchi.interview import engine
from madoguchi.interview.types import Answer, Input, Prompt, Restart, Start, State
from madoguchi.records import files
from madoguchi.records.models import StoredFile

__all__ = [
    "AskMore", "Identify", "IntakeProblem", "InterviewClosed", "LinkInvalid", "NextStep", "NotReady",
    "ProcedureClosed", "Submitted", "Turn", "add_file", "application_by_secret", "begin_identification",
    "cancel_application", "choose_language", "current", "discard_interview", "files_of", "interview_by_token",
    "interview_path", "interview_token", "new_resident", "next_step", "remove_file", "start_correction",
    "start_interview", "status_path", "status_url", "submit", "submit_correction", "take_step",
]

NO_FILE = "?"
"""Stands for what was given instead of a file: never the id of one."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Where the resident is now, and what to show them."""

    interview: Interview
    state: State
    prompt: Prompt


@dataclass(frozen=True, slots=True)
class AskMore:
    """Not everything is answered and confirmed yet: show ``current()``."""


@dataclass(frozen=True, slots=True)
class Identify:
    """The resident must identify with the My Number card.

    ``url_path`` is the page on our site that explains it; its button calls ``begin_identification`` and redirects.
    """

    url_path: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """Filed. ``pay_path`` is set while a fee is to be paid online or at the counter."""

    application: Application
    pay_path: str | None


NextStep: TypeAlias = AskMore | Identify | Submitted


def start_interview(
    *, app_code: str, channel: Channel, resident: Resident, language: Language = "ja"
) -> Interview:
    """Begins the published procedure of ``app_code``; raises ProcedureClosed when it is not open or full."""
    app = catalog.published(app_code)
    _refuse_unless_open(interviews.procedure_of(app), channel)
    if capacity.is_full(app):
        raise ProcedureClosed(_("定員に達したため、受付を終わりました。くわしくは担当課へお問い合わせください。"))
    interview = Interview(
        app_id=app.app_id, revision_id=app.revision_id, resident=resident, channel=channel,
        expires_at=timezone.now() + timedelta(days=INTERVIEW_DAYS),
    )
    state = engine.begin(app.definition, language=language, by_part=False)
    interview.state = interviews.seal_state(interview.id, state)
    interview.save(force_insert=True)
    return interview


def take_step(*, interview_id: uuid.UUID, input: Input, by_part: bool) -> Turn:
    """Takes one input under the interview's row lock and stores the next state; raises InterviewClosed.

    ``by_part`` asks composite fields part by part (chat). File answers keep only files that belong here.
    """
    with transaction.atomic():
        interview = interviews.lock(interview_id)
        interviews.refuse_if_closed(interview)
        if isinstance(input, Restart):
            _delete_files(StoredFile.objects.filter(interview_id=interview_id, deleted_at=None))
        turn = _step(interview, _with_own_files(interview, input), by_part)
        interviews.save_state(interview, turn.state)
        return turn


def current(interview_id: uuid.UUID, by_part: bool) -> Turn:
    """What to show now, changing nothing; raises InterviewClosed."""
    interview = Interview.objects.select_related("app", "resident").get(pk=interview_id)
    interviews.refuse_if_closed(interview)
    return _step(interview, Start(), by_part)


def add_file(
    *, interview_id: uuid.UUID, field_code: str, data: bytes, content_type: str, name: str
) -> StoredFile:
    """Stores one upload for a file question; raises FileRefused (too large, wrong type, too many), InterviewClosed.

    The channel then answers the question with the ids of ``files_of``.
    """
    with transaction.atomic():
        interview = interviews.lock(interview_id)
        interviews.refuse_if_closed(interview)
        app = interviews.revision_of(interview)
        field = app.definition.by_code[field_code]
        if not isinstance(field, FileField | PhotoField):
            raise ValueError(f"{field_code} takes no files")
        if len(files_of(interview_id, field_code)) >= field.max_files:
            raise files.FileRefused(
                _("添付できるのは%(count)d個までです。入れ替えるときは、先に削除してください。")
                % {"count": field.max_files}
            )
        return files.store_upload(
            app=app, field=field, interview_id=interview_id, data=data, content_type=content_type, name=name
        )


def files_of(interview_id: uuid.UUID, field_code: str) -> Sequence[StoredFile]:
    """The uploads of this interview for one question, in the order they came."""
    interview = Interview.objects.get(pk=interview_id)
    field = interviews.revision_of(interview).definition.by_code[field_code]
    own = StoredFile.objects.filter(interview_id=interview_id, field_id=field.id, deleted_at=None)
    return list(own.order_by("created_at", "id"))


def remove_file(*, interview_id: uuid.UUID, file_id: uuid.UUID) -> None:
    """Deletes one upload of this interview, content and all; nothing happens if it is not there (any more)."""
    with transaction.atomic():
        interview = interviews.lock(interview_id)
        interviews.refuse_if_closed(interview)
        _delete_files(StoredFile.objects.filter(pk=file_id, interview_id=interview_id, deleted_at=None))
        interviews.forget_file(interview, file_id)


def discard_interview(*, interview_id: uuid.UUID) -> None:
    """Ends an open interview at the resident's wish and forgets its answers and files; again is without effect."""
    with transaction.atomic():
        interviews.forget(interviews.lock(interview_id))


def next_step(interview: Interview) -> NextStep:
    """What follows now. Once everything is confirmed (and identified) this submits, exactly once."""
    interview = Interview.objects.select_related("app", "resident").get(pk=interview.pk)
    if interview.outcome != Interview.Outcome.SUBMITTED:
        interviews.refuse_if_closed(interview)
        state = interviews.open_state(interview)
        if state.phase != "confirmed":
            return AskMore()
        if not identified(interview, interviews.filing(interview, state)):
            return Identify(interview_path(interview, "next/"))
    application = submit(interview.id) if interview.corrects_record_id is None else submit_correction(interview.id)
    return Submitted(application, _pay_path(application))


def begin_identification(interview: Interview) -> str:
    """The address of the card service to send the resident to; comes back to the interview's ``next/`` page."""
    state = interviews.open_state(interview)
    if state.phase != "confirmed":
        raise NotReady(_("先に、入力内容の確認を済ませてください。"))
    filing = interviews.filing(interview, state)
    if filing.procedure.assurance not in SIGNED_LEVELS:
        raise NotReady(_("この手続では、マイナンバーカードによる本人確認は必要ありません。"))
    return identity.begin_card(
        app=filing.app, interview_id=interview.id, kind=filing.procedure.assurance, digest=filing.digest,
        return_path=interview_path(interview, "next/"), typed=interviews.typed_by(filing),
    )


def _step(interview: Interview, input: Input, by_part: bool) -> Turn:
    app = interviews.revision_of(interview)
    world = interviews.world_of(interview)
    state, prompt = engine.step(app.definition, interviews.open_state(interview), input, world, by_part=by_part)
    return Turn(interview, state, prompt)


def _with_own_files(interview: Interview, input: Input) -> Input:
    """The same input, but a file answer names only files uploaded here (or kept from the record it corrects).

    Words, or only files of others, are not nothing: the engine is given what it refuses, lest it count as a skip.
    """
    if not isinstance(input, Answer):
        return input
    field = interviews.revision_of(interview).definition.by_code.get(input.field)
    if field is None or field.type not in FILE_TYPES:
        return input
    own = {str(file.id) for file in files_of(interview.id, input.field)}
    kept = interviews.open_state(interview).answers.get(input.field) or ()
    asked = input.raw if isinstance(input.raw, list | tuple) else [input.raw]
    named = [item for item in asked if not is_blank(item)]
    mine = [item for item in named if isinstance(item, str) and (item in own or item in kept)]
    return Answer(field=input.field, raw=mine if mine or not named else NO_FILE, part=input.part)


def _delete_files(found: Iterable[StoredFile]) -> None:
    for file in found:
        files.delete_file(file)


def _refuse_unless_open(procedure: Procedure, channel: Channel) -> None:
    now = timezone.now()
    if channel not in procedure.channels:
        raise ProcedureClosed(_("この手続は、この方法では受け付けていません。担当課へお問い合わせください。"))
    if procedure.opens_at and now < procedure.opens_at:
        raise ProcedureClosed(_("この手続の受付はまだ始まっていません。"))
    if procedure.closes_at and now >= procedure.closes_at:
        raise ProcedureClosed(_("この手続の受付期間は終わりました。くわしくは担当課へお問い合わせください。"))


def _pay_path(application: Application) -> str | None:
    return f"{status_path(application)}pay/" if fees.payable(application) else None
