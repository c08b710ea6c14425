"""What was looked for is marked where it stands, as it is written there."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.desk.highlight import marked
from madoguchi.lib.text import fold
from madoguchi.records.search_text import words_of


@pytest.mark.parametrize(
    ("text", "search", "shown"),
    [
        ("髙橋 一郎", "高橋", "<mark>髙橋</mark> 一郎"),
        ("渡邉\U000e0100 誠", "渡辺", "<mark>渡邉\U000e0100</mark> 誠"),
        ("ﾊﾞｽ停", "ばす", "<mark>ﾊﾞｽ</mark>停"),
        ("市川 花子", "川花", "市<mark>川</mark> <mark>花</mark>子"),
        ("a<b>&b", "B", "a&lt;<mark>b</mark>&gt;&amp;<mark>b</mark>"),
        ("道路と道路", "道路 と", "<mark>道路と道路</mark>"),
        ("あああ", "ああ", "<mark>あああ</mark>"),
        ("㈱窓口", "(株)", "<mark>㈱</mark>窓口"),
        ("街灯", "標識", "街灯"),
        ("<街灯>", "", "&lt;街灯&gt;"),
    ],
)
def test_words_are_marked_as_they_are_written(text: str, search: str, shown: str) -> None:
    assert marked(text, words_of(search)) == shown


@given(st.text(), st.text(max_size=6))
def test_marks_change_nothing_else(text: str, search: str) -> None:
    html = marked(text, words_of(search))
    assert unescape(re.sub("</?mark>", "", html)) == unescape(marked(text, ()))


LETTERS = st.sampled_from("かがカｶﾞ髙高aA 山田")


@given(st.text(LETTERS, max_size=12), st.text(LETTERS, min_size=1, max_size=3))
def test_whatever_is_found_has_a_mark(text: str, search: str) -> None:
    words = words_of(search)
    if words and all(any(way in fold(text) for way in word) for word in words):
        assert "<mark>" in marked(text, words)
