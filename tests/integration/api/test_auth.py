"""Who may call, and what they are told otherwise."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import Staff
from madoguchi.api.models import ApiToken
from madoguchi.api.tokens import revoke_token
from madoguchi.catalog.queries import AppRevision
from tests.integration.api.conftest import Api, as_staff, books
from tests.publishing import publish

pytestmark = pytest.mark.django_db


def test_without_a_sign_of_who_calls_there_is_nothing(app: AppRevision) -> None:
    answer = Api().get("records", app=app.app_id)
    assert (answer.status, answer.code) == (401, "CB_AU01")


@pytest.mark.parametrize("header", ["wrong", "!!", base64.b64encode(b"sato").decode()])
def test_a_wrong_password_is_401(app: AppRevision, header: str) -> None:
    answer = Api(**{"X-Cybozu-Authorization": header}).get("records", app=app.app_id)
    assert (answer.status, answer.code) == (401, "CB_WA01")


def test_passwords_are_in_utf8_and_carry_the_rights_of_the_person(app: AppRevision) -> None:
    assert as_staff("sato").get("records", app=app.app_id).status == 200
    answer = as_staff("outsider").get("records", app=app.app_id)
    assert (answer.status, answer.code) == (403, "CB_NO02")


def test_too_many_wrong_passwords_lock_the_address_out(app: AppRevision) -> None:
    for _ in range(5):
        assert as_staff("sato", "wrong-wrong-wrong").get("records", app=app.app_id).status == 401
    answer = as_staff("sato").get("records", app=app.app_id)
    assert answer.status == 401 and "しばらく" in answer.body["message"]


def test_a_password_that_was_right_is_not_hashed_again_until_it_changes(
    app: AppRevision, staff: Mapping[str, Staff], monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    original = Staff.check_password
    monkeypatch.setattr(Staff, "check_password", lambda self, text: checked.append(text) or original(self, text))
    for _ in range(3):
        assert as_staff("sato").get("records", app=app.app_id).status == 200
    assert len(checked) == 1
    staff["sato"].set_password("another-password-1")
    staff["sato"].save()
    assert as_staff("sato").get("records", app=app.app_id).status == 401
    assert as_staff("sato", "another-password-1").get("records", app=app.app_id).status == 200
    Staff.objects.filter(username="sato").update(is_active=False)
    assert as_staff("sato", "another-password-1").get("records", app=app.app_id).status == 401


def test_a_password_beats_a_token(api: Api, app: AppRevision) -> None:
    both = as_staff("sato", **{"X-Cybozu-API-Token": "invalid"})
    assert both.get("records", app=app.app_id).status == 200
    assert as_staff("sato", Authorization="Basic undefined").get("records", app=app.app_id).status == 200


def test_a_token_has_only_its_rights(app: AppRevision, new_token: Callable[..., str]) -> None:
    reader = Api(**{"X-Cybozu-API-Token": new_token(app, "view")})
    assert reader.get("records", app=app.app_id).status == 200
    for answer in (
        reader.post("record", app=app.app_id, record={}), reader.put("record", app=app.app_id, id=1, record={}),
        reader.delete("records", app=app.app_id, ids=[1]),
        reader.get("preview/app/form/fields", app=app.app_id),
    ):
        assert (answer.status, answer.code) == (403, "GAIA_NO01")
    writer = Api(**{"X-Cybozu-API-Token": new_token(app, "add")})
    assert writer.post("record", app=app.app_id, record={}).status == 200
    assert writer.get("records", app=app.app_id).code == "GAIA_NO01"


def test_several_tokens_are_sent_as_one_for_each_app(app: AppRevision, new_token: Callable[..., str]) -> None:
    other = publish(books(code="other"))
    both = f"{new_token(app)},{new_token(other)}"
    for each in (app, other):
        assert Api(**{"X-Cybozu-API-Token": both}).get("records", app=each.app_id).status == 200
    alone = Api(**{"X-Cybozu-API-Token": new_token(app)}).get("records", app=other.app_id)
    assert alone.code == "GAIA_NO01"
    twice = Api(**{"X-Cybozu-API-Token": f"{new_token(app)},{new_token(app)}"}).get("records", app=app.app_id)
    assert twice.code == "GAIA_DA03"
    many = ",".join(new_token(app) for _ in range(10))
    assert Api(**{"X-Cybozu-API-Token": many}).get("records", app=app.app_id).code == "GAIA_IA02"


def test_a_token_ends_at_once_when_it_is_withdrawn_or_over(api: Api, app: AppRevision) -> None:
    assert api.get("records", app=app.app_id).status == 200
    row = ApiToken.objects.get()
    assert row.last_used_at is not None
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert api.get("records", app=app.app_id).code == "GAIA_IA02"
    ApiToken.objects.update(expires_at=None)
    assert api.get("records", app=app.app_id).status == 200
    revoke_token(row)
    assert api.get("records", app=app.app_id).code == "GAIA_IA02"


def test_only_the_hash_of_a_token_is_stored(app: AppRevision, new_token: Callable[..., str]) -> None:
    text = new_token(app)
    assert len(text) == 40 and text.isalnum()
    row = ApiToken.objects.get()
    assert text not in str(row.__dict__)


# --- sessions ------------------------------------------------------------------------------------------------------

ADD = "/k/v1/record.json"


def signed_in(staff: Mapping[str, Staff]) -> Client:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(staff["sato"], backend="django.contrib.auth.backends.ModelBackend")
    return browser


def send(browser: Client, app: AppRevision, **body: Any) -> Any:
    return browser.post(
        ADD, {"app": app.app_id, "record": {}, **body}, content_type="application/json",
        headers={"X-Requested-With": "XMLHttpRequest"},
    )


def test_a_session_needs_the_header_that_other_pages_cannot_send(app: AppRevision, staff: Mapping[str, Staff]) -> None:
    browser = signed_in(staff)
    path = f"/k/v1/records.json?app={app.app_id}"
    assert browser.get(path).status_code == 401
    assert browser.get(path, headers={"X-Requested-With": "XMLHttpRequest"}).status_code == 200


def test_a_session_writes_only_with_its_request_token(app: AppRevision, staff: Mapping[str, Staff]) -> None:
    browser = signed_in(staff)
    assert send(browser, app).json()["code"] == "CB_CR01"
    browser.get("/staff/password")
    token = browser.cookies["csrftoken"].value
    assert send(browser, app, __REQUEST_TOKEN__="x" * 64).status_code == 403
    assert send(browser, app, __REQUEST_TOKEN__=token).status_code == 200
    path = f"/k/v1/records.json?app={app.app_id}&ids[0]=1"
    headers = {"X-Requested-With": "XMLHttpRequest"}
    assert browser.delete(path, headers=headers).status_code == 403
    assert browser.delete(f"{path}&__REQUEST_TOKEN__={token}", headers=headers).status_code == 200


# --- how it answers ------------------------------------------------------------------------------------------------


def test_messages_are_in_the_language_that_is_asked_for(app: AppRevision) -> None:
    path = "/k/v1/app.json?id=99999"
    answers = {
        language: as_staff("sato").send("GET", path, **{"Accept-Language": language}).body["message"]
        for language in ("", "*", "ja", "en-US,en;q=0.9", "fr, en")
    }
    assert answers["en-US,en;q=0.9"] == answers["fr, en"]
    assert answers["fr, en"] == "The app (ID: 99999) not found. The app may have been deleted."
    assert answers[""] == answers["*"] == answers["ja"] != answers["fr, en"]


def test_every_answer_says_how_many_calls_run(api: Api, app: AppRevision) -> None:
    answer = api.get("records", app=app.app_id)
    assert answer.headers["X-ConcurrencyLimit-Limit"] == "100"
    assert answer.headers["X-ConcurrencyLimit-Running"] == "1"


def test_what_is_no_json_or_no_endpoint_is_told(api: Api, app: AppRevision) -> None:
    response = api.client.post(ADD, "{", content_type="application/json", headers=api.headers)
    assert response.json()["code"] == "CB_IJ01"
    assert api.get("nothing").status == 404
    assert api.send("PUT", "/k/v1/bulkRequest.json", {}).status == 405
    assert api.get("records").errors == {"app": ["必須です。"]}
    assert api.get("records", app=0).errors == {"app": ["最小でも1以上です。"]}
    assert api.get("records", app="abc").code == "CB_VA01"
    unknown = as_staff("sato").get("records", app=987654)
    assert (unknown.status, unknown.code) == (404, "GAIA_AP01")


def test_a_body_may_come_with_get(api: Api, app: AppRevision) -> None:
    answer = api.send("GET", "/k/v1/records.json", {"app": app.app_id, "totalCount": True})
    assert answer.body["totalCount"] == "0"


def test_errors_of_the_program_say_nothing_about_values(
    api: Api, app: AppRevision, monkeypatch: pytest.MonkeyPatch
) -> None:
    from madoguchi.api import reading

    def broken(*_: Any) -> bytes:
        raise RuntimeError("市川 花子")

    monkeypatch.setattr(reading, "page", broken)
    answer = api.get("records", app=app.app_id)
    assert answer.status == 500 and "市川" not in str(answer.body)


def test_reading_with_a_session_ends_with_the_session_the_password_and_the_account(
    app: AppRevision, staff: Mapping[str, Staff], settings: Any
) -> None:
    browser = signed_in(staff)
    path = f"/k/v1/records.json?app={app.app_id}"

    def read() -> int:
        return int(browser.get(path, headers={"X-Requested-With": "XMLHttpRequest"}).status_code)

    assert [read(), read()] == [200, 200]  # the first notes that somebody is there, the second goes the short way
    Staff.objects.filter(username="sato").update(is_active=False)
    assert read() == 401
    Staff.objects.filter(username="sato").update(is_active=True)
    assert read() == 200
    staff["sato"].set_password("another-password-1")
    staff["sato"].save()
    assert read() == 401
    again = signed_in(staff)
    browser.cookies = again.cookies
    assert [read(), read()] == [200, 200]
    session = again.session
    session["last_seen"] = time.time() - settings.STAFF_IDLE_MINUTES * 60 - 1
    session.save()
    assert read() == 401
    assert read() == 401
