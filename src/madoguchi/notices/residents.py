"""Who is to be told about a record, and where: answered by rooms above this one."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from madoguchi.definition.text import Language


@dataclass(frozen=True, slots=True)
class ResidentAddress:
    """Who hears about one record. ``due_at`` is the day by which they are to do something, if there is one."""

    resident_id: uuid.UUID
    language: str
    status_url: str
    receipt_number: str
    due_at: datetime | None = None


ResidentFinder = Callable[[int, int], ResidentAddress | None]
EmailFinder = Callable[[uuid.UUID], str | None]
_resident_finders: list[ResidentFinder] = []
_email_finders: list[EmailFinder] = []


def register_resident_finder(finder: ResidentFinder) -> None:
    """``finder(app_id, record_id)`` says who sent that record, or None (staff added it by hand)."""
    _resident_finders.append(finder)


def register_email_finder(finder: EmailFinder) -> None:
    """``finder(resident_id)`` gives their e-mail address, or None."""
    _email_finders.append(finder)


def resident_of(app_id: int, record_id: int) -> ResidentAddress | None:
    """Who is to be told about a record, if anybody."""
    return next((found for finder in _resident_finders if (found := finder(app_id, record_id))), None)


def language_of(app_id: int, record_id: int) -> Language:
    """What they read; Japanese where there is nobody to be told."""
    address = resident_of(app_id, record_id)
    return cast(Language, address.language) if address else "ja"


def email_of(resident_id: uuid.UUID) -> str | None:
    """The resident's e-mail address, if any is known."""
    return next((found for finder in _email_finders if (found := finder(resident_id))), None)
