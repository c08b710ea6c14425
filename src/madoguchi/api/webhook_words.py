"""What became of a message, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.api.webhook_models import Webhook, WebhookDelivery
from madoguchi.desk.chips import Chip

ERRORS: Mapping[str, str | Promise] = {
    "url": gettext_lazy("URLが正しくありません。https:// か http:// で始まるURLにしてください。"),
    "private": gettext_lazy(
        "送り先が庁内のネットワークのアドレスです。庁内へ送るには、"
        "情報システムの担当に設定（MADOGUCHI_WEBHOOK_ALLOW_PRIVATE）を頼んでください。"
    ),
    "name": gettext_lazy("送り先の名前が見つかりません。URLのつづりを確かめてください。"),
    "connect": gettext_lazy("送り先につながりません。送り先のシステムが動いているかを確かめてください。"),
    "tls": gettext_lazy("送り先の証明書を確かめられません。送り先のシステムの証明書の期限と名前を確かめてください。"),
    "timeout": gettext_lazy("15秒のうちに答えがありませんでした。送り先では、受け取ったらすぐに答えてください。"),
    "broken": gettext_lazy("送り先の答えが途中で切れました。"),
    "redirect": gettext_lazy("別のURLへ行くように言われました。転送先へは送りません。URLを直してください。"),
    "status": gettext_lazy("送り先が受け取りを断りました。"),
    "many": gettext_lazy("Webhookは1つのアプリに10個までです。使っていないものを削除してください。"),
    "off": gettext_lazy("Webhookが止まっていました。"),
    "app": gettext_lazy("アプリが公開されていません。"),
    "record": gettext_lazy("レコードが、もうないか、保存した人には見えません。"),
    "owner": gettext_lazy("保存した人が、このアプリのレコードを見られません。"),
}
_CHIPS: Mapping[str, tuple[str, str]] = {
    "waiting": ("warn", "expired"), "delivered": ("ok", "done"), "failed": ("bad", "rejected"),
    "skipped": ("plain", "cancelled"),
}  # fmt: skip


def error_words(code: str) -> str:
    """What went wrong and what to do; empty for nothing."""
    return str(ERRORS.get(code, code))


def delivery_chip(delivery: WebhookDelivery) -> Chip:
    """How a message stands."""
    kind, icon = _CHIPS[delivery.state]
    return Chip(kind, icon, delivery.get_state_display())


def webhook_chip(hook: Webhook) -> Chip:
    """Whether a webhook sends, and whether what it sends arrives."""
    if not hook.active:
        kind = "plain" if hook.off_reason == Webhook.Off.PERSON else "bad"
        return Chip(kind, "cancelled", hook.get_off_reason_display())
    if hook.failing_since is not None:
        return Chip("warn", "warning", _("届いていません"))
    return Chip("ok", "done", _("動いています"))
