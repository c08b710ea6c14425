"""The Digital Agency's card service (デジタル認証アプリ) as an OIDC client.

Code flow with PKCE S256 and private_key_jwt; ID tokens are ES256. Signing adds a sign transaction, begun with a
client-credentials token and named in the authorization request.
Source: developers.digital.go.jp/documents/auth-and-sign (implementation guideline, authserver-gov).
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

REALM = "/api/realms/main"
SIGN_TRANSACTIONS = "/api/sign-transactions"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SCOPES = {"card": "openid name address birthdate", "signature": "openid name address birthdate sign"}
TIMEOUT = httpx.Timeout(15, connect=5)


class CardError(Exception):
    """The card service did not do its part; the text names the step, never a person."""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """What must be remembered between sending the resident away and their coming back."""

    state: str
    nonce: str
    code_verifier: str
    sign_transaction_id: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature over the digest, and the certificate it was made with (both Base64 DER)."""

    value: str
    certificate: str


def new_round_trip(sign_transaction_id: str = "") -> RoundTrip:
    """Fresh unguessable values."""
    state, nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    return RoundTrip(state, nonce, verifier, sign_transaction_id)


def authorization_url(kind: str, trip: RoundTrip, redirect_uri: str) -> str:
    """Where to send the resident's browser."""
    query = {
        "response_type": "code",
        "client_id": settings.MYNUMBER.client_id,
        "redirect_uri": redirect_uri,
        "scope": SCOPES[kind],
        "state": trip.state,
        "nonce": trip.nonce,
        "code_challenge": create_s256_code_challenge(trip.code_verifier),
        "code_challenge_method": "S256",
        "acr_values": "aal3 crl",
    }
    if trip.sign_transaction_id:
        query["sign_transaction_id"] = trip.sign_transaction_id
    base = settings.MYNUMBER.public_url or settings.MYNUMBER.base_url
    return f"{base}{REALM}/protocol/openid-connect/auth?{urlencode(query)}"


def begin_signature(digest_hex: str) -> str:
    """Opens a sign transaction for a SHA-256 digest; returns its id."""
    token = _token({"grant_type": "client_credentials", "scope": "sign"})["access_token"]
    digest = base64.b64encode(bytes.fromhex(digest_hex)).decode()
    answer = _call("POST", SIGN_TRANSACTIONS, token=token, json={"digest": digest, "digest_algorithm": "SHA256"})
    return str(answer["sign_transaction_id"])


def finished_signature(transaction_id: str) -> Signature:
    """What the resident signed; raises CardError while the transaction is not completed."""
    token = _token({"grant_type": "client_credentials", "scope": "sign"})["access_token"]
    answer = _call("GET", f"{SIGN_TRANSACTIONS}/{transaction_id}", token=token)
    if answer.get("status") != "completed":
        raise CardError("sign transaction is not completed")
    return Signature(str(answer["signature"]), str(answer["certificate"]))


def claims_for(code: str, trip: RoundTrip, redirect_uri: str) -> dict[str, str]:
    """Redeems ``code``, checks the ID token, and returns name, address and birth date from the card."""
    tokens = _token({
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": trip.code_verifier,
    })
    subject = _checked_subject(str(tokens.get("id_token", "")), trip.nonce)
    info = _call("GET", f"{REALM}/protocol/openid-connect/userinfo", token=str(tokens["access_token"]))
    if info.get("sub") != subject:
        raise CardError("userinfo speaks of somebody else than the ID token")
    return {name: str(info.get(name, "")) for name in ("name", "address", "birthdate")}


def _checked_subject(id_token: str, nonce: str) -> str:
    try:
        token = jwt.decode(id_token, _keys(), algorithms=["ES256"])
        jwt.JWTClaimsRegistry(
            leeway=30,
            iss={"essential": True, "value": f"{settings.MYNUMBER.base_url}{REALM}"},
            aud={"essential": True, "value": settings.MYNUMBER.client_id},
            nonce={"essential": True, "value": nonce},
            exp={"essential": True},
        ).validate(token.claims)
    except (JoseError, ValueError) as error:
        raise CardError(f"ID token refused: {type(error).__name__}") from error
    return str(token.claims["sub"])


def _keys() -> KeySet:
    return KeySet.import_key_set(_call("GET", f"{REALM}/protocol/openid-connect/certs"))  # type: ignore[arg-type]


def _token(fields: Mapping[str, str]) -> dict[str, Any]:
    url = f"{settings.MYNUMBER.base_url}{REALM}/protocol/openid-connect/token"
    assertion = private_key_jwt_sign(
        _private_key(settings.MYNUMBER_PRIVATE_KEY), client_id=settings.MYNUMBER.client_id, token_endpoint=url,
        alg="ES256",
    )
    body = {
        **fields,
        "client_id": settings.MYNUMBER.client_id,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
    }
    return _call("POST", f"{REALM}/protocol/openid-connect/token", data=body)


@lru_cache(maxsize=4)
def _private_key(pem: str) -> ECKey:
    return ECKey.import_key(pem)


def _call(method: str, path: str, *, token: str = "", **options: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = httpx.request(
            method, f"{settings.MYNUMBER.base_url}{path}", headers=headers, timeout=TIMEOUT, **options
        )
        answer.raise_for_status()
        return dict(answer.json())
    except (httpx.HTTPError, ValueError) as error:
        raise CardError(f"{method} {path.rpartition('/')[2] or path}: {type(error).__name__}") from error
