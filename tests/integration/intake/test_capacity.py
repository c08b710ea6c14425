"""A procedure with a capacity takes so many applications and not one more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from madoguchi.catalog.models import City
from madoguchi.intake import actions
from madoguchi.intake.models import Application
from madoguchi.intake.problems import InterviewClosed, ProcedureClosed
from madoguchi.records.actor import RESIDENT
from tests import walks
from tests.integration.intake.conftest import publish_with_actions
from tests.threads import at_once

pytestmark = pytest.mark.django_db
FREE = {"accept": {"requires": ["identity"]}}


def test_once_full_nobody_begins(city: City) -> None:
    publish_with_actions(FREE, fee=None, capacity=1)
    walks.apply()
    with pytest.raises(ProcedureClosed, match="定員に達した"):
        walks.begin()


def test_who_began_in_time_but_comes_late_is_told_kindly(city: City) -> None:
    publish_with_actions(FREE, fee=None, capacity=1)
    late = walks.confirm(walks.begin())
    walks.apply()
    with pytest.raises(InterviewClosed, match="定員に達した"):
        actions.submit(late.id)


def test_a_second_tap_of_the_last_one_who_got_in_is_no_refusal(city: City) -> None:
    publish_with_actions(FREE, fee=None, capacity=1)
    interview = walks.confirm(walks.begin())
    assert actions.submit(interview.id).pk == actions.submit(interview.id).pk


def test_a_withdrawn_application_frees_its_place(city: City) -> None:
    publish_with_actions(FREE, fee=None, capacity=1)
    application = walks.apply()
    actions.cancel_application(application, RESIDENT)
    walks.apply()
    assert Application.objects.count() == 2


def test_a_new_opening_period_counts_anew(city: City) -> None:
    publish_with_actions(FREE, fee=None, capacity=1)
    walks.apply()
    Application.objects.update(created_at=timezone.now() - timedelta(days=2))
    publish_with_actions(FREE, fee=None, capacity=1, opens_at=timezone.now() - timedelta(days=1))
    walks.begin()


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once_to_two_at_the_same_moment(city: City) -> None:
    publish_with_actions(FREE, fee=None, capacity=1)
    waiting = [walks.confirm(walks.begin()).id for _ in range(2)]
    results = at_once(lambda: actions.submit(waiting.pop()), times=2)
    assert sorted(type(result).__name__ for result in results) == ["Application", "InterviewClosed"]
    assert Application.objects.count() == 1


def test_the_public_pages_say_that_it_is_full(city: City, client: Client) -> None:
    app = publish_with_actions(FREE, fee=None, capacity=1)
    walks.apply()
    page = client.get(f"/p/{app.code}/").content.decode()
    assert "定員1件に達したため" in page
    assert "申請をはじめる" not in page
    assert "定員に達しました" in client.get("/").content.decode()
