"""Strict check of the ``X-LINE-Authorization`` header."""

from __future__ import annotations

import base64
import hmac


def mac(secret: str, *, path: str, payload: bytes, nonce: str) -> str:
    """The signature an honest client sends; ``payload`` is the body of a POST, the query string of a GET."""
    text = secret.encode() + path.encode() + payload + nonce.encode()
    return base64.b64encode(hmac.digest(secret.encode(), text, "sha256")).decode()


def is_authentic(sent: str, *, secret: str, path: str, payload: bytes, nonce: str) -> bool:
    """Whether ``sent`` was made with our secret for exactly this request."""
    return bool(nonce) and hmac.compare_digest(sent, mac(secret, path=path, payload=payload, nonce=nonce))
