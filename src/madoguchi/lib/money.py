"""Money is whole yen, an ``int``."""

from __future__ import annotations

import re

from madoguchi.lib.text import kanji_to_digits, to_half_width

_AMOUNT = re.compile(r"[¥\\]?(-?)[¥\\]?(\d{1,3}(?:,\d{3})+|\d+)円?(?:也)?")


class MoneyError(ValueError):
    """The text is no amount of yen; ``str`` says in Japanese how to write one."""


def yen(amount: int) -> str:
    """``1,200円``; negative amounts as ``-500円``."""
    return f"{amount:,}円"


def parse_yen(text: str) -> int:
    """Whole yen out of ``1200``, ``1,200円``, ``￥1,200``, or ``千二百円``; raises MoneyError."""
    plain = re.sub(r"\s", "", to_half_width(text)).replace("−", "-")
    match = _AMOUNT.fullmatch(kanji_to_digits(plain))
    if match is None:
        raise MoneyError("金額として読み取れません。円の単位まで、数字だけで入力してください（例: 1200）。")
    return int(match[1] + match[2].replace(",", ""))
