"""Formulas and conditions: do they read, do they speak of fields that exist, do they go round in circles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from madoguchi import formula
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import VALUELESS_TYPES, AnyField, FormulaField, TableField
from madoguchi.definition.findings import Finding, error, warning
from madoguchi.definition.formulas import compiled, formula_type, references
from madoguchi.definition.validation_fields import field_place
from madoguchi.formula import Column, FieldType, FormulaError, Kind

_NUMBERS = frozenset({Kind.NUMBER, Kind.BOOL})
_DAYS = frozenset({Kind.DATE, Kind.DATETIME})
EXPECTED: Mapping[str, tuple[frozenset[Kind], str]] = {
    "condition": (_NUMBERS, '「はい」か「いいえ」になる条件を書いてください。例: 種類 = "その他"'),
    "number": (_NUMBERS, "結果が数になる式を書くか、format を変えてください。"),
    "money": (_NUMBERS, "結果が数になる式を書くか、format を変えてください。"),
    "amount": (_NUMBERS, "結果が金額（円）になる式を書いてください。例: 300 * 通数"),
    "date": (_DAYS, "結果が日付になる式を書いてください。例: TODAY()"),
    "text": (frozenset(Kind), ""),
}


def formula_findings(defn: AppDefinition) -> Iterator[Finding]:
    """What is wrong with every formula of the app: fields, options, limits, fee."""
    types = formula_types(defn)
    for field in defn.fields:
        for name, source, kind in _sources(field):
            yield from _check(f"{field_place(field)}の{name}", source, kind, types)
        if isinstance(field, TableField):
            yield from _table_findings(field, types)
        if field.code in references_of_options(field):
            message = "選択肢の表示条件が、そのフィールド自身を見ています。"
            yield error(field_place(field), message, "ほかのフィールドを使ってください。")
    yield from _fee_findings(defn, types)
    yield from _cycle_findings(defn)
    yield from _later_question_findings(defn)


def references_of_options(field: AnyField) -> frozenset[str]:
    """The codes that the conditions of the field's options read."""
    return frozenset().union(*(references(option.show_if) for option in getattr(field, "options", ())))


def formula_types(defn: AppDefinition) -> dict[str, FieldType]:
    """What formulas may read, columns of tables included, by code."""
    types: dict[str, FieldType] = {f.code: formula_type(f) for f in defn.fields if f.type not in VALUELESS_TYPES}
    for field in defn.fields:
        if isinstance(field, TableField):
            types |= {sub.code: Column(field.code, formula_type(sub)) for sub in field.fields}
    return types


def _sources(field: Any) -> Iterator[tuple[str, str, str]]:
    """(name, formula, what it must yield) of every formula in ``field``."""
    if field.show_if:
        yield "表示条件（show_if）", field.show_if, "condition"
    for option in getattr(field, "options", ()):
        if option.show_if:
            yield f"選択肢「{option.text}」の表示条件", option.show_if, "condition"
    for name in ("earliest", "latest"):
        if isinstance(getattr(field, name, None), str):
            yield f"{name}（日付の制限）", getattr(field, name), "date"
    if isinstance(field, FormulaField):
        yield "計算式（formula）", field.formula, field.format


def _check(where: str, source: str, kind: str, types: Mapping[str, FieldType]) -> Iterator[Finding]:
    expected, mend = EXPECTED[kind]
    try:
        result = formula.check(compiled(source), types)
    except FormulaError as wrong:
        yield error(where, f"{wrong.position + 1}文字目: {wrong.message}")
        return
    if result not in expected:
        yield error(where, f"式「{source}」の結果が{result.ja}になります。", mend)


def _table_findings(table: TableField, types: Mapping[str, FieldType]) -> Iterator[Finding]:
    """Cells are calculated from left to right: a formula may read the cells before it in its row."""
    row = {**types, **{sub.code: formula_type(sub) for sub in table.fields}}
    later = {sub.code for sub in table.fields}
    for sub in table.fields:
        for name, source, kind in _sources(sub):
            where = f"表「{table.label}」の列「{sub.label}」の{name}"
            yield from _check(where, source, kind, row)
            for code in sorted(references(source) & later):
                yield error(where, f"自分か、自分より後の列「{code}」を見ています。", "列の順番を入れ替えてください。")
        later.discard(sub.code)


def _fee_findings(defn: AppDefinition, types: Mapping[str, FieldType]) -> Iterator[Finding]:
    fee = defn.procedure.fee if defn.procedure else None
    for line in fee.lines if fee else ():
        yield from _check(f"手数料の行「{line.label}」", line.amount, "amount", types)


def _cycle_findings(defn: AppDefinition) -> Iterator[Finding]:
    table_of = {sub.code: f.code for f in defn.fields if isinstance(f, TableField) for sub in f.fields}
    graph = {field.code: {table_of.get(code, code) for code in _reads(field)} for field in defn.fields}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as cycle:
        path = " → ".join(f"「{code}」" for code in reversed(cycle.args[1]))
        message = f"表示条件や計算式がぐるぐる回っています（{path}）。"
        yield error("フィールドどうしの関係", message, "どれか1つの条件か計算式を、ほかのフィールドに変えてください。")


def _reads(field: AnyField) -> set[str]:
    """What decides whether the field is shown and, for calculated ones, what it holds."""
    codes = set(references(field.show_if))
    if isinstance(field, FormulaField):
        codes |= references(field.formula)
    if isinstance(field, TableField):
        own = {sub.code for sub in field.fields}
        inside = (references(source) for sub in field.fields for _, source, _ in _sources(sub))
        codes |= set().union(*inside) - own
    return codes


def _later_question_findings(defn: AppDefinition) -> Iterator[Finding]:
    """A condition that reads a question asked later makes its field appear behind the resident's back."""
    order = {field.code: n for n, field in enumerate(defn.question_fields)}
    for field in defn.question_fields:
        for code in sorted(references(field.show_if)):
            if order.get(code, -1) > order[field.code]:
                message = f"表示条件が、後で聞く「{code}」を見ています。"
                yield warning(field_place(field), message, "質問の順番を入れ替えてください。")
