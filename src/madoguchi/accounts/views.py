"""Sign-in, sign-out, password."""

from __future__ import annotations

from datetime import datetime

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madoguchi.accounts.forms import PasswordForm, SignInForm
from madoguchi.accounts.queries import lockout_ends_at


class SignIn(LoginView):
    """Django checks ``next`` against this host and gives the session a new key."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """POST only: a link elsewhere cannot sign anybody out."""

    next_page = "accounts:sign-in"


class Password(PasswordChangeView):
    """Changing one's own password ends every other session of that person."""

    template_name = "accounts/password.html"
    form_class = PasswordForm
    success_url = reverse_lazy("desk:queue")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, _("パスワードを変えました。"))
        return super().form_valid(form)


@never_cache
def locked_out(
    request: HttpRequest, original: HttpResponse | None = None, credentials: dict[str, str] | None = None
) -> HttpResponse:
    """Shown by django-axes in place of the sign-in page after too many failures: 429 with the minutes left."""
    username = (credentials or {}).get("username") or request.POST.get("username", "")
    ends_at = lockout_ends_at(username=username, ip_address=get_client_ip_address(request) or "")
    context = {
        "failures": settings.AXES_FAILURE_LIMIT,
        "minutes": _minutes_until(ends_at),
        "ends_at": ends_at,
    }
    response = render(request, "accounts/locked_out.html", context, status=429)
    if ends_at:
        response["Retry-After"] = str(_minutes_until(ends_at) * 60)
    return response


def _minutes_until(moment: datetime | None) -> int:
    """Whole minutes, rounded up, at least one."""
    seconds = (moment - timezone.now()).total_seconds() if moment else 0
    return max(1, int(-(-seconds // 60)))
