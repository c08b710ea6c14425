"""Somebody stands at the counter: staff walk through the public questions with them."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.catalog.queries import AppRevision
from madoguchi.desk import shell
from madoguchi.intake import actions as intake
from madoguchi.intake.models import Interview

_STARTED = "desk_counter"
_REMEMBERED = 3


@dataclass(frozen=True, slots=True)
class CounterVisit:
    """An interview begun at this desk: ``receipt_number`` is empty while it is still being filled in."""

    url: str
    receipt_number: str


@staff_required
@require_POST
def start(request: StaffRequest, app_code: str) -> HttpResponse:
    """Begins an interview of the channel ``counter`` and goes to its first question."""
    app = shell.app_for(request.user, app_code, "add").app
    try:
        interview = intake.start_interview(app_code=app.code, channel="counter", resident=intake.new_resident())
    except intake.ProcedureClosed as closed:
        messages.error(request, str(closed))
        return HttpResponseRedirect(reverse("desk:list", args=[app.code]))
    request.session[_STARTED] = [str(interview.pk), *request.session.get(_STARTED, [])][:_REMEMBERED]
    return HttpResponseRedirect(intake.interview_path(interview))


def visits(request: StaffRequest, app: AppRevision) -> list[CounterVisit]:
    """The last interviews this person began here for that app, and where to go on with each."""
    ids = request.session.get(_STARTED, [])
    if not ids:
        return []
    found = Interview.objects.select_related("application").filter(pk__in=ids, app_id=app.app_id)
    return [_visit(app, interview) for interview in found.order_by("-created_at")]


def _visit(app: AppRevision, interview: Interview) -> CounterVisit:
    application = getattr(interview, "application", None)
    if application is None:
        return CounterVisit(intake.interview_path(interview), "")
    return CounterVisit(reverse("desk:record", args=[app.code, application.record_id]), application.receipt_number)
