"""The way back from the card service."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from madoguchi.identity import actions


@require_GET  # not HEAD: it ends the round trip
@never_cache
def callback(request: HttpRequest) -> HttpResponse:
    """Ends the round trip and sends the resident on to where they were; a link used twice or too late says so."""
    try:
        finished = actions.finish_card(request.GET.dict())
    except actions.UnknownRoundTrip:
        return render(request, "identity/unknown.html", status=400)
    return redirect(finished.return_path)
