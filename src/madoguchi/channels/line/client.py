"""Calls to LINE. One HTTP client a process, stateless channel tokens, and errors that say whether to try again."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx
from django.conf import settings

Message = dict[str, Any]
"""A LINE message object."""

TIMEOUT = httpx.Timeout(10, connect=3)
TOKEN_MARGIN_S = 60


class LineRefused(Exception):
    """LINE will never take this (4xx). ``status`` and LINE's message, which quotes no user content."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status} {message}")
        self.status, self.message = status, message


class LineUnavailable(Exception):
    """No answer, 5xx, 429, or our own key is refused: try again later, when that is mended."""


@dataclass(slots=True)
class _Token:
    value: str = ""
    until: float = 0.0


_token = _Token()
_token_lock = threading.Lock()


@lru_cache(maxsize=1)
def _http() -> httpx.Client:
    return httpx.Client(timeout=TIMEOUT, limits=httpx.Limits(max_keepalive_connections=8))


def forget_token() -> None:
    """Asks for a new token next time; for tests and after a 401."""
    with _token_lock:
        _token.until = 0.0


def _access_token() -> str:
    """A stateless channel token (15 minutes, not revocable, no limit on how many)."""
    with _token_lock:
        if time.monotonic() >= _token.until:
            answer = _http().post(
                f"{settings.LINE.base_url}/oauth2/v3/token",
                data={
                    "grant_type": "client_credentials",
                    "client_id": settings.LINE.client_id,
                    "client_secret": settings.LINE.client_secret,
                },
            )
            if not answer.is_success:
                raise LineUnavailable(f"no channel token: {answer.status_code}")
            body = answer.json()
            _token.value = body["access_token"]
            _token.until = time.monotonic() + int(body["expires_in"]) - TOKEN_MARGIN_S
        return _token.value


def call(
    method: str, path: str, *, blob: bool = False, headers: dict[str, str] | None = None, **options: Any
) -> httpx.Response:
    """One call with a token; a token that LINE no longer takes is renewed once. Raises LineRefused, LineUnavailable."""
    try:
        answer = _once(method, path, blob, headers, options)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            forget_token()
            answer = _once(method, path, blob, headers, options)
    except httpx.HTTPError as error:
        raise LineUnavailable(type(error).__name__) from error
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise LineUnavailable("the channel token is refused")
    _raise_for(answer)
    return answer


def _once(
    method: str, path: str, blob: bool, headers: dict[str, str] | None, options: dict[str, Any]
) -> httpx.Response:
    authorization = {"Authorization": f"Bearer {_access_token()}"}
    return _http().request(method, f"{_host(blob)}{path}", headers={**authorization, **(headers or {})}, **options)


def _host(blob: bool) -> str:
    """Content lives on a host of its own at the real LINE; a simulator answers everything at one address."""
    base = settings.LINE.base_url
    return base.replace("://api.line.me", "://api-data.line.me") if blob else base


def _raise_for(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error:
        raise LineUnavailable(str(answer.status_code))
    raise LineRefused(answer.status_code, _message(answer))


def _message(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("message", ""))[:200]
    except ValueError:
        return ""


def reply(token: str, messages: Sequence[Message]) -> None:
    """Answers an event; the token works once, for about a minute."""
    call("POST", "/v2/bot/message/reply", json={"replyToken": token, "messages": list(messages)})


def push(user_id: str, messages: Sequence[Message], *, retry_key: str) -> None:
    """Sends without being asked. The same ``retry_key`` again arrives once: 409 means it is there already."""
    try:
        call(
            "POST", "/v2/bot/message/push", headers={"X-Line-Retry-Key": retry_key},
            json={"to": user_id, "messages": list(messages)},
        )
    except LineRefused as refused:
        if refused.status != httpx.codes.CONFLICT:
            raise


def content(message_id: str) -> tuple[bytes, str]:
    """A picture or file a resident sent, and its content type. Raises LineRefused when it is gone."""
    answer = call("GET", f"/v2/bot/message/{message_id}/content", blob=True)
    return answer.content, answer.headers.get("content-type", "application/octet-stream")
