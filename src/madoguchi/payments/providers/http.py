"""Calls to providers: a time limit on each, repeated only where repeating cannot charge twice."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx

from madoguchi.payments.providers.base import ProviderUnavailable

CREATE_TIMEOUT_S = 30.0
TIMEOUT_S = 15.0
PAUSES_S = (0.2, 1.0)


def compact(value: dict[str, Any]) -> bytes:
    """JSON bytes exactly as they are signed and sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def call(
    method: str, url: str, *, headers: dict[str, str], body: bytes = b"", timeout_s: float = TIMEOUT_S
) -> tuple[int, dict[str, Any]]:
    """One call: HTTP status and JSON object. Raises ``ProviderUnavailable`` where neither can be had."""
    try:
        response = httpx.request(method, url, headers=headers, content=body or None, timeout=timeout_s)
        answer = json.loads(response.content)
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderUnavailable(type(error).__name__) from error
    if response.status_code >= 500 or response.status_code == 429 or not isinstance(answer, dict):
        raise ProviderUnavailable(f"HTTP {response.status_code}")
    return response.status_code, answer


def pause(attempt: int) -> bool:
    """Waits before another try of a repeatable call; False when there have been enough."""
    if attempt >= len(PAUSES_S):
        return False
    time.sleep(PAUSES_S[attempt])
    return True
