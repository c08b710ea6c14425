"""Identification by the My Number card, against the simulated card service over its real protocol."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from django.test import Client

from madoguchi.catalog.queries import AppRevision
from madoguchi.identity import actions, queries
from madoguchi.identity.matching import Typed
from madoguchi.identity.models import IdentityCheck, SignIn
from tests.mynumber_simulator import CardSimulator, running_card_simulator

pytestmark = pytest.mark.django_db
DIGEST = "ab" * 32
HANAKO = Typed(name="市川花子", address="千葉県市川市八幡1-1-1コーポ窓口203", birth_date="1990-04-01")


@pytest.fixture(scope="module")
def card_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CardSimulator]:
    folder: Path = tmp_path_factory.mktemp("card")
    yield from running_card_simulator(folder, "http://testserver/identity/callback")


@pytest.fixture(autouse=True)
def configured(card_service: CardSimulator, settings: Any) -> None:
    settings.MYNUMBER = card_service.service
    settings.MYNUMBER_PRIVATE_KEY = card_service.private_key
    settings.BASE_URL = "http://testserver"
    card_service.put_card()


def begin(app: AppRevision, *, kind: str = "signature", interview: UUID | None = None, typed: Typed = HANAKO) -> str:
    return actions.begin_card(
        app=app, interview_id=interview or uuid4(), kind=kind, digest=DIGEST, return_path="/i/x/next/", typed=typed
    )


def test_hanako_signs_with_her_card_and_is_identified(
    published_app: AppRevision, card_service: CardSimulator
) -> None:
    interview = uuid4()
    back = card_service.use_card(begin(published_app, interview=interview))
    finished = actions.finish_card(back)
    assert finished.return_path == "/i/x/next/"
    check = queries.passed_for_interview(interview)
    assert check is not None
    assert check.signed_digest == DIGEST
    assert check.matches == {"name": "same", "address": "variant", "birth_date": "same"}
    assert queries.claims_of(check)["name"] == "市川花子"
    assert "市川" not in bytes(check.claims or b"").decode("latin-1")


def test_the_request_carries_pkce_state_nonce_and_nothing_about_the_resident(published_app: AppRevision) -> None:
    url = urlsplit(begin(published_app))
    query = parse_qs(url.query)
    assert query["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge", "sign_transaction_id"} <= set(query)
    assert "市川" not in url.query
    assert "%E5%B8%82" not in url.query


def test_authentication_asks_for_the_four_digit_pin_and_no_signature(
    published_app: AppRevision, card_service: CardSimulator
) -> None:
    url = begin(published_app, kind="card")
    assert "sign_transaction_id" not in url
    assert actions.finish_card(card_service.use_card(url, pin="1234")).check.state == IdentityCheck.State.PASSED


def test_a_card_of_somebody_else_does_not_vouch(published_app: AppRevision, card_service: CardSimulator) -> None:
    interview = uuid4()
    card_service.put_card(name="市川太郎")
    finished = actions.finish_card(card_service.use_card(begin(published_app, interview=interview)))
    assert finished.check.state == IdentityCheck.State.FAILED
    assert finished.check.reason == "differs"
    assert finished.check.matches["name"] == "differs"
    assert queries.passed_for_interview(interview) is None
    assert queries.last_for_interview(interview) == finished.check


def test_a_resident_who_gives_up_may_try_again(published_app: AppRevision, card_service: CardSimulator) -> None:
    interview = uuid4()
    finished = actions.finish_card(card_service.give_up(begin(published_app, interview=interview)))
    assert finished.check.reason == "cancelled"
    actions.finish_card(card_service.use_card(begin(published_app, interview=interview)))
    assert queries.passed_for_interview(interview) is not None


def test_a_spoilt_signature_is_not_taken(published_app: AppRevision, card_service: CardSimulator) -> None:
    url = begin(published_app)
    card_service.fault(signature=True)
    assert actions.finish_card(card_service.use_card(url)).check.reason == "signature"


def test_a_service_in_trouble_is_said_so_and_nothing_passes(
    published_app: AppRevision, card_service: CardSimulator
) -> None:
    url = begin(published_app, kind="card")
    back = card_service.use_card(url, pin="1234")
    card_service.fault(token=True)
    assert actions.finish_card(back).check.reason == "service"


def test_the_way_back_works_once(published_app: AppRevision, card_service: CardSimulator, client: Client) -> None:
    back = card_service.use_card(begin(published_app))
    first = client.get("/identity/callback", back)
    assert (first.status_code, first.headers["Location"]) == (302, "/i/x/next/")
    assert SignIn.objects.count() == 0
    with pytest.raises(actions.UnknownRoundTrip):
        actions.finish_card(back)


def test_a_code_stolen_from_the_address_bar_is_useless_without_the_verifier(
    published_app: AppRevision, card_service: CardSimulator
) -> None:
    back = card_service.use_card(begin(published_app))
    stolen = httpx.post(
        f"{card_service.base_url}/api/realms/main/protocol/openid-connect/token",
        data={"grant_type": "authorization_code", "code": back["code"]},
    )
    assert stolen.status_code == 401


def test_three_wrong_pins_lock_the_card(published_app: AppRevision, card_service: CardSimulator) -> None:
    page = httpx.get(begin(published_app, kind="card"), follow_redirects=True)
    for _ in range(3):
        answer = httpx.post(str(page.url), data={"do": "read", "pin": "0000"})
        assert answer.status_code == 400
    assert "ロック" in httpx.post(str(page.url), data={"do": "read", "pin": "1234"}).text
