"""The operations page: failed jobs with their errors, a retry button, and nothing for anybody else."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.db import connection
from django.test import Client

from madoguchi.accounts.models import Staff
from madoguchi.lib.jobs import app
from madoguchi.site.models import JobError

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed_job() -> int:
    """A job that failed for good, as the worker leaves it."""
    job_id = app.configure_task("notices.send", allow_unknown=True).defer(notice_id="x")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed', attempts = 8 WHERE id = %s", [job_id])
    JobError.objects.create(job_id=job_id, task_name="notices.send", error="ConnectError: refused", place="x.py:3 f")
    return job_id


def test_a_failed_job_is_shown_with_its_error_and_may_be_run_again(
    client: Client, staff: Mapping[str, Staff], failed_job: int
) -> None:
    client.force_login(staff["kobayashi"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/ops/").content.decode()
    assert "住民へお知らせを送る" in page
    assert "相手のサービスにつながりませんでした。" in page
    assert "サーバーからインターネットに出られるかを確かめてください。" in page
    assert "<code>notices.send</code>" in page
    assert "<code>ConnectError: refused</code>" in page
    assert "もう一度実行する" in page
    answer = client.post(f"/ops/jobs/{failed_job}/retry/", follow=True)
    assert "もう一度実行します" in answer.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE id = %s", [failed_job])
        assert cursor.fetchone() == ("todo",)


def test_a_job_that_stopped_without_a_word_says_what_to_do(
    client: Client, staff: Mapping[str, Staff], failed_job: int
) -> None:
    JobError.objects.all().delete()
    client.force_login(staff["kobayashi"], backend="django.contrib.auth.backends.ModelBackend")
    assert "サーバーの再起動などで起こります。" in client.get("/ops/").content.decode()


def test_a_job_that_is_not_failed_is_left_alone(client: Client, staff: Mapping[str, Staff]) -> None:
    client.force_login(staff["kobayashi"], backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/ops/jobs/999999/retry/", follow=True)
    assert "もう待機中か完了しています" in answer.content.decode()


def test_without_trouble_the_page_says_so(client: Client, staff: Mapping[str, Staff]) -> None:
    client.force_login(staff["kobayashi"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/ops/").content.decode()
    assert "失敗した処理はありません" in page
    assert "処理係（worker）が動いていません" in page


@pytest.mark.parametrize("username", ["sato", "outsider", "tanaka"])
def test_who_does_not_run_the_server_has_no_business_here(
    client: Client, staff: Mapping[str, Staff], username: str, failed_job: int
) -> None:
    client.force_login(staff[username], backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/ops/").status_code == 403
    assert client.post(f"/ops/jobs/{failed_job}/retry/").status_code == 403


def test_who_is_not_signed_in_is_sent_to_sign_in(client: Client) -> None:
    assert client.get("/ops/").headers["Location"].startswith("/staff/sign-in")
