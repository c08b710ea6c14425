"""All reads of identification."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from madoguchi.identity.models import IdentityCheck
from madoguchi.lib import vault


def of_record(app_id: int, record_id: int) -> IdentityCheck | None:
    """The check that counts for a record; None if it needs none."""
    return IdentityCheck.objects.filter(app_id=app_id, record_id=record_id, superseded_at=None).first()


def is_identified(app_id: int, record_id: int) -> bool:
    """Whether a record's identification is passed; true where none is asked for."""
    check = of_record(app_id, record_id)
    return check is None or check.state == IdentityCheck.State.PASSED


def passed_for_interview(interview_id: UUID) -> IdentityCheck | None:
    """The newest passed card check of an interview."""
    passed = IdentityCheck.objects.filter(interview_id=interview_id, state=IdentityCheck.State.PASSED)
    return passed.order_by("-created_at").first()


def last_for_interview(interview_id: UUID) -> IdentityCheck | None:
    """The newest card check of an interview that was decided, so that its page can say what went wrong."""
    decided = IdentityCheck.objects.filter(interview_id=interview_id).exclude(state=IdentityCheck.State.PENDING)
    return decided.order_by("-created_at").first()


def claims_of(check: IdentityCheck) -> dict[str, Any]:
    """Name, address and birth date from the card; empty without a card."""
    if check.claims is None:
        return {}
    return dict(vault.unseal_json(bytes(check.claims), context=f"identity:{check.pk}"))
