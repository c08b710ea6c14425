"""What every test may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

# Machines that run tests are shared and now and then slow: how long one example takes says nothing.
settings.register_profile("madoguchi", deadline=None)
settings.load_profile("madoguchi")

if TYPE_CHECKING:
    from madoguchi.accounts.models import Staff
    from madoguchi.catalog.queries import AppRevision


@pytest.fixture(autouse=True)
def _no_job_outlives_its_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Django's flush leaves the queue alone, as its models are not Django's; tests that commit would find old jobs."""
    marker = request.node.get_closest_marker("django_db")
    if marker is None or not marker.kwargs.get("transaction"):
        yield
        return
    from django.db import connection

    request.getfixturevalue("transactional_db")
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.fixture
def run_jobs() -> Callable[[], int]:
    """Runs every waiting job in this test's own transaction, in order, until none is left; returns how many ran."""
    from tests.jobs import run_waiting_jobs

    return run_waiting_jobs


@pytest.fixture
def staff(db: None) -> Mapping[str, Staff]:
    """The cast as staff with their departments and roles, by user name: ``staff["sato"]``."""
    from madoguchi.accounts.models import Department, Membership, Staff
    from tests.cast import EMPLOYEES, PASSWORD

    found: dict[str, Staff] = {}
    for person in EMPLOYEES:
        department, _ = Department.objects.get_or_create(code=person.department, defaults={"name": person.department})
        member = Staff.objects.create_user(person.username, password=PASSWORD, display_name=person.display_name)
        Membership.objects.create(staff=member, department=department, role=person.role)
        found[person.username] = member
    return found


@pytest.fixture
def published_app(db: None) -> AppRevision:
    """``samples.certificate()``, published with its table."""
    from tests.publishing import publish
    from tests.samples import certificate

    return publish(certificate())
