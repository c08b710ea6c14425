"""What changed between two definitions, in words for the person who reviews it before it is published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import ndiff
from typing import Any, Literal

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import FieldBase, Model, Option
from madoguchi.definition.text import Text
from madoguchi.definition.yaml import dump_plain, plain

ChangeKind = Literal["added", "removed", "changed"]
_KINDS: Mapping[ChangeKind, str] = {
    "added": "を追加しました。",
    "removed": "を削除しました。",
    "changed": "を変更しました。",
}
_PARTS: Mapping[str, str] = {
    "code": "コード", "name": "名前", "description": "説明", "owner_department": "担当課", "label": "表示名",
    "question": "質問文", "chat_question": "トークでの質問文", "help": "説明", "example": "例", "required": "必須",
    "personal": "個人情報", "staff_only": "職員だけの項目", "channels": "受付の方法", "show_if": "表示条件",
    "type": "種類", "min": "最小", "max": "最大", "min_length": "最小文字数", "max_length": "最大文字数",
    "pattern": "入力の形", "pattern_error": "入力の形が違うときの文", "unique": "重複の禁止", "decimals": "小数の桁数",
    "unit": "単位", "options": "選択肢", "default": "はじめの値", "statement": "同意の文", "version": "同意の文の版",
    "earliest": "いちばん早い日", "latest": "いちばん遅い日", "kana": "フリガナ", "city_code": "市区町村の限定",
    "max_files": "ファイルの数", "max_megabytes": "ファイルの大きさ", "identity": "本人確認書類", "formula": "計算式",
    "format": "計算結果の形", "app": "参照先のアプリ", "key": "参照先のフィールド", "copies": "写す項目",
    "body": "本文", "fields": "フィールド", "min_rows": "最小行数", "max_rows": "最大行数", "row_label": "行の呼び名",
    "columns": "列", "filters": "絞り込み", "sort": "並び順", "kind": "性質", "resident": "住民への表示",
    "next": "次に起こること", "cancellable": "取下げ", "from_": "前のステータス", "to": "次のステータス",
    "trigger": "きっかけ", "roles": "役割", "requires": "必要なこと", "condition": "条件", "notice": "通知",
    "primary": "主なボタン", "refund": "返金", "initial": "はじめのステータス",
    "initial_unpaid": "納付前のはじめのステータス", "permissions": "権限", "layout": "画面のまとまり",
    "prefix": "受付番号の記号", "title": "題名", "summary": "概要", "office": "担当", "phone": "電話番号",
    "keywords": "探す言葉", "all_in_chat": "トークの中だけで完結", "pilot_only": "実証実験だけ", "banner": "ことわり",
    "assurance": "本人確認レベル", "applicant": "申請者の項目", "questions": "質問の順番",
    "before_you_start": "始める前に", "submit_label": "送信ボタン", "next_steps": "この後の流れ", "fee": "手数料",
    "notices": "通知の文", "return_templates": "差戻しの文例", "reject_templates": "却下の文例",
    "identity_checklist": "本人確認の確認項目", "identity_photo_days": "本人確認写真の保存日数",
    "processing_days": "標準の処理日数", "opens_at": "受付の始まり", "closes_at": "受付の終わり",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``details`` are lines such as ``表示名: 「氏名」→「お名前」``."""

    kind: ChangeKind
    where: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join((f"{self.where}{_KINDS[self.kind]}", *(f"  {detail}" for detail in self.details)))


def differences(old: AppDefinition, new: AppDefinition) -> list[Change]:
    """Everything that differs, in the order of the definition; empty if both mean the same.

    Fields are matched by their id, so that renaming one is a change and not a removal.
    """
    return [
        *_compare("アプリ", old, new, leave_out=("fields", "views", "process", "procedure")),
        *_compare_lists("フィールド", old.fields, new.fields, key="id"),
        *_order_of_fields(old, new),
        *_compare_lists("一覧", old.views, new.views),
        *_compare_parts("プロセス", old.process, new.process, leave_out=("statuses", "actions")),
        *_compare_lists("ステータス", _items(old, "statuses"), _items(new, "statuses")),
        *_compare_lists("アクション", _items(old, "actions"), _items(new, "actions")),
        *_compare_parts("手続", old.procedure, new.procedure),
    ]


def _items(defn: AppDefinition, name: str) -> Sequence[Model]:
    return getattr(defn.process, name, ())


def _order_of_fields(old: AppDefinition, new: AppDefinition) -> Iterator[Change]:
    before, after = ([field.id for field in defn.fields] for defn in (old, new))
    if [n for n in before if n in after] != [n for n in after if n in before]:
        yield Change("changed", "フィールドの順番")


def _compare_lists(what: str, old: Sequence[Model], new: Sequence[Model], *, key: str = "code") -> Iterator[Change]:
    before = {getattr(item, key): item for item in old}
    after = {getattr(item, key): item for item in new}
    for name in [*after, *(gone for gone in before if gone not in after)]:
        yield from _compare_parts(
            f"{what}「{_title(after.get(name) or before[name])}」", before.get(name), after.get(name)
        )


def _compare_parts(
    where: str, old: Model | None, new: Model | None, *, leave_out: tuple[str, ...] = ()
) -> Iterator[Change]:
    if old is None or new is None:
        if old is not new:
            yield Change("added" if old is None else "removed", where)
        return
    yield from _compare(where, old, new, leave_out=leave_out)


def _compare(where: str, old: Model, new: Model, *, leave_out: tuple[str, ...] = ()) -> Iterator[Change]:
    names = [*type(new).model_fields, *(n for n in type(old).model_fields if n not in type(new).model_fields)]
    details = [
        f"{_PARTS.get(name, name)}: {_change(getattr(old, name, None), getattr(new, name, None))}"
        for name in names
        if name not in leave_out and getattr(old, name, None) != getattr(new, name, None)
    ]
    if details:
        yield Change("changed", where, tuple(details))


def _change(old: Any, new: Any) -> str:
    if isinstance(old, tuple) and isinstance(new, tuple) and _named(old) and _named(new):
        return _list_change(old, new)
    if _is_block(old) or _is_block(new):
        return _line_changes(old, new)
    return f"{_words(old)} → {_words(new)}"


def _is_block(value: Any) -> bool:
    return isinstance(value, (tuple, dict, Model)) and not isinstance(value, Text) and bool(value)


def _line_changes(old: Any, new: Any) -> str:
    """Only the lines that are gone (－) or new (＋), as they are written in YAML."""
    before, after = ([] if value is None else dump_plain(plain(value)).splitlines() for value in (old, new))
    marks = {"- ": "－", "+ ": "＋"}
    changed = (line for line in ndiff(before, after) if line[:2] in marks)
    return "".join(f"\n    {marks[line[:2]]} {line[2:]}" for line in changed)


def _named(items: tuple[Any, ...]) -> bool:
    return all(isinstance(item, (str, Option, FieldBase)) for item in items)


def _list_change(old: tuple[Any, ...], new: tuple[Any, ...]) -> str:
    before, after = ({_title(item): item for item in items} for items in (old, new))
    parts = {
        "追加": [name for name in after if name not in before],
        "削除": [name for name in before if name not in after],
        "変更": [name for name in after if name in before and after[name] != before[name]],
    }
    words = [f"{word} {'、'.join(f'「{name}」' for name in names)}" for word, names in parts.items() if names]
    return "；".join(words) or "順番を変更"


def _title(item: Any) -> str:
    if isinstance(item, str):
        return item
    text = next((getattr(item, name) for name in ("label", "name", "title", "value") if getattr(item, name, None)), "")
    return str(text)


def _words(value: Any) -> str:
    if value is None or value in ((), {}):
        return "なし"
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, Text) and len(value.root) > 1:
        return " / ".join(f"{language}「{text}」" for language, text in value.root.items())
    return f"「{value}」"
