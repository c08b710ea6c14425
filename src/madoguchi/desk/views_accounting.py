"""The accounting section's daily reconciliation list."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.queries import has_role
from madoguchi.desk import chips, shell
from madoguchi.lib.eras import DateError, parse_date
from madoguchi.payments import queries


@staff_required
@require_GET
def accounting(request: StaffRequest) -> HttpResponse:
    """What came in and went back on one day, with totals and what does not agree."""
    _refuse_others(request)
    day, problem = _day(request.GET.get("day", ""))
    found = queries.reconciliation(day)
    context = {
        "day": day, "today": timezone.localdate(), "problem": problem, "found": found,
        "entries": [(entry, queries.provider_name(entry.payment.provider)) for entry in found.entries],
        "differences": [
            (payment, chips.payment_chip(payment), queries.difference_words(payment)) for payment in found.differences
        ],
    }
    return shell.page(request, "desk/accounting.html", context)


@staff_required
@require_GET
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
