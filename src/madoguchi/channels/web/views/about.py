"""Pages about the site, and the reader's own settings."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.catalog import queries as catalog
from madoguchi.channels.web.pages import page
from madoguchi.channels.web.reader import remember
from madoguchi.intake.links import INTERVIEW_DAYS


@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """Language, size of text, furigana: shown as a page of its own, and stored from every page's header."""
    if request.method != "POST":
        return page(request, "settings.html")
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    response = redirect(wanted if safe else "/")
    remember(response, {key: str(request.POST[key]) for key in request.POST})
    return response


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How accessible the site is, how that is checked, and whom to tell."""
    return page(request, "accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is stored where, for how long, and who sees it."""
    photo_days = [
        app.definition.procedure.identity_photo_days for app in catalog.procedures()
        if app.definition.procedure and app.definition.procedure.assurance == "photo"
    ]
    context = {
        "draft_days": INTERVIEW_DAYS, "photo_days": max(photo_days, default=0), "line": bool(settings.LINE.base_url),
    }
    return page(request, "privacy.html", context)
