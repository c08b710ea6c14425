"""What follows from answers: which fields are visible, what formulas yield, what the fee is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from madoguchi import formula
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import AnyField, FormulaField, TableField
from madoguchi.definition.formulas import (
    FormulaValues,
    evaluate,
    from_formula,
    holds,
    references,
    round_half_up,
    to_formula,
)
from madoguchi.definition.text import Text
from madoguchi.definition.values import ROW_ID, Value, Values
from madoguchi.definition.world import World


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One line of the fee in whole yen."""

    label: Text
    amount: int


@dataclass(frozen=True, slots=True)
class Computed:
    """``values`` by code of the visible fields; ``errors`` by code: why a formula, or one in a table, stayed blank."""

    values: dict[str, Value]
    errors: dict[str, str]


def computed(defn: AppDefinition, answers: Values, world: World) -> Computed:
    """The visible values (hidden fields are absent, formulas are calculated), and what could not be calculated."""
    computation = _Computation(defn, answers, world)
    values = {f.code: computation.value(f.code) for f in defn.value_fields if computation.is_visible(f.code)}
    errors = {code: "\n".join(found) for code, found in computation.errors.items() if found and code in values}
    return Computed(values, errors)


def visible_values(defn: AppDefinition, answers: Values, world: World) -> dict[str, Value]:
    """Values by code of the fields that are visible: hidden ones are absent, formulas are calculated."""
    return computed(defn, answers, world).values


def formula_errors(defn: AppDefinition, answers: Values, world: World) -> dict[str, str]:
    """Why formulas stayed blank that should not, by code, in Japanese: for example that they divide by zero."""
    return computed(defn, answers, world).errors


def visible_codes(defn: AppDefinition, answers: Values, world: World) -> frozenset[str]:
    """The codes of all fields, headings too, whose condition holds."""
    computation = _Computation(defn, answers, world)
    return frozenset(field.code for field in defn.fields if computation.is_visible(field.code))


def formula_values(defn: AppDefinition, answers: Values, world: World) -> FormulaValues:
    """Everything formulas may read, by code, also the columns of tables; hidden fields are blank.

    Calculated when read, so that a formula pays only for what it speaks of.
    """
    return _Computation(defn, answers, world)


class Conditions:
    """What one definition hides and calculates, found once: many records then pay only for that."""

    def __init__(self, defn: AppDefinition) -> None:
        self._defn = defn
        self._conditional = [f.code for f in defn.value_fields if f.show_if or f.channels]
        self._formulas = [f.code for f in defn.fields if isinstance(f, FormulaField)]
        self.any = bool(self._conditional or self._formulas)

    def apply(self, answers: Values, world: World) -> tuple[dict[str, Value], frozenset[str]]:
        """``answers`` without what is hidden and with what formulas yield, blanks left out; and the hidden codes.

        Formulas inside tables are not calculated.
        """
        computation = _Computation(self._defn, answers, world)
        hidden = frozenset(code for code in self._conditional if not computation.is_visible(code))
        calculated = {code: computation.value(code) for code in self._formulas}
        found = {**answers, **calculated}
        return {code: value for code, value in found.items() if code not in hidden and value is not None}, hidden


def fee_lines(defn: AppDefinition, values: Values, world: World) -> list[FeeRow]:
    """The lines of the fee that are more than zero; empty for procedures without a fee."""
    fee = defn.procedure.fee if defn.procedure else None
    known = formula_values(defn, values, world)
    rows = [FeeRow(line.label, _amount(line.amount, known, world.now)) for line in fee.lines] if fee else []
    return [row for row in rows if row.amount > 0]


def _amount(source: str, known: FormulaValues, now: datetime) -> int:
    result = evaluate(source, known, now).value
    return int(round_half_up(result, 0)) if isinstance(result, Decimal) and abs(result) < 10**12 else 0


class _Computation(Mapping[str, Any]):
    """Reads as a mapping of formula values; each is found once, in whatever order they are needed.

    A field whose condition or formula leads back to itself counts as blank there (validation reports the cycle).
    """

    def __init__(self, defn: AppDefinition, answers: Values, world: World) -> None:
        self._defn, self._answers = defn, answers
        self._now, self._channel = world.now, world.channel
        self._columns = {s.code: f for f in defn.fields if isinstance(f, TableField) for s in f.fields}
        self._visible: dict[str, bool] = {}
        self._values: dict[str, Value] = {}
        self._open: set[str] = set()
        self.errors: dict[str, list[str]] = {}

    def __getitem__(self, code: str) -> formula.FormulaValue:
        if code in self._defn.by_code:
            return to_formula(self._defn.by_code[code], self.value(code) if self.is_visible(code) else None)
        table = self._columns[code]
        rows = self.value(table.code) if self.is_visible(table.code) else None
        sub = next(sub for sub in table.fields if sub.code == code)
        return tuple(to_formula(sub, row.get(code)) for row in rows or ())

    def __iter__(self) -> Any:
        return iter({**self._defn.by_code, **self._columns})

    def __len__(self) -> int:
        return len({**self._defn.by_code, **self._columns})

    def is_visible(self, code: str) -> bool:
        """Whether the field is asked in this channel and its condition holds."""
        if code not in self._visible:
            if f"?{code}" in self._open:
                return False
            self._open.add(f"?{code}")
            self._visible[code] = self._condition_holds(self._defn.by_code[code])
            self._open.discard(f"?{code}")
        return self._visible[code]

    def _condition_holds(self, field: AnyField) -> bool:
        if field.channels and self._channel not in field.channels:
            return False
        return holds(field.show_if, self._read(field.show_if), self._now)

    def value(self, code: str) -> Value:
        """The field's value, calculated where it is a formula or has formulas in its rows."""
        if code not in self._values:
            if code in self._open:
                return None
            self._open.add(code)
            self._values[code] = self._find(code)
            self._open.discard(code)
        return self._values[code]

    def _find(self, code: str) -> Value:
        field, answer = self._defn.by_code[code], self._answers.get(code)
        if isinstance(field, FormulaField):
            result = evaluate(field.formula, self._read(field.formula), self._now)
            self.errors[code] = [result.error] if result.error else []
            return from_formula(field, result.value)
        if isinstance(field, TableField):
            rows = answer if isinstance(answer, list) else ()
            self.errors[code] = []
            return [self._row(field, row, n) for n, row in enumerate(rows, 1) if isinstance(row, Mapping)] or None
        return None if answer in ("", [], {}) else answer

    def _row(self, table: TableField, row: Mapping[str, Value], number: int) -> dict[str, Value]:
        """The row with hidden cells left out and formulas calculated, each from the cells before it."""
        result: dict[str, Value] = {ROW_ID: row[ROW_ID]} if ROW_ID in row else {}
        cells: dict[str, Any] = {sub.code: None for sub in table.fields}
        for sub in table.fields:
            if not holds(sub.show_if, {**self._read(sub.show_if, cells), **cells}, self._now):
                continue
            value = row.get(sub.code)
            if isinstance(sub, FormulaField):
                known = {**self._read(sub.formula, cells), **cells}
                calculated = evaluate(sub.formula, known, self._now)
                if calculated.error:
                    self.errors[table.code].append(f"{number}行目「{sub.label}」: {calculated.error}")
                value = from_formula(sub, calculated.value)
            result[sub.code], cells[sub.code] = value, to_formula(sub, value)
        return result

    def _read(self, source: str | None, leave_out: Mapping[str, Any] | None = None) -> dict[str, Any]:
        known = (code for code in references(source) if code in self and code not in (leave_out or {}))
        return {code: self[code] for code in known}

    def __contains__(self, code: object) -> bool:
        return code in self._defn.by_code or code in self._columns
