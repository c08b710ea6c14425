"""LINE counts UTF-16 code units: 𠮷 and most emoji are two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.channels.line import flex
from simulators.line.rules import utf16_length


@given(st.text(max_size=60), st.integers(1, 40))
def test_a_clipped_text_fits_begins_alike_and_says_that_it_was_cut(text: str, units: int):
    clipped = flex.clip(text, units)
    assert utf16_length(clipped) <= units
    assert clipped == text if utf16_length(text) <= units else clipped.endswith("…")
    assert text.startswith(clipped.removesuffix("…"))


def test_a_label_of_twenty_units_stays_whole_also_with_rare_characters():
    assert flex.postback("𠮷" * 10, "x")["label"] == "𠮷" * 10
    assert flex.postback("𠮷" * 11, "x")["label"] == "𠮷" * 9 + "…"


def test_a_very_long_text_is_clipped_at_once():
    assert utf16_length(flex.text("𠮷" * 200_000)["text"]) <= 5000


def test_only_the_last_of_at_most_five_messages_carries_at_most_thirteen_quick_replies():
    actions = [flex.postback(str(number), "x") for number in range(20)]
    messages = flex.with_quick_replies([flex.text(str(number)) for number in range(7)], actions)
    assert [message["text"] for message in messages] == ["2", "3", "4", "5", "6"]
    assert ["quickReply" in message for message in messages] == [False, False, False, False, True]
    assert len(messages[-1]["quickReply"]["items"]) == 13


@pytest.mark.parametrize("given_text", ["", "　"])
def test_an_empty_answer_is_shown_as_a_dash_because_line_takes_no_empty_text(given_text: str):
    assert flex.line_of(given_text)["text"]
