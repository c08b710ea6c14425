"""Everything that changes a payment. What only the provider can know is moved in ``readback``."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision, published_by_id
from madoguchi.interview.types import FeeRow
from madoguchi.payments.models import Payment
from madoguchi.payments.providers.base import (
    Checkout,
    DuplicateReference,
    Provider,
    ProviderError,
    ProviderState,
)
from madoguchi.payments.providers.registry import PROVIDERS, provider
from madoguchi.payments.readback import (
    FIRST_POLL_S,
    begin_refund,
    book_payment,
    book_refund,
    later,
    lock_with_record,
    note,
    read_back,
    reference_of,
    settle,
)
from madoguchi.payments.states import LIVE, OWED, State, move
from madoguchi.records import write
from madoguchi.records.actor import SYSTEM, Actor
from madoguchi.records.permissions import require

__all__ = (
    "PaymentProblem", "cancel_or_refund", "expire_due", "make_due", "read_back", "receive_at_counter",
    "record_refund", "start_checkout",
)  # fmt: skip

log = logging.getLogger(__name__)

REUSABLE_FOR = timedelta(seconds=60)
"""A checkout page with less time left than this is not given out again."""
LATE_CHECK_S = 20 * 60
ATTEMPTS_AT_ONCE = 3


class PaymentProblem(Exception):
    """Cannot be done now; ``str`` says in Japanese what is wrong and what to do."""


@transaction.atomic
def make_due(
    *, app: AppRevision, record_id: int, receipt_number: str, lines: Sequence[FeeRow | Mapping[str, Any]],
    due_at: datetime, actor: Actor,
) -> Payment:  # fmt: skip
    """Asks for a fee. The same again returns the payment there is; another amount replaces one not yet begun.

    Raises ``PaymentProblem`` when another amount is being paid or was paid, ValueError for a sum that is not positive.
    """
    rows = [_line(line) for line in lines]
    amount = sum(row["amount"] for row in rows)
    if amount <= 0:
        raise ValueError("a fee is more than 0 yen")
    new = Payment(
        app_id=app.app_id, record_id=record_id, receipt_number=receipt_number, amount=amount, lines=rows,
        due_at=due_at,
    )  # fmt: skip
    # Inserting first lets the constraint decide between two at once; the loser finds the winner's row.
    Payment.objects.bulk_create([new], ignore_conflicts=True)
    payment = Payment.objects.select_for_update().get(app_id=app.app_id, record_id=record_id, state__in=LIVE)
    if payment.pk != new.pk:
        if payment.amount == amount:
            return payment
        _replace_amount(payment, new)
    note(payment, "payment_due", actor, due_at=due_at.isoformat())
    return payment


def _line(line: FeeRow | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(line, Mapping):
        return {"label": line["label"], "amount": int(line["amount"])}
    return {"label": line.label.model_dump(), "amount": int(line.amount)}


def _replace_amount(payment: Payment, new: Payment) -> None:
    if payment.state not in {State.DUE, State.FAILED} or payment.wrong_amount:
        raise PaymentProblem(
            _("手数料はすでに支払いの手続きに入っているため、金額を変えられません。返金または取消をしてから、もう一度確定してください。")
        )
    payment.amount, payment.lines, payment.due_at = new.amount, new.lines, new.due_at
    payment.save()


def start_checkout(payment: Payment, provider_code: str, return_path: str) -> str:
    """Begins paying and returns the address to send the resident to; again, it returns the same address.

    ``return_path``: where on this site to go afterwards (ValueError for anything else). A payment that is already
    paid, and one to be paid at the counter, lead straight there. Raises ``PaymentProblem``.
    """
    if not _is_own_path(return_path):
        raise ValueError("return_path must be a path of this site")
    chosen = _chosen(payment, provider_code)
    try:
        _end_other_attempt(payment, chosen)
        return _begin(payment, chosen, return_path)
    except ProviderError as error:
        log.warning("payment %s: %s: %r", payment.pk, provider_code, error)
        raise PaymentProblem(
            _("%(name)sにつながりませんでした。お支払いは始まっていません。少し待ってから、もう一度お試しください。")
            % {"name": chosen.name}
        ) from error


def _is_own_path(path: str) -> bool:
    return path.startswith("/") and len(path) <= 500 and url_has_allowed_host_and_scheme(path, allowed_hosts=None)


def _chosen(payment: Payment, code: str) -> Provider:
    procedure = published_by_id(payment.app_id).definition.procedure
    allowed = procedure.fee.providers if procedure and procedure.fee else ()
    found = PROVIDERS.get(code)
    if found is None or code not in allowed or not found.configured:
        raise PaymentProblem(_("この支払い方法は使えません。ほかの方法を選んでください。"))
    return found


def _end_other_attempt(payment: Payment, chosen: Provider) -> None:
    """Before another attempt, the one under way must be known to be over; else somebody could pay twice."""
    payment.refresh_from_db()
    if payment.state != State.PENDING or _reusable(payment, chosen):
        return
    settled = settle(payment, provider(payment.provider).cancel(payment))
    payment.refresh_from_db()
    if settled.state == State.PENDING:
        raise PaymentProblem(
            _("前のお支払いの結果を確かめています。1分ほど待ってから、もう一度お試しください。")
        )


def _reusable(payment: Payment, chosen: Provider) -> bool:
    fresh_until = timezone.now() + REUSABLE_FOR
    expires_at = payment.checkout_expires_at
    return payment.provider == chosen.code and expires_at is not None and expires_at > fresh_until


@transaction.atomic
def _begin(asked: Payment, chosen: Provider, return_path: str) -> str:
    # The lock is kept during the call: of two taps at once, the second waits and gets the first one's page.
    payment = Payment.objects.select_for_update().get(pk=asked.pk)
    if payment.state == State.PAID:
        return return_path
    payment.return_path = return_path
    if payment.state == State.PENDING and _reusable(payment, chosen):
        payment.save()
        return payment.checkout_url
    _refuse_unless_payable(payment)
    payment.provider = chosen.code
    if not chosen.online:
        payment.provider_reference = None
        payment.save()
        return return_path
    _open_checkout(payment, chosen)
    move(payment, State.PENDING)
    payment.save()
    later("payments.poll", payment, seconds=FIRST_POLL_S, delay=FIRST_POLL_S, reference=payment.provider_reference)
    return payment.checkout_url


def _refuse_unless_payable(payment: Payment) -> None:
    if payment.wrong_amount:
        raise PaymentProblem(_("お支払いの金額を担当課で確かめています。連絡をお待ちください。"))
    if payment.state not in {State.DUE, State.FAILED}:
        raise PaymentProblem(
            _("このお支払いは今できません（%(state)s）。") % {"state": payment.get_state_display()}
        )
    if payment.due_at <= timezone.now():
        raise PaymentProblem(_("お支払いの期限が過ぎました。担当課へお電話ください。"))


def _open_checkout(payment: Payment, chosen: Provider) -> None:
    """A new attempt. A reference that the provider knows already belongs to one whose answer was lost on the way;
    nobody ever saw its page, so nobody can pay it."""
    for _attempt in range(ATTEMPTS_AT_ONCE):
        payment.attempts += 1
        reference = reference_of(payment)
        try:
            checkout = _create(payment, chosen, reference)
        except DuplicateReference:
            continue
        payment.provider_reference = reference
        payment.provider_id, payment.checkout_url = checkout.provider_id, checkout.url
        payment.checkout_expires_at = checkout.expires_at
        return
    raise DuplicateReference(payment.provider_reference or "")


def _create(payment: Payment, chosen: Provider, reference: str) -> Checkout:
    procedure = published_by_id(payment.app_id).definition.procedure
    title = str(procedure.title) if procedure else ""
    return chosen.create(
        payment,
        reference=reference,
        description=f"{title} {payment.receipt_number}".strip(),
        return_url=settings.BASE_URL + quote(reverse("payments:return", args=(payment.pk,))),
    )


@transaction.atomic
def cancel_or_refund(payment: Payment, *, actor: Actor, reason: str) -> Payment:
    """Nothing more is owed: what was not paid is cancelled, what was paid goes back. Again, it changes nothing.

    An attempt under way is closed at the provider by a job; if it was paid meanwhile, that money goes back.
    """
    payment = lock_with_record(payment.pk)
    if payment.state == State.PAID or payment.wrong_amount:
        begin_refund(payment)
    elif payment.state in OWED:
        _close(payment, State.CANCELLED)
        note(payment, "payment_cancelled", actor, reason=reason)
    payment.save()
    return payment


def _close(payment: Payment, to: State) -> None:
    under_way = payment.state == State.PENDING
    move(payment, to)
    payment.checkout_url = ""
    if under_way:
        later("payments.close", payment)
        later("payments.read_back", payment, seconds=LATE_CHECK_S)


def receive_at_counter(payment: Payment, *, actor: Actor) -> Payment:
    """Staff took the money at the counter. Needs the right 会計 (payment). Again, it changes nothing.

    An online attempt is ended first; raises ``PaymentProblem`` if it cannot be, or if it turns out paid.
    """
    staff = _cashier(payment, actor)
    payment.refresh_from_db()
    if payment.state == State.PENDING:
        _end_online(payment)
    with transaction.atomic():
        payment = lock_with_record(payment.pk)
        if payment.state == State.PAID and payment.received_by_id == staff.pk:
            return payment
        if payment.state not in {State.DUE, State.FAILED} or payment.wrong_amount:
            raise PaymentProblem(
                _("この手数料は「%(state)s」のため、窓口で受け取れません。") % {"state": payment.get_state_display()}
            )
        payment.provider, payment.received_by, payment.paid_at = "counter", staff, timezone.now()
        payment.provider_reference, payment.provider_state, payment.provider_amount = None, "", None
        book_payment(payment, actor)
        return payment


def _cashier(payment: Payment, actor: Actor) -> Staff:
    staff = Staff.objects.get(pk=actor.staff_id or 0)
    require(staff, published_by_id(payment.app_id).definition, "payment")
    return staff


def _end_online(payment: Payment) -> None:
    try:
        reading = provider(payment.provider).cancel(payment)
    except ProviderError as error:
        raise PaymentProblem(
            _("オンラインの支払いを止められませんでした。二重払いを防ぐため、少し待ってからもう一度お試しください。")
        ) from error
    settle(payment, reading)
    if reading.state is ProviderState.PAID:
        raise PaymentProblem(_("オンラインで支払いが済んでいました。現金は受け取らないでください。"))


@transaction.atomic
def record_refund(payment: Payment, *, actor: Actor) -> Payment:
    """Staff gave the money back themselves: what was paid at the counter, or what the provider would not return.

    Needs the right 会計 (payment). Again, it changes nothing. Raises ``PaymentProblem``.
    """
    _cashier(payment, actor)
    payment = lock_with_record(payment.pk)
    if payment.state == State.REFUNDED:
        return payment
    if payment.state != State.REFUNDING or (provider(payment.provider).online and not payment.refund_refused):
        raise PaymentProblem(_("この返金は職員が記録するものではありません。支払い先の処理をお待ちください。"))
    book_refund(payment, actor)
    payment.save()
    return payment


def expire_due() -> int:
    """Ends what was not paid in time; returns how many. Payments under way are read back first."""
    overdue = Payment.objects.filter(state__in=OWED, due_at__lte=timezone.now()).order_by("due_at")
    return sum(_expire(payment) for payment in overdue[:500])


def _expire(payment: Payment) -> bool:
    try:
        read_back(payment.pk)
    except ProviderError as error:
        log.warning("payment %s not expired yet: %r", payment.pk, error)
        return False
    with transaction.atomic():
        payment = lock_with_record(payment.pk)
        if payment.state not in OWED or payment.wrong_amount or payment.due_at > timezone.now():
            return False
        _close(payment, State.EXPIRED)
        payment.save()
        note(payment, "payment_expired", SYSTEM)
        write.fire_trigger(
            app_id=payment.app_id, record_id=payment.record_id, trigger="payment_expiry", actor=SYSTEM
        )
    return True
