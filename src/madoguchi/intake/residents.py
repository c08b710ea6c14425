"""Residents and where their e-mail goes. Who they are is in their applications, not here."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.db import transaction

from madoguchi.definition.text import Language
from madoguchi.intake import interviews
from madoguchi.intake.models import Interview, Resident
from madoguchi.lib import vault


def new_resident(*, email: str | None = None, language: Language = "ja") -> Resident:
    """Someone new to us, reached by ``email`` (stored encrypted) or by a channel that points to the resident."""
    resident = Resident(language=language)
    resident.email = _sealed(resident.id, email) if email else None
    resident.save(force_insert=True)
    return resident


def choose_language(*, resident: Resident, language: Language) -> None:
    """From now on everything is said in ``language``, also in what the resident has begun."""
    resident.language = language
    with transaction.atomic():
        resident.save(update_fields=["language"])
        begun = Interview.objects.select_for_update().filter(resident=resident, outcome=Interview.Outcome.OPEN)
        for interview in begun:
            state = replace(interviews.open_state(interview), language=language)
            interview.state = interviews.seal_state(interview.id, state)
            interview.save(update_fields=["state"])


def remember_email(resident: Resident, email: str) -> None:
    """The address given in an application is where its notices go."""
    resident.email = _sealed(resident.id, email)
    resident.save(update_fields=["email"])


def email_of(resident_id: uuid.UUID) -> str | None:
    """The resident's e-mail address, if we have one."""
    sealed = Resident.objects.filter(pk=resident_id).values_list("email", flat=True).first()
    return vault.unseal(bytes(sealed), context=_context(resident_id)).decode() if sealed else None


def _sealed(resident_id: uuid.UUID, email: str) -> bytes:
    return vault.seal(email.encode(), context=_context(resident_id))


def _context(resident_id: uuid.UUID) -> str:
    return f"resident:{resident_id}"
