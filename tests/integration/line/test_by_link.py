"""A procedure whose personal questions are asked on the city's own page: the chat never learns them."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from django.db import connection
from django.test import Client

from madoguchi.catalog.queries import AppRevision
from madoguchi.intake.models import Application, Interview
from madoguchi.site.errors import PlainFormatter
from tests.integration.line.walking import start
from tests.integration.web.walking import Walk
from tests.line_chat import Chat

pytestmark = pytest.mark.django_db
TYPED = "ひみつ 花子"


def walk_on_the_web(chat: Chat) -> Walk:
    """Opens the link of the newest bubble in a browser."""
    path = urlsplit(chat.link("入力を続ける")).path
    return Walk(Client(), unquote(path.split("/")[2]))


def everywhere() -> str:
    """Every row of every table, as text; byte columns as hex and as what they would say unencrypted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'SELECT t.*::text FROM "{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def test_a_personal_question_is_asked_on_our_page_only(by_link: AppRevision, hanako: Chat):
    heard = start(hanako)
    assert "市のページで入力してください" in heard
    assert "お名前を入力してください" not in heard and "例: 市川 花子" not in heard
    assert "/i/" in hanako.link("入力を続ける")


def test_what_is_typed_meanwhile_is_neither_stored_nor_repeated(
    by_link: AppRevision, hanako: Chat, caplog: pytest.LogCaptureFixture
):
    start(hanako)
    before = bytes(Interview.objects.get().state)
    heard = hanako.say(TYPED)
    assert "送られた文は保存していません" in heard and "ひみつ" not in heard
    assert bytes(Interview.objects.get().state) == before
    rows = everywhere()
    assert "ひみつ" not in rows and "ひみつ".encode().hex() not in rows
    logged = "\n".join(PlainFormatter("%(message)s").format(record) for record in caplog.records)
    assert "ひみつ" not in logged


def test_buttons_made_up_for_a_personal_question_change_nothing(by_link: AppRevision, hanako: Chat):
    start(hanako)
    interview = Interview.objects.get()
    before, ref = bytes(interview.state), interview.id.hex[:8]
    for data in (f"pick|{ref}|3|-", f"answer|{ref}|3|-|0", f"more|{ref}|2|0", f"fix|{ref}"):
        heard = hanako.press({"type": "postback", "label": "x", "data": data})
        assert "市のページで入力してください" in heard
    assert bytes(Interview.objects.get().state) == before


def test_a_picture_for_a_personal_question_is_not_taken_in_chat(by_link: AppRevision, hanako: Chat):
    start(hanako)
    heard = hanako.send_photo()
    assert "いまは写真をお願いしていません" in heard


def test_the_interview_goes_on_at_the_link_and_the_chat_shows_the_number(by_link: AppRevision, hanako: Chat):
    start(hanako)
    walk = walk_on_the_web(hanako)
    walk.answer("はじめに")
    walk.answer_everything()
    assert "/check/" in walk.confirm().redirect_chain[0][0] or Application.objects.exists()
    number = Application.objects.get().receipt_number
    assert number in hanako.settle()
    assert number in hanako.say("入力に戻る")
    assert "市川" not in str(hanako.messages)


def test_the_summary_is_shown_on_our_page_too(by_link: AppRevision, hanako: Chat):
    start(hanako)
    walk = walk_on_the_web(hanako)
    walk.answer_everything()
    heard = hanako.say("入力に戻る")
    assert "入力が終わりました" in heard
    assert hanako.link("内容を確認する")
    assert "入力が終わりました" in hanako.say("この内容で申請する")
    assert not Application.objects.exists()
