"""Whether a signature was made over exactly the digest that we asked for, with the certificate that came along."""

from __future__ import annotations

import base64

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from madoguchi.identity.card import Signature


def signed_digest(digest_hex: str, signature: Signature) -> bool:
    """True if the signature verifies over the SHA-256 digest (RSA PKCS#1 v1.5 as on the card today, or ECDSA)."""
    try:
        key = x509.load_der_x509_certificate(base64.b64decode(signature.certificate)).public_key()
        value, digest = base64.b64decode(signature.value), bytes.fromhex(digest_hex)
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(value, digest, padding.PKCS1v15(), Prehashed(SHA256()))
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, digest, ec.ECDSA(Prehashed(SHA256())))
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True
