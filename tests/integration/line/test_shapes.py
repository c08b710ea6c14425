"""What the product sends LINE has LINE's own shape: every path, every property (``Chat.heard`` checks each message)."""

from __future__ import annotations

from typing import Any

import pytest

from madoguchi.catalog.queries import AppRevision
from tests.integration.line.walking import SUMMARY, answer_until
from tests.line_chat import Chat
from tests.line_shapes import request_findings

pytestmark = pytest.mark.django_db
Sent = list[tuple[str, str, Any]]


def paths(sent: Sent) -> set[str]:
    """The last words of the paths called."""
    return {path.rsplit("/", 1)[-1] for _, path, _ in sent}


def test_from_the_first_word_to_the_receipt_number(pilot: AppRevision, hanako: Chat, sent: Sent):
    answer_until(hanako, SUMMARY)
    hanako.tap("この内容で申請する")
    hanako.say("申請の状況")
    hanako.say("職員に聞く")
    assert paths(sent) >= {"reply", "content"}
    assert [request_findings(*call) for call in sent] == [[]] * len(sent)


def test_a_late_answer_that_is_pushed(pilot: AppRevision, hanako: Chat, sent: Sent):
    hanako.person.say("住民票")
    hanako.deliver()
    hanako.line.advance(120)
    try:
        hanako.settle()
    finally:
        hanako.line.advance(-120)
    assert "push" in paths(sent)
    assert [request_findings(*call) for call in sent] == [[]] * len(sent)


def test_several_procedures_side_by_side(pilot: AppRevision, report: AppRevision, hanako: Chat, sent: Sent):
    hanako.say("住民票")
    hanako.say("道路")
    hanako.say("おはよう")
    hanako.say("言語")
    assert paths(sent) == {"reply"}
    assert [request_findings(*call) for call in sent] == [[]] * len(sent)
