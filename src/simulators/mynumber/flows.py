"""What is under way: sign transactions, sign-ins waiting for the card, codes and tokens. Forgotten at a restart."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field

CODE_SECONDS = 60
TOKEN_SECONDS = 300


@dataclass(slots=True)
class SignTransaction:
    """A digest waiting to be signed by the card."""

    digest: bytes
    status: str = "pending"
    signature: str = ""


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """A checked authorization request."""

    redirect_uri: str
    scope: frozenset[str]
    state: str
    nonce: str
    code_challenge: str
    sign_transaction_id: str


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code: one use, one minute."""

    request: SignInRequest
    expires: float


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and what it may read."""

    scope: frozenset[str]
    expires: float
    subject: str = ""


@dataclass(slots=True)
class Flows:
    """Everything under way, by its key."""

    transactions: dict[str, SignTransaction] = field(default_factory=dict)
    sign_ins: dict[str, SignInRequest] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    assertions_seen: set[str] = field(default_factory=set)

    def open_transaction(self, digest: bytes) -> str:
        """Its id."""
        key = secrets.token_hex(16)
        self.transactions[key] = SignTransaction(digest)
        return key

    def ask_card(self, request: SignInRequest) -> str:
        """The key of the page on which the resident uses the card."""
        key = secrets.token_urlsafe(24)
        self.sign_ins[key] = request
        return key

    def give_code(self, request: SignInRequest, now: float) -> str:
        """A fresh code for ``request``."""
        code = secrets.token_urlsafe(32)
        self.codes[code] = Code(request, now + CODE_SECONDS)
        return code

    def redeem(self, code: str, verifier: str, redirect_uri: str, now: float) -> SignInRequest | None:
        """The request behind ``code``, once, if verifier and redirect address fit; else None."""
        found = self.codes.pop(code, None)
        if found is None or found.expires < now or found.request.redirect_uri != redirect_uri:
            return None
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        return found.request if secrets.compare_digest(challenge, found.request.code_challenge) else None

    def give_token(self, scope: frozenset[str], now: float, subject: str = "") -> str:
        """A fresh access token."""
        token = secrets.token_urlsafe(32)
        self.tokens[token] = Token(scope, now + TOKEN_SECONDS, subject)
        return token

    def token(self, authorization: str, now: float) -> Token | None:
        """The token of an ``Authorization: Bearer`` header if it is valid."""
        found = self.tokens.get(authorization.removeprefix("Bearer "))
        return found if found and found.expires >= now else None
