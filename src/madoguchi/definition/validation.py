"""Everything wrong with a definition by itself, found before it is published.

Conditions in the query language and what it says of other apps: ``query.validation``, which includes all this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeVar

from madoguchi.definition.app import RESERVED_APP_CODES, SYSTEM_COLUMNS, AppDefinition, View
from madoguchi.definition.fields import FieldBase, TableField
from madoguchi.definition.findings import DefinitionError, Finding, error
from madoguchi.definition.validation_fields import field_findings, field_place, serial_findings
from madoguchi.definition.validation_formulas import formula_findings
from madoguchi.definition.validation_permissions import permission_findings
from madoguchi.definition.validation_procedure import procedure_findings
from madoguchi.definition.validation_process import process_findings

Item = TypeVar("Item")


def findings(defn: AppDefinition) -> list[Finding]:
    """Everything wrong with ``defn``: errors first, each group in the order of the definition."""
    found = [
        *_unique_findings(defn),
        *(finding for field in defn.fields for finding in field_findings(defn, field)),
        *(finding for field in defn.fields if field.type == "serial" for finding in serial_findings(field)),
        *formula_findings(defn),
        *_layout_findings(defn),
        *(finding for view in defn.views for finding in _view_findings(defn, view)),
        *process_findings(defn),
        *permission_findings(defn),
        *procedure_findings(defn),
    ]
    return sorted(found, key=lambda finding: finding.level != "error")


def validate(defn: AppDefinition) -> None:
    """Raises DefinitionError with the findings if any of them is an error."""
    found = findings(defn)
    if any(finding.level == "error" for finding in found):
        raise DefinitionError(found)


def _all_fields(defn: AppDefinition) -> Iterator[FieldBase]:
    """Fields and the sub-fields of tables: codes and ids are unique among all of them."""
    for field in defn.fields:
        yield field
        if isinstance(field, TableField):
            yield from field.fields


def _twice(items: Iterable[Item]) -> list[Item]:
    """What occurs more than once."""
    return [item for item, count in Counter(items).items() if count > 1]


def _unique_findings(defn: AppDefinition) -> Iterator[Finding]:
    everything = list(_all_fields(defn))
    if defn.code in RESERVED_APP_CODES:
        taken = f"コード「{defn.code}」は職員の画面のアドレスに使われています。"
        yield error("アプリのコード", taken, f"「{defn.code}-2」など、別のコードにしてください。")
    for code in _twice(field.code for field in everything):
        where = f"フィールドコード「{code}」"
        yield error(
            where, "同じコードのフィールドが2つ以上あります。", "表の中の列も含めて、別のコードにしてください。"
        )
    for number in _twice(field.id for field in everything):
        labels = "、".join(f"「{field.label}」" for field in everything if field.id == number)
        yield error(
            f"フィールド番号（id）{number}", f"{labels}が同じ番号です。", "まだ使っていない番号にしてください。"
        )
    for field in everything:
        if field.code in SYSTEM_COLUMNS:
            mend = "別のコードにしてください。"
            yield error(field_place(field), f"コード「{field.code}」はシステムが使っています。", mend)
    for view in _twice(view.code for view in defn.views):
        yield error(f"一覧「{view}」", "同じコードの一覧が2つ以上あります。", "別のコードにしてください。")


def _layout_findings(defn: AppDefinition) -> Iterator[Finding]:
    for group in defn.layout:
        for code in group.fields:
            if code not in defn.by_code:
                mend = "フィールドコードを確かめるか、消してください。"
                yield error(f"まとまり「{group.title}」", f"「{code}」というフィールドはありません。", mend)
    for code in _twice(code for group in defn.layout for code in group.fields):
        yield error("画面のまとまり", f"「{code}」が2か所にあります。", "どちらかを消してください。")


def _view_findings(defn: AppDefinition, view: View) -> Iterator[Finding]:
    where = f"一覧「{view.name}」"
    known = {f.code for f in defn.fields if f.type != "heading"} | SYSTEM_COLUMNS
    used = [("列", view.columns), ("並び順", [sort.field for sort in view.sort])]
    for kind, codes in used:
        for code in codes:
            if code not in known:
                mend = "フィールドコードを確かめるか、消してください。"
                yield error(where, f"{kind}の「{code}」というフィールドはありません。", mend)
