"""A city with two procedures, and a resident who answers questions in a browser without JavaScript."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from tests.integration.web.walking import Walk, start
from tests.publishing import publish
from tests.samples import certificate, everything


@pytest.fixture(autouse=True)
def nobody_was_here_before() -> None:
    """Limits count from zero."""
    cache.clear()


@pytest.fixture
def city(db: None) -> City:
    """The municipality of the tests."""
    return City.objects.create(
        code="12203", name="窓口市", name_en="Madoguchi City", phone="047-000-0000", hours="平日 8:45〜17:15",
        postal_code="2728501", address="千葉県窓口市八幡1丁目1番1号",
    )


@pytest.fixture
def paper(city: City) -> AppRevision:
    """The certificate: ID photos and a fee."""
    return publish(certificate())


@pytest.fixture
def report(city: City) -> AppRevision:
    """The damage report with every type of field."""
    return publish(everything())


@pytest.fixture
def browser() -> Client:
    """A browser that checks forms as a real one is checked."""
    return Client(enforce_csrf_checks=False)


@pytest.fixture
def walk(paper: AppRevision, browser: Client) -> Walk:
    """Someone who has pressed 申請をはじめる for the certificate."""
    return start(browser, paper.code)
