"""Japanese text: the form that is stored, and the folded forms that are only searched and compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from madoguchi.lib.variants import VARIANTS

_COMPATIBILITY_IDEOGRAPHS = re.compile(r"([\uf900-\ufaff\U0002f800-\U0002fa1f])")
_HALF_WIDTH_KANA = re.compile(r"[\uff61-\uff9f]+")
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"\s+")
_DASHES = "‐‑‒–—―−－─━ｰ"
_DASH = re.compile(f"[{_DASHES}-]")
_HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_KATAKANA_NAME = re.compile(r"[ァ-ヴー・ヽヾ]+(?:[ 　][ァ-ヴー・ヽヾ]+)*")
_IGNORED = frozenset({"Mn", "Cf", "Cc", "Zs"})
_DAKUTEN = ("\u3099", "\u309a")
_IN_CONTEXT = re.compile(
    r"[^\x00-\u00ff\u2010-\u2015\u2212\u2500\u3000-\u3098\u309d-\u30ff\u3400-\u9fff\uff01-\uff9d\U00020000-\U0003ffff]"
)
"""All but characters that fold to the same whatever stands beside them; voicing marks change what is before them."""


class _Folded(dict[str, str]):
    """What single characters fold to, found out once each: six times faster than folding whole texts."""

    def __missing__(self, character: str) -> str:
        folded = self[character] = _fold(character)
        return folded


_FOLDED = _Folded()
_BETWEEN = "\x00"
"""Stands between texts that are folded together; no text that is stored holds it."""
_FOLDED_TOGETHER = _Folded({_BETWEEN: _BETWEEN})


def nfc(text: str) -> str:
    """The form in which text is stored: as typed, in NFC.

    Compatibility ideographs (神, 福 …) stay: some people's names are written so, and NFC alone would silently
    change them into the common form.
    """
    parts = _COMPATIBILITY_IDEOGRAPHS.split(text)
    return "".join(p if i % 2 else unicodedata.normalize("NFC", p) for i, p in enumerate(parts))


def fold(text: str) -> str:
    """The form for search and comparison; never shown, never stored instead of the text.

    Width, case, accents, hiragana/katakana, variant kanji (髙→高, 邉→辺), variation selectors (IVS), spaces
    and ``・`` make no difference; ヶ is ケ.
    """
    if _IN_CONTEXT.search(text) is None:
        return "".join(map(_FOLDED.__getitem__, text))
    return _fold(text)


def fold_each(texts: Sequence[str]) -> list[str]:
    """``fold`` of each text, in half the time of one after the other."""
    together = _BETWEEN.join(texts)
    if together.count(_BETWEEN) != len(texts) - 1 or _IN_CONTEXT.search(together):
        return [fold(text) for text in texts]
    return "".join(map(_FOLDED_TOGETHER.__getitem__, together)).split(_BETWEEN)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(c for c in plain if c in _DAKUTEN or unicodedata.category(c) not in _IGNORED)
    composed = unicodedata.normalize("NFC", kept).translate(_HIRAGANA_TO_KATAKANA).translate(VARIANTS)
    return _SPACES.sub("", _DASH.sub("-", composed)).replace("ヶ", "ケ").replace("ヵ", "カ").replace("・", "")


def to_half_width(text: str) -> str:
    """Full-width ASCII as ASCII, half-width kana as full-width kana; kanji and their variants stay."""
    ascii_ = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xFFE5: 0xA5}
    return _widen_kana(text.translate(ascii_))


def to_half_digits(text: str) -> str:
    """Full-width digits as ASCII digits; everything else stays."""
    return text.translate({code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)})


def to_full_kana(text: str) -> str:
    """Kana as full-width katakana (``ﾔﾏﾀﾞ``, ``やまだ`` → ``ヤマダ``); a hyphen after kana becomes ``ー``."""
    katakana = unicodedata.normalize("NFC", _widen_kana(text)).translate(_HIRAGANA_TO_KATAKANA)
    return re.sub(rf"(?<=[ァ-ヴー])[{_DASHES}-]", "ー", katakana)


def is_katakana_name(text: str) -> bool:
    """True for full-width katakana, parts divided by one space, as readings of names are stored."""
    return _KATAKANA_NAME.fullmatch(text) is not None


def normalise_spaces(text: str) -> str:
    """One line: any run of white space is one space, none at the ends, invisible characters gone."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def _widen_kana(text: str) -> str:
    return _HALF_WIDTH_KANA.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


# --- numbers and addresses ---

_DIGIT_OF = {"〇": 0, "零": 0, "元": 1} | {kanji: n for n, kanji in enumerate("一二三四五六七八九", start=1)}
_UNIT_OF = {"十": 10, "百": 100, "千": 1000}
_KANJI_NUMBER = re.compile(r"[〇零一二三四五六七八九十百千]+")
_PREFECTURE = re.compile(r"^(北海道|東京都|京都府|大阪府|[一-龠]{2,3}県)")


def kanji_to_digits(text: str) -> str:
    """Kanji numerals below 10,000 as digits, by unit (``二十三``) or by position (``二〇二六``)."""
    return _KANJI_NUMBER.sub(lambda match: str(_kanji_number(match[0])), text)


def _kanji_number(kanji: str) -> int:
    if not any(k in _UNIT_OF for k in kanji):
        return int("".join(str(_DIGIT_OF[k]) for k in kanji))
    total = pending = 0
    for k in kanji:
        if k in _UNIT_OF:
            total, pending = total + (pending or 1) * _UNIT_OF[k], 0
        else:
            pending = pending * 10 + _DIGIT_OF[k]
    return total + pending


def fold_address(text: str) -> str:
    """The form for comparing addresses: ``一丁目１番１号``, ``1丁目1番地の1`` and ``1-1-1`` become the same.

    Beyond ``fold``: kanji numerals are digits, 丁目・番地・番・号・の between numbers are hyphens, 大字
    and 字 are left out, and ケ/ガ/が as well as ノ/之 between kanji are one.
    """
    spaced = re.sub(r"(?<=[\d０-９])\s+(?=[\d０-９])", "-", text.strip())
    plain = kanji_to_digits(fold(spaced)).replace("大字", "").replace("字", "").replace("之", "ノ")
    plain = re.sub(r"(?<=[一-龠々\d])[ガケ](?=[一-龠々])", "ケ", plain)
    plain = re.sub(r"(?<=\d)ー", "-", plain)
    plain = re.sub(r"(?<=\d)(?:丁目|番地|番|号室|号|-)+ノ?-*(?=(.?))", _hyphen, plain)
    return re.sub(r"(?<=\d)ノ(?=\d)", "-", plain)


def _hyphen(match: re.Match[str]) -> str:
    return "-" if match[1].isdigit() else ""


def same_address(one: str, other: str) -> bool:
    """Whether two addresses fold to the same; a prefecture that only one of them names does not matter."""
    first, second = one.strip(), other.strip()
    if bool(_PREFECTURE.match(first)) != bool(_PREFECTURE.match(second)):
        first, second = _PREFECTURE.sub("", first), _PREFECTURE.sub("", second)
    return fold_address(first) == fold_address(second)
