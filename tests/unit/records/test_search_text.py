"""What a record is found by: lines that never meet, and pairs of characters that never lose one."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.values import Value
from madoguchi.lib.text import fold, nfc
from madoguchi.query.texts import spellings
from madoguchi.records.search_text import LINE_START, MARK_END, form_of, grams_of, grams_within, mark, words_of
from tests.cast import TAKAHASHI
from tests.samples import certificate, certificate_answers, everything, everything_answers

TROUBLE = "かガｶﾞﾟ゛゜\u3099\u309aハﾊ髙高邉\U000e0101𠮷・ーｰ- 　ヶケ１1aAＡßİﬁ가각\u30fb\u0301eé新規"
typed = st.text(st.one_of(st.sampled_from(TROUBLE), st.characters(codec="utf-8", exclude_characters="\x00")))


def lines(defn: AppDefinition, answers: Mapping[str, Value]) -> list[str]:
    ids = {field.code: field.id for field in defn.value_fields}
    text, _ = form_of(defn).columns({ids[code]: value for code, value in answers.items()}, "JM-R08-000001")
    return [line.partition(MARK_END)[2] for line in text.split(LINE_START)[1:]]


def test_a_record_is_found_by_its_number_names_addresses_telephone_numbers_and_choices() -> None:
    found = lines(certificate(), certificate_answers())
    for line in ("jm-r08-000001", "市川花子", "イチカワハナコ", "2720021", "09012345678", "090-1234-5678"):
        assert line in found
    assert "千葉県市川市八幡1丁目1番1号コーポ窓口203" in found


def test_rows_of_tables_places_and_the_words_of_choices_are_found() -> None:
    found = lines(everything(), everything_answers())
    assert {"タイヤ", "市川駅前"} <= set(found)
    assert "hole" not in found


def test_numbers_days_and_files_are_not_words() -> None:
    found = lines(everything(), everything_answers())
    assert not {"3000", "1.5", "2026-12-01"} & set(found)


def test_a_mark_is_never_found_and_tells_which_field_the_line_is_of() -> None:
    marks = [mark(number) for number in range(10_000)]
    assert len(set(marks)) == 10_000
    assert not any(fold(one) for one in marks)


@given(typed)
def test_no_folded_text_has_the_characters_that_part_lines(text: str) -> None:
    assert not re.search(r"[\x00-\x1f]", fold(text))


@given(typed, typed, typed)
@example("", "か", "゛")
@example("か", "゙き", "")
@example("", "ﾊ", "ﾟ")
@example("", "가", "\u11a8")
@example("", "\u1100", "\u1161")
def test_pairs_of_a_keyword_are_in_every_text_that_holds_it(before: str, keyword: str, after: str) -> None:
    assert grams_within(keyword) <= grams_of(fold(before + keyword + after))


@given(st.data(), typed)
def test_pairs_of_every_way_to_write_a_keyword_are_in_the_stored_texts_that_a_query_finds(
    data: st.DataObject, keyword: str
) -> None:
    assume(keyword)
    way = data.draw(st.sampled_from(spellings(keyword) or (keyword,)))
    text = nfc(data.draw(typed) + data.draw(st.sampled_from((way, way.upper(), way.title()))) + data.draw(typed))
    if way in text.lower():
        assert grams_within(way) <= grams_of(fold(text))


@given(typed, typed)
def test_a_folded_word_within_a_folded_text_has_all_its_pairs_there(text: str, word: str) -> None:
    whole = fold(text)
    for start in range(len(whole)):
        assert grams_of(whole[start : start + 3]) <= grams_of(whole)
    if fold(word) in whole:
        assert grams_of(fold(word)) <= grams_of(whole)


def test_two_different_pairs_are_two_numbers() -> None:
    assert grams_of("山田") != grams_of("田山")
    assert len(grams_of("𠮷")) == 1  # one character, two units: found by the index too
    assert grams_of("山") == frozenset()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("高橋　ｲﾁﾛｳ", (("高橋",), ("イチロウ",))),
        ("髙橋", (("高橋",),)),
        ("090-1234", (("090-1234", "0901234"),)),
        ("０９０", (("090",),)),
        ("2-3丁目", (("2-3丁目",),)),
        ("---", (("---",),)),
        (" ・ \x00", ()),
        ("a b c d e f g", (("a",), ("b",), ("c",), ("d",), ("e",))),
    ],
)
def test_what_is_typed_becomes_words_and_the_ways_to_write_them(typed: str, words: tuple[tuple[str, ...], ...]) -> None:
    assert words_of(typed) == words


def test_another_label_of_a_choice_is_another_form_and_another_help_text_is_not() -> None:
    defn = certificate()
    field = next(field for field in defn.fields if field.type == "choice")
    relabelled = field.model_copy(update={"options": (*field.options[1:], field.options[0].model_copy(
        update={"label": field.label})
    )})  # fmt: skip
    helped = field.model_copy(update={"help": field.label})

    def key(changed: object) -> str:
        fields = tuple(changed if one is field else one for one in defn.fields)
        return form_of(defn.model_copy(update={"fields": fields})).key

    assert key(field) == key(helped) != key(relabelled)


def test_a_name_is_found_however_its_variants_and_kana_are_written() -> None:
    found = lines(certificate(), certificate_answers(氏名=TAKAHASHI))
    for word in ("高橋", "髙橋", "橋一", "たかはし", "ﾀｶﾊｼ", "シイチ"):
        assert any(fold(word) in line for line in found)
