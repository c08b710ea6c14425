"""A simulated My Number card: what it says of its holder, its PINs, and the key it signs with."""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509.oid import NameOID

AUTHENTICATION_TRIES = 3
SIGNATURE_TRIES = 5


@dataclass(frozen=True, slots=True)
class Card:
    """The four items on the card, and its PINs. ``birthdate`` is YYYYMMDD; ``gender`` "1" male, "2" female."""

    name: str = "市川花子"
    address: str = "千葉県市川市八幡1丁目1番1号 コーポ窓口203"
    birthdate: str = "19900401"
    gender: str = "2"
    pin: str = "1234"
    password: str = "MADO2026"  # noqa: S105 - simulated
    wrong_pins: int = 0
    wrong_passwords: int = 0
    revoked: bool = False

    @property
    def locked(self) -> bool:
        """Whether a PIN was mistyped too often; only the city office unlocks a real card."""
        return self.wrong_pins >= AUTHENTICATION_TRIES or self.wrong_passwords >= SIGNATURE_TRIES


class Wallet:
    """The card on the table and the service's keys, kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.service_key = self._service_key()
        self.signing_key, self.certificate = self._signing_key()

    @property
    def card(self) -> Card:
        """The card as it is now."""
        file = self.folder / "card.json"
        return Card(**json.loads(file.read_text())) if file.exists() else Card()

    def put(self, card: Card) -> None:
        """Puts another card (or the same one, changed) on the table."""
        (self.folder / "card.json").write_text(json.dumps(asdict(card), ensure_ascii=False))

    def sign(self, digest: bytes) -> str:
        """Base64 of a PKCS#1 v1.5 signature over a SHA-256 digest, as a card makes it."""
        return base64.b64encode(
            self.signing_key.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
        ).decode()

    def certificate_base64(self) -> str:
        """Base64 DER of the signing certificate."""
        return base64.b64encode(self.certificate.public_bytes(serialization.Encoding.DER)).decode()

    def _service_key(self) -> ec.EllipticCurvePrivateKey:
        file = self.folder / "service.pem"
        if not file.exists():
            file.write_bytes(_pem(ec.generate_private_key(ec.SECP256R1())))
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key

    def _signing_key(self) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
        key_file, certificate_file = self.folder / "signing.pem", self.folder / "signing.crt"
        if not certificate_file.exists():
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            key_file.write_bytes(_pem(key))
            certificate_file.write_bytes(_self_signed(key).public_bytes(serialization.Encoding.PEM))
        loaded = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        assert isinstance(loaded, rsa.RSAPrivateKey)
        return loaded, x509.load_pem_x509_certificate(certificate_file.read_bytes())


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _self_signed(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SIMULATED SIGNATURE CERTIFICATE")])
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=5 * 365)).sign(key, hashes.SHA256())
    )
