"""Channel tokens, LINE Login, LIFF and account linking of the LINE simulator."""

from __future__ import annotations

import base64
import hashlib
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from linebot.v3.messaging import ApiClient as MessagingClient
from linebot.v3.messaging import Configuration as MessagingConfiguration
from linebot.v3.messaging import MessagingApi
from linebot.v3.oauth import ApiClient, ApiException, ChannelAccessToken, Configuration

from tests.line_simulator import (
    ACCESS_TOKEN,
    CHANNEL_ID,
    CHANNEL_SECRET,
    LOGIN_CHANNEL_ID,
    LOGIN_CHANNEL_SECRET,
    LineSimulator,
    Webhook,
)

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CALLBACK = "http://127.0.0.1:8000/line/callback"


@pytest.fixture
def oauth(line: LineSimulator) -> ChannelAccessToken:
    return ChannelAccessToken(ApiClient(Configuration(host=line.base_url)))


def bot_name(line: LineSimulator, token: str) -> str:
    with MessagingClient(MessagingConfiguration(host=line.base_url, access_token=token)) as client:
        return str(MessagingApi(client).get_bot_info().display_name)


def status(line: LineSimulator, token: str) -> int:
    return line.client.get("/v2/bot/info", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_stateless_token_lives_fifteen_minutes(line: LineSimulator, oauth: ChannelAccessToken):
    answer = oauth.issue_stateless_channel_token_by_client_secret(CHANNEL_ID, CHANNEL_SECRET)
    assert answer.expires_in == 900
    assert bot_name(line, answer.access_token) == "市川市"
    line.advance(901)
    assert status(line, answer.access_token) == 401


def test_a_wrong_secret_gets_no_token(oauth: ChannelAccessToken):
    with pytest.raises(ApiException) as error:
        oauth.issue_stateless_channel_token_by_client_secret(CHANNEL_ID, "wrong")
    assert error.value.status == 400
    assert "invalid_client" in error.value.body


def test_a_short_lived_token_can_be_verified_and_revoked(line: LineSimulator, oauth: ChannelAccessToken):
    answer = oauth.issue_channel_token("client_credentials", CHANNEL_ID, CHANNEL_SECRET)
    assert oauth.verify_channel_token(answer.access_token).client_id == CHANNEL_ID
    oauth.revoke_channel_token(answer.access_token)
    assert status(line, answer.access_token) == 401


def assertion(line: LineSimulator, **claims: object) -> str:
    """A signed assertion by a key registered with the channel."""
    key = RSAKey.generate_key(2048)
    key_id = line.client.post("/control/assertion-keys", json=key.as_dict(private=False)).json()["kid"]
    now = int(time.time())
    body = {"iss": CHANNEL_ID, "sub": CHANNEL_ID, "aud": "https://api.line.me/", "exp": now + 1800, "token_exp": 3600}
    return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": key_id}, {**body, **claims}, key)


def test_an_assertion_gets_a_token_of_the_asked_life(line: LineSimulator, oauth: ChannelAccessToken):
    signed = assertion(line)
    answer = oauth.issue_channel_token_by_jwt("client_credentials", ASSERTION_TYPE, signed)
    assert answer.expires_in == 3600
    assert status(line, answer.access_token) == 200
    kids = oauth.gets_all_valid_channel_access_token_key_ids(ASSERTION_TYPE, signed).kids
    assert kids == [answer.key_id]
    assert oauth.issue_stateless_channel_token_by_jwt_assertion(signed).expires_in == 900


@pytest.mark.parametrize(
    "claims", [{"iss": "another"}, {"aud": "https://example.jp/"}, {"exp": 1}, {"exp": 9_999_999_999}]
)
def test_an_assertion_with_wrong_claims_is_refused(line: LineSimulator, oauth: ChannelAccessToken, claims: dict):
    with pytest.raises(ApiException) as error:
        oauth.issue_channel_token_by_jwt("client_credentials", ASSERTION_TYPE, assertion(line, **claims))
    assert "invalid_client" in error.value.body


def sign_in(line: LineSimulator, user_id: str, **more: str) -> dict[str, str]:
    """Walks through the authorize page; returns what came back to the callback."""
    query = {
        "response_type": "code", "client_id": LOGIN_CHANNEL_ID, "redirect_uri": CALLBACK, "state": "s",
        "scope": "openid profile", "nonce": "n", "user": user_id, **more,
    }  # fmt: skip
    answer = line.client.get("/oauth2/v2.1/authorize", params=query)
    assert answer.status_code == 302, answer.text
    return {key: values[0] for key, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def exchange(line: LineSimulator, code: str, **more: str) -> httpx.Response:
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK,
        "client_id": LOGIN_CHANNEL_ID, "client_secret": LOGIN_CHANNEL_SECRET, **more,
    }  # fmt: skip
    return line.client.post("/oauth2/v2.1/token", data=form)


def test_line_login_names_the_friend(line: LineSimulator):
    person = line.person("市川 花子")
    back = sign_in(line, person.user_id)
    assert back["state"] == "s"
    tokens = exchange(line, back["code"]).json()
    key = ECKey.import_key(line.client.get("/oauth2/v2.1/certs").json()["keys"][0])
    claims = jwt.decode(tokens["id_token"], key, algorithms=["ES256"]).claims
    assert (claims["sub"], claims["aud"], claims["nonce"]) == (person.user_id, LOGIN_CHANNEL_ID, "n")
    form = {"id_token": tokens["id_token"], "client_id": LOGIN_CHANNEL_ID}
    assert line.client.post("/oauth2/v2.1/verify", data=form).json()["name"] == "市川 花子"
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert line.client.get("/oauth2/v2.1/userinfo", headers=bearer).json()["sub"] == person.user_id
    assert status(line, tokens["access_token"]) == 401, "a person's token is no channel token"


def test_a_login_code_works_once(line: LineSimulator):
    code = sign_in(line, line.person().user_id)["code"]
    assert exchange(line, code).status_code == 200
    assert exchange(line, code).json()["error"] == "invalid_grant"


def test_the_code_verifier_must_match(line: LineSimulator):
    verifier = "v" * 50
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {"code_challenge": challenge, "code_challenge_method": "S256"}
    person = line.person().user_id
    assert exchange(line, sign_in(line, person, **asked)["code"], code_verifier="w" * 50).status_code == 400
    assert exchange(line, sign_in(line, person, **asked)["code"], code_verifier=verifier).status_code == 200


def test_without_a_known_person_the_page_asks_who_it_is(line: LineSimulator):
    line.person("市川 花子")
    query = {"response_type": "code", "client_id": LOGIN_CHANNEL_ID, "redirect_uri": CALLBACK, "state": "s"}
    page = line.client.get("/oauth2/v2.1/authorize", params=query)
    assert page.status_code == 200
    assert "市川 花子" in page.text


@pytest.mark.parametrize("change", [{"client_id": "x"}, {"state": ""}, {"redirect_uri": "javascript:alert(1)"}])
def test_a_wrong_login_request_goes_nowhere(line: LineSimulator, change: dict[str, str]):
    query = {"response_type": "code", "client_id": LOGIN_CHANNEL_ID, "redirect_uri": CALLBACK, "state": "s", **change}
    assert line.client.get("/oauth2/v2.1/authorize", params=query).status_code == 400


def test_a_liff_app_opens_with_its_users_token(line: LineSimulator):
    view = {"view": {"type": "full", "url": "http://127.0.0.1:8000/liff"}}
    liff_id = line.api("POST", "/liff/v1/apps", view).json()["liffId"]
    person = line.person()
    answer = line.client.get(f"/liff/{liff_id}/p/juminhyo", params={"a": "1", "user": person.user_id})
    target = urlsplit(answer.headers["location"])
    assert (
        f"{target.scheme}://{target.netloc}{target.path}?{target.query}" == "http://127.0.0.1:8000/liff/p/juminhyo?a=1"
    )
    form = {"id_token": parse_qs(target.fragment)["id_token"][0], "client_id": LOGIN_CHANNEL_ID}
    assert line.client.post("/oauth2/v2.1/verify", data=form).json()["sub"] == person.user_id


def link_token(line: LineSimulator, user_id: str) -> str:
    with MessagingClient(MessagingConfiguration(host=line.base_url, access_token=ACCESS_TOKEN)) as client:
        return str(MessagingApi(client).issue_link_token(user_id).link_token)


def test_linking_an_account_sends_the_nonce_once(line: LineSimulator, webhook: Webhook):
    person = line.person()
    query = {"linkToken": link_token(line, person.user_id), "nonce": "n" * 24}
    assert "連携しました" in line.client.get("/dialog/bot/accountLink", params=query).text
    assert person.last_event()["link"] == {"result": "ok", "nonce": "n" * 24}
    assert line.client.get("/dialog/bot/accountLink", params=query).status_code == 400


def test_a_link_token_lives_ten_minutes(line: LineSimulator):
    query = {"linkToken": link_token(line, line.person().user_id), "nonce": "n" * 24}
    line.advance(601)
    assert line.client.get("/dialog/bot/accountLink", params=query).status_code == 400
