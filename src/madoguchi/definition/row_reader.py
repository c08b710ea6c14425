"""Rows of a table into values, compiled once per definition: 100,000 rows are read in seconds.

What a text means is decided by ``definition.checking``. Here only the plainest forms are recognised at once (they come
out as checking would have them, which tests prove), and what was read before is remembered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.checking import Ok, lookup_copies, missing, parse_answer
from madoguchi.definition.checking_base import Context, is_blank
from madoguchi.definition.checking_composite import ADDRESS_LENGTH, NAME_LENGTH
from madoguchi.definition.checking_simple import date_limit
from madoguchi.definition.columns import ColumnMap, postal_digits, raw_of, street_and_building
from madoguchi.definition.compute import Conditions, formula_values
from madoguchi.definition.fields import LookupField
from madoguchi.definition.formulas import references
from madoguchi.definition.parts import usable_towns
from madoguchi.definition.problems import Problem
from madoguchi.definition.values import Value, Values
from madoguchi.definition.world import Town, World
from madoguchi.lib.postal import PostalCodeError, parse_postal

REMEMBERED = 50_000
"""Texts a field remembers; a column of names forgets and begins again, a column of choices never does."""

Convert = Callable[[Sequence[str]], Any]
"""Cells of a row to a value, or to ``Refusal``: a class of its own, as lists are values too."""


class Refusal(list[Problem]):
    """Why a field was not taken."""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """``values`` by code, blanks left out, formulas calculated; ``problems`` by code where something is not taken."""

    values: dict[str, Value]
    problems: dict[str, list[Problem]]


class RowReader:
    """Reads rows of one table for one definition. ``world`` should stand still: what it says is remembered.

    ``defaults`` are what new records hold in fields that no column feeds.
    """

    def __init__(
        self, defn: AppDefinition, maps: Sequence[ColumnMap], world: World, *, defaults: Values | None = None
    ) -> None:
        self._defn, self._world = defn, world
        self._defaults = dict(defaults or {})
        self._maps = {one.code: one for one in maps}
        mapped = [(defn.by_code[one.code], one) for one in maps]
        self._converters = [(f.code, _compiled(f, m, world)) for f, m in mapped if not _speaks_of_others(f)]
        self._by_code = dict(self._converters)
        self._contextual = [(field, one) for field, one in mapped if _speaks_of_others(field)]
        self._lookups = [field for field, _ in mapped if isinstance(field, LookupField) and field.copies]
        self._unmapped = [f for f in defn.value_fields if f.required and f.code not in self._maps]
        self._conditions = Conditions(defn)

    def read(self, cells: Sequence[str]) -> ReadRow:
        """The cells as a new record: what is required and visible must be there, what is hidden is dropped."""
        values, problems = self._answers(cells)
        if self._defaults:
            values = self._defaults | values
        if self._conditions.any:
            values, hidden = self._conditions.apply(values, self._world)
            problems = {code: found for code, found in problems.items() if code not in hidden}
        else:
            hidden = frozenset()
        for field in self._unmapped:
            if field.code not in values and field.code not in hidden and field.code not in problems:
                problems[field.code] = [missing(field)]
        return ReadRow(values, problems)

    def changes(self, cells: Sequence[str], stored: Values) -> ReadRow:
        """The cells as changes to a record that holds ``stored``: blank cells clear; formulas are the caller's."""
        values, problems = self._answers(cells, stored)
        return ReadRow({**dict.fromkeys(self._maps), **values}, problems)

    def value_of(self, code: str, cells: Sequence[str]) -> Value:
        """The value of one mapped field; None where it is blank or not taken."""
        convert = self._by_code.get(code)
        found = convert(cells) if convert else None
        return None if isinstance(found, Refusal) else found

    def _answers(
        self, cells: Sequence[str], stored: Values | None = None
    ) -> tuple[dict[str, Value], dict[str, list[Problem]]]:
        values: dict[str, Value] = {}
        problems: dict[str, list[Problem]] = {}
        for code, convert in self._converters:
            found = convert(cells)
            if found is None:
                continue
            if type(found) is Refusal:
                problems[code] = found
            else:
                values[code] = found
        for field, one in self._contextual:
            others = formula_values(self._defn, {**(stored or {}), **values}, self._world)
            found = parse_answer(field, raw_of(field, one, cells), self._world, values=others)
            if not isinstance(found, Ok):
                problems[field.code] = found
            elif found.value is not None:
                values[field.code] = found.value
        for lookup in self._lookups:
            copies = lookup_copies(self._defn, lookup, values.get(lookup.code), self._world)
            values = {code: v for code, v in copies.items() if v is not None and code not in self._maps} | values
        return values, problems


def _speaks_of_others(field: Any) -> bool:
    """Whether what may be answered depends on other answers, so that nothing can be remembered."""
    conditions = [option.show_if for option in getattr(field, "options", ())]
    limits = [getattr(field, name, None) for name in ("earliest", "latest")]
    return any(references(source) for source in [*conditions, *(x for x in limits if isinstance(x, str))])


def _compiled(field: Any, one: ColumnMap, world: World) -> Convert:
    slow = partial(_slow, field, one, world)
    if len(one.columns) == 1 and one.parts == ("",):
        column, quick = one.columns[0], _QUICK.get(field.type)
        make = quick(field, world) if quick else None
        return _Quick(column, make, slow) if make else _Remembering(column, slow)
    if field.type == "name" and one.parts == ("full", "full_kana"):
        return _Name(field, one.columns[0], one.columns[1], slow)
    if field.type == "address" and one.parts == ("postal_code", "full"):
        return _Address(field, one.columns[0], one.columns[1], world, slow)
    return slow


def _slow(field: Any, one: ColumnMap, world: World, cells: Sequence[str]) -> Any:
    towns: Sequence[Town] = ()
    if field.type == "address" and "postal_code" in one.parts:
        towns = _towns(field, cells[one.columns[one.parts.index("postal_code")]], world)
    raw = raw_of(field, one, cells, towns)
    found = parse_answer(field, None if is_blank(raw) else raw, world)
    return found.value if isinstance(found, Ok) else Refusal(found)


def _towns(field: Any, text: str, world: World) -> Sequence[Town]:
    try:
        return usable_towns(field, parse_postal(postal_digits(text.strip())), world)
    except PostalCodeError:
        return ()


# --- what is remembered, and what is plain at first sight -----------------------------------------------------------


class _Remembering:
    """One column whose texts repeat."""

    __slots__ = ("_column", "_known", "_slow")

    def __init__(self, column: int, slow: Convert) -> None:
        self._column, self._slow = column, slow
        self._known: dict[str, Any] = {}

    def __call__(self, cells: Sequence[str]) -> Any:
        text = cells[self._column]
        if text in self._known:
            return self._known[text]
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        found = self._known[text] = self._slow(cells)
        return found


class _Quick:
    """One column whose texts hardly repeat: ``make`` takes plain ones, and None means that checking must look."""

    __slots__ = ("_column", "_make", "_slow")

    def __init__(self, column: int, make: Callable[[str], Value], slow: Convert) -> None:
        self._column, self._make, self._slow = column, make, slow

    def __call__(self, cells: Sequence[str]) -> Any:
        text = cells[self._column]
        value = self._make(text) if text else None
        return self._slow(cells) if value is None else value


_ODD_IN_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_HALF_WIDTH_KANA = re.compile(r"[\uff61-\uff9f]")
_KANA = re.compile(r"([ァ-ヴー]{1,20})[ 　]([ァ-ヴー]{1,20})")
_MOBILE = re.compile(r"0[5-9]0-[0-9]{4}-[0-9]{4}")
_LAND_LINE = re.compile(r"0(?!120|570|990|800|[36]|[5-9]0)[1-9][0-9]{0,3}-[0-9]{1,4}-[0-9]{4}")
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9]{1,63}\.)+[A-Za-z]{2,63}"
)
_PLAIN_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{0,9}[1-9])?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?", re.ASCII)


def is_plain_line(text: str) -> bool:
    """True for text that ``checking_base.line_of`` would leave as it is."""
    # Not printable are, beside control characters, all spaces but the plain one and all invisible characters.
    if not text.isprintable() or "  " in text or text[:1] == " " or text[-1:] == " ":
        return False
    return text.isascii() or unicodedata.is_normalized("NFC", text)


def _text(field: Any, world: World) -> Callable[[str], Value]:
    least, most = max(field.min_length, 1), field.max_length
    if field.pattern:
        return lambda text: None
    return lambda text: text if least <= len(text) <= most and is_plain_line(text) else None


def _textarea(field: Any, world: World) -> Callable[[str], Value]:
    def make(text: str) -> Value:
        plain = len(text) <= field.max_length and not _ODD_IN_LINES.search(text) and text.strip() == text
        return text if plain and unicodedata.is_normalized("NFC", text) else None

    return make


def _phone(field: Any, world: World) -> Callable[[str], Value]:
    def make(text: str) -> Value:
        if _MOBILE.fullmatch(text) or (len(text) == 12 and _LAND_LINE.fullmatch(text)):
            return text
        return None

    return make


def _email(field: Any, world: World) -> Callable[[str], Value]:
    return lambda text: text if len(text) <= 64 and _EMAIL.fullmatch(text) else None


def _number(field: Any, world: World) -> Callable[[str], Value]:
    least, most = field.min, field.max

    def make(text: str) -> Value:
        if not _PLAIN_NUMBER.fullmatch(text) or len(text.partition(".")[2]) > field.decimals:
            return None
        if least is None and most is None:
            return text
        number = Decimal(text)
        return text if (least is None or number >= least) and (most is None or number <= most) else None

    return make


def _money(field: Any, world: World) -> Callable[[str], Value]:
    least, most = field.min, field.max

    def make(text: str) -> Value:
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            return None
        amount = int(text)
        return amount if (least is None or amount >= least) and (most is None or amount <= most) else None

    return make


def _moment(field: Any, world: World) -> Callable[[str], Value]:
    def make(text: str) -> Value:
        found = _MOMENT.fullmatch(text.replace("/", "-") if text[10:11] == " " else text)
        if found is None or found[1] < "1952":  # before that Japan had summer time
            return None
        year, month, day, hour, minute, second = found.groups("00")
        try:
            datetime(*map(int, (year, month, day, hour, minute, second)))  # type: ignore[arg-type]  # noqa: DTZ001
        except ValueError:
            return None
        # Only the ISO form with its T is taken to the second.
        return f"{year}-{month}-{day}T{hour}:{minute}:{second if text[10] == 'T' else '00'}+09:00"

    return make


def _date(field: Any, world: World) -> Callable[[str], Value]:
    # Limits that speak of other answers do not come here; those that calculate with today stand still with the world.
    context = Context(world, {}, lambda *_: None)
    lowest, highest = (date_limit(limit, context) for limit in (field.earliest, field.latest))
    least, most = (lowest or date.min).isoformat(), (highest or date.max).isoformat()

    def make(text: str) -> Value:
        found = _iso_day(text)
        return found if found and least <= found <= most else None

    return make


def _iso_day(text: str) -> str | None:
    try:
        return text if _DAY.fullmatch(text) and date.fromisoformat(text) else None
    except ValueError:
        return None


_QUICK: Mapping[str, Callable[[Any, World], Callable[[str], Value]]] = {
    "text": _text, "textarea": _textarea, "phone": _phone, "email": _email, "number": _number, "money": _money,
    "datetime": _moment, "date": _date,
}  # fmt: skip


class _Name:
    """Two columns: the name, and its reading."""

    __slots__ = ("_full", "_kana", "_slow", "_wants_kana")

    def __init__(self, field: Any, full: int, kana: int, slow: Convert) -> None:
        self._full, self._kana, self._slow, self._wants_kana = full, kana, slow, field.kana

    def __call__(self, cells: Sequence[str]) -> Any:
        full = cells[self._full].replace("　", " ", 1)
        family, _, given = full.partition(" ")
        reading = _KANA.fullmatch(cells[self._kana])
        plain = family.isalpha() and given.isalpha() and len(family) <= NAME_LENGTH and len(given) <= NAME_LENGTH
        if not (plain and reading and self._wants_kana and unicodedata.is_normalized("NFC", full)):
            return self._slow(cells)
        if _HALF_WIDTH_KANA.search(full):
            return self._slow(cells)
        return {"family": family, "given": given, "family_kana": reading[1], "given_kana": reading[2]}


class _Address:
    """Two columns: the postal code, and the address on one line."""

    def __init__(self, field: Any, postal: int, full: int, world: World, slow: Convert) -> None:
        self._postal, self._full, self._slow = postal, full, slow
        self._towns = partial(_towns, field, world=world)
        self._known: dict[str, Sequence[Town]] = {}

    def __call__(self, cells: Sequence[str]) -> Any:
        postal, full = cells[self._postal], cells[self._full]
        towns = self._known.get(postal)
        if towns is None:
            towns = self._known[postal] = self._towns(postal)
        # With several towns behind a code checking has more to say.
        divided = _divided(full, towns[0]) if len(towns) == 1 and towns[0].town else None
        return self._slow(cells) if divided is None else divided


def _divided(full: str, town: Town) -> dict[str, str | None] | None:
    before = f"{town.prefecture}{town.city}{town.town}"
    if not full.startswith(before) or not is_plain_line(full):
        return None
    boxes = street_and_building(full[len(before) :].lstrip())
    if not 0 < len(boxes["street"]) <= ADDRESS_LENGTH or len(boxes["building"]) > ADDRESS_LENGTH:
        return None
    return {
        "postal_code": town.postal_code, "prefecture": town.prefecture, "city": town.city, "town": town.town,
        "street": boxes["street"], "building": boxes["building"] or None,
    }  # fmt: skip
