"""Tools that watch a site ask with HEAD: every page that can be looked at answers as it answers GET."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision

pytestmark = pytest.mark.django_db
SAMPLES = {
    "slug:": "juminhyo", "int:": "1", "uuid:": str(uuid.UUID(int=1)), "str:receipt": "JM-R08-000001", "str:kind": "csv",
    "str:": "x", "path:": "records.json",
}
RETURNS = {"/identity/callback", f"/payments/return/{uuid.UUID(int=1)}"}
"""A browser comes back to them once, and they act: not asked with HEAD."""


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, address)
        else:
            yield _filled(address)


def _filled(address: str) -> str:
    while "<" in address:
        start, end = address.index("<"), address.index(">")
        kind = address[start + 1 : end]
        sample = next(value for key, value in SAMPLES.items() if kind.startswith(key))
        address = address[:start] + sample + address[end + 1 :]
    return address


ADDRESSES = sorted(set(addresses(get_resolver().url_patterns)) - RETURNS)


def test_the_walk_finds_every_room() -> None:
    rooms = {address.split("/")[1] for address in ADDRESSES}
    assert {"", "healthz", "desk", "ops", "staff", "i", "s", "p", "lang", "status", "about", "demo"} <= rooms


@pytest.mark.parametrize("address", ADDRESSES)
def test_head_is_answered_like_get(
    published_app: AppRevision, staff: Mapping[str, Staff], client: Client, address: str
) -> None:
    """Seen by somebody with rights: whoever is not signed in is sent away before the method counts."""
    cache.clear()
    client.force_login(staff["sato"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.head(address).status_code == client.get(address).status_code
