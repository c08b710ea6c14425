"""Values as people read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from typing import Any

from madoguchi.definition.fields import FieldBase
from madoguchi.definition.formulas import formula_type
from madoguchi.definition.text import Language, Text, japanese
from madoguchi.definition.values import Value
from madoguchi.lib.eras import era_date
from madoguchi.lib.money import yen
from madoguchi.lib.postal import format_postal

_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<br\s*/?>|</(p|div|li|h[1-6]|tr)>")
Formatter = Callable[[Any, Any, Language], str]


def display(field: FieldBase, value: Value, *, language: Language = "ja") -> str:
    """``value`` of ``field`` to read, one line (tables and addresses several); "" for a blank. Never raises.

    A value that does not fit the field any more (records of older revisions) is shown as it is.
    """
    if value is None or value in ("", [], {}):
        return ""
    formatter = _FORMATTERS.get(formula_type(field), _as_is)
    try:
        return formatter(field, value, language)
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
        return str(value)


def display_date(day: date, language: Language = "ja") -> str:
    """``令和8年11月23日``; in other languages ISO, which nobody misreads."""
    return day.isoformat() if language == "en" else era_date(day)


def display_money(amount: int, language: Language = "ja") -> str:
    """``1,200円``, in English ``1,200 yen``."""
    return f"{amount:,} yen" if language == "en" else yen(amount)


def _as_is(field: Any, value: Value, language: Language) -> str:
    return str(value)


def unit_words(unit: Text | None, language: Language, amount: Decimal | None = None) -> str:
    """The unit of ``amount`` in words; ``copy|copies`` has one for 1 and one for all else (and for None)."""
    one, _, many = unit.in_language(language).partition("|") if unit else ("", "", "")
    return one if amount == 1 or not many else many


def _number(field: Any, value: Value, language: Language) -> str:
    number = Decimal(str(value))
    text = unit_words(getattr(field, "unit", None), language, number)
    return f"{number:,f}{' ' if language == 'en' and text.isascii() and text else ''}{text}"


def _money(field: Any, value: Value, language: Language) -> str:
    return display_money(int(value), language)


def option_label(field: Any, value: str) -> Text:
    """The label of an option; the value itself where the option is no more."""
    return next((option.text for option in field.options if option.value == value), japanese(value))


def _choice(field: Any, value: Value, language: Language) -> str:
    return option_label(field, value).in_language(language)


def _choices(field: Any, value: Value, language: Language) -> str:
    return (", " if language == "en" else "、").join(_choice(field, item, language) for item in value)


def _consent(field: Any, value: Value, language: Language) -> str:
    if language == "en":
        return "I agree" if value else "I do not agree"
    return "同意する" if value else "同意しない"


def _date(field: Any, value: Value, language: Language) -> str:
    return display_date(date.fromisoformat(value), language)


def _datetime(field: Any, value: Value, language: Language) -> str:
    moment = datetime.fromisoformat(value)
    return f"{display_date(moment.date(), language)} {moment:%H:%M}"


def _name(field: Any, value: Mapping[str, str | None], language: Language) -> str:
    written, kana = (
        " ".join(part for part in (value.get(f"family{suffix}"), value.get(f"given{suffix}")) if part)
        for suffix in ("", "_kana")
    )
    if not kana:
        return written
    return f"{written} ({kana})" if language == "en" else f"{written}（{kana}）"


def _address(field: Any, value: Mapping[str, str | None], language: Language) -> str:
    place = "".join(value.get(part) or "" for part in ("prefecture", "city", "town", "street"))
    code = value.get("postal_code")
    lines = (f"〒{format_postal(code)}" if code else "", place, value.get("building"))
    return "\n".join(line for line in lines if line)


def _location(field: Any, value: Mapping[str, Any], language: Language) -> str:
    if value.get("lat") is None:
        return str(value.get("label") or "")
    point = f"{value['lat']:.5f}, {value['lon']:.5f}"
    return f"{value['label']}（{point}）" if value.get("label") else point


def _files(field: Any, value: list[str], language: Language) -> str:
    count = len(value)
    if language == "en":
        return f"{count} {'photo' if field.type == 'photo' else 'file'}{'s' if count > 1 else ''}"
    return f"{count}{'枚' if field.type == 'photo' else '件'}"


def _richtext(field: Any, value: str, language: Language) -> str:
    """The words alone: where HTML is wanted, pages show the value itself."""
    return unescape(_TAG.sub("", _BREAK.sub("\n", value))).strip()


def _codes(field: Any, value: list[str], language: Language) -> str:
    return (", " if language == "en" else "、").join(value)


def _table(field: Any, rows: list[Mapping[str, Value]], language: Language) -> str:
    return "\n".join(f"{n}. {_row(field, row, language)}" for n, row in enumerate(rows, start=1))


def _row(field: Any, row: Mapping[str, Value], language: Language) -> str:
    cells = ((sub, display(sub, row.get(sub.code), language=language)) for sub in field.fields)
    colon = ": " if language == "en" else "："
    return " / ".join(f"{sub.label.in_language(language)}{colon}{text}" for sub, text in cells if text)


_FORMATTERS: Mapping[str, Formatter] = {
    "number": _number, "total": _number, "money": _money, "choice": _choice, "choices": _choices, "consent": _consent,
    "date": _date, "datetime": _datetime, "name": _name, "address": _address, "location": _location, "file": _files,
    "photo": _files, "table": _table, "richtext": _richtext, "staff": _codes, "department": _codes, "group": _codes,
}  # fmt: skip
