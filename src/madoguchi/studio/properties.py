"""What can be set about a field, in the words of the panel: one row a property, in sections, for every type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from django.utils.translation import gettext_lazy as _

from madoguchi.definition.fields import AnyField, SubField

MODELS: Final[Mapping[str, Any]] = {
    model.model_fields["type"].default: model for model in get_args(get_args(AnyField)[0])
}
"""The model of every type of field."""
COLUMN_TYPES: Final = frozenset(model.model_fields["type"].default for model in get_args(get_args(SubField)[0]))
"""The types that a column of a table may have."""

SECTIONS: Final[Mapping[str, Any]] = {
    "basic": _("基本"),
    "content": _("中身"),
    "limits": _("入力の決まり"),
    "words": _("説明と言葉"),
    "shown": _("だれに、いつ聞くか"),
    "fine": _("こまかい設定"),
}


@dataclass(frozen=True, slots=True)
class Property:
    """One row of the panel. ``control`` names the script's control; ``choices`` are value and words of a select."""

    key: str
    control: str
    label: Any
    section: str
    help: Any = ""
    choices: Sequence[tuple[str, Any]] = ()


_COMMON: Final = (
    Property("label", "label", _("項目名"), "basic"),
    Property("required", "tick", _("必ず答えてもらう（必須）"), "basic"),
    Property("help", "words-long", _("説明"), "words", _("入力欄の上に出る文です。")),
    Property("example", "words", _("入力例"), "words", _("「例：」に続けて出ます。")),
    Property("question", "words", _("住民への聞き方"), "words", _("空なら項目名で聞きます。例：何通必要ですか")),
    Property("chat_question", "words", _("LINEでの聞き方"), "words", _("空なら上と同じ聞き方をします。")),
    Property("personal", "tick", _("個人情報"), "shown",
             _("LINEのトークでは聞かず、市のページで入力してもらいます。だれが見たかも記録します。")),
    Property("staff_only", "tick", _("職員だけが使う"), "shown", _("住民には聞かず、見せません。")),
    Property("show_if", "condition", _("この条件のときだけ聞く"), "shown", _("例：種類 = \"その他\"")),
    Property("channels", "channels", _("聞く窓口"), "shown", _("どれも選ばなければ、どの窓口でも聞きます。")),
    Property("code", "code", _("フィールドコード"), "fine",
             _("式や集計で使う名前です。直すと、式や一覧の中の名前も一緒に変わります。")),
)
_UNIQUE = Property("unique", "tick", _("同じ値を2回登録させない"), "limits")
_DECIMALS = Property("decimals", "number", _("小数点以下の桁数"), "limits")
_UNIT = Property("unit", "words", _("単位"), "content", _("例：通、㎡"))
_OPTIONS = Property("options", "options", _("選択肢"), "content")
_FILES = (
    Property("max_files", "number", _("最大の数"), "limits"),
    Property("max_megabytes", "number", _("1つの大きさ（MB まで）"), "limits"),
)
_FROM_OTHER = (
    Property("app", "app", _("どのアプリの"), "content"),
    Property("here", "here", _("このアプリの項目"), "content", _("この項目の値が、")),
    Property("there", "there", _("相手のアプリの項目"), "content", _("この項目の値と同じレコードを対象にします。")),
    Property("filter", "query-there", _("さらに絞り込む条件"), "content", _("例：状態 = \"完了\"")),
)


def _default(control: str = "text", help: Any = "") -> Property:
    return Property("default", control, _("はじめの値"), "content", help)


_OWN: Final[Mapping[str, tuple[Property, ...]]] = {
    "text": (
        _default(), Property("min_length", "number", _("最小の文字数"), "limits"),
        Property("max_length", "number", _("最大の文字数"), "limits"), _UNIQUE,
        Property("pattern", "source", _("入力の形（正規表現）"), "fine", _("例：[A-Z]{2}\\d{4}")),
        Property("pattern_error", "words", _("形が違うときの言葉"), "fine"),
    ),
    "textarea": (_default("lines"), Property("max_length", "number", _("最大の文字数"), "limits")),
    "richtext": (_default("lines"),),
    "link": (
        Property("protocol", "select", _("種類"), "content", "",
                 (("web", _("ページ")), ("tel", _("電話")), ("mail", _("メール")))),
        _default(), _UNIQUE,
    ),
    "number": (
        _UNIT, _default("decimal"), Property("min", "decimal", _("最小"), "limits"),
        Property("max", "decimal", _("最大"), "limits"), _DECIMALS, _UNIQUE,
    ),
    "money": (
        _default("amount"), Property("min", "amount", _("最小（円）"), "limits"),
        Property("max", "amount", _("最大（円）"), "limits"), _UNIQUE,
    ),
    "choice": (
        _OPTIONS, _default("default-choice"),
        Property("widget", "select", _("職員の画面での見せ方"), "fine", "",
                 (("radio", _("並べて見せる")), ("dropdown", _("開いて選ぶ")))),
    ),
    "choices": (
        _OPTIONS, _default("default-choices"), Property("min_selected", "number", _("少なくとも選ぶ数"), "limits"),
        Property("max_selected", "amount", _("選べる数"), "limits"),
        Property("widget", "select", _("職員の画面での見せ方"), "fine", "",
                 (("checkbox", _("並べて見せる")), ("list", _("一覧から選ぶ")))),
    ),
    "consent": (
        Property("statement", "words-long", _("同意してもらう文"), "content"),
        Property("version", "text", _("文の版"), "fine",
                 _("文を変えたら新しくしてください。どの文に同意したかが残ります。")),
    ),
    "date": (
        _default("text", _("2026-11-23 のように書くか、now（登録した日）")),
        Property("earliest", "date-limit", _("この日から"), "limits", _("日付か式。例：TODAY()")),
        Property("latest", "date-limit", _("この日まで"), "limits", _("日付か式。例：TODAY()")), _UNIQUE,
    ),
    "time": (_default("text", _("9:30 のように書くか、now（登録した時刻）")),),
    "datetime": (_default("text", _("2026-11-23T09:30 のように書くか、now（登録した日時）")), _UNIQUE),
    "name": (Property("kana", "tick", _("ふりがなも聞く"), "content"),),
    "address": (
        Property("city_code", "text", _("この市区町村だけ（5けたのコード）"), "limits",
                 _("空ならどこの住所でも入力できます。")),
    ),
    "phone": (), "email": (), "location": (), "heading": (Property("body", "words-long", _("本文"), "content"),),
    "file": _FILES,
    "photo": (
        Property("identity", "tick", _("本人確認の身分証"), "content",
                 _("確認する職員だけが見られ、早く消去します。")), *_FILES,
    ),
    "formula": (
        Property("formula", "formula", _("計算式"), "content", _("例：単価 * 数量")),
        Property("format", "select", _("結果の形"), "content", "",
                 (("number", _("数値")), ("money", _("金額")), ("text", _("文字")), ("date", _("日付")))), _DECIMALS,
    ),
    "staff": (_default("codes", _("ユーザー名。LOGINUSER() は登録した職員")),),
    "department": (_default("codes", _("部署のコード。PRIMARY_ORGANIZATION() は登録した職員の部署")),),
    "group": (_default("codes", _("グループのコード")),),
    "serial": (
        Property("format", "text", _("番号の形"), "content",
                 _("{0000} が通し番号、{FY} が年度、{YYYY} が年、{ERA} が和暦、{MM} {DD} が月日です。")),
        Property("reset", "select", _("番号を1に戻す"), "content", "",
                 (("never", _("戻さない")), ("year", _("年ごと")), ("fiscal_year", _("年度ごと")),
                  ("month", _("月ごと")))),
    ),
    "lookup": (
        Property("app", "app", _("どのアプリから"), "content"),
        Property("key", "there", _("何で選ぶか（相手の項目）"), "content"),
        Property("copies", "copies", _("写す項目"), "content"),
        Property("live", "tick", _("相手が変わったら、ここも変わる"), "content",
                 _("外すと、選んだときの値のまま残ります。")),
        Property("picker", "there-many", _("選ぶときに見せる項目"), "content"),
        Property("filter", "query-there", _("選べるレコードの条件"), "content", _("例：状態 = \"使用中\"")),
    ),
    "related": (
        *_FROM_OTHER, Property("columns", "there-many", _("並べる項目"), "content"),
        Property("sort", "there", _("並び順"), "content"),
        Property("descending", "tick", _("大きい順、新しい順"), "content"),
        Property("size", "number", _("一度に見せる件数"), "content"),
    ),
    "total": (
        *_FROM_OTHER,
        Property("how", "select", _("数え方"), "content", "", (
            ("count", _("件数")), ("sum", _("合計")), ("average", _("平均")), ("min", _("最小")), ("max", _("最大")),
        )),
        Property("of", "there", _("数える項目"), "content", _("件数のときは要りません。")), _DECIMALS, _UNIT,
    ),
    "table": (
        Property("fields", "columns", _("列"), "content"),
        Property("row_label", "words", _("1行の呼び名"), "content", _("例：人目 と書くと「1人目」になります。")),
        Property("min_rows", "number", _("最小の行数"), "limits"),
        Property("max_rows", "number", _("最大の行数"), "limits"),
    ),
}  # fmt: skip

_WITHOUT: Final[Mapping[str, frozenset[str]]] = {
    "heading": frozenset({"required", "example", "question", "chat_question", "personal"}),
    "formula": frozenset({"required", "example", "question", "chat_question"}),
    **{
        kind: frozenset({"required", "example", "question", "chat_question", "channels", "staff_only"})
        for kind in ("serial", "related", "total")
    },
    **{
        kind: frozenset({"question", "chat_question", "channels", "staff_only"})
        for kind in ("staff", "department", "group", "richtext")
    },
}
"""Properties that mean nothing for a type: nobody types it, or residents never see it."""


def properties_of(type: str) -> tuple[Property, ...]:
    """The rows of the panel for a field of that type, by section."""
    rows = [row for row in (*_OWN[type], *_COMMON) if row.key not in _WITHOUT.get(type, frozenset())]
    order = list(SECTIONS)
    return tuple(sorted(rows, key=lambda row: (order.index(row.section), row not in _COMMON[:1])))
