"""Names and addresses as people type them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.lib import text
from madoguchi.lib.variants import VARIANTS


@pytest.mark.parametrize("name", ["髙橋", "山﨑", "𠮷田", "渡邉", "渡邊", "葛\U000e0100城", "神\ufe00", "JOHN SMITH"])
def test_a_name_is_stored_as_it_was_typed(name: str) -> None:
    assert text.nfc(name) == name


def test_a_compatibility_ideograph_survives_although_nfc_alone_would_change_it() -> None:
    assert unicodedata.normalize("NFC", "\ufa19") != "\ufa19"
    assert text.nfc("\ufa19か\u3099") == "\ufa19が"


def test_combining_dakuten_from_a_mac_are_composed() -> None:
    assert text.nfc("か\u3099は\u309a") == "がぱ"


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("髙橋", "高橋"), ("山﨑", "山崎"), ("𠮷田", "吉田"), ("渡邉", "渡辺"), ("渡邊", "渡辺"),
        ("邉\U000e0101", "辺"), ("ｶﾀｶﾅ", "かたかな"), ("か\u3099", "ガ"), ("か゛", "ガ"), ("ﾜﾀﾅﾍﾞ", "わたなべ"),
        ("John　Smith", "ＪＯＨＮ　ＳＭＩＴＨ"), ("José", "JOSE"), ("マイケル・ジョーダン", "マイケル ジョーダン"),
        ("市ヶ谷", "市ケ谷"), ("\ufa19田", "神田"), ("サトー", "ｻﾄｰ"), ("０４７", "047"),
    ],
)  # fmt: skip
def test_two_ways_of_writing_one_name_are_found_as_one(typed: str, other: str) -> None:
    assert text.fold(typed) == text.fold(other)


@pytest.mark.parametrize(("one", "other"), [("斉藤", "斎藤"), ("崎玉", "埼玉"), ("はな", "ばな"), ("ハハ", "パパ")])
def test_names_that_really_differ_stay_different(one: str, other: str) -> None:
    assert text.fold(one) != text.fold(other)


@given(st.text(st.one_of(st.characters(), st.characters(max_codepoint=0x3100), st.sampled_from("かガｶﾞﾟ゛\u3099髙𠮷가"))))
def test_texts_fold_to_the_same_character_by_character_and_as_a_whole(typed: str) -> None:
    assert text.fold(typed) == text._fold(typed)


@given(st.lists(st.text(st.one_of(st.characters(), st.sampled_from("\x00かﾞ髙 "))), max_size=4))
def test_texts_fold_to_the_same_together_and_one_by_one(typed: list[str]) -> None:
    assert text.fold_each(typed) == [text.fold(one) for one in typed]


@given(st.text())
def test_folding_twice_changes_nothing(typed: str) -> None:
    assert text.fold(text.fold(typed)) == text.fold(typed)


@given(st.text())
def test_storing_twice_changes_nothing_and_does_not_change_what_is_found(typed: str) -> None:
    assert text.nfc(text.nfc(typed)) == text.nfc(typed)
    assert text.fold(text.nfc(typed)) == text.fold(typed)


def test_every_variant_leads_to_a_form_that_stands_for_itself() -> None:
    assert all(ord(standard) not in VARIANTS for standard in VARIANTS.values())


@pytest.mark.parametrize(
    ("typed", "kana"),
    [
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ タロウ"), ("いちかわ", "イチカワ"), ("か\u3099", "ガ"), ("サト-", "サトー"),
        ("ｻﾄｰ", "サトー"),
    ],
)  # fmt: skip
def test_readings_become_full_width_katakana(typed: str, kana: str) -> None:
    assert text.to_full_kana(typed) == kana
    assert text.is_katakana_name(kana)


@pytest.mark.parametrize("wrong", ["", "やまだ", "ﾔﾏﾀﾞ", "YAMADA", "山田", "ヤマダ1", "ヤマダ  タロウ", " ヤマダ"])
def test_anything_but_full_width_katakana_is_no_reading(wrong: str) -> None:
    assert not text.is_katakana_name(wrong)


def test_spaces_of_all_kinds_become_one() -> None:
    assert text.normalise_spaces(" \u3000市川\u3000\t 花子\u200b\n") == "市川 花子"


def test_only_digits_are_made_half_width() -> None:
    assert text.to_half_digits("１２３号室ＡＢ") == "123号室ＡＢ"
    assert text.to_half_width("Ａ－１　ｱﾊﾟｰﾄ 髙") == "A-1 アパート 髙"


@pytest.mark.parametrize(
    ("kanji", "digits"),
    [("二十三", "23"), ("十", "10"), ("百五", "105"), ("二〇二六", "2026"), ("千二百", "1200"), ("一丁目", "1丁目")],
)
def test_kanji_numerals_are_read(kanji: str, digits: str) -> None:
    assert text.kanji_to_digits(kanji) == digits


SAME_PLACE = (
    "市川市八幡1-1-1", "市川市八幡一丁目１番１号", "市川市八幡1丁目1番1号", "市川市八幡１丁目１番地の１",
    "市川市八幡１－１－１",
    "市川市八幡１ー１ー１", "市川市八幡一の一の一", "市川市 八幡 1丁目 1-1", "市川市八幡1 1 1",
    "市川市大字八幡1丁目1番地1",
    "市川市八幡１丁目１−１",
)  # fmt: skip


@pytest.mark.parametrize("typed", SAME_PLACE)
def test_an_address_typed_differently_is_the_address_on_the_card(typed: str) -> None:
    assert text.fold_address(typed) == text.fold_address("市川市八幡一丁目1番1号")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("市川市八幡1丁目1番1号コーポ窓口203号室", "市川市八幡1-1-1 コーポ窓口 203"),
        ("市川市八幡1丁目1番1号コーポ窓口203号室", "市川市八幡1-1-1 ｺｰﾎﾟ窓口203"),
        ("千代田区霞が関2丁目1番", "千代田区霞ヶ関2-1"),
        ("札幌市中央区北一条西二丁目", "札幌市中央区北1条西2丁目"),
        ("高山市花岡町2丁目18番地", "高山市花岡町2-18"),
        ("横浜市西区三番町5番地", "横浜市西区三番町5"),
    ],
)
def test_more_addresses_that_are_the_same(one: str, other: str) -> None:
    assert text.same_address(one, other)


def test_a_missing_prefecture_does_not_matter_but_a_different_one_does() -> None:
    assert text.same_address("千葉県市川市八幡1-1-1", "市川市八幡1丁目1番1号")
    assert not text.same_address("東京都府中市宮西町2-24", "広島県府中市宮西町2-24")


@pytest.mark.parametrize(
    ("one", "other"),
    [("八幡1-1-1", "八幡1-11"), ("八幡11-1", "八幡1-1-1"), ("八幡1-1-1", "八幡1-1-2"), ("八幡1-1", "南八幡1-1")],
)
def test_neighbouring_addresses_stay_different(one: str, other: str) -> None:
    assert not text.same_address(one, other)


@given(st.lists(st.integers(1, 99), min_size=1, max_size=3))
def test_blocks_survive_in_every_notation(blocks: list[int]) -> None:
    hyphens = "八幡" + "-".join(map(str, blocks))
    words = "八幡" + "".join(f"{block}{unit}" for block, unit in zip(blocks, ("丁目", "番", "号"), strict=False))
    assert text.fold_address(hyphens) == text.fold_address(words) == text.fold_address(text.fold_address(words))
