"""All writes of identification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.catalog.queries import AppRevision, published_by_id
from madoguchi.identity import card, queries
from madoguchi.identity.matching import Typed, matches, same_person
from madoguchi.identity.models import IdentityCheck, SignIn
from madoguchi.identity.verification import signed_digest
from madoguchi.lib import vault
from madoguchi.records import write
from madoguchi.records.actor import RESIDENT, Actor

ROUND_TRIP_MINUTES = 60


class NotYetComplete(ValueError):
    """Staff wanted to pass a check with items of the list still open; the text says so in Japanese."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of a round trip to the card service, and where the resident goes on."""

    check: IdentityCheck
    return_path: str


class UnknownRoundTrip(LookupError):
    """The resident came back with a state we did not give out, used already, or more than an hour ago."""


def begin_photo_check(app_id: int, record_id: int) -> IdentityCheck:
    """Opens a check of ID photos for staff; one that is open already is kept, a decided one is superseded."""
    current = queries.of_record(app_id, record_id)
    if current and current.state == IdentityCheck.State.PENDING:
        return current
    _supersede(app_id, record_id)
    return IdentityCheck.objects.create(app_id=app_id, record_id=record_id, kind="photo")


@transaction.atomic
def save_checklist(
    *, check: IdentityCheck, ticks: Mapping[str, bool], decision: str, actor: Actor, reason: str = ""
) -> IdentityCheck:
    """Keeps the staff's ticks; ``decision`` "passed" needs every item ticked (NotYetComplete), "failed" a reason."""
    locked = IdentityCheck.objects.select_for_update().get(pk=check.pk)
    locked.checklist = dict(ticks)
    if decision == "passed" and not all(ticks.values()):
        raise NotYetComplete(_("確認していない項目があります。すべて確かめてから「確認できた」を押してください。"))
    if decision == "failed" and not reason.strip():
        raise NotYetComplete(_("確認できなかった理由を書いてください。"))
    if decision in {"passed", "failed"}:
        _decide(locked, passed=decision == "passed", staff_id=actor.staff_id, reason=reason.strip())
    locked.save()
    if decision in {"passed", "failed"} and locked.record_id is not None:
        _tell(locked, actor)
    return locked


def begin_card(
    *, app: AppRevision, interview_id: UUID, kind: str, digest: str, return_path: str, typed: Typed
) -> str:
    """Prepares a round trip to the card service and returns the address to redirect to. Raises card.CardError.

    ``kind`` is "card" or "signature"; ``digest`` the SHA-256 (hex) of what is to be signed; ``return_path`` a path of
    this site.
    """
    transaction_id = card.begin_signature(digest) if kind == "signature" else ""
    trip = card.new_round_trip(transaction_id)
    with transaction.atomic():
        check = IdentityCheck.objects.create(
            app_id=app.app_id, interview_id=interview_id, kind=kind, signed_digest=digest
        )
        SignIn.objects.create(
            state=trip.state, check_id=check.pk, nonce=trip.nonce, code_verifier=trip.code_verifier,
            sign_transaction_id=transaction_id, return_path=return_path,
            typed=vault.seal_json(asdict(typed), context=f"sign-in:{trip.state}"),
        )
    return card.authorization_url(kind, trip, _redirect_uri())


def finish_card(query: Mapping[str, str]) -> Finished:
    """Ends the round trip with what came back in the callback's query.

    Raises UnknownRoundTrip. A resident who cancelled, a service that failed, a signature that does not verify or a
    card of somebody else leave the check failed, with the reason for the page in ``reason``.
    """
    sign_in = _taken(query.get("state", ""))
    check = IdentityCheck.objects.get(pk=sign_in.check_id)
    if "code" not in query:
        return Finished(_failed(check, "cancelled"), sign_in.return_path)
    trip = card.RoundTrip(sign_in.state, sign_in.nonce, sign_in.code_verifier, sign_in.sign_transaction_id)
    try:
        claims = card.claims_for(query["code"], trip, _redirect_uri())
        signature = card.finished_signature(trip.sign_transaction_id) if trip.sign_transaction_id else None
    except card.CardError:
        return Finished(_failed(check, "service"), sign_in.return_path)
    typed = Typed(**vault.unseal_json(bytes(sign_in.typed), context=f"sign-in:{sign_in.state}"))
    return Finished(_judged(check, typed, claims, signature), sign_in.return_path)


@transaction.atomic
def attach_to_record(interview_id: UUID, record_id: int) -> IdentityCheck | None:
    """Ties the passed card check of an interview to the record made of it; None if there is none."""
    check = queries.passed_for_interview(interview_id)
    if check is None or check.record_id == record_id:
        return check
    _supersede(check.app_id, record_id)
    check.record_id = record_id
    check.save(update_fields=["record_id"])
    _tell(check, RESIDENT)
    return check


def forget_old_round_trips() -> int:
    """Deletes round trips nobody came back from; returns how many."""
    return SignIn.objects.filter(created_at__lt=_oldest()).delete()[0]


def _redirect_uri() -> str:
    return f"{settings.BASE_URL}{reverse('identity:callback')}"


def _taken(state: str) -> SignIn:
    """The round trip with that state, taken out: a second use finds nothing."""
    with transaction.atomic():
        found = SignIn.objects.select_for_update().filter(state=state, created_at__gte=_oldest()).first()
        if found is None:
            raise UnknownRoundTrip(state[:8])
        SignIn.objects.filter(state=state).delete()
    return found


def _oldest() -> datetime:
    return timezone.now() - timedelta(minutes=ROUND_TRIP_MINUTES)


def _judged(
    check: IdentityCheck, typed: Typed, claims: Mapping[str, str], signature: card.Signature | None
) -> IdentityCheck:
    check.matches = dict(matches(typed, claims))
    check.claims = vault.seal_json(dict(claims), context=f"identity:{check.pk}")
    if check.kind == "signature" and (signature is None or not signed_digest(check.signed_digest, signature)):
        return _failed(check, "signature")
    check.signature = signature.value if signature else ""
    if not same_person(check.matches):
        return _failed(check, "differs")
    _decide(check, passed=True, staff_id=None, reason="")
    check.save()
    return check


def _failed(check: IdentityCheck, reason: str) -> IdentityCheck:
    _decide(check, passed=False, staff_id=None, reason=reason)
    check.save()
    return check


def _decide(check: IdentityCheck, *, passed: bool, staff_id: int | None, reason: str) -> None:
    check.state = IdentityCheck.State.PASSED if passed else IdentityCheck.State.FAILED
    check.checked_by_id = staff_id
    check.reason = reason
    check.decided_at = timezone.now()


def _supersede(app_id: int, record_id: int) -> None:
    IdentityCheck.objects.filter(app_id=app_id, record_id=record_id, superseded_at=None).update(
        superseded_at=timezone.now()
    )


def _tell(check: IdentityCheck, actor: Actor) -> None:
    kind = "identity_passed" if check.state == IdentityCheck.State.PASSED else "identity_failed"
    if check.record_id is None:
        raise ValueError("a check without a record has no timeline")
    write.add_event(
        app=published_by_id(check.app_id), record_id=check.record_id, kind=kind, actor=actor,
        data={"check": str(check.pk), "kind": check.kind, "matches": check.matches, "reason": check.reason},
    )
