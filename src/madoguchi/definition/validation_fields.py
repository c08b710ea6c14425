"""What can be wrong with one field by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import (
    ChoiceField,
    ChoicesField,
    FieldBase,
    LookupField,
    PhotoField,
    SerialField,
    TableField,
    TextField,
)
from madoguchi.definition.findings import Finding, error, warning


def field_place(field: FieldBase) -> str:
    """The field as staff know it."""
    return f"フィールド「{field.label}」"


def field_findings(defn: AppDefinition, field: FieldBase) -> Iterator[Finding]:
    """What is wrong with ``field``, formulas aside."""
    yield from _limit_findings(field)
    if isinstance(field, TextField):
        yield from _pattern_findings(field)
    if isinstance(field, (ChoiceField, ChoicesField)):
        yield from _option_findings(field)
    if isinstance(field, LookupField):
        yield from _lookup_findings(defn, field)
    if isinstance(field, TableField):
        for sub in field.fields:
            yield from field_findings(defn, sub)
    if isinstance(field, PhotoField) and field.identity and not field.personal:
        message = "本人確認書類の写真なのに、個人情報（personal）になっていません。"
        yield warning(field_place(field), message, "personal: true にしてください。")
    if field.staff_only and field.channels:
        yield warning(field_place(field), "職員だけの項目に channels があっても意味がありません。", "消してください。")


_LIMITS = (("min", "max"), ("min_length", "max_length"), ("min_selected", "max_selected"), ("min_rows", "max_rows"))


def _limit_findings(field: Any) -> Iterator[Finding]:
    for low, high in _LIMITS:
        least, most = getattr(field, low, None), getattr(field, high, None)
        if least is not None and most is not None and least > most:
            mend = "入れ替えるか、直してください。"
            yield error(field_place(field), f"{low}（{least}）が {high}（{most}）より大きくなっています。", mend)


def _pattern_findings(field: TextField) -> Iterator[Finding]:
    try:
        re.compile(field.pattern or "")
    except re.error as wrong:
        message = f"入力の形（pattern）が正規表現として読めません（{(wrong.pos or 0) + 1}文字目）。"
        yield error(field_place(field), message, "かっこの閉じ忘れなどを確かめてください。")


_PERIODS = {"year": ("YYYY",), "fiscal_year": ("FY", "ERA"), "month": ("MM",)}


def serial_findings(field: SerialField) -> Iterator[Finding]:
    """What begins at 1 again has to say in which year or month it is, or the same number comes twice."""
    words = set(re.findall(r"\{(YYYY|FY|ERA|MM)\}", field.format))
    named = not _PERIODS.get(field.reset) or words & set(_PERIODS[field.reset])
    if not named or (field.reset == "month" and not words & {"YYYY", "FY", "ERA"}):
        wanted = {"year": "{YYYY}", "fiscal_year": "{FY} か {ERA}", "month": "{YYYY} と {MM}"}[field.reset]
        message = "番号を1に戻すと、前と同じ番号がまた付いてしまいます。"
        yield error(field_place(field), message, f"番号の形に {wanted} を入れるか、1に戻さないでください。")


def _option_findings(field: ChoiceField | ChoicesField) -> Iterator[Finding]:
    where = field_place(field)
    values = [option.value for option in field.options]
    labels = [str(option.text) for option in field.options]
    for kind, texts in (("値", values), ("表示", labels)):
        for text in dict.fromkeys(t for t in texts if texts.count(t) > 1):
            yield error(where, f"選択肢の{kind}「{text}」が2つ以上あります。", "どちらかを消すか、変えてください。")
    if isinstance(field, ChoiceField) and field.default is not None and field.default not in values:
        yield error(
            where, f"はじめの値「{field.default}」は選択肢にありません。", f"使えるのは {'、'.join(values)} です。"
        )
    if isinstance(field, ChoicesField) and field.min_selected > len(values):
        yield error(
            where, f"{field.min_selected}つ以上選べるほど選択肢がありません。", "min_selected を減らしてください。"
        )


def _lookup_findings(defn: AppDefinition, field: LookupField) -> Iterator[Finding]:
    where = field_place(field)
    if not field.app.strip() or not field.key.strip():
        yield error(where, "どのアプリのどのフィールドから探すか（app と key）がありません。", "両方を書いてください。")
    for here in field.copies:
        if here not in defn.by_code:
            yield error(
                where, f"写す先の「{here}」というフィールドはありません。", "フィールドコードを確かめてください。"
            )
