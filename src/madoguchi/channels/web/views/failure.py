"""The page for when something of ours broke."""

from __future__ import annotations

import logging

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

_log = logging.getLogger(__name__)


def server_error(request: HttpRequest) -> HttpResponse:
    """Says so with the city's number, or without it while the database does not answer."""
    try:
        return render(request, "500.html", status=500)
    except Error:
        _log.warning("the database did not answer while showing the error page")
        return HttpResponse(render_to_string("500.html"), status=500)
