"""How often one visitor may do what costs us or could be used to guess: a sliding window in the cache."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``times`` within ``seconds``, counted for each key on its own."""

    name: str
    times: int
    seconds: int

    def allows(self, key: str, *, count: bool = True) -> bool:
        """Whether one more is allowed for ``key``; with ``count`` it is counted as done."""
        allowed = len(self._moments(key)) < self.times
        if allowed and count:
            self.count(key)
        return allowed

    def count(self, key: str) -> None:
        """Counts one for ``key``."""
        moments = [*self._moments(key), time.time()]
        cache.set(self._cache_key(key), moments[-self.times :], self.seconds)

    def _moments(self, key: str) -> list[float]:
        since = time.time() - self.seconds
        return [moment for moment in cache.get(self._cache_key(key), []) if moment > since]

    def _cache_key(self, key: str) -> str:
        return f"limit:{self.name}:{hashlib.sha256(key.encode()).hexdigest()}"


# Many residents may share one address (an office, a mobile network): limits by address are wide, and of links only
# the wrong ones count.
UPLOADS = Limit("uploads", times=60, seconds=600)
UPLOADS_FROM = Limit("uploads-from", times=600, seconds=600)
MESSAGES = Limit("messages", times=5, seconds=3600)
MESSAGES_FROM = Limit("messages-from", times=60, seconds=3600)
STARTS_FROM = Limit("starts-from", times=600, seconds=600)
WRONG_LINKS_FROM = Limit("wrong-links-from", times=30, seconds=600)


def address_of(request: HttpRequest) -> str:
    """The visitor's network address (behind proxies ``site.proxy`` has put it there)."""
    return str(request.META.get("REMOTE_ADDR", ""))


def too_many(request: HttpRequest, limit: Limit) -> HttpResponse:
    """The page that says to wait, with the number of minutes."""
    response = render(request, "429.html", {"minutes": -(-limit.seconds // 60)}, status=429)
    response["Retry-After"] = str(limit.seconds)
    response["Cache-Control"] = "no-store"
    return response
