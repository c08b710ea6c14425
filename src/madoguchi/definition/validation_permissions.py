"""Who sees what: do permissions and rules speak of fields that exist, and is anybody left who sees the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.findings import Finding, error, warning

PEOPLE_TYPES = frozenset({"staff", "department", "group"})


def permission_findings(defn: AppDefinition) -> Iterator[Finding]:
    """What is wrong with the permissions of the app, its records and its fields; their conditions aside."""
    if not any("view" in permission.rights for permission in defn.permissions):
        mend = "担当課に「閲覧」（view）の権限を付けてください。"
        yield error("権限", "レコードを見られる人がいません。", mend)
    yield from _record_rule_findings(defn)
    yield from _field_rule_findings(defn)


def _record_rule_findings(defn: AppDefinition) -> Iterator[Finding]:
    for number, rule in enumerate(defn.record_rules, 1):
        where = f"レコードの権限の{number}番目"
        for line in rule.allow:
            field = defn.by_code.get(line.in_field) if line.in_field is not None else None
            if line.in_field is not None and (field is None or field.type not in PEOPLE_TYPES):
                mend = "職員・課・グループを選ぶフィールドのコードを書いてください。"
                yield error(where, f"「{line.in_field}」は人を選ぶフィールドではありません。", mend)
        if not any("view" in line.rights for line in rule.allow):
            message = "この条件に当てはまるレコードは、だれにも見えなくなります。"
            yield warning(where, message, "許可する人を足してください。")


def _field_rule_findings(defn: AppDefinition) -> Iterator[Finding]:
    counted = Counter(rule.field for rule in defn.field_rules)
    for code, count in counted.items():
        where = f"フィールドの権限「{code}」"
        if code not in defn.by_code:
            mend = "フィールドコードを確かめるか、消してください。"
            yield error(where, f"「{code}」というフィールドはありません。", mend)
        if count > 1:
            yield error(where, "同じフィールドの決まりが2つ以上あります。", "1つにまとめてください。")
