"""One interview's stored state: opened under its row lock, sealed again, and what its answers amount to."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from django.utils import timezone

from madoguchi.catalog import queries as catalog
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition import compute
from madoguchi.definition.app import AppDefinition, Procedure
from madoguchi.definition.compute import FeeRow
from madoguchi.definition.fields import COMPUTED_TYPES, FILE_TYPES, ChannelName
from madoguchi.definition.values import ADDRESS_PARTS, Value
from madoguchi.identity.matching import Typed
from madoguchi.intake.models import Interview, Resident
from madoguchi.intake.problems import InterviewClosed
from madoguchi.intake.world import DjangoWorld
from madoguchi.interview.types import State
from madoguchi.lib import vault
from madoguchi.records import files
from madoguchi.records.models import StoredFile


@dataclass(frozen=True, slots=True)
class Filing:
    """What would be filed now: the visible answers and the fee that follows from them."""

    app: AppRevision
    procedure: Procedure
    values: Mapping[str, Value]
    fee: tuple[FeeRow, ...]
    digest: str

    @property
    def total(self) -> int:
        """The fee in whole yen."""
        return sum(row.amount for row in self.fee)


def lock(interview_id: uuid.UUID) -> Interview:
    """The interview with its row locked until the transaction ends; raises Interview.DoesNotExist."""
    return Interview.objects.select_for_update(of=("self",)).select_related("app", "resident").get(pk=interview_id)


def refuse_if_closed(interview: Interview) -> None:
    """Raises InterviewClosed unless the interview still takes answers."""
    if interview.outcome == Interview.Outcome.SUBMITTED:
        raise InterviewClosed(interview, "submitted")
    if interview.expires_at <= timezone.now():
        raise InterviewClosed(interview, "expired")
    if interview.outcome == Interview.Outcome.ABANDONED:
        raise InterviewClosed(interview, "abandoned")


def is_open(interview: Interview) -> bool:
    """Whether the interview still takes answers."""
    return interview.outcome == Interview.Outcome.OPEN and interview.expires_at > timezone.now()


def revision_of(interview: Interview) -> AppRevision:
    """The revision the interview began with and stays on."""
    if interview.corrects_record_id is not None:
        return catalog.revision(interview.revision_id)  # as the record is stored by now
    return catalog.as_filed(interview.revision_id)


def procedure_of(app: AppRevision) -> Procedure:
    """The app's procedure; apps without one are never asked of residents."""
    if app.definition.procedure is None:
        raise ValueError(f"{app.definition.code} has no procedure")
    return app.definition.procedure


def world_of(interview: Interview) -> DjangoWorld:
    """The facts this interview's answers are checked against now."""
    return DjangoWorld(channel_of(interview))


def channel_of(interview: Interview) -> ChannelName:
    """The channel on which the interview began."""
    return cast(ChannelName, interview.channel)


def seal_state(interview_id: uuid.UUID, state: State) -> bytes:
    """The state as stored: answers are personal."""
    return vault.seal_json(state.to_json(), context=_context(interview_id))


def open_state(interview: Interview) -> State:
    """The state that was stored; an empty one if it was wiped."""
    sealed = bytes(interview.state)
    return State.from_json(vault.unseal_json(sealed, context=_context(interview.id))) if sealed else State()


def save_state(interview: Interview, state: State) -> None:
    """Stores the next state; ``version`` rises with each."""
    interview.state = seal_state(interview.id, state)
    interview.version += 1
    interview.save(update_fields=["state", "version", "updated_at"])


def close(interview: Interview, outcome: Interview.Outcome) -> None:
    """Ends the interview and forgets its answers: from now on they are in the record, or nowhere."""
    interview.outcome = outcome
    interview.state = b""
    interview.version += 1
    interview.save(update_fields=["outcome", "state", "version", "updated_at"])


def forget(interview: Interview) -> None:
    """Ends a locked interview that never became an application: answers, attachments, and an e-mail address that
    nothing needs any more. Nothing happens if it was finished meanwhile."""
    if interview.outcome != Interview.Outcome.OPEN:
        return
    for file in StoredFile.objects.filter(interview_id=interview.id, record_id=None, deleted_at=None):
        files.delete_file(file)
    close(interview, Interview.Outcome.ABANDONED)
    resident = Resident.objects.filter(pk=interview.resident_id, applications=None)
    resident.exclude(interviews__outcome=Interview.Outcome.OPEN).update(email=None)


def forget_file(interview: Interview, file_id: uuid.UUID) -> None:
    """Takes a deleted file out of the answers, so that its question is asked again before anything is filed."""
    state, gone = open_state(interview), str(file_id)
    named = {code: value for code, value in state.answers.items() if isinstance(value, list) and gone in value}
    if not named:
        return
    kept: dict[str, Value] = {code: [one for one in value if one != gone] for code, value in named.items()}
    others = {code: value for code, value in state.answers.items() if code not in named}
    save_state(interview, replace(state, answers=others | {code: value for code, value in kept.items() if value}))


def filing(interview: Interview, state: State) -> Filing:
    """What ``state`` would file now: hidden answers left out, formulas computed, the fee summed up."""
    app, world = revision_of(interview), world_of(interview)
    values = compute.visible_values(app.definition, state.answers, world)
    fee = tuple(compute.fee_lines(app.definition, values, world))
    return Filing(app, procedure_of(app), values, fee, digest_of(app.definition, values))


def typed_by(filing: Filing) -> Typed:
    """What the applicant typed about themselves, for comparing with the card."""
    applicant, values = filing.procedure.applicant, filing.values
    name, address = values.get(applicant.name), values.get(applicant.address or "")
    return Typed(
        name=_joined(name, ("family", "given")), address=_joined(address, ADDRESS_PARTS[1:]),
        birth_date=values.get(applicant.birth_date or "") or "",
    )


def _joined(value: Value, parts: Sequence[str]) -> str:
    return value if isinstance(value, str) else "".join((value or {}).get(part) or "" for part in parts)


def file_ids(filing: Filing) -> list[str]:
    """Ids of the files that the answers name; other uploads were replaced or belong to hidden questions."""
    codes = [field.code for field in filing.app.definition.fields if field.type in FILE_TYPES]
    return [file_id for code in codes for file_id in filing.values.get(code) or ()]


def digest_of(definition: AppDefinition, values: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the answers' canonical JSON: what the resident signs, and what must be filed.

    Computed fields are left out: one that depends on the clock would differ between signing and filing.
    """
    computed = {field.code for field in definition.fields if field.type in COMPUTED_TYPES}
    answered = {code: value for code, value in values.items() if value is not None and code not in computed}
    canonical = json.dumps(answered, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _context(interview_id: uuid.UUID) -> str:
    return f"interview:{interview_id}"
