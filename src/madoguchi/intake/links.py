"""Links given to residents: to go on with an interview, and to see an application. Neither holds personal data."""

from __future__ import annotations

import base64
import binascii
import secrets
import uuid
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from madoguchi.intake.models import Application, Interview
from madoguchi.intake.problems import LinkInvalid
from madoguchi.lib import vault

INTERVIEW_DAYS = 30
_SECRET_BYTES = 16
_signer = signing.TimestampSigner(salt="madoguchi.intake.interview")


def interview_token(interview: Interview) -> str:
    """A signed token that opens ``interview`` on any channel for 30 days; it contains only the interview's id."""
    return _signer.sign(base64.urlsafe_b64encode(interview.id.bytes).decode().rstrip("="))


def interview_by_token(token: str) -> Interview:
    """The interview that ``token`` opens, whatever its outcome; raises LinkInvalid if altered, cut off or too old."""
    try:
        encoded = _signer.unsign(token, max_age=timedelta(days=INTERVIEW_DAYS))
        identifier = uuid.UUID(bytes=base64.urlsafe_b64decode(encoded + "=="))
        return Interview.objects.select_related("app", "resident").get(pk=identifier)
    except signing.SignatureExpired as error:
        raise LinkInvalid(
            _("このリンクの有効期限（30日）が過ぎました。お手数ですが、手続の一覧から最初から入力してください。")
        ) from error
    except (signing.BadSignature, binascii.Error, ValueError, Interview.DoesNotExist) as error:
        raise LinkInvalid(
            _("リンクが正しくありません。途中で切れていないか確かめ、もう一度開いてください。")
        ) from error


def interview_path(interview: Interview, step: str = "") -> str:
    """The path of the interview on the web: ``step`` may be ``next/`` or ``check/``."""
    return f"/i/{interview_token(interview)}/{step}"


def new_secret() -> str:
    """128 random bits as URL-safe text."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def seal_secret(secret: str, receipt_number: str) -> bytes:
    """The secret as it is stored with the application."""
    return vault.seal(secret.encode(), context=_secret_context(receipt_number))


def application_secret(application: Application) -> str:
    """The secret of the status page's link."""
    context = _secret_context(application.receipt_number)
    return vault.unseal(bytes(application.secret), context=context).decode()


def application_by_secret(receipt_number: str, secret: str) -> Application | None:
    """The application, if ``secret`` is its own; compared in constant time, also where there is no such number."""
    found = Application.objects.select_related("app", "resident").filter(receipt_number=receipt_number).first()
    expected = application_secret(found) if found else new_secret()
    matches = secrets.compare_digest(expected.encode(), secret.encode())
    return found if matches else None


def status_path(application: Application) -> str:
    """The path of the status page; whoever has it sees the application's state (not its answers)."""
    return f"/s/{application.receipt_number}/{application_secret(application)}/"


def status_url(application: Application) -> str:
    """The status page's full address, for messages."""
    return f"{settings.BASE_URL}{status_path(application)}"


def _secret_context(receipt_number: str) -> str:
    return f"application:{receipt_number}"
