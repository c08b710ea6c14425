"""The interview's frame: going on with it, the summary, keeping the place, its own pictures."""

from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.channels.web import limits, tasks
from madoguchi.channels.web.links import KeptLink
from madoguchi.channels.web.opening import with_interview
from madoguchi.channels.web.pages import private_page
from madoguchi.channels.web.questions import path_of
from madoguchi.channels.web.reader import reader_of
from madoguchi.channels.web.showing import check_context
from madoguchi.definition.text import Language
from madoguchi.intake import actions as intake
from madoguchi.intake.interviews import is_open, procedure_of, revision_of
from madoguchi.intake.models import Interview
from madoguchi.intake.residents import remember_email
from madoguchi.interview.types import Confirm, Summary
from madoguchi.records import files
from madoguchi.records.models import StoredFile


@require_safe
@with_interview
def resume(request: HttpRequest, interview: Interview, token: str) -> HttpResponseBase:
    """Leads to where the resident is."""
    return redirect(path_of(intake.current(interview.id, by_part=False), token))


@require_http_methods(["GET", "HEAD", "POST"])
@with_interview
def check(request: HttpRequest, interview: Interview, token: str) -> HttpResponseBase:
    """The summary; its button confirms. A second tap finds it confirmed and leads to the same place."""
    if request.method == "POST":
        turn = intake.take_step(interview_id=interview.id, input=Confirm(), by_part=False)
        return redirect(path_of(turn, token))
    turn = intake.current(interview.id, by_part=False)
    if not isinstance(turn.prompt, Summary):
        return redirect(path_of(turn, token))
    procedure = procedure_of(revision_of(interview))
    context = check_context(turn.prompt, procedure, token, reader_of(request).language)
    return private_page(request, "check.html", {**context, "correcting": interview.corrects_record_id is not None})


@require_safe
@with_interview
def file(request: HttpRequest, interview: Interview, token: str, file_id: uuid.UUID) -> HttpResponseBase:
    """The small picture of an upload of this interview, or of the application it corrects.

    Once sent it is shown to staff alone: a link kept for going on later opens no ID photo.
    """
    found = StoredFile.objects.filter(pk=file_id, has_thumbnail=True, deleted_at=None).first()
    own = found is not None and (
        found.interview_id == interview.id
        or (found.app_id == interview.app_id and found.record_id == (interview.corrects_record_id or -1))
    )
    if found is None or not own or not is_open(interview):
        raise Http404
    return HttpResponse(files.read_thumbnail(found), content_type="image/jpeg")


@require_http_methods(["GET", "HEAD", "POST"])
@with_interview
def save(request: HttpRequest, interview: Interview, token: str) -> HttpResponseBase:
    """The link with which to go on later, on this or another device; sent by e-mail if wanted."""
    intake.current(interview.id, by_part=False)  # a finished interview has nothing to go on with
    address, problem = request.POST.get("email", "").strip(), ""
    if request.method == "POST":
        if not _may_send(request, interview):
            return limits.too_many(request, limits.MESSAGES)
        problem = _send_link(interview, address, reader_of(request).language)
        if not problem:
            return redirect(f"{request.path}?sent=1")
    context = {
        "procedure": procedure_of(revision_of(interview)), "token": token, "expires_at": interview.expires_at,
        "link": KeptLink(reverse("web:resume", args=[token])), "address": address, "problem": problem,
        "sent": "sent" in request.GET,
    }
    return private_page(request, "save.html", context)


def _may_send(request: HttpRequest, interview: Interview) -> bool:
    return limits.MESSAGES_FROM.allows(limits.address_of(request)) and limits.MESSAGES.allows(str(interview.id))


def _send_link(interview: Interview, address: str, language: Language) -> str:
    """Has the link sent; returns why not, in words, or an empty string."""
    try:
        validate_email(address)
    except ValidationError:
        return _("メールアドレスの形が正しくありません。例：hanako@example.jp")
    with transaction.atomic():
        remember_email(interview.resident, address)
        tasks.send_link.defer(interview_id=str(interview.id), language=language)
    return ""
