"""A record's events in words, newest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from madoguchi.accounts.language import current, in_words
from madoguchi.accounts.models import Staff
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.display import display, display_money
from madoguchi.definition.fields import FILE_TYPES, AnyField
from madoguchi.desk import comments, people
from madoguchi.desk.form_values import PEOPLE_TYPES
from madoguchi.records.models import Event

RESTORABLE = frozenset({"created", "updated", "corrected", "moved"})
"""Kinds of event after which a record held values of its own: one can go back there."""
CHANNELS = {"line": "LINE", "web": gettext_lazy("ウェブ"), "counter": gettext_lazy("窓口")}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: who did what when, with the text that was written and what changed by it."""

    at: datetime
    who: str
    words: str
    text: str
    differences: tuple[Difference, ...]
    kind: str
    id: int = 0
    html: SafeString | str = ""
    own_comment: bool = False
    restorable: bool = False


def entries(defn: AppDefinition, events: Sequence[Event], staff: Staff | None = None) -> list[Entry]:
    """Newest first. ``defn`` is the revision the record is read by; fields it lost are shown by number.

    ``staff`` is who reads: they may take back their own comments. Of a comment that was taken back no word is left.
    """
    gone = comments.deleted_ids(events)
    last = max((event.pk for event in events if event.kind in RESTORABLE), default=0)
    return [_with_tools(_entry(defn, event), event, gone, last, staff) for event in reversed(events)]


def _with_tools(entry: Entry, event: Event, gone: set[int], last: int, staff: Staff | None) -> Entry:
    if event.kind != "commented":
        return replace(entry, restorable=event.kind in RESTORABLE and event.pk != last)
    if event.pk in gone:
        return replace(entry, words=_("コメントは取り消されました"), text="")
    html = comments.marked(entry.text, event.data.get("mentions") or ())
    return replace(entry, html=html, own_comment=staff is not None and event.actor_staff_id == staff.pk)


def _entry(defn: AppDefinition, event: Event) -> Entry:
    words = _WORDS[event.kind](defn, event) if event.kind in _WORDS else event.kind
    if event.data.get("restored"):
        words = _("前の内容に戻しました")
    return Entry(
        at=event.at, who=who(event), words=words, text=_written(event),
        differences=differences(defn, event), kind=event.kind, id=event.pk,
    )


def who(event: Event) -> str:
    """Who did it, in words."""
    if event.actor_kind == "staff":
        return str(event.actor_staff or _("職員"))
    return _("申請者") if event.actor_kind == "resident" else _("システム")


def _written(event: Event) -> str:
    return str(event.data.get("note") or event.data.get("text") or event.data.get("reason") or "")


def differences(defn: AppDefinition, event: Event) -> tuple[Difference, ...]:
    """What a change of answers changed; empty for creation, where everything is new."""
    if event.kind not in {"updated", "corrected", "moved"}:
        return ()
    by_id = {str(field.id): field for field in defn.value_fields}
    keys = [key for key in {**event.before, **event.after} if key.isdigit()]
    return tuple(_difference(by_id.get(key), key, event.before, event.after) for key in keys)


def _difference(
    field: AnyField | None, key: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Difference:
    label = in_words(field.label) if field else _("削除された項目（%(id)s）") % {"id": key}
    return Difference(label, shown_value(field, before.get(key)), shown_value(field, after.get(key)))


def shown_value(field: AnyField | None, value: Any) -> str:
    """A value as histories and comparisons show it."""
    if value is None:
        return _("（なし）")
    if field is None:
        return str(value)
    if field.type in FILE_TYPES:
        return _("ファイル%(count)d点") % {"count": len(value)}
    if field.type in PEOPLE_TYPES:
        return "、".join(people.names(field.type, value))
    return display(field, value, language=current())


# --- one sentence a kind -------------------------------------------------------------------------------------------


def _created(_defn: AppDefinition, event: Event) -> str:
    if "carried" in event.data:
        return _("ほかの環境から、レコードごと読み込みました")
    channel = CHANNELS.get(event.after.get("channel") or event.data.get("channel") or "")
    if event.actor_kind == "resident" and channel:
        return _("申請が届きました（%(channel)s）") % {"channel": channel}
    return _("申請が届きました") if event.actor_kind == "resident" else _("登録しました")


def _moved(defn: AppDefinition, event: Event) -> str:
    process = defn.process
    names = {a.code: in_words(a.name) for a in process.actions} if process else {}
    states = {s.code: in_words(s.name) for s in process.statuses} if process else {}
    action, origin, target = (event.data.get(key) or "" for key in ("action", "from", "to"))
    words = {"action": names.get(action, action), "from": states.get(origin, origin), "to": states.get(target, target)}
    sentence = _("「%(action)s」（%(from)s → %(to)s）") % words
    number = event.data.get("tracking_number")
    return sentence + (_(" 追跡番号 %(number)s") % {"number": number} if number else "")


def _assigned(_defn: AppDefinition, event: Event) -> str:
    staff_id = event.after.get("assignee_id")
    staff = Staff.objects.filter(pk=staff_id).first() if staff_id else None
    return _("担当を%(name)sさんにしました") % {"name": staff} if staff else _("担当を外しました")


def _payment(words: str) -> Callable[[AppDefinition, Event], str]:
    def sentence(_defn: AppDefinition, event: Event) -> str:
        amount = event.data.get("amount")
        return _(words) + (f" {display_money(int(amount), current())}" if amount else "")

    return sentence


def _letter(_defn: AppDefinition, event: Event) -> str:
    if event.data.get("letter") == "notice":
        return _("郵送するお知らせを印刷しました")
    return _("宛名ラベルを作りました") if event.data.get("letter") == "label" else _("送付状を作りました")


def _notice(words: str) -> Callable[[AppDefinition, Event], str]:
    def sentence(_defn: AppDefinition, event: Event) -> str:
        title, channel = event.data.get("title"), event.data.get("channel")
        shown = {"line": "LINE", "email": _("メール"), "letter": _("郵便")}.get(channel or "", channel)
        named = _("「%(title)s」") % {"title": title} if title else ""
        return _(words) + named + (_("（%(channel)s）") % {"channel": shown} if shown else "")

    return sentence


def _say(words: str) -> Callable[[AppDefinition, Event], str]:
    return lambda _defn, _event: _(words)


_WORDS: Mapping[str, Callable[[AppDefinition, Event], str]] = {
    "created": _created,
    "updated": _say(gettext_noop("内容を変えました")),
    "moved": _moved,
    "corrected": _say(gettext_noop("補正が届きました")),
    "assigned": _assigned,
    "commented": _say(gettext_noop("コメントしました")),
    "comment_deleted": _say(gettext_noop("コメントを取り消しました")),
    "deleted": _say(gettext_noop("レコードを削除しました")),
    "identity_passed": _say(gettext_noop("本人確認ができました")),
    "identity_failed": _say(gettext_noop("本人確認ができませんでした")),
    "payment_due": _payment(gettext_noop("手数料を請求しました")),
    "payment_paid": _payment(gettext_noop("手数料が納付されました")),
    "payment_failed": _payment(gettext_noop("手数料の納付ができませんでした")),
    "payment_expired": _payment(gettext_noop("手数料の納付期限が過ぎました")),
    "payment_cancelled": _payment(gettext_noop("手数料の請求を取り消しました")),
    "payment_refunded": _payment(gettext_noop("手数料を返金しました")),
    "file_deleted": _say(gettext_noop("保存期間が過ぎた画像を消去しました")),
    "letter_made": _letter,
    "notice_sent": _notice(gettext_noop("申請者に通知しました")),
    "notice_failed": _notice(gettext_noop("申請者に通知できませんでした")),
}
