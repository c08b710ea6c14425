"""The accounting section's daily reconciliation list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.queries import has_role
from madoguchi.catalog import queries as catalog
from madoguchi.desk import chips, money, shell
from madoguchi.lib.eras import DateError, parse_date
from madoguchi.lib.text import to_half_width
from madoguchi.payments import actions as payments
from madoguchi.payments import queries
from madoguchi.payments.models import Payment
from madoguchi.records.actor import staff_actor


@staff_required
@require_safe
def accounting(request: StaffRequest) -> HttpResponse:
    """What came in and went back on one day, with totals and what does not agree."""
    _refuse_others(request)
    day, problem = _day(request.GET.get("day", ""))
    found = queries.reconciliation(day)
    receipt = normalise_receipt(request.GET.get("receipt", ""))
    context = {
        **_receipt_context(request, receipt),
        "day": day, "today": timezone.localdate(), "problem": problem, "found": found,
        "entries": [(entry, queries.provider_name(entry.payment.provider)) for entry in found.entries],
        "differences": [
            (payment, chips.payment_chip(payment), queries.difference_words(payment)) for payment in found.differences
        ],
    }
    return shell.page(request, "desk/accounting.html", context)


def normalise_receipt(text: str) -> str:
    """``ｊｍ-r08-000001 `` as ``JM-R08-000001``."""
    return to_half_width(text).strip().upper()[:20]


def _receipt_context(request: StaffRequest, receipt: str) -> dict[str, Any]:
    payment = money.payment_of_receipt(request.user, receipt) if receipt else None
    return {
        "receipt": receipt, "payment": payment,
        "payment_app": catalog.published_by_id(payment.app_id).code if payment else "",
        "payment_chip": chips.payment_chip(payment) if payment else None,
        "may_receive": payment is not None and money.is_receivable(payment),
        "may_refund": payment is not None and money.is_refundable_by_hand(payment),
    }


@staff_required
@require_POST
def receive(request: StaffRequest, app_code: str, record_id: int) -> HttpResponse:
    """The accounting clerk has the money in hand."""
    done = _("窓口納付を記録しました。")
    return _by_hand(request, app_code, record_id, payments.receive_at_counter, done)


@staff_required
@require_POST
def refund(request: StaffRequest, app_code: str, record_id: int) -> HttpResponse:
    """The accounting clerk gave the money back."""
    return _by_hand(request, app_code, record_id, payments.record_refund, _("返金を記録しました。"))


def _by_hand(
    request: StaffRequest, app_code: str, record_id: int, do: Callable[..., Payment], done: str
) -> HttpResponse:
    """Books it, and goes back to the record for who may see it, else to the accounting page.

    The right 会計 (payment) is enough: whoever takes the money need not read the answers.
    """
    access = shell.app_with(request.user, app_code, "payment")
    payment = queries.live_payment(access.app.app_id, record_id)
    if payment is None:
        raise Http404(_("この申請には手数料がありません。"))
    try:
        do(payment, actor=staff_actor(request.user))
        messages.success(request, done)
    except payments.PaymentProblem as problem:
        messages.error(request, str(problem))
    if access.allows(record_id, "view") and not request.POST.get("here"):
        return HttpResponseRedirect(reverse("desk:record", args=[app_code, record_id]))
    return HttpResponseRedirect(f"{reverse('desk:accounting')}?receipt={payment.receipt_number}")


@staff_required
@require_safe
def accounting_csv(request: StaffRequest) -> HttpResponse:
    """The same day for a spreadsheet."""
    _refuse_others(request)
    day, _problem = _day(request.GET.get("day", ""))
    response = HttpResponse(queries.as_csv(queries.reconciliation(day)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="payments-{day.isoformat()}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _refuse_others(request: StaffRequest) -> None:
    if not has_role(request.user, "accounting"):
        raise PermissionDenied(_("収納の確認は、会計の役割がある人だけが見られます。"))


def _day(text: str) -> tuple[date, str]:
    """The day asked for; today and a sentence if it cannot be read."""
    if not text:
        return timezone.localdate(), ""
    try:
        return parse_date(text), ""
    except DateError as problem:
        return timezone.localdate(), str(problem)
