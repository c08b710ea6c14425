"""What changed between two definitions, in words for the person who reviews it before it is published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import ndiff
from typing import Any, Literal

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import FieldBase, Model, Option
from madoguchi.definition.part_words import part_words, readable
from madoguchi.definition.text import Text
from madoguchi.definition.yaml import dump_plain

ChangeKind = Literal["added", "removed", "changed"]
_KINDS: Mapping[ChangeKind, str] = {
    "added": "を追加しました。",
    "removed": "を削除しました。",
    "changed": "を変更しました。",
}
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
        *_compare("アプリ", old, new, leave_out=("process", "procedure", *_LISTS)),
        *_compare_lists("フィールド", old.fields, new.fields, key="id"),
        *_order_of_fields(old, new),
        *(change for name, what in _LISTS.items() if name != "fields"
          for change in _compare_lists(what, getattr(old, name), getattr(new, name))),
        *_order_of_lists(old, new),
        *_compare_parts("プロセス", old.process, new.process, leave_out=("statuses", "actions")),
        *_compare_lists("ステータス", _items(old, "statuses"), _items(new, "statuses")),
        *_compare_lists("アクション", _items(old, "actions"), _items(new, "actions")),
        *_compare_parts("手続", old.procedure, new.procedure),
    ]


_LISTS = {
    "fields": "フィールド", "views": "一覧", "charts": "グラフ", "notifications": "職員への通知", "documents": "書類",
}  # fmt: skip


def _order_of_lists(old: AppDefinition, new: AppDefinition) -> Iterator[Change]:
    for name, what in (("views", "一覧"), ("charts", "グラフ")):
        before, after = ([item.code for item in getattr(defn, name)] for defn in (old, new))
        if [n for n in before if n in after] != [n for n in after if n in before]:
            yield Change("changed", f"{what}の順番")


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
        f"{part_words(name)}: {_change(getattr(old, name, None), getattr(new, name, None), name)}"
        for name in names
        if name not in leave_out and getattr(old, name, None) != getattr(new, name, None)
    ]
    if details:
        yield Change("changed", where, tuple(details))


def _change(old: Any, new: Any, key: str) -> str:
    if isinstance(old, tuple) and isinstance(new, tuple) and _named(old) and _named(new):
        return _list_change(old, new)
    if _is_block(old) or _is_block(new):
        return _line_changes(old, new, key)
    return f"{_words(old, key)} → {_words(new, key)}"


def _is_block(value: Any) -> bool:
    return isinstance(value, (tuple, dict, Model)) and not isinstance(value, Text) and bool(value)


def _line_changes(old: Any, new: Any, key: str) -> str:
    """Only the lines that are gone (－) or new (＋)."""
    before, after = ([] if value is None else dump_plain(readable(value, key)).splitlines() for value in (old, new))
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


def _words(value: Any, key: str) -> str:
    if value is None or value in ((), {}):
        return "なし"
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, Text) and len(value.root) > 1:
        return " / ".join(f"{language}「{text}」" for language, text in value.root.items())
    return f"「{readable(value, key) if isinstance(value, str) else value}」"
