"""Values that follow their field to another type, and what is lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Literal
from zoneinfo import ZoneInfo

from madoguchi.definition.fields import AnyField, FormulaField
from madoguchi.definition.formulas import plain_number, round_half_up
from madoguchi.definition.values import Value
from madoguchi.lib.eras import parse_date
from madoguchi.lib.text import fold, to_half_digits

Loss = Literal["", "odd", "part", "all"]
"""Nothing; kept though it is no option; only a part is kept; the new type cannot hold it, so it becomes blank."""

CONVERTIBLE = frozenset({
    "text", "textarea", "phone", "email", "link", "choice", "choices", "number", "money", "date", "time", "datetime",
    "consent", "formula", "serial", "lookup", "richtext",
})
"""Types of one value. Names, addresses, files, tables and people keep their type."""
_TOKYO = ZoneInfo("Asia/Tokyo")
_TEXTS = frozenset({"text", "textarea", "phone", "email", "link", "serial", "lookup", "richtext"})
_YES = frozenset(fold(word) for word in ("はい", "true", "1", "同意する", "同意", "○", "yes", "有"))
_NO = frozenset(fold(word) for word in ("いいえ", "false", "0", "同意しない", "×", "no", "無"))
_SEPARATORS = str.maketrans(dict.fromkeys("、，,;；\n／", "\n"))


@dataclass(frozen=True, slots=True)
class Converted:
    """The value in the new type, and how much of it was lost."""

    value: Value
    loss: Loss = ""


def kind(field: AnyField) -> str:
    """The type of the values: a formula field has that of its format."""
    return field.format if isinstance(field, FormulaField) else field.type


def changes_kind(old: AnyField, new: AnyField) -> bool:
    """Whether values of ``old`` must be looked at before ``new`` can hold them."""
    return kind(old) != kind(new) and {old.type, new.type} <= CONVERTIBLE


def convert(old: AnyField, new: AnyField, value: Value) -> Converted:
    """``value`` of the field ``old`` as ``new`` holds it; both are one field before and after."""
    if value is None or value in ("", []):
        return Converted(None)
    return _TO[kind(new)](old, new, value)


def _text_of(old: AnyField, value: Any) -> str:
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, list):
        return "、".join(_label(old, item) for item in value)
    return _label(old, str(value)) if kind(old) == "choice" else str(value)


def _label(old: AnyField, value: str) -> str:
    """The words of an option as staff read them."""
    return next((str(o.text) for o in getattr(old, "options", ()) if o.value == value), value)


def _to_text(old: AnyField, new: AnyField, value: Any) -> Converted:
    text = _text_of(old, value)
    if new.type == "text" and "\n" in text:
        return Converted(" ".join(text.split("\n")), "part")
    return Converted(text)


def _option(new: AnyField, text: str) -> Converted:
    for option in getattr(new, "options", ()):
        if fold(text) in {fold(option.value), *(fold(word) for word in option.text.root.values())}:
            return Converted(option.value)
    return Converted(text, "odd")


def _to_choice(old: AnyField, new: AnyField, value: Any) -> Converted:
    if isinstance(value, list):
        first = _option(new, _label(old, value[0]))
        return Converted(first.value, "part") if len(value) > 1 else first
    return _option(new, _text_of(old, value))


def _to_choices(old: AnyField, new: AnyField, value: Any) -> Converted:
    pieces = value if isinstance(value, list) else _text_of(old, value).translate(_SEPARATORS).split("\n")
    found = [_option(new, _label(old, piece.strip())) for piece in pieces if piece.strip()]
    chosen: Any = list(dict.fromkeys(one.value for one in found))
    return Converted(chosen or None, "odd" if any(one.loss for one in found) else "")


def _number(old: AnyField, value: Any) -> Decimal | None:
    text = to_half_digits(_text_of(old, value)).translate(_NOT_IN_NUMBERS).strip().removesuffix("円")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 15 else None


_NOT_IN_NUMBERS = str.maketrans("．－−", ".--", "¥￥,， 　")


def _to_number(old: AnyField, new: AnyField, value: Any) -> Converted:
    number = _number(old, value)
    if number is None:
        return Converted(None, "all")
    kept = round_half_up(number, getattr(new, "decimals", 0))
    return Converted(plain_number(kept), "" if kept == number else "part")


def _to_money(old: AnyField, new: AnyField, value: Any) -> Converted:
    number = _number(old, value)
    if number is None:
        return Converted(None, "all")
    kept = number.quantize(Decimal(1), ROUND_HALF_UP)
    return Converted(int(kept), "" if kept == number else "part")


def _moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found.astimezone(_TOKYO) if found.tzinfo else found.replace(tzinfo=_TOKYO)


def _to_date(old: AnyField, new: AnyField, value: Any) -> Converted:
    try:
        return Converted(parse_date(str(value)).isoformat())
    except ValueError:
        moment = _moment(value)
    if moment is None:
        return Converted(None, "all")
    return Converted(moment.date().isoformat(), "" if moment.time() == time(0) else "part")


def _to_datetime(old: AnyField, new: AnyField, value: Any) -> Converted:
    if (moment := _moment(value)) is None:
        try:
            moment = datetime.combine(parse_date(str(value)), time(0), _TOKYO)
        except ValueError:
            return Converted(None, "all")
    return Converted(moment.isoformat(timespec="seconds"))


def _to_time(old: AnyField, new: AnyField, value: Any) -> Converted:
    if kind(old) == "datetime" and (moment := _moment(value)):
        return Converted(moment.strftime("%H:%M"), "part")
    try:
        return Converted(time.fromisoformat(to_half_digits(str(value)).replace("：", ":").zfill(5)).strftime("%H:%M"))
    except ValueError:
        return Converted(None, "all")


def _to_consent(old: AnyField, new: AnyField, value: Any) -> Converted:
    word = fold(_text_of(old, value))
    if word in _YES | _NO:
        return Converted(word in _YES)
    return Converted(None, "all")


_TO: Mapping[str, Callable[[AnyField, AnyField, Any], Converted]] = {
    **dict.fromkeys(_TEXTS, _to_text), "choice": _to_choice, "choices": _to_choices, "number": _to_number,
    "money": _to_money, "date": _to_date, "datetime": _to_datetime, "time": _to_time, "consent": _to_consent,
}


def converted_kinds(pairs: Iterable[tuple[AnyField, AnyField]]) -> list[tuple[AnyField, AnyField]]:
    """Those pairs of a field before and after whose values must be looked at."""
    return [(old, new) for old, new in pairs if changes_kind(old, new)]
