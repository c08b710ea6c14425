"""What the texts in one column of a table look like, and the words that say so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from madoguchi.definition.checking_simple import NO, YES
from madoguchi.definition.columns import date_of_serial, mended, postal_digits
from madoguchi.lib.eras import DateError, parse_date
from madoguchi.lib.phones import PhoneError, parse_phone
from madoguchi.lib.postal import PostalCodeError, parse_postal
from madoguchi.lib.text import fold, normalise_spaces, to_half_width

ENOUGH = 0.9
"""So much of a column must fit a type; the rest shows up as errors to correct."""
ENOUGH_WITH_NAME = 0.6
"""Enough where the column's name says the same (生年月日, 電話番号)."""
MOST_OPTIONS = 20

_ERA = re.compile(r"\s*(明治|大正|昭和|平成|令和|[MTSHR明大昭平令])\s*(元|\d)", re.IGNORECASE)
_CLOCK = re.compile(r"(午前|午後)?\s*\d{1,2}(:\d{2}(:\d{2})?|時(\d{1,2}分|半)?)")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d{1,15})(\.\d{1,9})?\s*([^\d\s.,+-]{0,6})")
_MONEY = re.compile(r"[¥\\]?-?[¥\\]?(\d{1,3}(,\d{3})+|\d{1,12})円?")
_SEPARATOR = re.compile(r"[、,，;；/／・\n]+")

NAMES = {
    "date": r"年月日|日付|日$|^日|誕生|date", "datetime": r"日時|タイムスタンプ", "time": r"時刻|時間帯|^時間$",
    "phone": r"電話|TEL|携帯|FAX|ファクス|ファックス|連絡先", "email": r"メール|mail", "postal": r"郵便|〒|^ZIP",
    "money": r"額|料金?$|費|代金|単価|価格|税$|[（(]円[）)]|^金",
    "code": r"番号|コード|No\.?|ＮＯ|№|ID|整理番|記号", "address": r"住所|所在地|居所|本籍|宛先",
    "name": r"氏名|姓名|^名前|お名前|申請者名?$|世帯主名?$|代表者名?$|申込者名?$|届出者名?$|担当者名?$|保護者名?$",
    "kana": r"フリガナ|ふりがな|カナ|かな|ヨミ|よみ|読み",
}
_NAMES = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in NAMES.items()}
_PERSONAL = re.compile(
    r"氏名|姓|名前|住所|居所|本籍|郵便|電話|TEL|携帯|FAX|メール|mail|生年月日|誕生|性別|年齢|続柄|世帯主|フリガナ|ふりがな|"
    r"カナ|口座|個人番号|マイナンバー|被保険者|障害|病|国籍|収入|所得|連絡先|勤務先|顔写真",
    re.IGNORECASE,
)


def speaks_of(kind: str, label: str) -> bool:
    """Whether a column's name says that it holds that kind of thing."""
    return _NAMES[kind].search(to_half_width(label)) is not None


def is_personal(label: str) -> bool:
    """Whether the name says that the column is about a person; reading it is then logged."""
    return _PERSONAL.search(to_half_width(label)) is not None


@dataclass(frozen=True)
class Column:
    """One column of the sample: its place, its name, and the texts in it."""

    index: int
    label: str
    texts: tuple[str, ...]

    @cached_property
    def filled(self) -> tuple[str, ...]:
        """The texts that are not blank, on one line, half-width letters."""
        return tuple(to_half_width(text).strip() for text in self.texts if text.strip())

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each text stands there, as written."""
        return Counter(normalise_spaces(text) for text in self.texts if text.strip())

    @property
    def complete(self) -> bool:
        """Never blank."""
        return bool(self.texts) and len(self.filled) == len(self.texts)

    def share(self, fits: Callable[[str], Any]) -> float:
        """How much of what is filled in fits, 0 to 1."""
        return sum(map(bool, map(fits, self.filled))) / len(self.filled) if self.filled else 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """A type that fits: ``more`` are the further keys of the field's definition."""

    type: str
    confidence: float
    reason: str
    more: dict[str, Any] = field(default_factory=dict)


def find(column: Column) -> Finding:
    """The type that fits a column best, and why."""
    if not column.filled:
        return Finding("text", 0.0, "見本の行では空欄です")
    for look in _LOOKS:
        if found := look(column):
            return found
    return Finding("text", 0.5, "決まった形はなく、短い文字です", {"max_length": max([200, *_lengths(column)])})


def enough(column: Column, kind: str, share: float) -> bool:
    """Whether that much of a column is enough, given what its name says."""
    return share >= (ENOUGH_WITH_NAME if speaks_of(kind, column.label) else ENOUGH)


def _lengths(column: Column) -> list[int]:
    return [min(4000, 2 * len(text)) for text in column.filled if len(text) > 150]


def _examples(column: Column, fits: Callable[[str], Any]) -> str:
    """At most two texts that fit, as they stand there."""
    found = [text for text in dict.fromkeys(column.filled) if fits(text)]
    return "」や「".join(text[:20] for text in found[:2])


def _told(column: Column, fits: Callable[[str], Any], what: str) -> str:
    return f"「{_examples(column, fits)}」の{what}が{sum(map(bool, map(fits, column.filled)))}件"


def _email(column: Column) -> Finding | None:
    share = column.share(_EMAIL.fullmatch)
    if share < ENOUGH_WITH_NAME:
        return None
    return Finding("email", share, _told(column, _EMAIL.fullmatch, "メールアドレス"))


def is_postal(text: str) -> bool:
    """A postal code, with its hyphen or without, also one whose zeros were dropped."""
    try:
        return bool(parse_postal(postal_digits(text)))
    except PostalCodeError:
        return False


def _postal(column: Column) -> Finding | None:
    # Alone, without an address beside it: a text of a certain form.
    share = column.share(is_postal)
    if not enough(column, "postal", share) or not (speaks_of("postal", column.label) or _hyphens(column)):
        return None
    more = {"pattern": r"[0-9]{3}-?[0-9]{4}", "pattern_error": "郵便番号は7桁の数字で入力してください。"}
    return Finding("text", share, _told(column, is_postal, "郵便番号"), more if share == 1 else {})


def _hyphens(column: Column) -> bool:
    return column.share(lambda text: "-" in text or "〒" in text) > 0.5


def _is_phone(text: str) -> bool:
    try:
        return bool(parse_phone(mended("phone", text)))
    except PhoneError:
        return False


def _phone(column: Column) -> Finding | None:
    share = column.share(_is_phone)
    named = speaks_of("phone", column.label)
    if not enough(column, "phone", share) or not (named or _hyphens(column)):
        return None
    return Finding("phone", share, _told(column, _is_phone, "電話番号"))


def _is_date(text: str) -> bool:
    try:
        return 1850 <= parse_date(text).year <= 2150
    except DateError:
        return False


def _date(column: Column) -> Finding | None:
    named = speaks_of("date", column.label)
    if not named and column.share(str.isdecimal) > 0.5:
        return None  # eight digits or a serial number may be anything
    serial = column.share(lambda text: len(text) == 5 and text.isdecimal() and date_of_serial(int(text)))
    if named and serial >= ENOUGH_WITH_NAME:
        return Finding("date", serial, f"日付を表すExcelの番号が{round(serial * len(column.filled))}件")
    share = column.share(_is_date)
    if not enough(column, "date", share):
        return None
    eras = column.share(_ERA.match) > 0.5
    told = _told(column, (lambda t: _ERA.match(t) and _is_date(t)) if eras else _is_date, "日付")
    return Finding("date", share, told)


def _is_moment(text: str) -> bool:
    day, _, clock = text.replace("T", " ").rpartition(" ")
    return bool(_CLOCK.fullmatch(clock)) and _is_date(day)


def _moment(column: Column) -> Finding | None:
    share = column.share(_is_moment)
    return Finding("datetime", share, _told(column, _is_moment, "日時")) if enough(column, "datetime", share) else None


def _time(column: Column) -> Finding | None:
    share = column.share(_CLOCK.fullmatch)
    return Finding("time", share, _told(column, _CLOCK.fullmatch, "時刻")) if enough(column, "time", share) else None


_MARKS = frozenset(map(fold, (
    "○", "◯", "×", "✕", "✓", "はい", "いいえ", "TRUE", "FALSE", "yes", "no", "同意", "同意する",
)))  # fmt: skip


def _consent(column: Column) -> Finding | None:
    marks = {fold(text) for text in column.filled}
    if not marks <= _MARKS & (YES | NO) or not marks & YES:
        return None
    shown = "」「".join(list(dict.fromkeys(column.filled))[:4])
    return Finding("consent", 0.9, f"「{shown}」だけが並んでいます", {"statement": column.label})


def _money(column: Column) -> Finding | None:
    share = column.share(_MONEY.fullmatch)
    signs = column.share(lambda text: "円" in text or text.startswith(("¥", "\\")))
    if not (signs >= 0.5 and share >= ENOUGH) and not (speaks_of("money", column.label) and share >= ENOUGH_WITH_NAME):
        return None
    negative = any("-" in text for text in column.filled)
    return Finding("money", share, _told(column, _MONEY.fullmatch, "金額"), {"min": None} if negative else {})


def _number(column: Column) -> Finding | None:
    found = [match for text in column.filled if (match := _NUMBER.fullmatch(text))]
    share = len(found) / len(column.filled)
    # 0012 is a name made of digits, and so is what is called a number or a code: nobody adds those up.
    coded = any(len(m[2]) > 1 and m[2][0] == "0" for m in found) or speaks_of("code", column.label)
    units = Counter(match[4] for match in found)
    if coded or share < ENOUGH or len(units) > 2:
        return None
    decimals = max(len((match[3] or ".").rstrip("0")) - 1 for match in found)
    unit = next((unit for unit, _ in units.most_common() if unit), "")
    more = {"decimals": max(decimals, 0)} | ({"unit": unit} if unit else {})
    return Finding("number", share, _told(column, _NUMBER.fullmatch, f"数{f'（単位は{unit}）' if unit else ''}"), more)


def _choice(column: Column) -> Finding | None:
    kinds, total = len(column.counts), len(column.filled)
    if not 1 < kinds <= MOST_OPTIONS or total < 2 * kinds or max(map(len, column.counts)) > 40:
        return None
    if speaks_of("code", column.label) and column.share(str.isdecimal) > 0.5:
        return None
    repeated = sum(count for count in column.counts.values() if count > 1) / total
    reason = f"{kinds}種類の値が{total}件にくり返し現れます"
    return Finding("choice", repeated, reason, {"options": list(column.counts)})


def _choices(column: Column) -> Finding | None:
    words = (word.strip() for text in column.counts.elements() for word in _SEPARATOR.split(text))
    items = Counter(word for word in words if word)
    several = column.share(lambda text: _SEPARATOR.search(text.strip()))
    if several < 0.1 or not 1 < len(items) <= MOST_OPTIONS or sum(items.values()) < 3 * len(items):
        return None
    if max(map(len, items)) > 20 or any(any(map(str.isspace, item)) for item in items):
        return None
    reason = f"「{_examples(column, _SEPARATOR.search)}」のように、{len(items)}種類の値が並べて書かれています"
    return Finding("choices", 0.8, reason, {"options": list(items)})


def _textarea(column: Column) -> Finding | None:
    lines = any("\n" in text for text in column.filled)
    longest = max(map(len, column.filled))
    if not lines and longest <= 100 and sum(map(len, column.filled)) / len(column.filled) <= 40:
        return None
    reason = "改行のある文があります" if lines else f"長い文があります（最長{longest}文字）"
    return Finding("textarea", 0.8, reason, {"max_length": min(20_000, max(2000, 2 * longest))})


def _unique(column: Column) -> Finding | None:
    if not (speaks_of("code", column.label) and column.complete and len(column.texts) >= 10):
        return None
    if len(column.counts) < len(column.texts):
        return None
    return Finding("text", 0.9, f"{len(column.texts)}件の値がすべて違います（重複なし）", {"unique": True})


_LOOKS: Sequence[Callable[[Column], Finding | None]] = (
    _email, _postal, _moment, _date, _time, _phone, _consent, _unique, _money, _number, _textarea, _choices, _choice,
)
"""From the most certain form to the vaguest."""
