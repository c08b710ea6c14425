"""Reads of payments: what a record owes, how it may be paid, and the accounting section's daily list."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.catalog.queries import published_by_id
from madoguchi.definition.app import Fee
from madoguchi.payments.models import Payment
from madoguchi.payments.providers.base import Provider, ProviderState
from madoguchi.payments.providers.registry import PROVIDERS
from madoguchi.payments.states import LIVE, State

BOM = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MOST_DIFFERENCES = 200


def live_payment(app_id: int, record_id: int) -> Payment | None:
    """What the record owes or has paid; else its latest payment (refunded, expired …); None if there was none."""
    found = Payment.objects.filter(app_id=app_id, record_id=record_id).order_by("-created_at", "-pk")
    return found.filter(state__in=LIVE).first() or found.first()


def nothing_owed(app_id: int, record_id: int) -> bool:
    """The requirement ``payment`` of process actions: the fee is paid, or there is none and none is to be fixed."""
    payment = live_payment(app_id, record_id)
    if payment is not None:
        return payment.state == State.PAID
    procedure = published_by_id(app_id).definition.procedure
    return procedure is None or procedure.fee is None or procedure.fee.when == "at_application"


def why_kept(app_id: int, record_id: int) -> str | None:
    """Why a record must stay: money was asked for, and the accounts refer to it."""
    if Payment.objects.filter(app_id=app_id, record_id=record_id).exists():
        return _("手数料の記録があるレコードは削除できません。会計の書類として残ります。")
    return None


def choices(fee: Fee) -> tuple[Provider, ...]:
    """The ways to pay that the procedure offers and this instance can use, in the procedure's order."""
    return tuple(PROVIDERS[code] for code in fee.providers if PROVIDERS[code].configured)


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement of money on one day. ``amount`` is negative for money given back."""

    kind: Literal["in", "out"]
    at: datetime
    amount: int
    payment: Payment

    @property
    def word(self) -> str:
        """The kind in words."""
        return _("入金") if self.kind == "in" else _("返金")


@dataclass(frozen=True, slots=True)
class Total:
    """The sums of one day for one way to pay, in yen."""

    provider: str
    name: str
    received_count: int
    received: int
    returned_count: int
    returned: int

    @property
    def net(self) -> int:
        """What is left of it."""
        return self.received + self.returned


@dataclass(frozen=True, slots=True)
class Day:
    """The reconciliation list of one day; ``differences`` are open ones of any day, oldest first."""

    day: date
    entries: tuple[Entry, ...]
    totals: tuple[Total, ...]
    differences: tuple[Payment, ...]

    @property
    def net(self) -> int:
        """All totals together."""
        return sum(total.net for total in self.totals)


def of_day(day: date) -> QuerySet[Payment]:
    """Payments of which money moved on ``day`` (Japan time), either way."""
    return Payment.objects.filter(Q(paid_at__range=_limits(day)) | Q(refunded_at__range=_limits(day)))


def _limits(day: date) -> tuple[datetime, datetime]:
    start = timezone.make_aware(datetime.combine(day, time()))
    return start, start + timedelta(days=1) - timedelta(microseconds=1)


def reconciliation(day: date, provider: str = "") -> Day:
    """The list for ``day`` (Japan time), for one way to pay or for all."""
    found = of_day(day).select_related("received_by")
    differing = differences()
    if provider:
        found, differing = found.filter(provider=provider), differing.filter(provider=provider)
    entries = sorted(_entries(found, _limits(day)), key=lambda entry: entry.at)
    return Day(day, tuple(entries), tuple(_totals(entries)), tuple(differing[:MOST_DIFFERENCES]))


def _entries(payments: Iterable[Payment], limits: tuple[datetime, datetime]) -> Iterable[Entry]:
    first, last = limits
    for payment in payments:
        # What the provider took, where that is known: the money list must match the bank, not the wish.
        amount = payment.provider_amount or payment.amount
        if payment.paid_at and first <= payment.paid_at <= last:
            yield Entry("in", payment.paid_at, amount, payment)
        if payment.refunded_at and first <= payment.refunded_at <= last:
            yield Entry("out", payment.refunded_at, -amount, payment)


def _totals(entries: Sequence[Entry]) -> Iterable[Total]:
    for code in sorted({entry.payment.provider for entry in entries}):
        received = [e.amount for e in entries if e.payment.provider == code and e.kind == "in"]
        returned = [e.amount for e in entries if e.payment.provider == code and e.kind == "out"]
        yield Total(
            code, provider_name(code), len(received), sum(received), len(returned), sum(returned)
        )


def provider_name(code: str) -> str:
    """What a way to pay is called in lists."""
    return _("窓口") if code == "counter" else str(PROVIDERS[code].name) if code in PROVIDERS else code


def differences() -> QuerySet[Payment]:
    """Payments about which our book and the provider's last answer disagree."""
    paid_there = Q(provider_state=ProviderState.PAID)
    paid_here = Q(state=State.PAID) & ~Q(provider="counter")
    here_not_there = paid_here & ~paid_there
    there_not_here = paid_there & ~Q(state__in=[State.PAID, State.REFUNDING, State.PENDING])
    return Payment.objects.filter(here_not_there | there_not_here).order_by("created_at")


def difference_words(payment: Payment) -> str:
    """What disagrees, for the accounting section."""
    if payment.wrong_amount:
        return _("請求は%(asked)s円、支払われたのは%(taken)s円です。") % {
            "asked": f"{payment.amount:,}", "taken": f"{payment.provider_amount:,}",
        }  # fmt: skip
    there = {
        ProviderState.OPEN: _("未払い"), ProviderState.PAID: _("支払い済み"), ProviderState.FAILED: _("失敗"),
        ProviderState.ENDED: _("終了"), ProviderState.RETURNED: _("返金済み"),
    }  # fmt: skip
    said = there.get(ProviderState(payment.provider_state)) if payment.provider_state else _("未確認")
    return _("こちらの記録は「%(here)s」、支払い先の記録は「%(there)s」です。") % {
        "here": payment.get_state_display(), "there": said,
    }  # fmt: skip


def as_csv(day: Day) -> str:
    """The day's entries for a spreadsheet: UTF-8 with BOM, no cell can act as a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [_("区分"), _("日時"), _("方法"), _("受付番号"), _("金額"), _("状態"), _("照会番号"), _("支払い先の番号"),
         _("受領者"), _("差異")]
    )  # fmt: skip
    differing = {payment.pk for payment in day.differences}
    for entry in day.entries:
        note = difference_words(entry.payment) if entry.payment.pk in differing else ""
        writer.writerow([harmless(cell) for cell in _cells(entry, note)])
    return BOM + out.getvalue()


def _cells(entry: Entry, note: str) -> tuple[str | int, ...]:
    payment = entry.payment
    return (
        entry.word, f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}", provider_name(payment.provider),
        payment.receipt_number, entry.amount, payment.get_state_display(), payment.provider_reference or "",
        payment.provider_id, str(payment.received_by or ""), note,
    )  # fmt: skip


def harmless(cell: str | int) -> str | int:
    """Text that a spreadsheet shows instead of running; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
