"""The list of procedures, and the first page of each."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.catalog import queries as catalog
from madoguchi.channels.web import limits
from madoguchi.channels.web.pages import page, problem_page
from madoguchi.channels.web.procedures import Card, search
from madoguchi.channels.web.reader import reader_of
from madoguchi.intake import actions as intake
from madoguchi.intake.capacity import is_full


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Every procedure, or those that match the words looked for."""
    words = request.GET.get("q", "").strip()[:100]
    cards = [
        Card(app.code, app.definition.procedure, timezone.now(), is_full(app))
        for app in catalog.procedures() if app.definition.procedure
    ]
    context = {"cards": search(cards, words), "words": words, "any_procedures": bool(cards)}
    return page(request, "home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """What is needed, what it costs, what happens; the button begins an interview."""
    card = _card(code)
    if request.method == "POST":
        return _begin(request, card)
    return page(request, "start.html", {"card": card, "procedure": card.procedure})


def _begin(request: HttpRequest, card: Card) -> HttpResponse:
    if not limits.STARTS_FROM.allows(limits.address_of(request)):
        return limits.too_many(request, limits.STARTS_FROM)
    language = reader_of(request).language
    try:
        resident = intake.new_resident(language=language)
        interview = intake.start_interview(app_code=card.code, channel="web", resident=resident, language=language)
    except intake.ProcedureClosed as problem:
        return problem_page(request, title=str(card.procedure.title), message=str(problem), status=409)
    return redirect("web:resume", token=intake.interview_token(interview))


def _card(code: str) -> Card:
    try:
        app = catalog.published(code)
    except catalog.AppNotFound as error:
        raise Http404 from error
    procedure = app.definition.procedure
    if procedure is None:
        raise Http404
    return Card(code, procedure, timezone.now(), is_full(app))
