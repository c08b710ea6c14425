"""Who calls: a person by password or session, or programs by their tokens. Password before OAuth before token."""

from __future__ import annotations

import base64
import binascii
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from madoguchi.accounts.models import Staff
from madoguchi.api import tokens
from madoguchi.api.errors import ApiError, app_missing, refused, token_lacks_right
from madoguchi.api.tokens import MAX_TOKENS, Token
from madoguchi.catalog.models import App
from madoguchi.catalog.queries import AppRevision, as_filed
from madoguchi.lib import vault
from madoguchi.lib.prepared import execute_prepared
from madoguchi.records.viewer import TokenViewer, Viewer, viewer_of

PASSWORD_HEADER, TOKEN_HEADER = "X-Cybozu-Authorization", "X-Cybozu-API-Token"
_PUBLISHED = "SELECT published_id FROM catalog_app WHERE id = %(id)s"
KNOWN_SECONDS, KNOWN_MANY = 300, 1000
_BAD_TOKEN = (
    "指定したAPIトークンは、アプリで作成したAPIトークンと一致しません。",
    "The specified API token does not match the API token generated via an app.",
)
_TWICE = (
    "同じアプリのAPIトークンを2つ以上指定できません。",
    "You cannot specify a duplicate API token for the same app.",
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: ``staff``, or ``tokens`` by the app they are for."""

    staff: Staff | None = None
    tokens: tuple[Token, ...] = ()

    @property
    def owner(self) -> str:
        """Whose uploads and cursors these are."""
        return f"staff:{self.staff.pk}" if self.staff else f"token:{min(token.id for token in self.tokens)}"

    def app(self, app_id: int) -> AppRevision:
        """The published app; raises ApiError for one that is not there, or for which no token was sent."""
        if self.staff is None:
            return self._of_token(app_id)
        found = execute_prepared(_PUBLISHED, {"id": app_id})
        if not found or found[0][0] is None:
            raise app_missing(app_id)
        return as_filed(found[0][0])

    def _of_token(self, app_id: int) -> AppRevision:
        token = self.token(app_id)
        if token is None:
            if not App.objects.filter(pk=app_id).exists():
                raise app_missing(app_id)
            raise token_lacks_right()
        if token.published_id is None:
            raise app_missing(app_id)
        return as_filed(token.published_id)

    def token(self, app_id: int) -> Token | None:
        """The token for that app."""
        return next((token for token in self.tokens if token.app_id == app_id), None)

    def viewer(self, app_id: int) -> Viewer:
        """Who looks at records of that app."""
        if self.staff is not None:
            return viewer_of(self.staff)
        token = self.token(app_id) or self.tokens[0]
        rights: dict[int, frozenset[Any]] = {each.app_id: with_implied(each.rights) for each in self.tokens}
        return Viewer(token=TokenViewer(token.id, rights))


def with_implied(rights: frozenset[str]) -> frozenset[str]:
    """As in kintone, a token that may edit may move records through their process, and who sees may take away."""
    found = set(rights)
    if "edit" in found:
        found.add("process")
    if "view" in found:
        found.add("export")
    return frozenset(found)


def caller_of(request: HttpRequest, csrf_token: str | None) -> Caller:
    """Raises ApiError: 401 without any sign of who it is, or with a wrong one."""
    if given := request.headers.get(PASSWORD_HEADER):
        return Caller(staff=_by_password(request, given))
    if given := request.headers.get(TOKEN_HEADER):
        return Caller(tokens=_by_tokens(given))
    user = getattr(request, "user", None)
    if isinstance(user, Staff):
        _refuse_foreign_page(request, csrf_token)
        return Caller(staff=user)
    raise ApiError(401, "CB_AU01", ("ログインしてください。", "Please login."))


# --- tokens --------------------------------------------------------------------------------------------------------


def _by_tokens(header: str) -> tuple[Token, ...]:
    texts = [text.strip() for text in header.split(",") if text.strip()]
    well_formed = all(text.isascii() and text.isalnum() for text in texts)
    if not texts or len(texts) > MAX_TOKENS or not well_formed:
        raise refused(_BAD_TOKEN, "GAIA_IA02")
    found = tokens.find(texts)
    if len(found) < len(set(texts)):
        raise refused(_BAD_TOKEN, "GAIA_IA02")
    if len({token.app_id for token in found}) < len(found):
        raise refused(_TWICE, "GAIA_DA03")
    return tuple(found)


# --- passwords -----------------------------------------------------------------------------------------------------

_known: OrderedDict[str, tuple[int, str, float]] = OrderedDict()
_known_lock = threading.Lock()
_WRONG = (
    "ログイン名またはパスワードが正しくありません。", "The login name or password is incorrect.",
)
_LOCKED = (
    "パスワードの間違いが続いたため、しばらくログインできません。時間をおいてやり直してください。",
    "Too many failed attempts. Wait a while and try again.",
)


def _by_password(request: HttpRequest, header: str) -> Staff:
    """Checked as at the sign-in page, failures counted the same way; what was right lately is checked cheaply."""
    login, password = _credentials(header)
    mark = vault.keyed_hash(f"{login}\0{password}", context="api-password")
    return _known_staff(mark) or _authenticated(request, login, password, mark)


def _credentials(header: str) -> tuple[str, str]:
    try:
        login, colon, password = base64.b64decode(header.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        login = colon = password = ""
    if not colon or "\0" in login:
        raise ApiError(401, "CB_WA01", _WRONG)
    return login, password


def _known_staff(mark: str) -> Staff | None:
    """Whoever gave these credentials in the last minutes, unless the password or the account changed since."""
    with _known_lock:
        known = _known.get(mark)
    if known is None or known[2] < time.monotonic():
        return None
    return Staff.objects.filter(pk=known[0], password=known[1], is_active=True).first()


def _authenticated(request: HttpRequest, login: str, password: str, mark: str) -> Staff:
    staff = authenticate(request, username=login, password=password)
    if not isinstance(staff, Staff):
        locked = getattr(request, "axes_locked_out", False)
        raise ApiError(401, "CB_WA01", _LOCKED if locked else _WRONG)
    with _known_lock:
        _known[mark] = (staff.pk, staff.password, time.monotonic() + KNOWN_SECONDS)
        while len(_known) > KNOWN_MANY:
            _known.popitem(last=False)
    return staff


def forget_passwords() -> None:
    """Forgets what was right lately; for tests."""
    with _known_lock:
        _known.clear()


# --- sessions ------------------------------------------------------------------------------------------------------


class _Check(CsrfViewMiddleware):
    """Django's own check, which answers with the reason instead of a page."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _refuse_foreign_page(request: HttpRequest, csrf_token: str | None) -> None:
    """A page elsewhere can neither send this header nor know the token."""
    if request.headers.get("X-Requested-With") != "XMLHttpRequest":
        raise ApiError(401, "CB_AU01", ("ログインしてください。", "Please login."))
    if request.method in ("GET", "HEAD"):
        return
    if csrf_token:
        request.META["HTTP_X_CSRFTOKEN"] = csrf_token
    check = _Check(lambda _: None)  # type: ignore[arg-type]
    check.process_request(request)
    # The view itself is exempt, because programs with tokens have no cookie.
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    request._dont_enforce_csrf_checks = False  # type: ignore[attr-defined]
    if check.process_view(request, _view, (), {}) is not None:
        words = ("不正なリクエストです。ページを読み込み直してください。", "Invalid request. Reload the page.")
        raise ApiError(403, "CB_CR01", words)


def _view(request: HttpRequest) -> HttpResponse:
    """Stands for a view that is not exempt."""
    return HttpResponse()
