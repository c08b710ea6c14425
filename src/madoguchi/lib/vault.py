"""Encryption at rest (AES-256-GCM) and keyed hashes, with the keys of the setting ``ENCRYPTION_KEYS``.

The first key encrypts, every key decrypts: a new key goes in front, old ones stay until all is sealed anew.
The last key also keys the hashes, so that what is looked up by hash is still found then.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = b"\x01"
_NONCE_BYTES = 12
_HEAD_BYTES = len(_VERSION) + _NONCE_BYTES


class VaultError(ValueError):
    """What was sealed cannot be opened: changed, sealed for another context, or its key is gone."""


def seal(plain: bytes, *, context: str) -> bytes:
    """Encrypts ``plain``; only ``unseal`` with the same ``context`` (such as ``"file:<id>"``) opens it."""
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(_keys()[0]).encrypt(nonce, plain, context.encode())


def unseal(sealed: bytes, *, context: str) -> bytes:
    """What was given to ``seal``; raises VaultError when it cannot be opened unchanged."""
    sealed = bytes(sealed)  # PostgreSQL hands out memoryview
    if sealed[:1] != _VERSION or len(sealed) < _HEAD_BYTES:
        raise VaultError("not sealed by this vault")
    for key in _keys():
        try:
            return AESGCM(key).decrypt(sealed[1:_HEAD_BYTES], sealed[_HEAD_BYTES:], context.encode())
        except InvalidTag:
            continue
    raise VaultError("no key opens this, or it was changed or moved")


def seal_json(value: Any, *, context: str) -> bytes:
    """``seal`` for a JSON value."""
    return seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), context=context)


def unseal_json(sealed: bytes, *, context: str) -> Any:
    """What was given to ``seal_json``; raises VaultError."""
    return json.loads(unseal(sealed, context=context))


def keyed_hash(text: str, *, context: str) -> str:
    """HMAC-SHA256 of ``text`` as 64 hex digits: finds a value again without storing it."""
    subkey = hmac.digest(_keys()[-1], b"keyed-hash:" + context.encode(), hashlib.sha256)
    return hmac.digest(subkey, text.encode(), hashlib.sha256).hex()


def _keys() -> tuple[bytes, ...]:
    return _decode(tuple(settings.ENCRYPTION_KEYS))


@lru_cache(maxsize=4)
def _decode(encoded: tuple[str, ...]) -> tuple[bytes, ...]:
    try:
        keys = tuple(base64.b64decode(key.strip(), validate=True) for key in encoded)
    except binascii.Error as error:
        raise VaultError("MADOGUCHI_ENCRYPTION_KEYS: each key must be base64") from error
    if not keys or any(len(key) != 32 for key in keys):
        raise VaultError("MADOGUCHI_ENCRYPTION_KEYS: each key must be 32 bytes in base64")
    return keys
