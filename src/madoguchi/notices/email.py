"""Notices by e-mail: plain text, the city's name and telephone number, the link to the status page."""

from __future__ import annotations

import smtplib
import uuid
from email.headerregistry import Address

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from madoguchi.catalog import queries as catalog
from madoguchi.catalog.models import City
from madoguchi.notices.channels import Undeliverable
from madoguchi.notices.models import Notice
from madoguchi.notices.residents import email_of

RULE = "-" * 40


class EmailSender:
    """Sends over Django's mail settings."""

    def can_reach(self, resident_id: uuid.UUID) -> bool:
        """Whether we have an address."""
        return email_of(resident_id) is not None

    def send(self, notice: Notice) -> None:
        """Sends once; Undeliverable if there is no such address, SMTP and network errors pass through."""
        address = email_of(notice.resident_id)
        if address is None:
            raise Undeliverable("メールアドレスが登録されていません。")
        try:
            compose(notice, address, catalog.city()).send()
        except smtplib.SMTPRecipientsRefused as error:
            if all(500 <= code < 600 for code, _reason in error.recipients.values()):
                raise Undeliverable("メールアドレスが使われていないため、届きませんでした。") from None
            raise


def compose(notice: Notice, address: str, city: City | None) -> EmailMessage:
    """The message. Its Message-ID is the notice's id, so that mail programs show a repetition only once."""
    with translation.override("en" if notice.language == "en" else "ja"):
        lines = [notice.body, "", _("申請の状況のページ："), notice.link, "", RULE, *_signature(city)]
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    return EmailMessage(
        subject=" ".join(notice.title.split()), body="\n".join(lines), from_email=_sender(city), to=[address],
        headers={"Message-ID": f"<{notice.pk}@{domain}>", "Auto-Submitted": "auto-generated"},
    )


def _signature(city: City | None) -> list[str]:
    reply = _("このメールは送信専用です。返信されてもお答えできません。")
    if city is None:
        return [reply]
    contact = _("お問い合わせ：%(phone)s %(hours)s") % {"phone": city.phone, "hours": city.shown_hours}
    return [city.shown_name, contact.rstrip(), reply]


def _sender(city: City | None) -> str:
    address = settings.DEFAULT_FROM_EMAIL
    if city is None or "<" in address:
        return address
    return str(Address(display_name=city.name, addr_spec=address))
