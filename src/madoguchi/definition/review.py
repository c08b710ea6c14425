"""What a reviewer should look at before an app is published: beyond what makes a definition unusable.

Pure: what only the database knows (rows, staff, groups) comes in as ``Facts``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from madoguchi.definition.app import AppDefinition, Right, Who
from madoguchi.definition.fields import COMPUTED_TYPES, STAFF_TYPES, FieldBase, Model, TableField
from madoguchi.definition.findings import Finding, error, warning
from madoguchi.definition.part_words import FIELD_TYPES, RIGHTS, part_words
from madoguchi.definition.reachability import reachability_findings
from madoguchi.definition.text import Language, Text

CHECKLIST: Mapping[str, str] = {
    "legal_basis": "法的根拠：この手続・記録の根拠となる法律や条例を確かめた",
    "fee": "手数料：条例の金額と一致している（または手数料がない）",
    "minimum": "必須最小：集める個人情報は、この事務に必要なものだけ",
    "assurance": "本人確認レベル：法令と事務に合った確認をしている",
    "consent": "同意文：何のために使うかが書いてあり、版が新しい",
    "openness": "公開範囲：だれに見えるかを確かめた",
    "permissions": "権限：課と役割で決めてあり、広すぎない",
    "notices": "通知文：個人情報がなく、次にすることが分かる",
    "other_ways": "例外経路：電話や紙でもできる",
    "accessibility": "アクセシビリティ：やさしい言葉で、読み上げでも分かる",
    "retention": "保存と消去：いつまで残し、どう消すかを決めた",
    "stopping": "停止手順：止め方と、止めたときの案内を決めた",
}
"""The twelve questions that the author answers before an app goes to review."""

_WIDE: frozenset[Right] = frozenset({"edit", "delete", "export", "manage"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database knows. ``used`` counts, by field id, records that hold a value of it; ``statuses`` by status.

    ``staff``, ``departments``, ``groups`` are those that exist (and are active) of the ones named in the definition.
    ``apps`` are the codes of published apps.
    """

    used: Mapping[int, int] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)
    staff: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    apps: frozenset[str] = frozenset()


def review_findings(defn: AppDefinition, published: AppDefinition | None, facts: Facts) -> list[Finding]:
    """Everything to look at, what concerns data and people first."""
    return [
        *_removed_findings(defn, published, facts),
        *_people_findings(defn, facts),
        *_owner_findings(defn),
        *_permission_findings(defn),
        *reachability_findings(defn),
        *_app_findings(defn, facts),
    ]


def _removed_findings(defn: AppDefinition, published: AppDefinition | None, facts: Facts) -> Iterator[Finding]:
    kept = {item.id for item in _all_fields(defn)}
    for item in _all_fields(published) if published else ():
        if item.id not in kept and (count := facts.used.get(item.id, 0)):
            message = f"削除するフィールドに値のあるレコードが {count:,}件あります。"
            yield warning(f"フィールド「{item.label}」", message, "データは残りますが、画面には出なくなります。")
    known = {status.code for status in defn.process.statuses} if defn.process else set()
    names = {s.code: s.name for s in published.process.statuses} if published and published.process else {}
    for code, count in facts.statuses.items():
        if count and code not in known:
            message = f"なくなるステータスに {count:,}件のレコードがあります。"
            mend = "先にレコードを動かすか、ステータスを残してください。"
            yield warning(f"ステータス「{names.get(code, code)}」", message, mend)


def named_people(defn: AppDefinition) -> dict[str, dict[str, list[str]]]:
    """Staff, departments and groups that the definition names: kind → code → places."""
    found: dict[str, dict[str, list[str]]] = {"staff": {}, "department": {}, "group": {}}
    for where, who in _whos(defn):
        for kind, places in found.items():
            if code := getattr(who, kind):
                places.setdefault(code, []).append(where)
    for name, label in (("owner", "責任者"), ("deputy", "副担当")):
        if code := getattr(defn, name):
            found["staff"].setdefault(code, []).append(label)
    found["department"].setdefault(defn.owner_department, []).append("担当課")
    return found


def _whos(defn: AppDefinition) -> Iterator[tuple[str, Who]]:
    for rule in defn.permissions:
        yield "権限", rule
    for record_rule in defn.record_rules:
        for line in record_rule.allow:
            yield "レコードの権限", line
    for field_rule in defn.field_rules:
        for field_line in field_rule.allow:
            yield f"フィールド「{field_rule.field}」の権限", field_line
    for notification in defn.notifications:
        for target in notification.to:
            yield f"職員への通知「{notification.title}」", target


def _people_findings(defn: AppDefinition, facts: Facts) -> Iterator[Finding]:
    words = {
        "staff": ("職員", facts.staff), "department": ("課", facts.departments), "group": ("グループ", facts.groups),
    }  # fmt: skip
    for kind, places in named_people(defn).items():
        word, known = words[kind]
        for code, where in places.items():
            if code not in known:
                mend = "今ある名前に直してください。"
                mend = "異動や退職をした人なら、後任に替えてください。" if kind == "staff" else mend
                yield error("、".join(dict.fromkeys(where)), f"{word}「{code}」はありません。", mend)


def _owner_findings(defn: AppDefinition) -> Iterator[Finding]:
    missing = [word for name, word in (("owner", "責任者"), ("deputy", "副担当")) if not getattr(defn, name)]
    if missing:
        mend = "異動しても分かる人がいるように、2人を決めてください。"
        yield warning("責任者", f"{'と'.join(missing)}が決まっていません。", mend)
    elif defn.owner == defn.deputy:
        yield warning("責任者", "責任者と副担当が同じ人です。", "別の人にしてください。")


def _permission_findings(defn: AppDefinition) -> Iterator[Finding]:
    personal = any(item.personal for item in _all_fields(defn))
    for rule in defn.permissions:
        if rule.department or rule.roles or rule.group or rule.staff:
            continue
        wide = [right for right in get_args(Right) if right in rule.rights and right in _WIDE]
        if wide or (personal and "view" in rule.rights):
            held = "、".join(RIGHTS[right] for right in rule.rights)
            what = f"すべての職員が「{held}」できます。" if wide else "個人情報を、すべての職員が見られます。"
            yield warning("権限", what, "課、役割、グループのどれかで範囲を決めてください。")


def _app_findings(defn: AppDefinition, facts: Facts) -> Iterator[Finding]:
    for item in defn.fields:
        if item.type in ("lookup", "related", "total") and item.app not in facts.apps | {defn.code}:
            message = f"{FIELD_TYPES[item.type]}の相手のアプリ「{item.app}」は公開されていません。"
            yield warning(f"フィールド「{item.label}」", message, "先に相手のアプリを公開してください。")


def texts_without(defn: AppDefinition, language: Language) -> list[str]:
    """Places whose text residents read and that has no translation into ``language``."""
    if defn.procedure is None:
        return []
    found = []
    for item in defn.question_fields:
        if item.type not in STAFF_TYPES | COMPUTED_TYPES:
            found += [f"「{item.label}」の{part_words(name)}" for name in _untranslated(item, language)]
    found += [f"手続の{part_words(name)}" for name in _untranslated(defn.procedure, language)]
    if defn.process:
        for status in defn.process.statuses:
            shown = [text for text in (status.name, status.resident, status.next) if text]
            if any(language not in text.root for text in shown):
                found.append(f"ステータス「{status.name}」")
    return found


def _untranslated(model: Model, language: Language) -> Iterator[str]:
    """Keys of ``model`` under which some text has no translation."""
    for name in type(model).model_fields:
        if any(language not in text.root for text in _texts(getattr(model, name))):
            yield name


def _texts(value: Any) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, Model):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)


def _all_fields(defn: AppDefinition) -> Iterator[FieldBase]:
    for item in defn.fields:
        yield item
        if isinstance(item, TableField):
            yield from item.fields
