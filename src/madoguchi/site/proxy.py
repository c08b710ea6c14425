"""Who is asking, behind reverse proxies: one place decides, everything else reads ``REMOTE_ADDR``."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

_WITH_PORT = re.compile(r"^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d+)?$")


class ClientAddress:
    """Puts the visitor's address into ``REMOTE_ADDR``, for limits and for the count of failed sign-ins alike.

    Each proxy adds to the right of X-Forwarded-For whom it heard, so with ``TRUSTED_PROXIES`` of them the visitor is
    that many places from the right. What stands further left anybody may have written; without proxies all of it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        found = forwarded_address(request.META.get("HTTP_X_FORWARDED_FOR", ""), settings.TRUSTED_PROXIES)
        if found:
            request.META["REMOTE_ADDR"] = found
        return self._get_response(request)


def forwarded_address(header: str, proxies: int) -> str | None:
    """The address that the outermost of ``proxies`` trusted ones heard; None where the header does not tell."""
    hops = [hop.strip() for hop in header.split(",")]
    if not 0 < proxies <= len(hops):
        return None
    bare = _WITH_PORT.sub(lambda match: match[1] or match[2], hops[-proxies])
    try:
        return str(ip_address(bare))
    except ValueError:
        return None
