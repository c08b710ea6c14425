"""Comments among staff: whom they are for, which were taken back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from madoguchi.accounts.queries import known_people
from madoguchi.desk import people
from madoguchi.records import write
from madoguchi.records.models import Event
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record
from madoguchi.records.staff_notices import MENTION_KINDS

LENGTH = 2000
MOST_MENTIONS = 10
_TYPES = {kind: name for name, kind in MENTION_KINDS.items()}
_WORD = re.compile(r"[@＠]([^\s@＠、。,，:：]{1,100})")
Mentions = list[dict[str, str]]


def may_comment(access: Access) -> bool:
    """Whoever works on the records of the app, in whatever way."""
    return bool(access.rights & {"process", "edit"})


def mentions_in(text: str, chosen: Sequence[str]) -> Mentions:
    """Whom a comment is for: those chosen from the list (``staff:sato``) whose name still stands in the text, and
    whoever is written out as ``@`` with their user name, or with the name or code of a department or group."""
    found: dict[tuple[str, str], None] = {}
    for one in chosen:
        kind, _colon, code = one.partition(":")
        names = people.names(kind, [code]) if kind in _TYPES and known_people(kind, [code]) else []  # type: ignore[arg-type]
        if any(f"@{name}" in text for name in names):
            found[(_TYPES[kind], code)] = None
    for word in _WORD.findall(text):
        for one_found in people.find(people.KINDS, word):
            if word in (one_found.code, one_found.name, one_found.name.replace(" ", "")):
                found[(_TYPES[one_found.kind], one_found.code)] = None
    return [{"type": kind, "code": code} for kind, code in list(found)[:MOST_MENTIONS]]


def add(*, access: Access, record: Record, text: str, chosen: Sequence[str] = ()) -> Event:
    """Writes a comment; those it is for are told by a job that its event enqueues."""
    mentions = mentions_in(text, chosen)
    data = {"text": text, "mentions": mentions} if mentions else {"text": text}
    return write.add_event(
        app=access.app, record_id=record.id, kind="commented", actor=access.viewer.actor, data=data, access=access
    )


def remove(*, access: Access, record: Record, comment_id: int) -> None:
    """Takes back one's own comment. Raises PermissionDenied for others' and for what is no comment."""
    found = _of(access, record).filter(pk=comment_id, kind="commented").first()
    staff = access.viewer.staff
    if found is None or staff is None or found.actor_staff_id != staff.pk:
        raise PermissionDenied(_("取り消せるのは、自分のコメントだけです。"))
    if comment_id not in deleted_ids(_of(access, record)):
        write.add_event(
            app=access.app, record_id=record.id, kind="comment_deleted", actor=access.viewer.actor,
            data={"comment": comment_id}, access=access,
        )


def _of(access: Access, record: Record) -> QuerySet[Event]:
    return Event.objects.filter(app_id=access.app.app_id, record_id=record.id)


def deleted_ids(events: Iterable[Event]) -> set[int]:
    """The comments that were taken back."""
    return {int(event.data["comment"]) for event in events if event.kind == "comment_deleted"}


def marked(text: str, mentions: Sequence[Mapping[str, str]]) -> SafeString:
    """The text with those whom it is for set off."""
    words: set[str] = set()
    for mention in mentions:
        kind, code = MENTION_KINDS.get(mention.get("type", ""), ""), mention.get("code", "")
        if kind:
            words |= {code, *people.names(kind, [code])}
    if not words:
        return conditional_escape(text)
    pattern = re.compile("|".join(f"[@＠]{re.escape(word)}" for word in sorted(words, key=len, reverse=True)))
    pieces, last = [], 0
    for match in pattern.finditer(text):
        pieces += [conditional_escape(text[last : match.start()]), format_html('<b class="mention">{}</b>', match[0])]
        last = match.end()
    return mark_safe("".join([*pieces, conditional_escape(text[last:])]))  # noqa: S308 - each piece is escaped
