"""The note to the owner of a webhook that was switched off: in the inbox at the desk and by e-mail."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from madoguchi.api.webhook_models import Webhook
from madoguchi.catalog.queries import published_by_id
from madoguchi.records import staff_notices
from madoguchi.records.models import StaffNotice


def tell_owner(hook: Webhook) -> None:
    """Once in the inbox, beside the record it was last about; by e-mail if there is an address."""
    last = hook.deliveries.exclude(record_id=None).first()
    if last is not None and last.record_id is not None and hook.app.published_id is not None:
        text = f"Webhook「{hook.name[:60]}」が止まりました。アプリを作る画面の「連携」で直してください。"
        staff_notices.tell(
            published_by_id(hook.app_id), last.record_id, [hook.owner], kind=StaffNotice.Kind.RULE, text=text,
            key=f"webhook:{hook.pk}:{hook.off_at:%Y%m%d%H%M%S}",
        )
    if hook.owner.email:
        message(hook).send()


def message(hook: Webhook) -> EmailMessage:
    """In Japanese, as staff have no language of their own outside a request."""
    with translation.override("ja"):
        address = f"{settings.BASE_URL}{reverse('integration:webhook', args=[hook.app.code, hook.pk])}"
        lines = [
            _("%(who)s 様") % {"who": hook.owner}, "",
            _("Webhook「%(name)s」を止めました。") % {"name": hook.name}, why(hook), "",
            _("記録を見て、直してから「もう一度動かす」を押してください："), address,
        ]
        return EmailMessage(
            subject=_("Webhook「%(name)s」を止めました") % {"name": hook.name}, body="\n".join(lines),
            to=[hook.owner.email], headers={"Auto-Submitted": "auto-generated"},
        )


def why(hook: Webhook) -> str:
    """Why it is off, in a sentence."""
    if hook.off_reason == Webhook.Off.FAILING:
        return _("3日の間、一度も届かなかったためです。その間のできごとは、送り先に伝わっていません。")
    if hook.off_reason == Webhook.Off.OWNER:
        return _("最後に保存した人が、このアプリのレコードを見られなくなったためです。")
    return _("担当者が止めました。")
