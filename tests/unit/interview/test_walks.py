"""Residents walk through the sample procedures, on the web and in chat."""

from __future__ import annotations

from dataclasses import replace

import pytest

from madoguchi.interview.engine import begin, progress
from madoguchi.interview.types import (
    Answer,
    Back,
    Change,
    Confirm,
    Confirmed,
    Question,
    Restart,
    Skip,
    Start,
    State,
    Summary,
)
from tests.cast import HANAKO, HANAKO_ADDRESS
from tests.samples import BACK, FRONT, FixedWorld, certificate, certificate_answers, everything, everything_answers
from tests.unit.interview.walks import Walk

LINE = FixedWorld(channel="line")
CHAT = (
    "市川 花子", "いちかわ はなこ", "昭和60年4月1日", "２７２−００２１", "1丁目1番1号", "コーポ窓口 203",
    "０９０１２３４５６７８", "本人", "世帯全員", "世帯主と続柄", "二通", "勤務先", "1", "運転免許証",
)  # fmt: skip


def filled(**changes: object) -> Walk:
    """Hanako at the summary of the certificate, on the web."""
    walk = Walk(certificate())
    answers = certificate_answers(**changes)
    walk.finish(lambda field: answers.get(field.code))
    return walk


def correction(*codes: str, **changes: object) -> Walk:
    """Hanako, whose application came back with ``codes`` to correct."""
    return Walk(certificate(), state=State(answers=certificate_answers(**changes), only=frozenset(codes)))


def asked(walk: Walk) -> str:
    """The code of the open question."""
    assert isinstance(walk.prompt, Question), walk.prompt
    return walk.prompt.field.code


def shown(walk: Walk) -> dict[str, str]:
    """What the summary shows by code."""
    assert isinstance(walk.prompt, Summary), walk.prompt
    return {row.field.code: row.display for row in walk.prompt.rows}


# --- on the web ---


def test_the_web_begins_with_the_explanation_and_then_asks_the_name():
    walk = Walk(certificate())
    assert asked(walk) == "はじめに"
    walk.send(Answer("はじめに", ""))
    assert asked(walk) == "氏名"


def test_a_heading_without_text_is_no_screen():
    assert asked(Walk(everything())) == "場所"


def test_hidden_questions_are_neither_asked_nor_shown():
    assert {"委任状", "必要な方", "個人番号の提出先", "使いみちの内容"}.isdisjoint(shown(filled()))


def test_the_summary_shows_answers_ready_to_read_and_the_fee():
    walk = filled(通数="3", 速達="する")
    rows = shown(walk)
    assert rows["生年月日"] == "昭和60年4月1日"
    assert rows["氏名"] == "市川 花子（イチカワ ハナコ）"
    assert rows["通数"] == "3通"
    assert [(str(row.label), row.amount) for row in walk.prompt.fee] == [("手数料", 900), ("送料", 410)]
    assert walk.prompt.total_fee == 1310


def test_a_refused_answer_shows_what_was_typed_and_why():
    walk = Walk(certificate())
    walk.send(Answer("通数", "十一"))
    assert asked(walk) == "通数"
    assert walk.prompt.value == "十一"
    assert "10通以下" in str(walk.prompt.problems[0].text)


def test_every_box_of_a_name_has_its_own_problem():
    walk = Walk(certificate())
    walk.send(Answer("氏名", {"family": "市川", "given": "", "family_kana": "", "given_kana": "hanako"}))
    assert [problem.part for problem in walk.prompt.problems] == ["given", "family_kana", "given_kana"]


def test_answering_another_visible_question_counts_as_changing_it():
    walk = filled()
    walk.send(Change("通数"))
    walk.send(Answer("使いみち", "年金"))
    assert shown(walk)["使いみち"] == "年金"


def test_an_answer_to_a_hidden_or_unknown_question_shows_the_open_one_again():
    walk = filled()
    walk.send(Change("通数"))
    for code in ("委任状", "処理メモ", "手数料", "ない"):
        walk.send(Answer(code, "x"))
        assert asked(walk) == "通数"
        assert code not in walk.state.answers


def test_a_new_condition_asks_only_the_new_question_and_comes_back():
    walk = filled()
    walk.send(Change("使いみち"))
    walk.send(Answer("使いみち", "その他"))
    assert asked(walk) == "使いみちの内容"
    walk.send(Answer("使いみちの内容", "留学"))
    assert shown(walk)["使いみちの内容"] == "留学"


def test_an_answer_is_back_when_its_question_is():
    walk = filled(使いみち="その他", 使いみちの内容="留学")
    walk.send(Change("使いみち"))
    walk.send(Answer("使いみち", "年金"))
    assert "使いみちの内容" not in shown(walk)
    walk.send(Change("使いみち"))
    walk.send(Answer("使いみち", "その他"))
    assert shown(walk)["使いみちの内容"] == "留学"


def test_back_goes_to_the_question_before_and_keeps_its_answer():
    walk = Walk(certificate())
    walk.send(Answer("はじめに", ""))
    walk.send(Answer("氏名", HANAKO))
    walk.send(Back())
    assert asked(walk) == "氏名"
    assert walk.prompt.value == HANAKO
    walk.send(Answer("氏名", HANAKO))
    assert asked(walk) == "生年月日"


def test_back_at_the_first_question_stays_there():
    walk = Walk(certificate())
    walk.send(Back())
    assert asked(walk) == "はじめに"
    assert not walk.prompt.can_go_back


def test_back_from_a_change_returns_to_the_summary():
    walk = filled()
    walk.send(Change("通数"))
    assert walk.prompt.can_go_back
    assert isinstance(walk.send(Back()), Summary)


def test_back_from_the_summary_opens_the_last_question():
    walk = filled()
    walk.send(Back())
    assert asked(walk) == "同意"


def test_an_optional_question_can_be_skipped_and_a_required_one_cannot():
    walk = Walk(everything())
    walk.send(Skip("場所"))
    assert asked(walk) == "場所"
    assert walk.prompt.problems
    walk.send(Answer("場所", {"lat": 35.7, "lon": 139.9}))
    assert asked(walk) == "写真"
    assert walk.prompt.can_skip
    walk.send(Skip("写真"))
    assert asked(walk) == "状況"


def test_leaving_an_optional_question_empty_is_skipping_it():
    walk = filled(記載事項=None)
    walk.send(Change("記載事項"))
    walk.send(Answer("記載事項", []))
    assert shown(walk)["記載事項"] == ""


def test_the_position_counts_the_questions_visible_now():
    walk = Walk(certificate())
    walk.send(Answer("はじめに", ""))
    before = walk.prompt.total
    walk.send(Answer("範囲", "世帯の一部"))
    assert walk.prompt.total == before + 1
    assert progress(walk.defn, walk.state, walk.world) == (1, before + 1)


def test_starting_over_forgets_everything():
    walk = filled()
    walk.send(Restart())
    assert asked(walk) == "はじめに"
    assert walk.state == replace(begin(walk.defn), current="はじめに")


def test_resuming_shows_the_open_question():
    walk = filled()
    walk.send(Change("通数"))
    assert asked(Walk(walk.defn, state=State.from_json(walk.state.to_json()))) == "通数"


# --- sending ---


def test_sending_is_done_once_and_stays_done():
    walk = filled()
    assert isinstance(walk.send(Confirm()), Confirmed)
    assert isinstance(walk.send(Confirm()), Confirmed)
    assert isinstance(walk.send(Answer("通数", "9")), Confirmed)
    assert walk.state.answers["通数"] == "2"


def test_before_identification_and_payment_one_can_go_back_to_the_summary():
    walk = filled()
    walk.send(Confirm())
    assert isinstance(walk.send(Back()), Summary)


def test_sending_too_early_goes_on_asking():
    walk = Walk(certificate())
    walk.send(Confirm())
    assert asked(walk) == "はじめに"


def test_sending_asks_again_what_is_no_longer_valid():
    walk = Walk(everything())
    answers = everything_answers()
    walk.finish(lambda field: answers.get(field.code))
    walk.world = FixedWorld(FixedWorld().now.replace(year=2027))
    walk.send(Confirm())
    assert asked(walk) == "希望日"
    walk.send(Answer("希望日", "2027-12-01"))
    assert isinstance(walk.send(Confirm()), Confirmed)


# --- in chat ---


def test_a_whole_certificate_by_chat_gives_the_same_answers_as_by_web():
    walk = Walk(certificate(), by_part=True, world=LINE)
    walk.say(*CHAT)
    walk.send(Answer("身分証おもて", [FRONT]))
    walk.send(Answer("身分証うら", [BACK]))
    walk.say("はい")
    expected = certificate_answers()
    del expected["メール"]
    assert isinstance(walk.prompt, Summary)
    assert walk.state.answers == expected


def test_chat_shows_headings_before_the_next_question():
    walk = Walk(certificate(), by_part=True, world=LINE)
    assert (asked(walk), walk.prompt.part) == ("氏名", "full_name")
    assert str(walk.prompt.intro[0]) == "はじめに"


def test_a_field_of_another_channel_is_not_asked():
    walk = Walk(certificate(), by_part=True, world=LINE)
    walk.finish(lambda field: certificate_answers().get(field.code))
    assert "メール" not in shown(walk)


def test_chat_offers_the_towns_of_a_postal_code_that_has_several():
    walk = Walk(certificate(), by_part=True, world=LINE)
    walk.send(Change("住所"))
    walk.say("999-8501")
    assert walk.prompt.part == "town"
    assert [choice.value for choice in walk.prompt.choices] == ["東窓口町", "西窓口町"]
    walk.say("西窓口町", "5-1")
    assert walk.prompt.part == "building"
    walk.send(Skip("住所"))
    assert walk.state.answers["住所"]["town"] == "西窓口町"
    assert walk.state.answers["住所"]["building"] is None


def test_back_within_an_address_takes_back_its_last_part():
    walk = Walk(certificate(), by_part=True, world=LINE)
    walk.send(Change("住所"))
    walk.say("272-0021")
    assert walk.prompt.part == "street"
    walk.send(Back())
    assert walk.prompt.part == "postal_code"


def test_a_wrong_part_is_asked_again_and_the_parts_before_it_stay():
    walk = Walk(certificate(), by_part=True, world=LINE)
    walk.say("市川 花子", "花子")
    assert walk.prompt.part == "full_kana"
    assert walk.prompt.problems[0].part == "full_kana"
    walk.say("イチカワ ハナコ")
    assert walk.state.answers["氏名"] == HANAKO


def test_chat_asks_a_table_row_by_row():
    walk = Walk(certificate(), by_part=True, world=LINE)
    walk.send(Answer("範囲", "世帯の一部"))
    walk.send(Change("必要な方"))
    walk.say("市川 太郎", "平成元年5月5日", "はい", "市川 次郎")
    walk.send(Skip("必要な方"))
    walk.say("いいえ")
    rows = walk.state.answers["必要な方"]
    assert [row["必要な方の氏名"]["given"] for row in rows] == ["太郎", "次郎"]
    assert [row["必要な方の生年月日"] for row in rows] == ["1989-05-05", None]


def test_an_old_button_of_another_part_changes_nothing():
    walk = Walk(certificate(), by_part=True, world=LINE)
    walk.say("市川 花子")
    walk.send(Answer("氏名", "はい", "full_name"))
    assert walk.prompt.part == "full_kana"
    assert walk.state.partial["full_name"]["given"] == "花子"


def test_an_interview_begun_in_chat_goes_on_on_the_web():
    walk = Walk(certificate(), by_part=True, world=LINE)
    walk.say("市川 花子")
    walk.by_part = False
    walk.send(Start())
    assert asked(walk) == "氏名"
    assert walk.prompt.value == {"family": "市川", "given": "花子"}
    walk.send(Answer("氏名", HANAKO))
    assert walk.state.answers["氏名"] == HANAKO
    assert walk.state.partial == {}


def test_a_whole_address_is_taken_at_once_from_a_form():
    walk = Walk(certificate(), by_part=True, world=LINE)
    walk.send(Answer("住所", HANAKO_ADDRESS))
    assert walk.state.answers["住所"] == HANAKO_ADDRESS


# --- corrections ---


def test_a_correction_asks_exactly_what_staff_asked_for():
    walk = correction("身分証おもて", "電話番号")
    assert walk.finish(lambda field: certificate_answers()[field.code]) == ["電話番号", "身分証おもて"]
    assert [row.field.code for row in walk.prompt.rows if row.changeable] == ["電話番号", "身分証おもて"]
    assert isinstance(walk.send(Confirm()), Confirmed)


def test_a_correction_shows_the_answer_that_was_filed():
    assert correction("通数").prompt.value == "2"


def test_a_correction_asks_what_becomes_visible_through_it():
    walk = correction("使いみち")
    walk.send(Answer("使いみち", "その他"))
    assert asked(walk) == "使いみちの内容"


def test_a_correction_leaves_other_answers_alone():
    walk = correction("通数")
    walk.send(Answer("氏名", {**HANAKO, "given": "太郎"}))
    walk.send(Change("住所"))
    assert asked(walk) == "通数"
    assert walk.state.answers["氏名"] == HANAKO


def test_a_correction_begun_again_keeps_what_was_filed():
    walk = correction("通数", "使いみち")
    walk.send(Answer("通数", "5"))
    walk.send(Restart())
    assert asked(walk) == "通数"
    assert walk.state.answers["氏名"] == HANAKO


@pytest.mark.parametrize("answer", [None, "", [], {}, object(), float("nan"), b"x", {"family": object()}])
def test_nothing_that_is_sent_can_break_an_interview(answer: object):
    walk = filled()
    for field in walk.defn.fields:
        walk.state = State.from_json({**walk.state.to_json(), "phase": "checking"})
        walk.send(Answer(field.code, answer))
