"""Who may come in: the decorator every staff page carries, and the end of an idle session."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from madoguchi.accounts.models import Staff

P = ParamSpec("P")
StaffView = Callable[Concatenate["StaffRequest", P], HttpResponseBase]
GetResponse = Callable[[HttpRequest], HttpResponse]

BACKGROUND_HEADER = "X-Background"
"""Sent by requests a page makes by itself; they do not count as somebody being there."""
LAST_SEEN = "last_seen"
WRITE_EVERY_SECONDS = 60


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: Staff


def staff_required(view: StaffView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Sends whoever is not signed in to the sign-in page, and back here afterwards."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(cast(StaffRequest, request), *args, **kwargs)

    return guarded


class IdleSignOut:
    """Ends a session in which nothing was done for ``STAFF_IDLE_MINUTES``."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Asking for the user reads the session; pages without its cookie (residents, health) are spared that.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self._watch(request)
        return self.get_response(request)

    def _watch(self, request: HttpRequest) -> None:
        now = time.time()
        idle = now - float(request.session.get(LAST_SEEN, now))
        if idle > settings.STAFF_IDLE_MINUTES * 60:
            logout(request)
            messages.info(request, _("しばらく操作がなかったため、サインアウトしました。"))
        elif BACKGROUND_HEADER not in request.headers and (
            idle >= WRITE_EVERY_SECONDS or LAST_SEEN not in request.session
        ):
            request.session[LAST_SEEN] = now
