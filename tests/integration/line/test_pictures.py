"""Pictures and places: kept where they were asked for, nowhere else, and deleted when taken back."""

from __future__ import annotations

import io
import os

import pytest
from PIL import Image

from madoguchi.catalog.queries import AppRevision
from madoguchi.intake.models import Application, Interview
from madoguchi.records.models import StoredFile
from tests.integration.line.walking import SUMMARY, answer_until
from tests.line_chat import Chat, photo
from tests.line_simulator import LineSimulator

pytestmark = pytest.mark.django_db


def kept() -> list[StoredFile]:
    return list(StoredFile.objects.filter(deleted_at=None).order_by("created_at"))


def to_photos(hanako: Chat) -> str:
    return answer_until(hanako, "おもて")


def report_photos(hanako: Chat) -> str:
    """The damage report, up to its photos."""
    hanako.say("メニュー")
    hanako.tap("道路の傷みの通報")
    return hanako.say("八幡の交差点")


def test_front_and_back_sent_in_one_go_answer_both_questions(pilot: AppRevision, hanako: Chat):
    to_photos(hanako)
    assert "同意します" in hanako.send_photo(2)
    assert [file.identity for file in kept()] == [True, True]


def test_a_picture_nobody_asked_for_is_not_kept(pilot: AppRevision, hanako: Chat):
    assert "いまは写真をお願いしていません" in hanako.send_photo()
    answer_until(hanako, "生年月日")
    heard = hanako.send_photo()
    assert "いまは写真をお願いしていません" in heard and "生年月日" in heard
    assert kept() == []


def too_big() -> bytes:
    """Eleven megabytes that are a picture."""
    out = io.BytesIO()
    Image.frombytes("RGB", (2000, 1900), os.urandom(2000 * 1900 * 3)).save(out, "PNG", compress_level=0)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind", "why"),
    [
        ("a.png", too_big(), "image/png", "MB"),
        ("a.pdf", b"%PDF-1.4\n%%EOF", "application/pdf", "写真"),
        ("a.sh", b"#!/bin/sh\nrm -rf /\n", "text/plain", "写真"),
    ],
    ids=["too big", "a PDF", "a script"],
)
def test_what_cannot_be_kept_is_explained_and_asked_for_again(
    pilot: AppRevision, hanako: Chat, name: str, content: bytes, kind: str, why: str
):
    to_photos(hanako)
    heard = hanako.send((name, content, kind))
    assert why in heard and "（12/14）本人確認書類のおもて" in heard
    assert kept() == []


def test_text_instead_of_a_picture_is_explained(pilot: AppRevision, hanako: Chat):
    to_photos(hanako)
    assert "写真を撮るか選んで送ってください" in hanako.say("あとで送ります")


def test_a_picture_gone_at_line_is_asked_for_again(pilot: AppRevision, line: LineSimulator, hanako: Chat):
    to_photos(hanako)
    uploads = [("files", ("a.jpg", photo(), "image/jpeg"))]
    line.client.post(f"/control/users/{hanako.person.user_id}/image", files=uploads).raise_for_status()
    hanako.deliver()
    hanako.person.act("unsend")  # its content is gone before we fetch it; this event comes later
    heard = hanako.settle()
    assert "写真を受け取れませんでした" in heard and "おもて" in heard


def test_a_failed_replacement_keeps_the_picture_that_was_there(pilot: AppRevision, hanako: Chat):
    to_photos(hanako)
    hanako.send_photo()
    before = kept()
    hanako.tap("戻る")
    assert "写真" in hanako.send(("a.pdf", b"%PDF-1.4", "application/pdf"))
    assert kept() == before
    hanako.send_photo()
    assert len(kept()) == 1 and kept() != before


def test_a_picture_taken_back_is_deleted_and_asked_for_again(pilot: AppRevision, hanako: Chat):
    to_photos(hanako)
    hanako.send_photo()
    heard = hanako.act("unsend")
    assert "写真を消しました" in heard and "おもて" in heard
    assert kept() == []


def test_a_picture_taken_back_at_the_summary_cannot_be_missing_from_the_application(pilot: AppRevision, hanako: Chat):
    to_photos(hanako)
    hanako.send_photo()
    front = hanako.person.last_event()["message"]["id"]
    answer_until(hanako, SUMMARY, hanako.send_photo())
    old = hanako.button("この内容で申請する")
    assert "おもて" in hanako.act("unsend", messageId=front)
    assert "内容が変わっています" in hanako.press(old)
    assert not Application.objects.exists()
    assert SUMMARY in hanako.send_photo()
    hanako.tap("この内容で申請する")
    assert StoredFile.objects.filter(record_id=Application.objects.get().record_id, deleted_at=None).count() == 2


def test_after_the_application_a_picture_taken_back_in_chat_stays_with_the_office(pilot: AppRevision, hanako: Chat):
    answer_until(hanako, SUMMARY)
    hanako.tap("この内容で申請する")
    photo_message = [row["message"]["message"] for row in hanako.person.messages() if _is_photo(row)][-1]
    assert hanako.act("unsend", messageId=photo_message["id"]) == ""
    assert len(kept()) == 2


def _is_photo(row: dict[str, object]) -> bool:
    event = row["message"]
    return row["from"] == "user" and isinstance(event, dict) and event.get("message", {}).get("type") == "image"


def test_where_several_pictures_are_welcome_those_chosen_together_are_all_kept(report: AppRevision, hanako: Chat):
    assert "写真" in report_photos(hanako)
    heard = hanako.send_photo(2)
    assert "写真を追加しました（2枚目）" in heard and heard.rstrip().splitlines()[-1]
    assert len(kept()) == 2
    assert "3枚目" in hanako.send_photo()
    assert "いまは写真をお願いしていません" in hanako.send_photo()
    assert len(kept()) == 3
    assert hanako.say("穴があいています")


def test_a_place_from_the_map_answers_the_question_of_where(report: AppRevision, hanako: Chat):
    hanako.say("メニュー")
    hanako.tap("道路の傷みの通報")
    heard = hanako.act("location", latitude=35.7219, longitude=139.9311, address="市川市八幡")
    assert "写真" in heard
    hanako.say("戻る")
    assert "日本の外" in hanako.act("location", latitude=40.7, longitude=-74.0)


def test_pictures_of_a_restarted_interview_are_deleted(pilot: AppRevision, hanako: Chat):
    to_photos(hanako)
    hanako.send_photo()
    hanako.say("最初から")
    hanako.tap("消して最初から")
    assert kept() == []
    assert Interview.objects.count() == 1
