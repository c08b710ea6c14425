"""Operators read what a job does and what went wrong in their own language."""

from __future__ import annotations

import re

import httpx
import pytest

from madoguchi.catalog.queries import AppNotFound
from madoguchi.channels.line.client import LineRefused, LineUnavailable
from madoguchi.lib.jobs import app
from madoguchi.lib.vault import VaultError
from madoguchi.payments.providers.base import DuplicateReference, ProviderRefused, ProviderUnavailable
from madoguchi.records.errors import NotAllowedNow, StaleRecord
from madoguchi.records.read import RecordNotFound
from madoguchi.site import errors
from madoguchi.site.job_words import ERRORS, JOBS, STOPPED, UNKNOWN, job_words, trouble

JAPANESE = re.compile(r"[ぁ-ん]")


AGAIN_BUILT_IN = re.compile(r"^(builtin:)+")
"""Each copy of the queue's app that tests make puts the word before its own tasks once more."""


def our_tasks() -> set[str]:
    names = {AGAIN_BUILT_IN.sub("builtin:", task.name) for task in app.tasks.values()}
    return {name for name in names if name.split(".")[0] != "tests"}


def test_every_task_says_what_it_does() -> None:
    missing = sorted(our_tasks() - set(JOBS))
    assert missing == [], "add a line for each to madoguchi/site/job_words.py"


def test_no_label_speaks_of_a_task_that_is_gone() -> None:
    assert sorted(set(JOBS) - our_tasks()) == []


def test_a_task_of_another_release_keeps_its_own_name() -> None:
    assert job_words("old.task") == "old.task"


@pytest.mark.parametrize(
    "error",
    [
        LineUnavailable("500"), LineRefused(400, "invalid"), ProviderUnavailable("HTTP 502"), ProviderRefused("NO"),
        DuplicateReference("JM-1"), VaultError("no key"), RecordNotFound(), AppNotFound(), NotAllowedNow("late"),
        StaleRecord(2), httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), TimeoutError(),
        ConnectionResetError(), FileNotFoundError(), KeyError("x"),
    ],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_an_error_says_what_went_wrong_and_what_to_do(error: Exception) -> None:
    told = trouble(errors.summary(error))
    assert told is not UNKNOWN
    assert JAPANESE.search(str(told.what))
    assert JAPANESE.search(str(told.todo))


def test_the_closest_words_win() -> None:
    assert trouble("LineUnavailable: 429") is ERRORS["LineUnavailable: 429"]
    assert trouble("LineUnavailable: 500") is ERRORS["LineUnavailable"]
    assert trouble("LineUnavailable: no channel token: 401") is ERRORS["LineUnavailable: no channel token"]


def test_a_longer_name_is_another_error() -> None:
    assert trouble("ValueErrorOfSomeone: x") is UNKNOWN


def test_no_error_at_all_means_that_the_job_was_cut_off() -> None:
    assert trouble("") is STOPPED
