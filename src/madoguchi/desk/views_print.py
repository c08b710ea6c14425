"""A record on paper: A4, with the city's letterhead."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.desk import answers, chips, shell
from madoguchi.desk.timeline import CHANNELS
from madoguchi.desk.views_record import log_view, qr_code


@staff_required
@require_safe
def print_view(request: StaffRequest, app_code: str, record_id: int) -> HttpResponse:
    """The answers alone, as this person sees them; that it was opened is noted like a visit of the record."""
    access, record = shell.record_for(request.user, app_code, record_id)
    log_view(access, record, "record")
    context = {
        "app": access.app, "record": record, "name": answers.applicant_name(record), "qr": qr_code(record),
        "groups": answers.groups(record, access), "status": chips.status_chip(record.app.definition, record.status),
        "channel": CHANNELS.get(record.channel, record.channel), "printed_at": timezone.now(),
    }
    return shell.page(request, "desk/print.html", context)
