"""Guards over every address of the staff's side, found by walking the URLconf: a new page cannot be forgotten."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from madoguchi.accounts.models import Staff

pytestmark = pytest.mark.django_db
EXAMPLES = {"slug": "juminhyo", "int": "1", "uuid": str(uuid.UUID(int=7)), "str": "text", "path": "path"}
GUARDED = ("desk/", "ops/")


def addresses(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Every address, with an example for each of its parts."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        elif isinstance(entry, URLPattern):
            yield "/" + filled(route, entry)


def filled(route: str, entry: URLPattern) -> str:
    while "<" in route:
        start, end = route.index("<"), route.index(">")
        kind = route[start + 1 : end].split(":", maxsplit=1)[0]
        route = route[:start] + EXAMPLES[kind if ":" in route[start:end] else "str"] + route[end + 1 :]
    return route


STAFF_PAGES = sorted({a for a in addresses() if a.startswith(tuple(f"/{g}" for g in GUARDED))} | {"/staff/password"})


def test_the_walk_finds_the_pages() -> None:
    assert "/desk/juminhyo/1/" in STAFF_PAGES
    assert any(page.startswith("/ops/") for page in STAFF_PAGES)
    assert len(STAFF_PAGES) > 18


@pytest.mark.parametrize("page", STAFF_PAGES)
def test_strangers_are_sent_to_sign_in(client: Client, page: str) -> None:
    for response in (client.get(page), client.post(page)):
        assert response.status_code == 302, page
        assert response["Location"].startswith("/staff/sign-in"), page


@pytest.mark.parametrize("page", [*STAFF_PAGES, "/staff/sign-in", "/staff/sign-out"])
def test_every_post_needs_its_token(page: str, staff: Mapping[str, Staff]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff["sato"])
    assert client.post(page).status_code == 403, page
