"""Limits and failed sign-ins count the visitor, not the proxy, and not what the visitor claims."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from madoguchi.accounts.models import Staff
from madoguchi.channels.web import limits

pytestmark = pytest.mark.django_db
PROXY = "10.0.0.2"


@pytest.fixture(autouse=True)
def nobody_was_here_before() -> None:
    """Limits count from zero."""
    cache.clear()


def try_wrong_link(client: Client, forwarded: str) -> int:
    return client.get("/i/wrong/", headers={"x-forwarded-for": forwarded}).status_code


def test_one_who_guesses_links_shuts_out_nobody_else_behind_the_proxy(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    client = Client(REMOTE_ADDR=PROXY)
    for n in range(limits.WRONG_LINKS_FROM.times):
        assert try_wrong_link(client, f"192.0.2.{n}, 203.0.113.9") == 404
    assert try_wrong_link(client, "192.0.2.99, 203.0.113.9") == 429
    assert try_wrong_link(client, "203.0.113.9, 203.0.113.10") == 404


def test_without_a_trusted_proxy_an_invented_header_helps_nobody() -> None:
    client = Client(REMOTE_ADDR="203.0.113.9")
    answers = [try_wrong_link(client, f"192.0.2.{n}") for n in range(limits.WRONG_LINKS_FROM.times + 1)]
    assert answers[-1] == 429


@pytest.mark.parametrize(("proxies", "counted"), [(0, PROXY), (1, "203.0.113.9")])
def test_failed_sign_ins_are_counted_by_the_same_address(
    settings: Settings, staff: Mapping[str, Staff], proxies: int, counted: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    form = {"username": "sato", "password": "wrong"}
    Client(REMOTE_ADDR=PROXY).post("/staff/sign-in", form, headers={"x-forwarded-for": "6.6.6.6, 203.0.113.9"})
    assert [attempt.ip_address for attempt in AccessAttempt.objects.all()] == [counted]


def test_another_host_is_refused(client: Client) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/healthz", headers={"host": "127.0.0.1:8000"}).status_code == 200
