"""Typst prints what people are called, and prints it as text, whatever they typed."""

from __future__ import annotations

import io
import unicodedata
from typing import Any

import noto_cjk_sans_jp_regular
import pytest
from PIL import ImageFont
from pypdf import PdfReader

from madoguchi.documents.letters import wrap
from madoguchi.documents.render import pdf, png


def label(name: str, lines: list[str]) -> dict[str, Any]:
    return {
        "title": "宛名ラベル",
        "to": {"postal_code": "272-0021", "postal_digits": "2720021", "lines": lines, "name": name},
        "sender": {"name": "窓口市", "lines": ["〒272-8501　窓口市八幡1丁目1番1号", "窓口市"]},
    }


def read(document: bytes) -> tuple[str, int]:
    pages = PdfReader(io.BytesIO(document)).pages
    return "\n".join(page.extract_text() for page in pages), len(pages)


@pytest.mark.parametrize(
    "name", ["髙橋　一郎", "𠮷田　邉", "山﨑　彅", "邊　咲", "JOHN SMITH", "Łukasz Şükrü", "Ольга Ђорђевић"]
)
def test_names_with_rare_kanji_come_back_out_of_the_pdf(name: str) -> None:
    text, _pages = read(pdf("address_label", label(name, ["千葉県市川市八幡1丁目1番1号"])))
    assert f"{name} 様" in text


@pytest.mark.parametrize(("one", "other"), [("葛\U000e0100", "葛\U000e0101"), ("邉", "邉\U000e0103"), ("高", "髙")])
def test_variants_of_a_kanji_are_drawn_differently(one: str, other: str) -> None:
    assert png("address_label", label(one, ["住所"])) != png("address_label", label(other, ["住所"]))


@pytest.mark.parametrize(
    "typed", ["#strong[太字]", "$x^2$", "*a* _b_ `c`", '"#eval("1+1")', "\\u{41} <b>", "{受付番号}"]
)
def test_what_a_resident_typed_is_never_read_as_markup(typed: str) -> None:
    text, _pages = read(pdf("address_label", label(typed, [typed])))
    assert text.count(typed) == 2


def test_a_name_of_thirty_characters_stays_on_one_line_of_the_label() -> None:
    name = "アレクサンドラマリア　フォンホーエンツォレルンスキーヤ三十字長"
    assert len(name) >= 30
    text, pages = read(pdf("address_label", label(name, ["千葉県市川市八幡1丁目1番1号"])))
    assert f"{name} 様" in text
    assert pages == 1


def test_a_very_long_address_still_fits_on_one_label() -> None:
    lines = wrap("千葉県市川市" + "東西南北" * 20, 30) + wrap("グランドメゾン" * 5, 30)
    text, pages = read(pdf("address_label", label("市川　花子", lines)))
    assert pages == 1
    assert all(line in text for line in lines)


def test_addresses_wrap_at_thirty_characters() -> None:
    assert [len(line) for line in wrap("あ" * 65, 30)] == [30, 30, 5]
    assert wrap("", 30) == []


def test_wrapping_never_parts_a_kanji_from_its_variant_selector_or_a_kana_from_its_dakuten() -> None:
    assert wrap("葛\U000e0101飾" + "か\u3099く", 1) == ["葛\U000e0101", "飾", "か\u3099", "く"]


def test_the_kanji_of_jis_x_0213_are_in_the_font() -> None:
    """Every twentieth, for time; all of them were checked when the font was chosen."""
    font = ImageFont.truetype(str(noto_cjk_sans_jp_regular.FONT_PATH), 12)
    missing = bytes(font.getmask("\U0003fffd"))
    assert [kanji for kanji in sorted(_jis_x_0213())[::20] if bytes(font.getmask(kanji)) == missing] == []


def _jis_x_0213() -> set[str]:
    rows = range(0xA1, 0xFF)
    codes = [plane + bytes([row, cell]) for plane in (b"", b"\x8f") for row in rows for cell in rows]
    found = {code.decode("euc_jisx0213", errors="ignore") for code in codes}
    return {c for c in found if len(c) == 1 and unicodedata.name(c, "").startswith("CJK ")}
