"""Signing in, staying in, being locked out, getting out."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from madoguchi.accounts.models import Staff
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
SIGN_IN = "/staff/sign-in"


def sign_in(client: Client, password: str = PASSWORD, **more: str):
    return client.post(SIGN_IN, {"username": "sato", "password": password, **more})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_right_password_leads_to_the_desk(client: Client, staff: Mapping[str, Staff]) -> None:
    response = sign_in(client)
    assert (response.status_code, response["Location"]) == (302, "/desk/")
    assert client.session["_auth_user_id"] == str(staff["sato"].pk)


def test_a_wrong_password_is_answered_in_words_and_keeps_the_name(client: Client, staff: Mapping[str, Staff]) -> None:
    page = sign_in(client, "まちがい").content.decode()
    assert "利用者名かパスワードが違います" in page
    assert 'value="sato"' in page
    assert "まちがい" not in page
    assert not is_in(client)


def test_an_unknown_name_gets_the_same_answer_as_a_wrong_password(client: Client, staff: Mapping[str, Staff]) -> None:
    page = client.post(SIGN_IN, {"username": "nobody", "password": PASSWORD}).content.decode()
    assert "利用者名かパスワードが違います" in page


def test_five_failures_lock_out_and_say_for_how_long(client: Client, staff: Mapping[str, Staff]) -> None:
    answers = [sign_in(client, "wrong") for _ in range(5)]
    assert [a.status_code for a in answers] == [200, 200, 200, 200, 429]
    page = answers[-1].content.decode()
    assert "今はサインインできません" in page
    assert "あと約15分で、もう一度試せます。" in page
    assert answers[-1]["Retry-After"] == "900"
    assert sign_in(client).status_code == 429, "the right password does not help either"
    assert not is_in(client)


def test_the_minutes_left_go_down_although_one_keeps_trying(client: Client, staff: Mapping[str, Staff]) -> None:
    for _ in range(5):
        sign_in(client, "wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timezone.timedelta(minutes=10))
    assert "あと約5分" in sign_in(client, "wrong").content.decode()


def test_after_the_wait_one_may_sign_in(client: Client, staff: Mapping[str, Staff]) -> None:
    for _ in range(5):
        sign_in(client, "wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timezone.timedelta(minutes=16))
    assert sign_in(client).status_code == 302


def test_others_at_the_same_address_are_not_locked_out(client: Client, staff: Mapping[str, Staff]) -> None:
    for _ in range(5):
        sign_in(client, "wrong")
    assert client.post(SIGN_IN, {"username": "suzuki", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "https:evil.example", "javascript:alert(1)", "\\\\evil.example"],
)
def test_next_never_leads_to_another_site(client: Client, staff: Mapping[str, Staff], elsewhere: str) -> None:
    assert sign_in(client, next=elsewhere)["Location"] == "/desk/"


def test_next_leads_back_to_where_one_was_going(client: Client, staff: Mapping[str, Staff]) -> None:
    asked = client.get("/desk/accounting/")
    assert asked["Location"] == "/staff/sign-in?next=/desk/accounting/"
    assert sign_in(client, next="/desk/accounting/")["Location"] == "/desk/accounting/"


def test_a_session_known_before_signing_in_is_worthless_afterwards(client: Client, staff: Mapping[str, Staff]) -> None:
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_signing_out_needs_a_post_and_ends_the_session_everywhere(client: Client, staff: Mapping[str, Staff]) -> None:
    sign_in(client)
    key = client.session.session_key
    assert client.get("/staff/sign-out").status_code == 405
    assert is_in(client)
    assert client.post("/staff/sign-out")["Location"] == SIGN_IN
    assert not Session.objects.filter(session_key=key).exists()
    thief = Client()
    thief.cookies["sessionid"] = key
    assert thief.get("/desk/").status_code == 302


def test_an_idle_session_ends_and_says_so(client: Client, staff: Mapping[str, Staff], settings: Settings) -> None:
    sign_in(client)
    session = client.session
    session["last_seen"] = time.time() - settings.STAFF_IDLE_MINUTES * 60 - 1
    session.save()
    response = client.get("/desk/")
    assert response.status_code == 302
    assert "しばらく操作がなかったため" in client.get(response["Location"]).content.decode()


def test_working_keeps_the_session_but_a_page_that_refreshes_itself_does_not(
    client: Client, staff: Mapping[str, Staff]
) -> None:
    sign_in(client)
    session = client.session
    session["last_seen"] = long_ago = time.time() - 600
    session.save()
    client.get("/desk/", headers={"X-Background": "1"})
    assert client.session["last_seen"] == long_ago
    client.get("/desk/")
    assert client.session["last_seen"] > long_ago + 500


def test_changing_the_password_ends_other_sessions(client: Client, staff: Mapping[str, Staff]) -> None:
    sign_in(client)
    other = Client()
    sign_in(other)
    changed = client.post(
        "/staff/password",
        {"old_password": PASSWORD, "new_password1": "あたらしい-kotoba-9", "new_password2": "あたらしい-kotoba-9"},
    )
    assert changed.status_code == 302
    assert client.get("/staff/password").status_code == 200
    assert other.get("/desk/").status_code == 302
    assert Staff.objects.get(username="sato").check_password("あたらしい-kotoba-9")


def test_a_mistake_on_the_password_page_is_explained(client: Client, staff: Mapping[str, Staff]) -> None:
    sign_in(client)
    page = client.post(
        "/staff/password", {"old_password": "x", "new_password1": "a-kotoba-bb-9", "new_password2": "other"}
    ).content.decode()
    assert "今のパスワードが違います" in page
    assert "新しいパスワードが2回で違います" in page


def test_somebody_already_in_is_led_on(client: Client, staff: Mapping[str, Staff]) -> None:
    sign_in(client)
    assert client.get(SIGN_IN)["Location"] == "/desk/"
