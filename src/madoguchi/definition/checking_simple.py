"""Parsers of single values: text, numbers, choices, dates, telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

import nh3

from madoguchi.definition.checking_base import Context, check_length, is_blank, line_of, lines_of
from madoguchi.definition.display import display, display_date
from madoguchi.definition.fields import FieldBase, Option
from madoguchi.definition.formulas import evaluate, holds, plain_number
from madoguchi.definition.problems import Problem, Refused, problem, refuse
from madoguchi.definition.text import Language, Text, in_plain_text, without_ruby
from madoguchi.lib.eras import DateError, parse_date
from madoguchi.lib.phones import PhoneError, parse_phone
from madoguchi.lib.text import fold, kanji_to_digits, to_half_width

YES = frozenset(map(fold, (
    "はい", "同意", "同意する", "同意します", "同意した", "うん", "ok", "オーケー", "わかりました", "了解", "yes", "y",
    "true", "on", "1", "agree", "iagree", "✓", "○", "◯",
)))  # fmt: skip
NO = frozenset(map(fold, (
    "いいえ", "同意しない", "同意しません", "いや", "no", "n", "false", "off", "0", "disagree", "×", "✕",
)))  # fmt: skip
_NONE_OF_THEM = frozenset(map(fold, ("なし", "無し", "ない", "該当なし", "特になし", "none", "nothing")))
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,15})?")
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_WEB = re.compile(r"https?://[^\s/?#<>\"]+[^\s<>\"]*")
RICH_TEXT_LENGTH, LINK_LENGTH = 64_000, 2_000
_HALF_OF_DAY = "午前|午後|AM|PM"
_MINUTES = r"[:時.]\s*([0-9]{1,2})?(半)?分?(?::[0-9]{2}(?:\.[0-9]+)?)?|([0-9]{2})"
_TIME = re.compile(rf"({_HALF_OF_DAY})?\s*([0-9]{{1,2}})(?:{_MINUTES})?\s*(AM|PM)?")


def text(field: Any, raw: Any, context: Context) -> str | None:
    """One line within the field's length and pattern."""
    line = check_length(field, line_of(field, raw), limit=field.max_length)
    if len(line) < field.min_length:
        raise refuse("too_short", field.label, limit=field.min_length, example=field.example)
    if field.pattern and line and not matches(field.pattern, line):
        own = field.pattern_error
        raise Refused(Problem(own)) if own else refuse("pattern", field.label, example=field.example)
    return line or None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def matches(pattern: str, line: str) -> bool:
    """Whether the whole line has the form that staff wrote as a regular expression; a broken one takes all."""
    try:
        return _compiled(pattern).fullmatch(line) is not None
    except re.error:
        return True


def textarea(field: Any, raw: Any, context: Context) -> str | None:
    """Several lines within the field's length."""
    return check_length(field, lines_of(field, raw), limit=field.max_length) or None


def number(field: Any, raw: Any, context: Context) -> str:
    """A decimal number out of ``３通``, ``1,200``, ``二``; within limits and decimal places."""
    found = _decimal(field, raw, _units(field.unit))
    if plain_number(found) != plain_number(_cut(found, field.decimals)):
        key = "decimals" if field.decimals else "whole"
        raise refuse(key, field.label, limit=field.decimals, example=field.example)
    _check_limits(field, found)
    return plain_number(found)


def money(field: Any, raw: Any, context: Context) -> int:
    """Whole yen out of ``1,200円``, ``￥1200``, ``千二百円``."""
    found = _decimal(field, raw, ("円也", "円", "¥", "\\"))
    if found != int(found):
        raise refuse("whole", field.label, example=field.example)
    _check_limits(field, found)
    return int(found)


def _cut(number: Decimal, decimals: int) -> Decimal:
    whole, _, fraction = f"{number:f}".partition(".")
    return Decimal(f"{whole}.{fraction[:decimals] or 0}")


def _units(unit: Text | None) -> tuple[str, ...]:
    return tuple(to_half_width(word) for words in unit.root.values() for word in words.split("|")) if unit else ()


def _decimal(field: FieldBase, raw: Any, units: Sequence[str]) -> Decimal:
    plain = re.sub(r"[,\s]", "", to_half_width(line_of(field, raw))).replace("−", "-").replace("、", "")
    for unit in units:
        plain = plain.removesuffix(unit).removeprefix(unit)
    plain = re.sub(r"^ー", "-", kanji_to_digits(plain))
    if not _NUMBER.fullmatch(plain):
        raise refuse("number", field.label, example=field.example)
    return Decimal(plain)


def _check_limits(field: Any, found: Decimal) -> None:
    if field.min is not None and found < field.min:
        raise refuse("too_small", field.label, limit=_shown(field, field.min))
    if field.max is not None and found > field.max:
        raise refuse("too_big", field.label, limit=_shown(field, field.max))


def _shown(field: FieldBase, limit: Decimal | int) -> Text:
    """The limit with its unit, as answers are shown."""
    value = plain_number(Decimal(limit))
    return Text({"ja": display(field, value), "en": display(field, value, language="en")})


def visible_options(field: Any, context: Context) -> tuple[Option, ...]:
    """The options whose condition holds now."""
    return tuple(o for o in field.options if holds(o.show_if, context.values, context.world.now))


def choice(field: Any, raw: Any, context: Context) -> str:
    """One option, by its value, its label in any language, or its number in the list."""
    return _chosen(field, raw, visible_options(field, context)).value


def choices(field: Any, raw: Any, context: Context) -> list[str] | None:
    """Several options, each given as for ``choice``; as a list or divided by commas; in the field's order."""
    options = visible_options(field, context)
    chosen = {_chosen(field, item, options).value for item in _items(field, raw, options)}
    if field.required or chosen:
        least = max(field.min_selected, 1 if field.required else 0)
        if len(chosen) < least:
            raise refuse("too_few_chosen", field.label, limit=least)
    if field.max_selected is not None and len(chosen) > field.max_selected:
        raise refuse("too_many_chosen", field.label, limit=field.max_selected)
    return [option.value for option in options if option.value in chosen] or None


def _items(field: Any, raw: Any, options: Sequence[Option]) -> list[Any]:
    if isinstance(raw, (list, tuple, set, frozenset)):
        return [item for item in raw if not is_blank(item)]
    line = line_of(field, raw)
    if _find(line, options):
        return [line]
    return [] if fold(line) in _NONE_OF_THEM else [item for item in re.split(r"[、,，;；/／・\s]+", line) if item]


def _chosen(field: Any, raw: Any, options: Sequence[Option]) -> Option:
    line = line_of(field, raw)
    found = _find(line, options)
    if found is None:
        listed = Text({"ja": _listed(options, "ja", "、"), "en": _listed(options, "en", ", ")})
        raise refuse("choice", field.label, given=line[:30], options=listed)
    return found


def _listed(options: Sequence[Option], language: Language, separator: str) -> str:
    names = separator.join(option.text.in_language(language) for option in options[:10])
    return names + ("…" if len(options) > 10 else "")


def _names(option: Option) -> set[str]:
    """All that means this option; of easy Japanese both as chats show it, 家族（かぞく）, and as people write it."""
    labels = [plain(text) for text in option.text.root.values() for plain in (without_ruby, _with_readings)]
    return set(map(fold, [option.value, *labels]))


def _with_readings(text: str) -> str:
    return in_plain_text(text, "ja_easy")


def _find(line: str, options: Sequence[Option]) -> Option | None:
    by_value = {option.value: option for option in options}
    if line in by_value:
        return by_value[line]
    folded = fold(line)
    for option in options:
        if folded and folded in _names(option):
            return option
    position = re.sub(r"(番目?|[.)])$", "", folded)
    in_list = position.isascii() and position.isdigit() and len(position) < 4 and 1 <= int(position) <= len(options)
    return options[int(position) - 1] if in_list else None


def consent(field: Any, raw: Any, context: Context) -> bool | None:
    """True or False; where consent is required only True is taken."""
    if is_blank(raw) and not field.required:
        return None
    if isinstance(raw, (list, tuple)) and len(raw) == 1:
        raw = raw[0]
    agreed = raw if isinstance(raw, bool) or is_blank(raw) else _yes_or_no(field, raw)
    if field.required and not agreed:
        raise refuse("required_consent", field.label)
    return bool(agreed)


def _yes_or_no(field: Any, raw: Any) -> bool:
    word = fold(line_of(field, raw)).rstrip("。.!")
    if word in YES:
        return True
    if word in NO:
        return False
    raise refuse("yes_or_no", field.label)


def date_(field: Any, raw: Any, context: Context) -> str:
    """An ISO date out of any usual way to write one, also three boxes (era, year, month, day)."""
    found = read_date(field, _joined_date(raw))
    lowest, highest = (date_limit(limit, context) for limit in (field.earliest, field.latest))
    if lowest and found < lowest:
        raise refuse("too_early", field.label, limit=display_date(lowest), iso=lowest.isoformat())
    if highest and found > highest:
        raise refuse("too_late", field.label, limit=display_date(highest), iso=highest.isoformat())
    return found.isoformat()


def _joined_date(raw: Any) -> Any:
    if not isinstance(raw, Mapping):
        return raw
    era, year, month, day = (str(raw.get(key) or "").strip() for key in ("era", "year", "month", "day"))
    return f"{era}{year}年{month}月{day}日"


def read_date(field: Any, raw: Any) -> date:
    """The date in ``raw``, with the library's own words where it is none."""
    try:
        return parse_date(line_of(field, raw))
    except DateError as wrong:
        english = problem("date", field.label).text.in_language("en")
        raise Refused(Problem(Text({"ja": str(wrong), "en": english}))) from None


def date_limit(limit: date | str | None, context: Context) -> date | None:
    """A limit as a date; formulas are calculated now, and one without a date as result limits nothing."""
    if not isinstance(limit, str):
        return limit
    result = evaluate(limit, context.values, context.world.now).value
    if isinstance(result, datetime):
        return result.astimezone(context.world.now.tzinfo).date()
    return result if isinstance(result, date) else None


def time_(field: Any, raw: Any, context: Context) -> str:
    """``14:05`` out of ``午後2時5分``, ``1405``, ``2:05 PM``, ``14時半``."""
    found = _time_in(line_of(field, raw))
    if found is None:
        raise refuse("time", field.label)
    return found.isoformat("minutes")


def _time_in(written: str) -> time | None:
    match = _TIME.fullmatch(kanji_to_digits(to_half_width(written)).strip().upper())
    if match is None:
        return None
    half_of_day = match[1] or match[6]
    hour, minute = int(match[2]), 30 if match[4] else int(match[3] or match[5] or 0)
    if half_of_day in ("午後", "PM") and hour < 12:
        hour += 12
    elif half_of_day in ("午前", "AM") and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def datetime_(field: Any, raw: Any, context: Context) -> str:
    """ISO with offset, in the world's zone; a date and a time in any way ``date_`` and ``time_`` take."""
    if isinstance(raw, Mapping):
        raw = f"{raw.get('date') or ''} {raw.get('time') or ''}"
    line = line_of(field, raw)
    found = _iso_moment(line) or _moment_in_words(line)
    if found is None:
        raise refuse("datetime", field.label)
    zone = context.world.now.tzinfo
    try:
        moment = found.astimezone(zone) if found.tzinfo else found.replace(tzinfo=zone)
    except (OverflowError, ValueError):
        raise refuse("datetime", field.label) from None
    return moment.isoformat(timespec="seconds")


def _iso_moment(line: str) -> datetime | None:
    try:
        return datetime.fromisoformat(line) if re.match(r"\d{4}-\d\d-\d\dT", line) else None
    except ValueError:
        return None


def _moment_in_words(line: str) -> datetime | None:
    for match in re.finditer(r"(?<=日)\s*|[\s　]+|(?=午前|午後)", line):
        clock = _time_in(line[match.end() :])
        try:
            day = parse_date(line[: match.start()]) if clock else None
        except DateError:
            continue
        if clock and day:
            return datetime.combine(day, clock)
    return None


def phone(field: Any, raw: Any, context: Context) -> str:
    """A telephone number as ``lib.phones`` stores it."""
    try:
        return parse_phone(line_of(field, raw))
    except PhoneError as wrong:
        english = problem("phone", field.label).text.in_language("en")
        raise Refused(Problem(Text({"ja": str(wrong), "en": english}))) from None


def email(field: Any, raw: Any, context: Context) -> str:
    """An address that mail servers would take; full-width letters are taken too."""
    address = re.sub(r"\s", "", to_half_width(line_of(field, raw)))
    if len(address) > 254 or ".." in address or not _EMAIL.fullmatch(address):
        raise refuse("email", field.label)
    return address


def richtext(field: Any, raw: Any, context: Context) -> str | None:
    """HTML of which only harmless elements and web addresses are kept."""
    html = nh3.clean(lines_of(field, raw), url_schemes={"http", "https", "mailto", "tel"})
    return check_length(field, html, limit=RICH_TEXT_LENGTH) or None


def link(field: Any, raw: Any, context: Context) -> str:
    """A web address, a telephone number or an e-mail address, as the field's protocol says."""
    if field.protocol == "mail":
        return email(field, raw, context)
    typed = check_length(field, to_half_width(line_of(field, raw)), limit=LINK_LENGTH)
    if field.protocol == "tel":
        return typed
    if not _WEB.fullmatch(typed):
        raise refuse("link", field.label)
    return typed


def known_codes(field: Any, raw: Any, context: Context) -> list[str]:
    """Codes of staff, departments or groups, each once; every one must exist."""
    items = raw if isinstance(raw, (list, tuple)) else [raw]
    codes = list(dict.fromkeys(line_of(field, item) for item in items if not is_blank(item)))
    known = context.world.known(field.type, codes)
    for code in codes:
        if code not in known:
            raise refuse("not_known", field.label, given=code[:50])
    return codes


def lookup(field: Any, raw: Any, context: Context) -> str:
    """The key of an existing row of the other app."""
    typed = check_length(field, line_of(field, raw), limit=200)
    for key in dict.fromkeys((typed, to_half_width(typed))):
        if context.world.lookup(field.app, field.key, key) is not None:
            return key
    raise refuse("lookup", field.label, given=typed[:50])
