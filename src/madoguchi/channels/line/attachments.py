"""Pictures, files and places sent in chat: fetched at once, kept where they were asked for, deleted when taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from madoguchi.channels.line import client, flex
from madoguchi.channels.line.flex import Message
from madoguchi.channels.line.models import ChatImage
from madoguchi.channels.line.talk import Talk, quick_replies_of
from madoguchi.definition.fields import FILE_TYPES, FileField, PhotoField
from madoguchi.intake import actions as intake
from madoguchi.intake import interviews
from madoguchi.intake.models import Interview
from madoguchi.interview.types import Answer, Change
from madoguchi.records.models import StoredFile

KINDS = ("image", "file")


@dataclass(frozen=True, slots=True)
class Content:
    """What a message carries, as LINE handed it out."""

    data: bytes
    content_type: str
    name: str = ""


def fetch(event: Mapping[str, Any]) -> Content | None:
    """The content of a picture or file, fetched at once because LINE keeps it only for a while; None if it is gone."""
    message = event.get("message")
    if event.get("mode") == "standby" or not isinstance(message, dict) or message.get("type") not in KINDS:
        return None
    try:
        data, content_type = client.content(str(message.get("id", "")))
    except client.LineRefused:
        return None
    return Content(data, content_type, str(message.get("fileName", "")))


def sent_content(talk: Talk, message: Mapping[str, Any], content: Content | None) -> list[Message]:
    """A picture or file came. Raises FileRefused where it cannot be kept; what was there before then stays."""
    interview, field = talk.interview, _wanted(talk, message)
    if interview is None or field is None:
        return talk.again(_("写真を受け取りましたが、いまは写真をお願いしていません。保存せずに消しました。"))
    if content is None:
        return talk.again(_("写真を受け取れませんでした。お手数ですが、もう一度送ってください。"))
    further = field.max_files > 1 and bool(intake.files_of(interview.id, field.code))
    with transaction.atomic():
        shown = _keep(talk, interview, field, str(message.get("id", "")), content)
    if not further:
        return shown
    count = len(intake.files_of(interview.id, field.code))
    added = flex.text(_("写真を追加しました（%(count)d枚目）。") % {"count": count})
    return flex.with_quick_replies([added, *shown], quick_replies_of(shown))


def _wanted(talk: Talk, message: Mapping[str, Any]) -> FileField | PhotoField | None:
    """The field that a picture is for: the open question's; or that of the picture before, which has room for more.

    Pictures chosen together come as events of their own; the first one already leads to the next question.
    """
    question, before = talk.question(), _field_of_last(talk)
    together = message.get("imageSet")
    if before and isinstance(together, dict) and together.get("index") != 1:
        return before
    if question and isinstance(question.field, FileField | PhotoField):
        return question.field
    return before


def _field_of_last(talk: Talk) -> FileField | PhotoField | None:
    """The field of this interview's newest picture, if it takes more."""
    last = ChatImage.objects.filter(friend=talk.friend).order_by("-created_at").first()
    file = _stored(last) if last else None
    interview = talk.interview
    if file is None or interview is None or file.interview_id != interview.id:
        return None
    field = _field_of(interview, file)
    if field is None or not talk.in_chat(field):
        return None
    return field if len(intake.files_of(interview.id, field.code)) < field.max_files else None


def _keep(
    talk: Talk, interview: Interview, field: FileField | PhotoField, message_id: str, content: Content
) -> list[Message]:
    if field.max_files == 1:
        for old in intake.files_of(interview.id, field.code):
            intake.remove_file(interview_id=interview.id, file_id=old.id)
    stored = intake.add_file(
        interview_id=interview.id, field_code=field.code, data=content.data, content_type=content.content_type,
        name=content.name,
    )
    ChatImage.objects.update_or_create(message_id=message_id, defaults={"friend": talk.friend, "file_id": stored.id})
    kept = [str(file.id) for file in intake.files_of(interview.id, field.code)]
    return talk.step(interview, Answer(field.code, kept))


def unsent(talk: Talk, message_id: str) -> list[Message]:
    """Somebody took a picture back: it is deleted here too, and asked for again. What was filed stays filed."""
    picture = ChatImage.objects.filter(message_id=message_id, friend=talk.friend).first()
    file = _stored(picture) if picture else None
    interview = Interview.objects.filter(pk=file.interview_id).first() if file and file.interview_id else None
    if file is None or interview is None or not interviews.is_open(interview):
        return []
    field = _field_of(interview, file)
    intake.remove_file(interview_id=interview.id, file_id=file.id)
    if field is None or talk.interview is None or talk.interview.id != interview.id:
        return []
    shown = talk.step(interview, Change(field.code))
    return flex.with_quick_replies([flex.text(_("写真を消しました。")), *shown], quick_replies_of(shown))


def _stored(picture: ChatImage) -> StoredFile | None:
    found = StoredFile.objects.filter(pk=picture.file_id, deleted_at=None) if picture.file_id else None
    return found.first() if found else None


def _field_of(interview: Interview, file: StoredFile) -> FileField | PhotoField | None:
    fields = interviews.revision_of(interview).definition.fields
    found = next((field for field in fields if field.id == file.field_id and field.type in FILE_TYPES), None)
    return found if isinstance(found, FileField | PhotoField) else None


def sent_place(talk: Talk, message: Mapping[str, Any]) -> list[Message]:
    """A place came from LINE's map."""
    interview, question = talk.interview, talk.question()
    if interview is None or question is None or question.kind != "location":
        return talk.again(_("位置情報を受け取りましたが、いまは場所をお願いしていません。"))
    label = message.get("address") or message.get("title") or ""
    raw = {"lat": message.get("latitude"), "lon": message.get("longitude"), "label": label}
    return talk.step(interview, Answer(question.field.code, raw, part=question.part))
