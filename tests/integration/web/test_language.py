"""The language chosen on a page is the language in which the resident is told what happens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from madoguchi.catalog.queries import AppRevision
from madoguchi.intake import actions as intake
from madoguchi.intake.models import Interview
from tests import walks
from tests.integration.web.walking import HANAKO_NAME, Walk

pytestmark = pytest.mark.django_db


def switch(client: Client, language: str, walk: Walk) -> None:
    client.post("/lang/", {"language": language, "next": walk.path("氏名")})


def language_of(walk: Walk) -> str:
    return intake.interview_by_token(walk.token).resident.language


def test_who_switches_in_the_middle_gets_notices_in_that_language(walk: Walk, run_jobs: Callable[[], int]) -> None:
    assert language_of(walk) == "ja"
    walk.answer("はじめに")
    switch(walk.client, "en", walk)
    walk.answer_everything()
    assert language_of(walk) == "en"
    walk.confirm()
    run_jobs()
    assert "Please pay the fee" in mail.outbox[0].subject


def test_only_looking_changes_nothing_and_neither_does_the_browsers_own_language(walk: Walk) -> None:
    walk.client.get(walk.path("氏名"), headers={"accept-language": "en"})
    walk.client.post(walk.path("はじめに"), headers={"accept-language": "en"})
    switch(walk.client, "en", walk)
    walk.page("氏名")
    assert language_of(walk) == "ja"


def test_what_was_answered_stays_when_the_language_changes(walk: Walk) -> None:
    walk.answer("はじめに")
    walk.answer("氏名", HANAKO_NAME)
    switch(walk.client, "ja_easy", walk)
    walk.send("生年月日", {})
    state = intake.current(intake.interview_by_token(walk.token).id, by_part=False).state
    assert (state.language, state.answers["氏名"]["family"]) == ("ja_easy", "市川")


def test_a_clerk_at_the_counter_does_not_choose_for_the_resident(paper: AppRevision, browser: Client) -> None:
    interview: Interview = walks.begin(channel="counter")
    walk = Walk(browser, intake.interview_token(interview))
    switch(browser, "en", walk)
    walk.answer("はじめに")
    assert language_of(walk) == "ja"
