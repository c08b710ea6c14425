"""Buttons and words."""

from __future__ import annotations

import pytest

from madoguchi.channels.line.commands import command, parse, typed


def test_a_button_comes_back_as_the_command_it_was_made_of():
    made = command("answer", "1a2b3c4d", 3, "0.品名", 7)
    assert parse(made.data) == made
    assert (made.ref, made.argument(2), made.number(3), made.argument(9)) == ("1a2b3c4d", "0.品名", 7, "")


@pytest.mark.parametrize("data", ["", "|", "answer", "答え|x", "answer|a|b|c|d|e|f", "\x00"])
def test_foreign_postback_data_are_never_an_error(data: str):
    found = parse(data)
    assert found.number(1) in (0, -1)
    assert found.argument(20) == ""


@pytest.mark.parametrize(
    ("word", "verb"),
    [
        ("最初から", "restart"), (" 最初から ", "restart"), ("はじめから", "restart"), ("戻る", "back"),
        ("もどる", "back"), ("職員に聞く", "staff"), ("申請状況", "status"), ("やめる", "stop"), ("メニュー", "menu"),
        ("ﾒﾆｭｰ", "menu"), ("入力に戻る", "resume"), ("続きから", "resume"), ("言語", "language"),
        ("Language", "language"), ("ＬＡＮＧＵＡＧＥ", "language"), ("English", "language"), ("Help", "staff"),
    ],
)  # fmt: skip
def test_control_words_work_however_they_are_typed(word: str, verb: str):
    found, while_asked = typed(word), typed(word, asked=True)
    assert found is not None and while_asked is not None
    assert found.verb == while_asked.verb == verb


@pytest.mark.parametrize("word", ["電話", "申請", "キャンセル", "状況", "日本語", "相談"])
def test_words_that_may_be_an_answer_are_none_of_our_commands_while_a_question_is_open(word: str):
    assert typed(word) is not None
    assert typed(word, asked=True) is None


@pytest.mark.parametrize("sentence", ["", "最初からお願いします", "住民票がほしい", "戻るとき"])
def test_sentences_are_no_commands(sentence: str):
    assert typed(sentence) is None
