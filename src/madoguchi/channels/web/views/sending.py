"""What follows the summary: identification, sending, payment, confirmation."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from madoguchi.channels.web.identification import last_failure
from madoguchi.channels.web.opening import with_interview
from madoguchi.channels.web.pages import private_page
from madoguchi.identity.card import CardError
from madoguchi.intake import actions as intake
from madoguchi.intake.interviews import procedure_of, revision_of
from madoguchi.intake.models import Interview


@require_http_methods(["GET", "HEAD", "POST"])
@with_interview
def after(request: HttpRequest, interview: Interview, token: str) -> HttpResponseBase:
    """Sends the interview once nothing is missing (exactly once, however often opened) and leads on."""
    step = intake.next_step(interview)
    if isinstance(step, intake.AskMore):
        return redirect("web:resume", token=token)
    if isinstance(step, intake.Identify):
        return _identify(request, interview, token)
    status = intake.status_path(step.application)
    # Who corrected something was given a receipt number long ago; the status page says that the correction arrived.
    return redirect(step.pay_path or (status if interview.corrects_record_id else f"{status}done/"))


def _identify(request: HttpRequest, interview: Interview, token: str) -> HttpResponseBase:
    unreachable = False
    if request.method == "POST":
        try:
            return redirect(intake.begin_identification(interview))
        except CardError:
            unreachable = True
    procedure = procedure_of(revision_of(interview))
    context = {
        "procedure": procedure, "signature": procedure.assurance == "signature", "unreachable": unreachable,
        "failure": None if unreachable else last_failure(interview),
        "back": reverse("web:check", args=[token]), "token": token, "correcting": interview.corrects_record_id,
    }
    return private_page(request, "identify.html", context, status=503 if unreachable else 200)
