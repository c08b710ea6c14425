"""What changed between two definitions, in words for the person who reviews it before it is published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import ndiff
from typing import Any, Literal

from madoguchi.definition.app import AppDefinition, FieldRule, RecordRule, Who
from madoguchi.definition.fields import FieldBase, Model, Option
from madoguchi.definition.part_words import part_words, readable, rule_words
from madoguchi.definition.text import Language, Text
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


def contents(defn: AppDefinition) -> list[Change]:
    """Everything in a definition that was not there before, as its first reviewer reads it."""
    skeleton = defn.model_copy(update={
        "fields": (), "layout": (), "views": (), "charts": (), "process": None, "permissions": (), "record_rules": (),
        "field_rules": (), "notifications": (), "documents": (), "procedure": None,
    })
    return differences(skeleton, defn)


def differences(old: AppDefinition, new: AppDefinition) -> list[Change]:
    """Everything that differs, in the order of the definition; empty if both mean the same.

    Fields are matched by their id, so that renaming one is a change and not a removal.
    """
    return [
        *_compare("アプリ", old, new, leave_out=("process", "procedure", *_LISTS)),
        *_compare_lists("フィールド", old.fields, new.fields, key="id"),
        *_order("フィールド", old.fields, new.fields, key="id"),
        *(change for name, what in _LISTS.items() if name != "fields"
          for change in _compare_ordered(what, getattr(old, name), getattr(new, name))),
        *_compare_parts("プロセス", old.process, new.process, leave_out=("statuses", "actions")),
        *_compare_ordered("ステータス", _items(old, "statuses"), _items(new, "statuses")),
        *_compare_ordered("アクション", _items(old, "actions"), _items(new, "actions")),
        *_compare_parts("手続", old.procedure, new.procedure),
    ]


_LISTS = {
    "fields": "フィールド", "views": "一覧", "charts": "グラフ", "notifications": "職員への通知", "documents": "書類",
}  # fmt: skip


def _compare_ordered(what: str, old: Sequence[Model], new: Sequence[Model]) -> Iterator[Change]:
    yield from _compare_lists(what, old, new)
    yield from _order(what, old, new)


def _order(what: str, old: Sequence[Model], new: Sequence[Model], *, key: str = "code") -> Iterator[Change]:
    before, after = ([getattr(item, key) for item in items] for items in (old, new))
    if [n for n in before if n in after] != [n for n in after if n in before]:
        yield Change("changed", f"{what}の順番")


def _items(defn: AppDefinition, name: str) -> Sequence[Model]:
    return getattr(defn.process, name, ())


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
        if new is not None:
            yield Change("added", where, tuple(_settings(new, leave_out)))
        elif old is not None:
            yield Change("removed", where)
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


def _settings(new: Model, leave_out: tuple[str, ...]) -> Iterator[str]:
    """What is set in something new, beside what names it."""
    names = [name for name in type(new).model_fields if name not in (*_NAMING, *leave_out, "type")]
    for name in (*(("type",) if hasattr(new, "type") else ()), *names):
        value = getattr(new, name)
        if name == "type" or not _is_default(new, name, value):
            words = _line_changes(None, value, name) if _is_lines(value) else _plain_words(value, name)
            yield f"{part_words(name)}: {words}"


def _is_default(model: Model, name: str, value: Any) -> bool:
    info = type(model).model_fields[name]
    return value is None or (not info.is_required() and value == info.get_default(call_default_factory=True))


_NAMING = frozenset({"id", "code", "label", "name", "title"})


def _is_lines(value: Any) -> bool:
    return _is_block(value) and not (isinstance(value, tuple) and _named(value))


def _plain_words(value: Any, key: str) -> str:
    if isinstance(value, tuple) and _named(value):
        return "、".join(f"「{readable(_title(item), key)}」" for item in value)
    return _words(value, key)


def _change(old: Any, new: Any, key: str) -> str:
    if isinstance(old, tuple) and isinstance(new, tuple) and _named(old) and _named(new):
        return _list_change(old, new, key)
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
    return all(isinstance(item, (str, Option, FieldBase, Who, RecordRule, FieldRule)) for item in items)


def _list_change(old: tuple[Any, ...], new: tuple[Any, ...], key: str) -> str:
    before, after = ({str(readable(_title(item), key)): item for item in items} for items in (old, new))
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
    if isinstance(item, (Who, RecordRule, FieldRule)):
        return rule_words(item)
    text = next((getattr(item, name) for name in ("label", "name", "title", "value") if getattr(item, name, None)), "")
    return str(text)


_LANGUAGES: Mapping[Language, str] = {"ja": "日本語", "ja_easy": "やさしい日本語", "en": "英語"}


def _words(value: Any, key: str) -> str:
    if value is None or value in ((), {}):
        return "なし"
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, Text) and len(value.root) > 1:
        return " / ".join(f"{_LANGUAGES[language]}「{text}」" for language, text in value.root.items())
    return f"「{readable(value, key) if isinstance(value, str) else value}」"
