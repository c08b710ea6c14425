"""What a condition may speak of, for the builder of conditions: names, comparisons in their order, options."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from madoguchi import query
from madoguchi.accounts.language import in_words
from madoguchi.definition.app import AppDefinition
from madoguchi.query import Operator, QueryField

_ORDER: tuple[Operator, ...] = (
    "=", "in", "like", ">=", "<=", ">", "<", "!=", "not in", "not like", "is empty", "is not empty",
)  # fmt: skip


def queried(defn: AppDefinition) -> list[dict[str, Any]]:
    """Every name a query on the app may use, its own fields first."""
    labels = {field.code: in_words(field.label) for field in defn.fields}
    for field in defn.fields:
        for sub in getattr(field, "fields", ()):
            labels[sub.code] = f"{in_words(field.label)} / {in_words(sub.label)}"
    named = query.fields_of(defn)
    return [_one(defn, one, labels) for one in sorted(named.values(), key=lambda one: bool(one.system))]


def _one(defn: AppDefinition, named: QueryField, labels: dict[str, str]) -> dict[str, Any]:
    found = query.operators(named.kind)
    return {
        "code": named.code, "label": _label(named, labels), "kind": named.kind,
        "operators": [operator for operator in _ORDER if operator in found], "options": _options(defn, named),
    }


def _label(named: QueryField, labels: dict[str, str]) -> str:
    label = labels.get(named.code) or labels.get(named.source, "")
    return label if label == named.code or not label else f"{label}（{named.code}）" if named.parts else label


def _options(defn: AppDefinition, named: QueryField) -> list[tuple[str, str]]:
    if named.kind == "STATUS" and defn.process:
        return [(str(status.name), in_words(status.name)) for status in defn.process.statuses]
    field = defn.by_code.get(named.source)
    known = {option.value: in_words(option.text) for option in getattr(field, "options", ())}
    return [(value, known.get(value, value)) for value in named.options]


def condition_words() -> dict[str, str]:
    """The texts of the builder of conditions."""
    operators = {
        "=": _("が次と同じ"), "!=": _("が次と違う"), ">": _("が次より大きい"), "<": _("が次より小さい"),
        ">=": _("が次以上"), "<=": _("が次以下"), "in": _("が次のどれか"), "not in": _("が次のどれでもない"),
        "like": _("に次の言葉がある"), "not like": _("に次の言葉がない"), "is empty": _("が空"),
        "is not empty": _("が空でない"),
    }
    calls = {
        "LOGINUSER": _("見ている人"), "TODAY": _("今日"), "YESTERDAY": _("昨日"), "TOMORROW": _("明日"),
        "THIS_WEEK": _("今週"), "LAST_WEEK": _("先週"), "THIS_MONTH": _("今月"), "LAST_MONTH": _("先月"),
        "NEXT_MONTH": _("来月"), "THIS_YEAR": _("今年"), "LAST_YEAR": _("去年"),
    }
    return {
        **{f"operator_{name.replace(' ', '_')}": words for name, words in operators.items()},
        **{f"call_{name}": words for name, words in calls.items()},
        "condition_as_text": _("文字で書く"), "condition_as_rows": _("部品で選ぶ"),
        "condition_only_text": _("この条件は、部品では表せないので文字で書きます。"),
        "condition_join": _("条件のつなぎ方"), "condition_all": _("すべてに合う"), "condition_any": _("どれかに合う"),
        "condition_add": _("条件を足す"), "condition_none": _("条件はありません。すべてのレコードが当てはまります。"),
        "condition_field": _("項目"), "condition_operator": _("比べ方"), "condition_value": _("値"),
        "condition_when": _("いつ・だれ"), "condition_typed": _("（値を入れる）"),
        "condition_several": _("「、」で区切る"), "condition_drop": _("{n}番目の条件を消す"),
    }
