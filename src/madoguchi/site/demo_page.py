"""``/demo/``: where everything of the demo is. Exists only while the demo runs."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from madoguchi.accounts.models import Membership


@require_safe
def demo_page(request: HttpRequest) -> HttpResponse:
    """What to try, in which order, and how to sign in."""
    if not settings.DEMO:
        raise Http404
    addresses = {
        "line": settings.LINE.base_url,  # the list of phones; the public address opens one's own
        "paypay": settings.PAYPAY.public_url,
        "linepay": settings.LINEPAY.public_url,
    }
    members = Membership.objects.select_related("staff", "department").order_by("staff_id")
    return render(
        request, "site/demo.html",
        {**addresses, "mynumber": settings.MYNUMBER.public_url, "members": members, "password": _password()},
    )


def _password() -> str:
    """The password the demo gave its fictional staff."""
    file = settings.DATA_DIR / "secrets.json"
    return str(json.loads(file.read_text()).get("staff_password", "")) if file.exists() else ""
