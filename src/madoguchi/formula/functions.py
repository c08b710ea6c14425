"""The functions of the formula language: what each takes, what it gives, what it does.

SUM, IF, AND, OR, NOT, ROUND, ROUNDUP, ROUNDDOWN, YEN, DATE_FORMAT and CONTAINS are kintone's; the others follow Excel
where Excel has them. Blanks: SUM counts them as 0; COUNT, AVERAGE, MIN and MAX pass them over; a function of a date
is blank while the date is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from madoguchi.formula import dates, numbers
from madoguchi.formula.errors import EvaluationError
from madoguchi.formula.kinds import DATES, MANY, TIMES, Blank, FormulaValue, Kind
from madoguchi.formula.numbers import as_number, as_text
from madoguchi.lib.eras import era_date

Thunk: TypeAlias = Callable[[], FormulaValue]
"""An argument that is computed only when the function asks for it."""


@dataclass(frozen=True, slots=True)
class Want:
    """What an argument may be; ``hint`` helps when it is something else."""

    ja: str
    kinds: frozenset[Kind]
    hint: str = ""


_NUMBERS = frozenset({Kind.NUMBER, Kind.BOOL, Kind.BLANK})
NUMBER = Want("数値", _NUMBERS)
CONDITION = Want("条件", _NUMBERS, "「数量 > 0」のような比較を書いてください。")
TEXT = Want("文字", frozenset({Kind.TEXT, Kind.NUMBER, Kind.BLANK}))
DATE = Want("日付", DATES | {Kind.BLANK})
MOMENT = Want("日付・時刻・日時", TIMES | {Kind.NUMBER, Kind.BLANK})
NUMBERS = Want("数値または表の数値の列", _NUMBERS | {Kind.NUMBER_COLUMN})
ORDERED = Want("数値または日付", DATES | {Kind.NUMBER, Kind.BLANK, Kind.NUMBER_COLUMN, Kind.DATE_COLUMN})
MEMBERS = Want(
    "複数選択のフィールドまたは表の文字の列", frozenset({Kind.LIST, Kind.TEXT_COLUMN}),
    "1つだけ選ぶフィールドは「フィールド = \"値\"」と比べてください。",
)  # fmt: skip
ONE_VALUE = Want("1つの値", frozenset(Kind) - MANY, "表の列は SUM や COUNT で1つの値にしてください。")
ANYTHING = Want("値", frozenset(Kind))


@dataclass(frozen=True, slots=True)
class Function:
    """One function. ``gives`` None: what its arguments from ``shared`` on are, all of one kind.

    ``lazy`` functions get thunks, ``clock`` ones get the present moment first. While one of the first ``blank_with``
    arguments is blank, the result is. ``literals`` check texts written as such in the formula before it runs.
    """

    usage: str
    wants: tuple[Want, ...]
    gives: Kind | None
    run: Callable[..., FormulaValue]
    required: int
    repeats: bool = False
    shared: int = 0
    lazy: bool = False
    clock: bool = False
    blank_with: int = 0
    literals: Mapping[int, Callable[[str], object]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """In capitals."""
        return self.usage.partition("(")[0]

    def want(self, index: int) -> Want:
        """What the argument number ``index`` may be."""
        return self.wants[min(index, len(self.wants) - 1)]


FUNCTIONS: dict[str, Function] = {}
"""Every function by name."""

Body: TypeAlias = Callable[..., FormulaValue]


def _function(usage: str, *wants: Want, gives: Kind | None, **more: Any) -> Callable[[Body], Body]:
    def register(run: Body) -> Body:
        function = Function(usage, wants, gives, run, more.pop("required", len(wants)), **more)
        FUNCTIONS[function.name] = function
        return run

    return register


def is_true(value: FormulaValue) -> bool:
    """TRUE, a number other than 0, a text or list that is not empty."""
    return bool(value) and value is not Blank.DATE


def is_blank(value: FormulaValue) -> bool:
    """None, "", an empty list, a table without rows, a column of blanks."""
    return value in (None, "", Blank.DATE) or (isinstance(value, tuple | list) and all(map(is_blank, value)))


def _flat(values: Sequence[FormulaValue]) -> Iterator[FormulaValue]:
    for value in values:
        yield from value if isinstance(value, tuple | list) else (value,)


def _filled(values: Sequence[FormulaValue]) -> list[FormulaValue]:
    return [value for value in _flat(values) if not is_blank(value)]


# --- conditions ---


@_function("IF(条件, 真の値, 偽の値)", CONDITION, ONE_VALUE, ONE_VALUE, gives=None, shared=1, lazy=True)
def _if(condition: Thunk, then: Thunk, otherwise: Thunk) -> FormulaValue:
    return then() if is_true(condition()) else otherwise()


@_function("AND(条件1, 条件2, …)", CONDITION, gives=Kind.BOOL, repeats=True, lazy=True)
def _and(*conditions: Thunk) -> bool:
    return all(is_true(condition()) for condition in conditions)


@_function("OR(条件1, 条件2, …)", CONDITION, gives=Kind.BOOL, repeats=True, lazy=True)
def _or(*conditions: Thunk) -> bool:
    return any(is_true(condition()) for condition in conditions)


@_function("NOT(条件)", CONDITION, gives=Kind.BOOL)
def _not(condition: FormulaValue) -> bool:
    return not is_true(condition)


@_function("ISBLANK(値)", ANYTHING, gives=Kind.BOOL)
def _is_blank(value: FormulaValue) -> bool:
    return is_blank(value)


@_function("IFBLANK(値, 空欄のときの値)", ONE_VALUE, ONE_VALUE, gives=None, lazy=True)
def _if_blank(value: Thunk, otherwise: Thunk) -> FormulaValue:
    found = value()
    return otherwise() if is_blank(found) else found


@_function("CONTAINS(フィールド, \"値\")", MEMBERS, TEXT, gives=Kind.BOOL)
def _contains(members: FormulaValue, value: FormulaValue) -> bool:
    return as_text(value) in _filled([members])


# --- numbers ---


@_function("SUM(数値1, 数値2, …)", NUMBERS, gives=Kind.NUMBER, repeats=True)
def _sum(*values: FormulaValue) -> Decimal:
    return sum((as_number(value) for value in _flat(values)), Decimal(0))


@_function("AVERAGE(数値1, 数値2, …)", NUMBERS, gives=Kind.NUMBER, repeats=True)
def _average(*values: FormulaValue) -> Decimal | None:
    filled = _filled(values)
    return numbers.divide(_sum(*filled), Decimal(len(filled))) if filled else None


@_function("COUNT(値1, 値2, …)", ANYTHING, gives=Kind.NUMBER, repeats=True)
def _count(*values: FormulaValue) -> Decimal:
    return Decimal(len(_filled(values)))


@_function("MIN(値1, 値2, …)", ORDERED, gives=None, repeats=True)
def _min(*values: FormulaValue) -> FormulaValue:
    return min(_comparable(values), default=None)


@_function("MAX(値1, 値2, …)", ORDERED, gives=None, repeats=True)
def _max(*values: FormulaValue) -> FormulaValue:
    return max(_comparable(values), default=None)


def _comparable(values: Sequence[FormulaValue]) -> list[Any]:
    filled = _filled(values)
    if any(isinstance(value, date) for value in filled):
        return [dates.local(v) if isinstance(v, datetime) else v for v in filled]
    return [as_number(value) for value in filled]


def _rounding(name: str) -> None:
    @_function(f"{name}(数値, 小数点以下の桁数)", NUMBER, NUMBER, gives=Kind.NUMBER, required=1)
    def _round(value: FormulaValue, places: FormulaValue = None) -> Decimal:
        return numbers.round_to(as_number(value), as_number(places), numbers.ROUNDINGS[name])


for _name in numbers.ROUNDINGS:
    _rounding(_name)


@_function("YEN(数値, 小数点以下の桁数)", NUMBER, NUMBER, gives=Kind.TEXT, required=1)
def _yen(value: FormulaValue, places: FormulaValue = None) -> str:
    shown = max(0, min(20, int(as_number(places))))
    rounded = numbers.round_to(as_number(value), shown)
    return f"{'-' if rounded < 0 else ''}¥{abs(rounded):,.{shown}f}"


# --- text ---

_CHARACTER = re.compile(".[\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*", re.DOTALL)


def _characters(value: FormulaValue) -> list[str]:
    """Characters as people count them: a variation selector belongs to its kanji."""
    return _CHARACTER.findall(as_text(value))


def _length(value: FormulaValue) -> int:
    length = int(as_number(value))
    if length < 0:
        raise EvaluationError("文字数は0以上の数値で指定してください。")
    return length


@_function("LEFT(文字, 文字数)", TEXT, NUMBER, gives=Kind.TEXT)
def _left(text: FormulaValue, length: FormulaValue) -> str:
    return "".join(_characters(text)[: _length(length)])


@_function("RIGHT(文字, 文字数)", TEXT, NUMBER, gives=Kind.TEXT)
def _right(text: FormulaValue, length: FormulaValue) -> str:
    characters = _characters(text)
    return "".join(characters[max(0, len(characters) - _length(length)) :])


@_function("MID(文字, 開始位置, 文字数)", TEXT, NUMBER, NUMBER, gives=Kind.TEXT)
def _mid(text: FormulaValue, start: FormulaValue, length: FormulaValue) -> str:
    first = int(as_number(start)) - 1
    if first < 0:
        raise EvaluationError("MID の開始位置は1以上の数値で指定してください。")
    return "".join(_characters(text)[first : first + _length(length)])


@_function("LEN(文字)", TEXT, gives=Kind.NUMBER)
def _len(text: FormulaValue) -> Decimal:
    return Decimal(len(_characters(text)))


# --- dates ---


@_function("TODAY()", gives=Kind.DATE, clock=True)
def _today(now: datetime) -> date:
    return dates.plain_date(now)


@_function("NOW()", gives=Kind.DATETIME, clock=True)
def _now(now: datetime) -> datetime:
    return now


@_function("DATE(年, 月, 日)", NUMBER, NUMBER, NUMBER, gives=Kind.DATE, blank_with=3)
def _date(year: FormulaValue, month: FormulaValue, day: FormulaValue) -> date:
    return dates.make_date(as_number(year), as_number(month), as_number(day))


@_function("YEAR(日付)", DATE, gives=Kind.NUMBER, blank_with=1)
def _year(day: date) -> Decimal:
    return Decimal(dates.plain_date(day).year)


@_function("MONTH(日付)", DATE, gives=Kind.NUMBER, blank_with=1)
def _month(day: date) -> Decimal:
    return Decimal(dates.plain_date(day).month)


@_function("DAY(日付)", DATE, gives=Kind.NUMBER, blank_with=1)
def _day(day: date) -> Decimal:
    return Decimal(dates.plain_date(day).day)


@_function("DAYS(終わりの日, 始まりの日)", DATE, DATE, gives=Kind.NUMBER, blank_with=2)
def _days(end: date, start: date) -> Decimal:
    return dates.days_between(dates.plain_date(end), dates.plain_date(start))


def _unit(text: str) -> None:
    if text.upper() not in dates.UNITS:
        raise EvaluationError(f"DATEDIF の単位は {'、'.join(dates.UNITS)} のどれかです。")


@_function(
    'DATEDIF(始まりの日, 終わりの日, "Y")', DATE, DATE, TEXT, gives=Kind.NUMBER, blank_with=2, literals={2: _unit}
)
def _datedif(start: date, end: date, unit: FormulaValue) -> Decimal:
    return dates.difference(dates.plain_date(start), dates.plain_date(end), as_text(unit))


@_function("AGE(生年月日, 基準日)", DATE, DATE, gives=Kind.NUMBER, required=1, clock=True, blank_with=1)
def _age(now: datetime, birth: date, at: date | None = None) -> Decimal:
    born, on = dates.plain_date(birth), dates.plain_date(at or now)
    if on < born:
        raise EvaluationError("生年月日が基準日より後です。生年月日を確かめてください。")
    return Decimal(dates.full_years(born, on))


@_function(
    'DATE_FORMAT(日付, "YYYY/MM/dd", "Asia/Tokyo")', MOMENT, TEXT, TEXT,
    gives=Kind.TEXT, required=2, blank_with=1, literals={2: dates.zone},
)  # fmt: skip
def _date_format(value: FormulaValue, pattern: FormulaValue, zone: FormulaValue = None) -> str:
    return dates.date_format(value, as_text(pattern), as_text(zone) or "system")


@_function('ERA(日付, "Ge年M月d日")', DATE, TEXT, gives=Kind.TEXT, required=1, blank_with=1)
def _era(day: date, pattern: FormulaValue = None) -> str:
    plain = dates.plain_date(day)
    return dates.era_format(plain, as_text(pattern)) if pattern else era_date(plain)
