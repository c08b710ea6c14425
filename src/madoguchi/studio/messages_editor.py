"""What the designers of notifications to staff and of documents show."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from madoguchi.accounts.access import StaffRequest
from madoguchi.accounts.language import in_words
from madoguchi.documents.designed import SYSTEM
from madoguchi.studio.editor_words import common
from madoguchi.studio.permissions_editor import people, who_words
from madoguchi.studio.queried import condition_words, queried
from madoguchi.studio.shell import Place


def notifications_extra(request: StaffRequest, place: Place) -> dict[str, Any]:
    """People, dates to remind of, names for conditions."""
    defn = place.definition
    dates = [(f.code, in_words(f.label)) for f in defn.fields if f.type in ("date", "datetime")]
    return {"people": people(defn), "dates": dates, "queried": queried(defn)}


def documents_extra(request: StaffRequest, place: Place) -> dict[str, Any]:
    """The fields that a document may name, and where its preview comes from."""
    fields = [(f.code, in_words(f.label)) for f in place.definition.value_fields if f.type not in ("file", "photo")]
    preview = reverse("studio:document-preview", args=[place.code])
    return {"fields": fields, "system": [(name, name) for name in SYSTEM], "preview": preview}


def notifications_words() -> dict[str, str]:
    """The texts of the notifications' script."""
    return {
        **common(), **condition_words(), **who_words(),
        "notifications": _("職員への通知"), "add_notification": _("通知を足す"),
        "no_notifications": _("通知がまだありません。レコードが追加されたときや、期日の前に知らせられます。"),
        "new_notification": "新しいレコードが追加されました",
        "notification_title": _("件名"), "on": _("いつ知らせるか"),
        "on_added": _("追加されたとき"), "on_edited": _("変えられたとき"), "on_commented": _("コメントがついたとき"),
        "on_moved": _("ステータスが変わったとき"), "on_reminder": _("日付が近づいたとき"),
        "filter": _("知らせるレコード"), "reminder_field": _("どの日付か"),
        "reminder_days": _("何日後か（前なら−）"), "reminder_days_help": _("例：−7 なら1週間前"),
        "reminder_time": _("何時に"), "reminder_needs": _("日付の項目がないので、期日の通知はできません。"),
        "to": _("だれに知らせるか"), "add_target": _("知らせる人を足す"),
    }  # fmt: skip


def documents_words() -> dict[str, str]:
    """The texts of the documents' script."""
    return {
        **common(),
        "documents": _("書類"), "add_document": _("書類を足す"),
        "no_documents": _("書類がまだありません。レコードの値を差し込んだ通知書や宛名を印刷できます。"),
        "new_document": "新しい書類",
        "new_body": "# 通知書\n\n受付番号：{受付番号}\n\nここに文を書きます。",
        "document_name": _("名前"), "paper": _("用紙"), "paper_postcard": _("はがき"),
        "body": _("本文"),
        "body_help": _("「# 」で見出し、「## 」で小見出し、「| 品名 | 数 |」で表、空の行で段落が分かれます。"),
        "placeholders": _("値を差し込む"), "nothing_chosen": _("左の書類を選ぶと、ここで書けます。"),
        "document_preview": _("書類のプレビュー"), "preview_note": _("見本の値です。値のないところは枠で囲みます。"),
        "preview_refused": _("今の内容では表示できません。"),
        "unknown_placeholders": _("次の名前の項目はありません：{names}"),
    }  # fmt: skip
