"""The forms of the integration pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from madoguchi.api.webhook_models import Webhook

RIGHT_WORDS: Mapping[str, str | Promise] = {
    "view": _("レコードを見る"), "add": _("レコードを追加する"), "edit": _("レコードを編集する"),
    "delete": _("レコードを削除する"), "manage": _("アプリを管理する"),
}  # fmt: skip
EVENT_WORDS: Mapping[str, str | Promise] = {
    "ADD_RECORD": _("レコードが追加された（申請を含む）"),
    "UPDATE_RECORD": _("レコードが変わった（訂正と担当者の変更を含む）"),
    "UPDATE_STATUS": _("ステータスが進んだ"), "ADD_RECORD_COMMENT": _("コメントが書かれた"),
    "DELETE_RECORD": _("レコードが削除された"), "TEST": _("試し"),
}  # fmt: skip
DAYS: Mapping[str, str | Promise] = {"90": _("90日"), "365": _("1年"), "": _("期限なし")}


class TokenForm(forms.Form):
    """A new token: what it is for, what it may do, until when."""

    name = forms.CharField(
        max_length=100, label=_("何に使うか"),
        error_messages={"required": _("何に使うかを書いてください。後の担当者が、消してよいかを判断できます。")},
    )
    rights = forms.MultipleChoiceField(
        label=_("できること"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("できることを一つ以上選んでください。")},
    )
    days = forms.ChoiceField(label=_("有効期限"), choices=list(DAYS.items()), required=False, initial="365")

    def __init__(self, rights: Iterable[str], data: Mapping[str, Any] | None) -> None:
        super().__init__(data)
        field = self.fields["rights"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(right, RIGHT_WORDS[right]) for right in rights]

    @property
    def expires_at(self) -> Any:
        """When the token ends; None for never."""
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=int(days)) if days else None


class WebhookForm(forms.Form):
    """Where to send, what about, and whether with personal values."""

    name = forms.CharField(
        max_length=100, label=_("名前"),
        error_messages={"required": _("名前を書いてください。送り先のシステムの名前などにします。")},
    )
    url = forms.CharField(
        max_length=2000, label=_("送り先のURL"), widget=forms.URLInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("送り先のURLを書いてください。")},
    )
    events = forms.MultipleChoiceField(
        label=_("知らせるできごと"), widget=forms.CheckboxSelectMultiple,
        choices=[(code, words) for code, words in EVENT_WORDS.items() if code != "TEST"],
        error_messages={"required": _("知らせるできごとを一つ以上選んでください。")},
    )
    personal = forms.BooleanField(required=False, label=_("個人情報の項目とコメントの本文も送る"))

    def __init__(self, hook: Webhook | None, data: Mapping[str, Any] | None) -> None:
        now = {name: getattr(hook, name) for name in ("name", "url", "events", "personal")} if hook else {}
        super().__init__(data, initial=now or {"events": ["ADD_RECORD", "UPDATE_RECORD", "UPDATE_STATUS"]})
