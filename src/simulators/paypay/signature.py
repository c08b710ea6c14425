"""Strict check of the ``Authorization: hmac OPA-Auth`` header, written from the specification."""

from __future__ import annotations

import base64
import hashlib
import hmac

MAX_AGE_S = 120
PREFIX = "hmac OPA-Auth:"


def body_hash(content_type: str, body: bytes) -> str:
    """Base64 of MD5 over content type and body, or ``empty`` without a body. (MD5 is PayPay's choice.)"""
    if not body:
        return "empty"
    return base64.b64encode(hashlib.md5(content_type.encode() + body).digest()).decode()  # noqa: S324


def mac(secret: str, *, path: str, method: str, nonce: str, epoch: str, content_type: str, body: bytes) -> str:
    """The ``macData`` an honest client sends."""
    kind = content_type if body else "empty"
    text = "\n".join((path, method, nonce, epoch, kind, body_hash(content_type, body)))
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), "sha256")).decode()


def is_authentic(
    header: str,
    *,
    api_key: str,
    secret: str,
    path: str,
    method: str,
    content_type: str,
    body: bytes,
    now: float,
) -> bool:
    """Whether the header was made with our key for exactly this request, at most two minutes ago."""
    parts = header.removeprefix(PREFIX).split(":")
    if not header.startswith(PREFIX) or len(parts) != 5 or not parts[3].isdigit():
        return False
    key, sent_mac, nonce, epoch, sent_hash = parts
    right_mac = mac(secret, path=path, method=method, nonce=nonce, epoch=epoch, content_type=content_type, body=body)
    return (
        hmac.compare_digest(key, api_key)
        and hmac.compare_digest(sent_mac, right_mac)
        and hmac.compare_digest(sent_hash, body_hash(content_type, body))
        and abs(now - int(epoch)) <= MAX_AGE_S
    )
