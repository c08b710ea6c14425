"""Telephone numbers: stored with the hyphens people gave them, compared by their digits."""

from __future__ import annotations

import re

from madoguchi.lib.text import to_half_width

_GROUPED = re.compile(r"0\d{1,4}-\d{1,4}-\d{3,4}")
_MOBILE = re.compile(r"(0[5-9]0)(\d{4})(\d{4})")
_FREE = re.compile(r"(0120|0570|0990)(\d{3})(\d{3})|(0800)(\d{3})(\d{4})")
_TWO_DIGIT_AREA = re.compile(r"(0[36])(\d{4})(\d{4})")
_INTERNATIONAL = re.compile(r"\+[1-9]\d{6,14}")


class PhoneError(ValueError):
    """The text is no telephone number; ``str`` says in Japanese how to write one."""


def parse_phone(text: str) -> str:
    """A number as it is stored: ``090-1234-5678``, ``047-334-1111``, ``0473341111``, ``+12025550123``.

    Full-width digits, brackets and other dashes are understood, ``+81`` becomes 0. Hyphens of land lines are
    kept as typed, and added only where the length of the area code is certain. Raises PhoneError.
    """
    plain = re.sub(r"[()‐‑−–—ーｰ―.\s]+", "-", to_half_width(text).strip()).strip("-")
    plain = re.sub(r"-+", "-", re.sub(r"^\+81-?0?", "0", plain))
    digits = plain.replace("-", "")
    if _INTERNATIONAL.fullmatch(digits):
        return digits
    if not re.fullmatch(r"0[1-9][0-9]{8,9}", digits):
        raise PhoneError(_problem(digits))
    return plain if _GROUPED.fullmatch(plain) and not _certain(digits) else format_phone(digits)


def format_phone(digits: str) -> str:
    """Digits with hyphens where the grouping is certain (mobile, 0120, 03, 06), else unchanged."""
    match = _certain(digits)
    return "-".join(group for group in match.groups() if group) if match else digits


def phone_digits(phone: str) -> str:
    """Only the digits (and a leading ``+``), to compare and to dial."""
    return re.sub(r"[^\d+]", "", phone)


def _certain(digits: str) -> re.Match[str] | None:
    patterns = (_FREE, _MOBILE, _TWO_DIGIT_AREA)
    return next((match for pattern in patterns if (match := pattern.fullmatch(digits))), None)


def _problem(digits: str) -> str:
    example = "（例: 047-334-1111、090-1234-5678）"
    if not re.fullmatch(r"\+?[0-9]+", digits):
        return f"電話番号は数字とハイフンで入力してください{example}。"
    if not digits.startswith("0"):
        return f"電話番号は0から始まる市外局番も入力してください{example}。"
    if len(digits) not in (10, 11):
        return f"電話番号は10桁か11桁です。いまは{len(digits)}桁です。桁数を確かめてください{example}。"
    return f"電話番号として読み取れません。番号を確かめてください{example}。"
