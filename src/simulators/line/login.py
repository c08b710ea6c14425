"""LINE Login (OpenID Connect, ES256), the LIFF window and the account-link dialog."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from simulators.common import Pages
from simulators.line.api import Handler, Json
from simulators.line.chats import Friend, friend, friends
from simulators.line.core import Line, hex_id
from simulators.line.errors import ApiError, OAuthError
from simulators.line.liff import DEFAULT_SCOPE
from simulators.line.oauth import by_assertion, check_client, form_of, issue
from simulators.line.people import People
from simulators.line.rules import Uri

COOKIE = "line_simulator_user"
"""Whose phone this browser shows: the in-app browser of LINE knows its user."""
CODE_LIFE_MS = 10 * 60_000
TOKEN_LIFE_S = 30 * 86_400
ID_TOKEN_LIFE_S = 3600


def signing_key(line: Line) -> ECKey:
    """The platform's ES256 key, made once."""
    stored = line.store.get("login_key")
    if stored is None:
        stored = ECKey.generate_key("P-256", {"kid": hex_id(), "use": "sig", "alg": "ES256"}).as_dict(private=True)
        line.store.put("login_key", stored)
    return ECKey.import_key(stored)


async def discovery(line: Line, request: Request) -> Json:
    """``GET /.well-known/openid-configuration``"""
    base = line.options.base_url
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/oauth2/v2.1/authorize",
        "token_endpoint": f"{base}/oauth2/v2.1/token",
        "userinfo_endpoint": f"{base}/oauth2/v2.1/userinfo",
        "revocation_endpoint": f"{base}/oauth2/v2.1/revoke",
        "jwks_uri": f"{base}/oauth2/v2.1/certs",
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile", "email"],
    }


async def certs(line: Line, request: Request) -> Json:
    """``GET /oauth2/v2.1/certs``"""
    return {"keys": [signing_key(line).as_dict(private=False)]}


def who(line: Line, request: Request) -> Friend | None:
    """The person at this browser: named in ``user``, or whose phone was opened last."""
    user_id = request.query_params.get("user") or request.cookies.get(COOKIE, "")
    try:
        return friend(line, user_id)
    except ApiError:
        return None


def authorize(pages: Pages) -> Handler:
    """``GET /oauth2/v2.1/authorize``: signs in whoever's phone this is, else asks who it is."""

    async def handler(line: Line, request: Request) -> Response:
        query = request.query_params
        wrong = _wrong_request(line, query)
        if wrong:
            return pages.render("notice.html", 400, title="ログインできません", text=wrong)
        person = who(line, request)
        if person is None:
            return _choose(pages, line, request, "どなたでログインしますか")
        code = _one_time(line, "code", person.id, CODE_LIFE_MS, dict(query))
        answer = {"code": code, "state": query.get("state", "")}
        glue = "&" if "?" in query["redirect_uri"] else "?"
        return RedirectResponse(query["redirect_uri"] + glue + urlencode(answer), 302)

    return handler


def _wrong_request(line: Line, query: Mapping[str, str]) -> str | None:
    expected = line.options.login_channel_id
    if query.get("response_type") != "code" or not query.get("state"):
        return "response_type は code、state は必須です。"
    if query.get("client_id") != expected:
        return f"client_id が LINE ログインのチャネル ID（{expected}）と違います。"
    if list(Uri(2000, ("http", "https")).problems(query.get("redirect_uri"), ())):
        return "redirect_uri が正しくありません。"
    return None


def _choose(pages: Pages, line: Line, request: Request, title: str) -> Response:
    fields = [(key, value) for key, value in request.query_params.multi_items() if key != "user"]
    return pages.render("choose.html", title=title, people=friends(line), fields=fields, path=request.url.path)


async def token(line: Line, request: Request) -> Json:
    """``POST /oauth2/v2.1/token``: a channel token by assertion, or a person's token for a login code"""
    form = await form_of(request)
    if form.get("grant_type") == "client_credentials":
        return await by_assertion(line, form)
    if form.get("grant_type") != "authorization_code":
        raise OAuthError("unsupported_grant_type", "grant_type must be authorization_code or client_credentials")
    check_client(line, form)
    user_id, asked = _take(line, "code", form.get("code", ""))
    if asked.get("redirect_uri") != form.get("redirect_uri"):
        raise OAuthError("invalid_grant", "redirect_uri does not match")
    if asked.get("code_challenge") and not _proves(form.get("code_verifier", ""), asked["code_challenge"]):
        raise OAuthError("invalid_grant", "code_verifier does not match")
    scope = asked.get("scope", "")
    return {
        "access_token": issue(line, "login", user_id, TOKEN_LIFE_S, scope=scope),
        "token_type": "Bearer",
        "refresh_token": hex_id(),
        "expires_in": TOKEN_LIFE_S,
        "scope": scope,
        **({"id_token": id_token(line, user_id, scope, asked.get("nonce"))} if "openid" in scope.split() else {}),
    }


def _proves(verifier: str, challenge: str) -> bool:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge


def id_token(line: Line, user_id: str, scope: str, nonce: str | None) -> str:
    """A signed statement of who the person is."""
    now = int(line.clock.now())
    claims: Json = {
        "iss": line.options.base_url, "sub": user_id, "aud": line.options.login_channel_id,
        "exp": now + ID_TOKEN_LIFE_S, "iat": now, "amr": ["linesso"],
    }  # fmt: skip
    if nonce:
        claims["nonce"] = nonce
    if "profile" in scope.split():
        claims["name"] = friend(line, user_id).display_name
    key = signing_key(line)
    return jwt.encode({"alg": "ES256", "typ": "JWT", "kid": key.kid}, claims, key)


async def verify_id_token(line: Line, request: Request) -> Json:
    """``POST /oauth2/v2.1/verify`` {id_token, client_id, nonce?, user_id?}"""
    form = await form_of(request)
    try:
        claims = dict(jwt.decode(form.get("id_token", ""), signing_key(line), algorithms=["ES256"]).claims)
    except (JoseError, ValueError) as error:
        raise OAuthError("invalid_request", "Invalid IdToken.") from error
    if claims["exp"] <= line.clock.now():
        raise OAuthError("invalid_request", "IdToken expired.")
    if claims["aud"] != form.get("client_id"):
        raise OAuthError("invalid_request", "Invalid IdToken Audience.")
    for name, claim in (("nonce", "nonce"), ("user_id", "sub")):
        if name in form and form[name] != claims.get(claim):
            raise OAuthError("invalid_request", f"Invalid IdToken {name}.")
    return claims


async def userinfo(line: Line, request: Request) -> Json:
    """``GET|POST /oauth2/v2.1/userinfo``"""
    person, scope = _bearer(line, request)
    return {"sub": person.id} | ({"name": person.display_name} if "profile" in scope else {})


async def login_profile(line: Line, request: Request) -> Json:
    """``GET /v2/profile`` with a person's token"""
    person, _ = _bearer(line, request)
    return {"userId": person.id, "displayName": person.display_name}


def _bearer(line: Line, request: Request) -> tuple[Friend, list[str]]:
    token_text = request.headers.get("authorization", "").removeprefix("Bearer ")
    row = line.store.row(
        "SELECT * FROM tokens WHERE token = ? AND kind = 'login' AND NOT revoked AND expires_ms > ?",
        token_text, line.now_ms(),
    )  # fmt: skip
    if row is None:
        raise OAuthError("invalid_token", "The access token is invalid or expired", 401)
    return friend(line, row["owner"]), row["scope"].split()


def _one_time(line: Line, kind: str, user_id: str, life_ms: int, data: Mapping[str, Any]) -> str:
    code = hex_id()
    line.store.run(
        "INSERT INTO one_time (code, kind, user_id, data, expires_ms) VALUES (?, ?, ?, ?, ?)",
        code, kind, user_id, json.dumps(data), line.now_ms() + life_ms,
    )  # fmt: skip
    return code


def _take(line: Line, kind: str, code: str) -> tuple[str, dict[str, str]]:
    """Whose code it is and what came with it; a code works once."""
    row = line.store.row("SELECT * FROM one_time WHERE code = ? AND kind = ? AND NOT used", code, kind)
    if row is None or row["expires_ms"] <= line.now_ms():
        raise OAuthError("invalid_grant", "invalid authorization code")
    line.store.run("UPDATE one_time SET used = 1 WHERE code = ?", code)
    return row["user_id"], json.loads(row["data"])


def link_dialog(pages: Pages, people: People) -> Handler:
    """``GET /dialog/bot/accountLink?linkToken=&nonce=``: ends account linking with a webhook event."""

    async def handler(line: Line, request: Request) -> Response:
        query = request.query_params
        nonce = query.get("nonce", "")
        try:
            user_id, _ = _take(line, "link", query.get("linkToken", ""))
        except OAuthError:
            text = "リンクの期限（10分）が切れたか、もう使われています。トークに戻って、はじめからやり直してください。"
            return pages.render("notice.html", 400, title="連携できませんでした", text=text)
        ok = 10 <= len(nonce) <= 255
        await people.link_account(user_id, nonce=nonce, ok=ok)
        title = "連携しました" if ok else "連携できませんでした"
        return pages.render(
            "notice.html", 200 if ok else 400, title=title, text="この画面を閉じて、トークに戻ってください。"
        )

    return handler


def open_liff(pages: Pages) -> Handler:
    """``GET /liff/{liffId}/…``: the LIFF app's page, told in the fragment who opened it, as LINE does."""

    async def handler(line: Line, request: Request) -> Response:
        row = line.store.row("SELECT * FROM liff_apps WHERE id = ?", request.path_params["liff_id"])
        if row is None:
            text = "この番号の LIFF アプリは登録されていません。"
            return pages.render("notice.html", 404, title="開けませんでした", text=text)
        person = who(line, request)
        if person is None:
            return _choose(pages, line, request, "どなたの LINE で開きますか")
        app = json.loads(row["body"])
        scope = " ".join(app.get("scope") or DEFAULT_SCOPE)
        fragment = {
            "access_token": issue(line, "login", person.id, TOKEN_LIFE_S, scope=scope),
            "id_token": id_token(line, person.id, scope, None),
            "liff_id": row["id"],
        }
        query = [(key, value) for key, value in request.query_params.multi_items() if key != "user"]
        url = app["view"]["url"].rstrip("/") + request.path_params.get("rest", "")
        return RedirectResponse(f"{url}{'?' + urlencode(query) if query else ''}#{urlencode(fragment)}", 302)

    return handler
