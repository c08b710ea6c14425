"""Everything wrong with an app that is written in the query language or speaks of other apps; and all the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from madoguchi.definition import validation
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import AnyField, LookupField, RelatedField, TotalField
from madoguchi.definition.findings import DefinitionError, Finding, error
from madoguchi.definition.validation_fields import field_place
from madoguchi.query.checking import check
from madoguchi.query.errors import QueryError
from madoguchi.query.mapping import fields_of
from madoguchi.query.parser import parse

Others = Mapping[str, AppDefinition]
"""Definitions of other apps by code, as far as they are known."""


def findings(defn: AppDefinition, others: Others | None = None) -> list[Finding]:
    """Everything wrong with ``defn``: errors first. What it says of apps that are not in ``others`` is only parsed."""
    found = [*validation.findings(defn), *query_findings(defn, others or {})]
    return sorted(found, key=lambda finding: finding.level != "error")


def validate(defn: AppDefinition, others: Others | None = None) -> None:
    """Raises DefinitionError with the findings if any of them is an error."""
    found = findings(defn, others)
    if any(finding.level == "error" for finding in found):
        raise DefinitionError(found)


def query_findings(defn: AppDefinition, others: Others) -> Iterator[Finding]:
    """What is wrong with conditions, wherever the app has some, and with what it says of other apps' fields."""
    for where, source in conditions(defn):
        yield from _condition_findings(where, source, defn)
    known = {**others, defn.code: defn}
    for field in defn.fields:
        if isinstance(field, LookupField | RelatedField | TotalField):
            yield from _connected_findings(defn, field, known.get(field.app))


def conditions(defn: AppDefinition) -> Iterator[tuple[str, str]]:
    """Every condition of the app about its own records, with its place as staff know it."""
    actions = defn.process.actions if defn.process else ()
    places = [
        *((f"一覧「{view.name}」の絞り込み", view.filter) for view in defn.views),
        *((f"グラフ「{chart.name}」の絞り込み", chart.filter) for chart in defn.charts),
        *((f"レコードの権限の{n}番目", rule.filter) for n, rule in enumerate(defn.record_rules, 1)),
        *((f"通知「{notification.title}」の条件", notification.filter) for notification in defn.notifications),
        *((f"アクション「{action.name}」の条件", action.condition) for action in actions),
    ]
    for where, source in places:
        if source:
            yield where, source


def _condition_findings(where: str, source: str, defn: AppDefinition | None) -> Iterator[Finding]:
    try:
        tree = parse(source, options=False)
        if defn is not None:
            check(tree, fields_of(defn))
    except QueryError as problem:
        yield error(where, f"「{source}」を使えません。{problem.message_ja}")


def _connected_findings(
    defn: AppDefinition, field: LookupField | RelatedField | TotalField, other: AppDefinition | None
) -> Iterator[Finding]:
    where = field_place(field)
    if field.filter:
        yield from _condition_findings(f"{where}の条件", field.filter, other)
    if other is None:
        return
    for code in _codes_there(field):
        if code not in other.by_code and code not in SYSTEM_THERE:
            mend = "フィールドコードを確かめてください。"
            yield error(where, f"アプリ「{other.name}」に「{code}」というフィールドはありません。", mend)
    if isinstance(field, TotalField) and field.of in other.by_code and not _is_number(other.by_code[field.of]):
        mend = "数値・金額・計算のフィールドを選んでください。"
        yield error(where, f"「{field.of}」は数ではないため、集計できません。", mend)
    if not isinstance(field, LookupField):
        yield from _pair_findings(defn, field, other)


SYSTEM_THERE = frozenset({"id", "receipt_number", "status", "created_at", "updated_at", "submitted_at"})
"""System columns of the other app that may be named beside its fields."""
_COMPARED_AS = {
    "text": "text", "textarea": "text", "phone": "text", "email": "text", "choice": "text", "lookup": "text",
    "link": "text", "serial": "text", "receipt_number": "text", "id": "whole", "money": "whole", "number": "number",
    "date": "date", "time": "time", "datetime": "datetime", "formula/number": "number", "formula/money": "whole",
    "formula/text": "text", "formula/date": "date",
}  # fmt: skip


def _codes_there(field: LookupField | RelatedField | TotalField) -> tuple[str, ...]:
    match field:
        case LookupField():
            return (field.key, *field.copies.values(), *field.picker)
        case RelatedField():
            return (field.there, *field.columns, *((field.sort,) if field.sort else ()))
    return (field.there, *((field.of,) if field.of else ()))


def _is_number(field: AnyField) -> bool:
    return getattr(field, "format", field.type) in ("number", "money")


def _pair_findings(defn: AppDefinition, field: RelatedField | TotalField, other: AppDefinition) -> Iterator[Finding]:
    """The two fields that must be equal have to hold the same kind of value."""
    ours, theirs = _compared_as(defn, field.here), _compared_as(other, field.there)
    numbers_as_text = theirs == "text" and ours in ("number", "whole")
    if ours is None or theirs is None or not (ours == theirs or numbers_as_text):
        mend = "どちらも文字列、どちらも数値など、同じ種類のフィールドを選んでください。"
        yield error(field_place(field), f"「{field.here}」と「{field.there}」は比べられません。", mend)


def _compared_as(defn: AppDefinition, code: str) -> str | None:
    field = defn.by_code.get(code)
    if field is None:
        return _COMPARED_AS.get(code) if code in ("id", "receipt_number") else None
    return _COMPARED_AS.get(f"formula/{field.format}" if field.type == "formula" else field.type)
