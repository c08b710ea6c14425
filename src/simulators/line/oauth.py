"""Channel access tokens: stateless (15 minutes), v2.1 by signed assertion, short-lived; verify, revoke, key ids."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from starlette.requests import Request
from starlette.responses import Response

from simulators.line.api import Json
from simulators.line.core import Line, hex_id
from simulators.line.errors import OAuthError

STATELESS_S = 15 * 60
LONGEST_S = 30 * 86_400
LONG_LIVED_S = 100 * 365 * 86_400
"""LINE gives a long-lived token a time as well, of about a century."""
MOST_TOKENS = 30
ASSERTION_LIFE_S = 30 * 60
ASSERTION_AUDIENCE = "https://api.line.me/"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

Form = Mapping[str, str]


async def form_of(request: Request) -> dict[str, str]:
    """The form's text fields."""
    async with request.form() as form:
        return {key: value for key, value in form.items() if isinstance(value, str)}


def issue(line: Line, kind: str, owner: str, life_s: int, *, key_id: str | None = None, scope: str = "") -> str:
    """A new token that lives ``life_s`` seconds of simulated time."""
    token = secrets.token_urlsafe(96)
    line.store.run(
        "INSERT INTO tokens (token, kind, owner, key_id, scope, expires_ms) VALUES (?, ?, ?, ?, ?, ?)",
        token, kind, owner, key_id, scope, line.now_ms() + life_s * 1000,
    )  # fmt: skip
    return token


async def stateless(line: Line, request: Request) -> Json:
    """``POST /oauth2/v3/token``"""
    form = await form_of(request)
    _require(form, "grant_type", "client_credentials")
    if "client_assertion" in form:
        _require(form, "client_assertion_type", ASSERTION_TYPE)
        _check_assertion(line, form)
    else:
        check_client(line, form)
    token = issue(line, "stateless", line.options.channel_id, STATELESS_S)
    return {"token_type": "Bearer", "access_token": token, "expires_in": STATELESS_S}


async def by_assertion(line: Line, form: Form) -> Json:
    """``POST /oauth2/v2.1/token`` with ``client_credentials``; at most 30 at a time."""
    _require(form, "client_assertion_type", ASSERTION_TYPE)
    claims = _check_assertion(line, form)
    if len(_living(line, "v2.1")) >= MOST_TOKENS:
        raise OAuthError("invalid_request", "exceeded the maximum number of issuable channel access tokens")
    life = min(int(claims.get("token_exp", LONGEST_S)), LONGEST_S)
    key_id = secrets.token_urlsafe(16)
    token = issue(line, "v2.1", line.options.channel_id, life, key_id=key_id)
    return {"access_token": token, "expires_in": life, "token_type": "Bearer", "key_id": key_id}


async def short_lived(line: Line, request: Request) -> Json:
    """``POST /v2/oauth/accessToken``: 30 days; the oldest gives way to the 31st."""
    form = await form_of(request)
    _require(form, "grant_type", "client_credentials")
    check_client(line, form)
    for row in _living(line, "short")[: -MOST_TOKENS + 1 or None]:
        line.store.run("UPDATE tokens SET revoked = 1 WHERE token = ?", row["token"])
    token = issue(line, "short", line.options.channel_id, LONGEST_S)
    return {"access_token": token, "expires_in": LONGEST_S, "token_type": "Bearer"}


def _living(line: Line, kind: str) -> list[Json]:
    return line.store.rows(
        "SELECT * FROM tokens WHERE kind = ? AND NOT revoked AND expires_ms > ? ORDER BY rowid", kind, line.now_ms()
    )


async def verify(line: Line, request: Request) -> Json:
    """``GET /oauth2/v2.1/verify?access_token=`` and ``POST /v2/oauth/verify``"""
    form = request.query_params if request.method == "GET" else await form_of(request)
    token = form.get("access_token", "")
    if token and token == line.options.channel_access_token:
        return {"client_id": line.options.channel_id, "expires_in": LONG_LIVED_S}
    row = line.store.row("SELECT * FROM tokens WHERE token = ? AND NOT revoked", token)
    if row is None or row["expires_ms"] <= line.now_ms():
        raise OAuthError("invalid_request", "access token expired")
    owner = line.options.login_channel_id or line.options.channel_id
    answer: Json = {
        "client_id": owner if row["kind"] == "login" else row["owner"],
        "expires_in": (row["expires_ms"] - line.now_ms()) // 1000,
    }
    return answer | ({"scope": row["scope"]} if row["scope"] else {})


async def revoke(line: Line, request: Request) -> Response:
    """``POST /oauth2/v2.1/revoke`` and ``POST /v2/oauth/revoke``; a stateless token cannot be revoked"""
    form = await form_of(request)
    if request.url.path.startswith("/oauth2"):
        check_client(line, form)
    if not form.get("access_token"):
        raise OAuthError("invalid_request", "access_token is required")
    line.store.run("UPDATE tokens SET revoked = 1 WHERE token = ? AND kind != 'stateless'", form["access_token"])
    return Response(status_code=200)


async def key_ids(line: Line, request: Request) -> Json:
    """``GET /oauth2/v2.1/tokens/kid``"""
    _require(request.query_params, "client_assertion_type", ASSERTION_TYPE)
    _check_assertion(line, request.query_params)
    return {"kids": [row["key_id"] for row in _living(line, "v2.1")]}


def add_assertion_key(line: Line, jwk: Mapping[str, Any]) -> str:
    """Registers a public key, as one does in LINE's console; returns its key id. Raises ``ValueError``."""
    try:
        key = RSAKey.import_key(dict(jwk))
    except (JoseError, KeyError, TypeError) as error:
        raise ValueError("not an RSA public key in JWK form") from error
    key_id = hex_id()
    keys = line.store.get("assertion_keys", {})
    line.store.put("assertion_keys", {**keys, key_id: key.as_dict(private=False)})
    return key_id


def check_client(line: Line, form: Form) -> None:
    """Raises ``invalid_client`` unless id and secret are those of one of the channels."""
    options = line.options
    pairs = {options.channel_id: options.channel_secret, options.login_channel_id: options.login_channel_secret}
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    if not client_id or not secret or pairs.get(client_id) != secret:
        raise OAuthError("invalid_client", "invalid client_id or client_secret")


def _check_assertion(line: Line, form: Form) -> Mapping[str, Any]:
    """The assertion's claims. Raises ``invalid_client`` for a wrong signature, issuer, audience or time."""
    keys = line.store.get("assertion_keys", {})
    assertion = form.get("client_assertion", "")
    try:
        unverified = jwt.decode(assertion, lambda token: _key(keys, token.headers()), algorithms=["RS256"])
    except (JoseError, ValueError, KeyError) as error:
        raise OAuthError("invalid_client", "Invalid client_assertion") from error
    claims = unverified.claims
    now = line.clock.now()
    right = (
        claims.get("iss") == claims.get("sub") == line.options.channel_id
        and ASSERTION_AUDIENCE in (claims.get("aud"), *_listed(claims.get("aud")))
        and now < _number(claims.get("exp")) <= now + ASSERTION_LIFE_S + 60
    )
    if not right:
        raise OAuthError("invalid_client", "Invalid claims in client_assertion")
    return claims


def _key(keys: Mapping[str, Any], headers: Mapping[str, Any]) -> RSAKey:
    return RSAKey.import_key(keys[headers["kid"]])


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _require(form: Form, name: str, value: str) -> None:
    if form.get(name) != value:
        raise OAuthError("invalid_request", f"{name} must be {value}")
