"""One question a page: shown, answered, and shown again with what is to be mended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from madoguchi.channels.web import addresses, answers, uploads
from madoguchi.channels.web.answers import Typed
from madoguchi.channels.web.opening import with_interview
from madoguchi.channels.web.pages import private_page
from madoguchi.channels.web.questions import Opened, open_question, path_of
from madoguchi.channels.web.reader import reader_of
from madoguchi.channels.web.showing import question_context, with_rows
from madoguchi.definition.fields import TableField
from madoguchi.definition.text import Text
from madoguchi.intake import actions as intake
from madoguchi.intake.interviews import procedure_of, revision_of
from madoguchi.intake.models import Interview
from madoguchi.interview.types import Answer, Change, Confirmed, Problem, Question


@csrf_exempt  # only until the length is known: the protection would read the whole body first
@require_http_methods(["GET", "HEAD", "POST"])
@with_interview
def question(request: HttpRequest, interview: Interview, token: str, code: str) -> HttpResponseBase:
    """The question, or where to go if it is not asked (any more)."""
    opened = open_question(intake.current(interview.id, by_part=False), code)
    if opened is None:
        return redirect("web:resume", token=token)
    if request.method != "POST":
        return _show(request, interview, opened)
    if uploads.too_big(request, opened.question.field):
        return render(request, "413.html", {"back": request.get_full_path()}, status=413)
    return _posted(request, interview, token, opened)


@csrf_protect
def _posted(request: HttpRequest, interview: Interview, token: str, opened: Opened) -> HttpResponseBase:
    field = opened.question.field
    if uploads.is_file_field(field):
        return _files(request, interview, token, opened)
    typed = answers.typed_in(field, request.POST)
    done, _dot, which = request.POST.get("do", "").partition(".")
    if field.type == "address":
        if done == "look_up":
            typed, told = addresses.looked_up(typed)
            return _show(request, interview, opened, typed, told=told)
        typed = addresses.with_chosen_town(typed, request.POST.get("town", ""))
    if isinstance(field, TableField) and done in ("add_row", "remove_row"):
        return _show(request, interview, opened, with_rows(field, typed, done, which))
    return _answer(request, interview, token, opened, answers.raw_of(field, typed), typed)


def _files(request: HttpRequest, interview: Interview, token: str, opened: Opened) -> HttpResponseBase:
    field, dropped = opened.question.field, request.GET.getlist("drop")
    done, _dot, which = request.POST.get("do", "").partition(".")
    if done == "remove_file":
        uploads.remove_file(interview, which)
        # A picture of the application being corrected stays there: it is only left out of the new answer.
        known = [which] if which in (opened.question.value or ()) else []
        return redirect(f"{request.path}?{urlencode({'drop': [*dropped, *known]}, doseq=True)}")
    refused = uploads.add_files(request, interview, field)
    if refused:
        return _show(request, interview, opened, problems=[Problem(Text({"ja": refused}))])
    if done == "add_file":
        nothing = not request.FILES
        problems = [Problem(uploads.NOTHING_CHOSEN)] if nothing else []
        return _show(request, interview, opened, problems=problems) if nothing else redirect(request.get_full_path())
    shown = uploads.shown_files(interview, field, opened.question.value, dropped)
    return _answer(request, interview, token, opened, [str(file.id) for file in shown], "")


def _answer(
    request: HttpRequest, interview: Interview, token: str, opened: Opened, raw: Any, typed: Typed
) -> HttpResponseBase:
    """Gives the answer: on to the next page, or this page again with what is to be mended."""
    code = opened.question.field.code
    turn = intake.take_step(interview_id=interview.id, input=Answer(code, raw), by_part=False)
    if isinstance(turn.prompt, Confirmed):  # sent to identification already: changing an answer takes that back
        intake.take_step(interview_id=interview.id, input=Change(code), by_part=False)
        turn = intake.take_step(interview_id=interview.id, input=Answer(code, raw), by_part=False)
    if isinstance(turn.prompt, Question) and turn.prompt.problems and turn.prompt.field.code == code:
        return _show(request, interview, opened, typed, problems=turn.prompt.problems)
    return redirect(path_of(turn, token))


def _show(
    request: HttpRequest, interview: Interview, opened: Opened, typed: Typed = None, *,
    problems: Sequence[Problem] = (), told: dict[str, Any] | None = None,
) -> HttpResponse:
    asked = opened.question
    token = request.resolver_match.kwargs["token"] if request.resolver_match else ""
    context = question_context(
        opened, procedure_of(revision_of(interview)), token, reader_of(request).language, typed, problems=problems
    )
    if uploads.is_file_field(asked.field):
        context["files"] = uploads.shown_files(interview, asked.field, asked.value, request.GET.getlist("drop"))
    return private_page(request, "question.html", {**context, **(told or {})}, status=200)
