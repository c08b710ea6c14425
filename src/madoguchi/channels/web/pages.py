"""How a page leaves the house: rendered, and kept out of caches, search engines and other sites' logs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """``web/<template>`` with ``context``."""
    return render(request, f"web/{template}", dict(context or {}), status=status)


def private(response: HttpResponseBase) -> HttpResponseBase:
    """Marks a response that shows personal data or hangs on a secret address.

    The referrer stays within our own host ("same-origin"): other sites never see the address. "no-referrer" would
    make browsers send ``Origin: null`` with our own forms, which the protection against forged requests refuses.
    """
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def private_page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page with personal data."""
    response = page(request, template, context, status=status)
    private(response)
    return response


def problem_page(
    request: HttpRequest, *, title: str, message: str, status: int, onward: tuple[str, str] | None = None
) -> HttpResponse:
    """What happened, why, and a way on (``onward``: address and words), for links that lead nowhere."""
    context = {"problem_title": title, "problem_message": message, "onward": onward}
    return private_page(request, "problem.html", context, status=status)
