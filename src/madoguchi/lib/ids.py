"""Secrets that name something: link tokens, secret parts of status pages."""

from __future__ import annotations

import secrets


def token(nbytes: int = 16) -> str:
    """``nbytes`` of randomness as text that is safe in a URL (16 bytes make 22 characters)."""
    return secrets.token_urlsafe(nbytes)
