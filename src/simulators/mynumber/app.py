"""Routes: OIDC discovery, authorize page, token, userinfo, certs, sign transactions, and headless control."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from simulators.common import Clock, Pages, StrictHeaders, json_object, static_files
from simulators.mynumber.card import Card, Wallet
from simulators.mynumber.flows import TOKEN_SECONDS, Flows, SignInRequest

REALM = "/api/realms/main"
OIDC = f"{REALM}/protocol/openid-connect"
SCOPES = frozenset({"openid", "name", "address", "birthdate", "gender", "sign"})
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ITEMS = {"name": "氏名", "address": "住所", "birthdate": "生年月日", "gender": "性別"}


class RequestRefused(Exception):
    """An OAuth error: code and description as RFC 6749 names them."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


class CardService:
    """One realm with one client."""

    def __init__(self, *, folder: Path, base_url: str, client_id: str, client_key: bytes, redirect_uri: str) -> None:
        self.wallet = Wallet(folder)
        self.flows = Flows()
        self.clock = Clock()
        self.base_url, self.client_id, self.redirect_uri = base_url, client_id, redirect_uri
        self.client_key = _import_public(client_key)
        self.key = ECKey.import_key(self.wallet.service_key, {"kid": "simulated-1", "use": "sig", "alg": "ES256"})
        self.faults: dict[str, bool] = {}
        self.pages = Pages(Path(__file__).parent / "templates")

    @property
    def issuer(self) -> str:
        return f"{self.base_url}{REALM}"

    def app(self) -> Starlette:
        """The ASGI application."""
        routes = [
            Route("/", self.home),
            Route("/card", self.change_card, methods=["POST"]),
            Route(f"{REALM}/.well-known/openid-configuration", self.discovery),
            Route(f"{OIDC}/auth", self.authorize),
            Route(f"{OIDC}/token", self.token, methods=["POST"]),
            Route(f"{OIDC}/userinfo", self.userinfo),
            Route(f"{OIDC}/certs", self.certs),
            Route("/use-card/{key}", self.show_card),
            Route("/use-card/{key}", self.use_card, methods=["POST"]),
            Route("/api/sign-transactions", self.begin_signature, methods=["POST"]),
            Route("/api/sign-transactions/{key}", self.read_signature),
            Route("/control/card", self.control_card, methods=["POST"]),
            Route("/control/faults", self.control_faults, methods=["POST"]),
            Route("/control/clock", self.control_clock, methods=["POST"]),
            static_files(),
        ]
        return Starlette(
            routes=routes, middleware=[Middleware(StrictHeaders)], exception_handlers={RequestRefused: self.refused}
        )

    async def refused(self, request: Request, error: Exception) -> Response:
        """RFC 6749 error JSON."""
        assert isinstance(error, RequestRefused)
        return JSONResponse({"error": error.error, "error_description": error.description}, error.status)

    # --- OIDC ---------------------------------------------------------------------------------------------------

    async def discovery(self, request: Request) -> Response:
        """What a client may read instead of being told."""
        base = f"{self.base_url}{OIDC}"
        return JSONResponse({
            "issuer": self.issuer,
            "authorization_endpoint": f"{base}/auth",
            "token_endpoint": f"{base}/token",
            "userinfo_endpoint": f"{base}/userinfo",
            "jwks_uri": f"{base}/certs",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": sorted(SCOPES),
        })

    async def certs(self, request: Request) -> Response:
        """The service's public key."""
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def authorize(self, request: Request) -> Response:
        """Checks the request and shows the page on which the card is used."""
        wanted = self._checked(request.query_params)
        return RedirectResponse(f"/use-card/{self.flows.ask_card(wanted)}", 303)

    def _checked(self, query: Mapping[str, str]) -> SignInRequest:
        scope = frozenset(query.get("scope", "").split())
        rules = {
            "client_id": query.get("client_id") == self.client_id,
            "redirect_uri": query.get("redirect_uri") == self.redirect_uri,
            "response_type": query.get("response_type") == "code",
            "scope": "openid" in scope and scope <= SCOPES,
            "state": 0 < len(query.get("state", "")) <= 255,
            "nonce": 0 < len(query.get("nonce", "")) <= 255,
            "code_challenge_method": query.get("code_challenge_method") == "S256",
            "code_challenge": len(query.get("code_challenge", "")) == 43,
            "sign_transaction_id": "sign" not in scope
            or query.get("sign_transaction_id", "") in self.flows.transactions,
        }
        wrong = [name for name, holds in rules.items() if not holds]
        if wrong:
            raise RequestRefused("invalid_request", f"wrong parameter: {', '.join(wrong)}")
        return SignInRequest(
            redirect_uri=self.redirect_uri, scope=scope, state=query["state"], nonce=query["nonce"],
            code_challenge=query["code_challenge"], sign_transaction_id=query.get("sign_transaction_id", ""),
        )

    async def token(self, request: Request) -> Response:
        """authorization_code and client_credentials, client proved by private_key_jwt."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        self._check_client(form)
        if self.faults.pop("token", False):
            raise RequestRefused("server_error", "simulated fault", 500)
        now = self.clock.now()
        if form.get("grant_type") == "client_credentials":
            return self._token_answer(frozenset({"sign"}), "", "")
        if form.get("grant_type") != "authorization_code":
            raise RequestRefused("unsupported_grant_type", "authorization_code or client_credentials only")
        wanted = self.flows.redeem(
            form.get("code", ""), form.get("code_verifier", ""), form.get("redirect_uri", ""), now
        )
        if wanted is None:
            raise RequestRefused("invalid_grant", "Code not valid")
        subject = self._subject()
        return self._token_answer(wanted.scope, subject, self._id_token(subject, wanted.nonce))

    def _token_answer(self, scope: frozenset[str], subject: str, id_token: str) -> Response:
        token = self.flows.give_token(scope, self.clock.now(), subject)
        body = {
            "access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": " ".join(sorted(scope))
        }
        return JSONResponse(body | ({"id_token": id_token} if id_token else {}))

    def _check_client(self, form: Mapping[str, str]) -> None:
        try:
            assertion = jwt.decode(form.get("client_assertion", ""), self.client_key, algorithms=["ES256", "RS256"])
            jwt.JWTClaimsRegistry(
                now=int(self.clock.now()), leeway=30,
                iss={"essential": True, "value": self.client_id}, sub={"essential": True, "value": self.client_id},
                aud={"essential": True, "values": [f"{self.base_url}{OIDC}/token", self.issuer]},
                exp={"essential": True}, jti={"essential": True},
            ).validate(assertion.claims)
        except (JoseError, ValueError) as error:
            raise RequestRefused("invalid_client", f"client assertion: {type(error).__name__}", 401) from error
        if form.get("client_assertion_type") != ASSERTION_TYPE or assertion.claims["jti"] in self.flows.assertions_seen:
            raise RequestRefused("invalid_client", "client assertion used twice or of another type", 401)
        self.flows.assertions_seen.add(assertion.claims["jti"])

    def _subject(self) -> str:
        """A pairwise id: the same card is the same person for this client, and nobody for others."""
        card = self.wallet.card
        return hashlib.sha256(f"{self.client_id}|{card.name}|{card.birthdate}".encode()).hexdigest()[:32]

    def _id_token(self, subject: str, nonce: str) -> str:
        now = int(self.clock.now())
        claims = {
            "iss": self.issuer, "aud": self.client_id, "sub": subject, "nonce": nonce, "acr": "aal3 crl",
            "iat": now, "exp": now + TOKEN_SECONDS,
        }
        return jwt.encode({"alg": "ES256", "kid": "simulated-1"}, claims, self.key)

    async def userinfo(self, request: Request) -> Response:
        """The items that the scope allows, as they stand on the card."""
        token = self.flows.token(request.headers.get("authorization", ""), self.clock.now())
        if token is None or not token.subject:
            raise RequestRefused("invalid_token", "Token verification failed", 401)
        card = self.wallet.card
        items = {name: getattr(card, name) for name in ITEMS if name in token.scope}
        return JSONResponse({"sub": token.subject, **items})

    # --- the page with the card ----------------------------------------------------------------------------------

    async def show_card(self, request: Request) -> Response:
        """Asks for the card and its PIN."""
        return self._card_page(request, "")

    def _card_page(self, request: Request, problem: str) -> Response:
        wanted = self.flows.sign_ins.get(request.path_params["key"])
        if wanted is None:
            return self.pages.render("gone.html", 404)
        signing = "sign" in wanted.scope
        asked = [label for name, label in ITEMS.items() if name in wanted.scope]
        return self.pages.render(
            "use_card.html", 400 if problem else 200, card=self.wallet.card, signing=signing, asked=asked,
            problem=problem,
        )

    async def use_card(self, request: Request) -> Response:
        """Cancel, or read the card with its PIN: the browser goes back with a code or an error."""
        key = request.path_params["key"]
        wanted = self.flows.sign_ins.get(key)
        if wanted is None:
            return self.pages.render("gone.html", 404)
        form = await request.form()
        if form.get("do") == "cancel":
            del self.flows.sign_ins[key]
            return self._back(wanted, error="access_denied")
        problem = self._read_card(wanted, str(form.get("pin", "")))
        if problem:
            return self._card_page(request, problem)
        del self.flows.sign_ins[key]
        self._sign(wanted)
        return self._back(wanted, code=self.flows.give_code(wanted, self.clock.now()))

    def _read_card(self, wanted: SignInRequest, pin: str) -> str:
        """What is wrong with the card or the PIN; empty if it may be used. Counts mistyped PINs as a card does."""
        card, signing = self.wallet.card, "sign" in wanted.scope
        if card.locked:
            return "暗証番号を続けて間違えたため、カードがロックされています。市区町村の窓口で解除してください。"
        if card.revoked:
            return "このカードの電子証明書は失効しています。"
        right = card.password if signing else card.pin
        if pin.upper() == right.upper():
            self.wallet.put(replace(card, wrong_pins=0, wrong_passwords=0))
            return ""
        changed = (
            replace(card, wrong_passwords=card.wrong_passwords + 1) if signing
            else replace(card, wrong_pins=card.wrong_pins + 1)
        )
        self.wallet.put(changed)
        return "暗証番号が違います。もう一度入力してください。"

    def _sign(self, wanted: SignInRequest) -> None:
        transaction = self.flows.transactions.get(wanted.sign_transaction_id)
        if transaction and "sign" in wanted.scope:
            transaction.signature = self.wallet.sign(transaction.digest)
            transaction.status = "completed"

    def _back(self, wanted: SignInRequest, **answer: str) -> Response:
        query = urlencode({"state": wanted.state, "session_state": "simulated", **answer})
        return RedirectResponse(f"{wanted.redirect_uri}?{query}", 303)

    # --- signatures ----------------------------------------------------------------------------------------------

    async def begin_signature(self, request: Request) -> Response:
        """Opens a transaction for a Base64 SHA-256 digest."""
        self._require_sign_token(request)
        try:
            digest = base64.b64decode(str((await json_object(request)).get("digest", "")), validate=True)
        except (ValueError, binascii.Error):
            digest = b""
        if len(digest) != hashlib.sha256().digest_size:
            raise RequestRefused("invalid_request", "digest must be Base64 of 32 bytes")
        return JSONResponse({"sign_transaction_id": self.flows.open_transaction(digest)}, 201)

    async def read_signature(self, request: Request) -> Response:
        """State of a transaction; with signature and certificate once the card was used."""
        self._require_sign_token(request)
        found = self.flows.transactions.get(request.path_params["key"])
        if found is None:
            raise RequestRefused("not_found", "no such sign transaction", 404)
        body = {"status": found.status}
        if found.status == "completed":
            signature = "QUFBQQ==" if self.faults.pop("signature", False) else found.signature
            body |= {"signature": signature, "certificate": self.wallet.certificate_base64()}
        return JSONResponse(body)

    def _require_sign_token(self, request: Request) -> None:
        token = self.flows.token(request.headers.get("authorization", ""), self.clock.now())
        if token is None or "sign" not in token.scope:
            raise RequestRefused("invalid_token", "Token verification failed", 401)

    # --- the table with the card, and control --------------------------------------------------------------------

    async def home(self, request: Request) -> Response:
        """The card on the table and a form to put another one there."""
        return self.pages.render("home.html", card=self.wallet.card, saved="saved" in request.query_params)

    async def change_card(self, request: Request) -> Response:
        """Saves the form of the home page; a changed card is unlocked."""
        form = await request.form()
        name, address, birthdate, gender = (str(form.get(item, "")).strip() for item in ITEMS)
        self.wallet.put(Card(name, address, birthdate, gender, revoked=form.get("revoked") == "on"))
        return RedirectResponse("/?saved", 303)

    async def control_card(self, request: Request) -> Response:
        """Puts a card with the given items on the table: name, address, birthdate, gender, pin, password, revoked."""
        self.wallet.put(Card(**(await json_object(request))))
        return JSONResponse({"ok": True})

    async def control_faults(self, request: Request) -> Response:
        """``{"token": true}`` fails the next token call, ``{"signature": true}`` spoils the next signature."""
        self.faults.update(await json_object(request))
        return JSONResponse({"ok": True})

    async def control_clock(self, request: Request) -> Response:
        """``{"advance_s": 61}``."""
        self.clock.advance(float((await json_object(request)).get("advance_s", 0)))
        return JSONResponse({"now": self.clock.now()})


def _import_public(pem: bytes) -> ECKey | RSAKey:
    try:
        return ECKey.import_key(pem)
    except (JoseError, ValueError, TypeError):
        return RSAKey.import_key(pem)
