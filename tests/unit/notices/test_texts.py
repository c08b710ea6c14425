"""Notices are calm, complete, in the resident's language, and hold nothing personal."""

from __future__ import annotations

import re

import pytest

from madoguchi.definition.app import NoticeText
from madoguchi.notices import texts
from madoguchi.notices.actions import HEARD_KINDS, KEY_BY_ACTION, KEY_BY_KIND, KEY_BY_STATUS, key_for
from tests.samples import certificate

FACTS = {"受付番号": "JM-R08-000123", "状態": "受け付けました", "期限": "令和8年12月7日"}
ALLOWED = {"受付番号", "手続名", "状態", "リンク", "期限"}


def say(key: str, *, language: str = "ja", facts: dict[str, str] | None = None, **procedure: object) -> texts.Message:
    defn = certificate(**procedure)
    assert defn.procedure
    return texts.message(defn.procedure, key, language=language, facts=facts or FACTS)


@pytest.mark.parametrize("key", sorted(texts.DEFAULTS))
@pytest.mark.parametrize("language", ["ja", "ja_easy", "en"])
def test_every_built_in_text_is_complete_in_every_language(key: str, language: str) -> None:
    message = say(key, language=language, notices={})
    assert "JM-R08-000123" in message.title
    assert not re.search(r"[{}]", message.title + message.body)


@pytest.mark.parametrize("key", sorted(texts.DEFAULTS))
def test_built_in_japanese_speaks_politely(key: str) -> None:
    sentences = [s for s in re.split(r"[。\n]", str(texts.DEFAULTS[key].body)) if s]
    assert all(re.search(r"(です|ます|した|せん|ください)$", s) for s in sentences), sentences


@pytest.mark.parametrize("key", sorted(texts.DEFAULTS))
def test_built_in_texts_use_only_placeholders_that_are_not_personal(key: str) -> None:
    text = texts.DEFAULTS[key]
    used = {name for part in (text.title, text.body) for t in part.root.values() for name in re.findall(r"{(.+?)}", t)}
    assert used <= ALLOWED


def test_there_is_a_text_for_every_event_residents_hear_of() -> None:
    wanted = {*KEY_BY_KIND.values(), *KEY_BY_ACTION.values(), *KEY_BY_STATUS.values()}
    assert wanted <= set(texts.DEFAULTS)
    assert {"created", "moved", "corrected", "payment_paid"} <= HEARD_KINDS


def test_the_procedures_own_text_wins_over_the_built_in_one() -> None:
    own = NoticeText.model_validate({"title": "発送", "body": "{手続名}を送りました。"})
    assert say("posted", notices={"posted": own.model_dump()}).body == "住民票の写しを送りました。"


def test_an_english_speaker_reads_the_built_in_text_where_the_procedures_own_is_only_in_japanese() -> None:
    own = NoticeText.model_validate({"title": "発送", "body": "送りました。"}).model_dump()
    assert "We have posted" in say("posted", language="en", notices={"posted": own}).body
    assert say("posted", language="ja_easy", notices={"posted": own}).body == "送りました。"


def test_easy_japanese_carries_its_readings_in_brackets() -> None:
    own = {"title": "x", "body": {"ja": "{状態}", "ja_easy": "今《いま》は「{状態}」です。", "en": "Now {状態}."}}
    facts = FACTS | {"状態": "申《もう》し込《こ》みました"}
    assert say("posted", language="ja_easy", facts=facts, notices={"posted": own}).body == (
        "今（いま）は「申（もう）し込（こ）みました」です。"
    )


def test_an_unknown_key_still_tells_the_resident_that_something_changed() -> None:
    assert "状況が変わりました" in say("何か", notices={}).body


def test_a_line_about_a_time_limit_is_left_out_where_there_is_none() -> None:
    assert "期限" not in say("returned", notices={}, facts=FACTS | {"期限": ""}).body


def test_a_text_of_one_line_is_not_lost_with_its_time_limit() -> None:
    assert texts.fill("{期限}までに直してください。", {"期限": ""}) == "までに直してください。"


def test_where_everything_is_said_in_chat_the_chat_has_already_confirmed_the_application() -> None:
    chat = certificate(all_in_chat=True, pilot_only=True, banner="実験")
    assert key_for(chat, "created", {"status": "awaiting_payment", "channel": "line"}) is None
    assert key_for(chat, "created", {"status": "awaiting_payment", "channel": "web"}) == "unpaid"


def test_a_placeholder_nobody_knows_stays_so_that_staff_see_the_mistake() -> None:
    assert texts.fill("{氏名}様", FACTS) == "{氏名}様"


@pytest.mark.parametrize(
    ("kind", "data", "key"),
    [
        ("created", {"status": "submitted", "channel": "web"}, "submitted"),
        ("created", {"status": "awaiting_payment", "channel": "web"}, "unpaid"),
        ("moved", {"action": "accept", "to": "accepted"}, "accepted"),
        ("moved", {"action": "return", "to": "returned", "note": "写真が不鮮明です"}, "returned"),
        ("moved", {"action": "cancel", "to": "cancelled"}, "cancelled"),
        ("moved", {"action": "paid", "to": "submitted"}, None),
        ("moved", {"action": "correct", "to": "submitted"}, None),
        ("moved", {"action": "unknown", "to": "submitted"}, None),
        ("payment_paid", {}, "paid"),
        ("payment_expired", {}, "expired"),
        ("payment_refunded", {}, "refunded"),
        ("corrected", {}, "corrected"),
        ("commented", {}, None),
        ("assigned", {}, None),
    ],
)
def test_each_event_has_its_one_text(kind: str, data: dict[str, str], key: str | None) -> None:
    assert key_for(certificate(), kind, data) == key
