"""Opens the interview that an address's token belongs to, and says what to do when that is not possible."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from madoguchi.channels.web import limits
from madoguchi.channels.web.pages import private, problem_page
from madoguchi.channels.web.reader import chosen_language
from madoguchi.intake import actions as intake
from madoguchi.intake.models import Interview

View = Callable[..., HttpResponseBase]


def with_interview(view: View) -> View:
    """Calls ``view(request, interview, token, …)``; a closed interview leads on instead of failing."""

    @wraps(view)
    def opened(request: HttpRequest, token: str, **rest: Any) -> HttpResponseBase:
        visitor = limits.address_of(request)
        if not limits.WRONG_LINKS_FROM.allows(visitor, count=False):
            return limits.too_many(request, limits.WRONG_LINKS_FROM)
        try:
            interview = intake.interview_by_token(token)
        except intake.LinkInvalid as problem:
            limits.WRONG_LINKS_FROM.count(visitor)
            return problem_page(request, title=_("この画面は開けませんでした"), message=str(problem), status=404)
        try:
            _follow_language(request, interview)
            return private(view(request, interview, token, **rest))
        except intake.InterviewClosed as problem:
            return _closed(request, problem, token)

    return opened


def _follow_language(request: HttpRequest, interview: Interview) -> None:
    """Who answers in a language chosen here is told everything in it from now on, notices too."""
    chosen = chosen_language(request)
    own = interview.channel != "counter"  # there a clerk reads the pages
    if request.method == "POST" and own and chosen and chosen != interview.resident.language:
        intake.choose_language(resident=interview.resident, language=chosen)


def _closed(request: HttpRequest, problem: intake.InterviewClosed, token: str) -> HttpResponseBase:
    if problem.reason == "submitted":
        return private(redirect("web:next", token=token))  # a second tap, or back after sending: show what came of it
    again = (reverse("web:start", args=[problem.interview.app.code]), _("はじめから申請する"))
    onward = None if problem.reason in ("closed", "full") else again
    return problem_page(request, title=_("この入力は続けられません"), message=str(problem), status=410, onward=onward)
