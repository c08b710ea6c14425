"""Turns Pydantic's refusals into findings that staff understand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from madoguchi.definition.findings import Finding

_MESSAGES = {
    "missing": ("「{key}」がありません。", "書き足してください。"),
    "extra_forbidden": ("「{key}」という設定はありません。", "つづりを確かめるか、消してください。"),
    "literal_error": ("「{key}」の値「{value}」は使えません。", "使えるのは {expected} です。"),
    "union_tag_invalid": ("種類「{tag}」はありません。", "使える種類は {expected_tags} です。"),
    "union_tag_not_found": ("種類（type）がありません。", "type: text のように書いてください。"),
    "string_pattern_mismatch": ("「{key}」の値「{value}」は使えない文字を含みます。", "{pattern_hint}"),
    "greater_than_equal": ("「{key}」の値 {value} は小さすぎます。", "{ge} 以上にしてください。"),
    "less_than_equal": ("「{key}」の値 {value} は大きすぎます。", "{le} 以下にしてください。"),
    "too_short": ("「{key}」が空です。", "{min_length} 個以上書いてください。"),
    "too_long": ("「{key}」が多すぎます。", "{max_length} 個までにしてください。"),
    "string_too_short": ("「{key}」が空です。", "{min_length} 文字以上書いてください。"),
    "string_too_long": ("「{key}」が長すぎます。", "{max_length} 文字までにしてください。"),
    "string_type": ("「{key}」には文字を書いてください。", "「値: 文字」の形にしてください。"),
    "int_type": ("「{key}」には整数を書いてください。", "例: 10"),
    "int_parsing": ("「{key}」の値「{value}」は整数ではありません。", "例: 10"),
    "int_from_float": ("「{key}」の値 {value} は整数ではありません。", "例: 10"),
    "decimal_parsing": ("「{key}」の値「{value}」は数ではありません。", "例: 0.5"),
    "decimal_type": ("「{key}」には数を書いてください。", "例: 0.5"),
    "bool_type": ("「{key}」には true か false を書いてください。", ""),
    "bool_parsing": ("「{key}」の値「{value}」は使えません。", "true（はい）か false（いいえ）を書いてください。"),
    "tuple_type": ("「{key}」は一覧で書いてください。", "各行を「- 」で始めてください。"),
    "dict_type": ("「{key}」は「名前: 値」の形で書いてください。", ""),
    "model_type": ("ここは「名前: 値」の形で書いてください。", ""),
    "model_attributes_type": ("ここは「名前: 値」の形で書いてください。", ""),
    "value_error": ("{error}", ""),
}
_UNKNOWN = ("「{key}」の書き方が正しくありません。", "ひな形の書き方と見比べてください。")
_PATTERN_HINTS = {
    "prefix": "英大文字2〜4字にしてください（例: JM）。",
    "city_code": "5桁の数字にしてください（例: '12203'）。",
}
_CODE_HINTS = {
    "fields": "文字か「_」で始め、文字、数字、「_」「・」だけを使ってください。",
    "other": "英小文字で始め、英小文字、数字、「-」「_」だけを使ってください。",
}


def findings_from(refusal: ValidationError, data: Any, lines: Mapping[tuple[str | int, ...], int]) -> list[Finding]:
    """One finding per place; ``data`` and ``lines`` are what was read, to name the place."""
    return list(problems_from(refusal, data, lines).values())


def problems_from(
    refusal: ValidationError, data: Any, lines: Mapping[tuple[str | int, ...], int] | None = None
) -> dict[tuple[str | int, ...], Finding]:
    """The same by the path of the place in ``data``, for programs that show them there."""
    found: dict[tuple[Any, ...], Finding] = {}
    for detail in refusal.errors():
        path = _path_in(data, detail["loc"])
        found.setdefault(path, _finding(detail, path, data, lines or {}))
    return found


def _finding(
    detail: ErrorDetails, path: tuple[str | int, ...], data: Any, lines: Mapping[tuple[str | int, ...], int]
) -> Finding:
    message, mend = _MESSAGES.get(detail["type"], _UNKNOWN)
    key = next((str(step) for step in reversed(path) if isinstance(step, str) and step != "[key]"), "全体")
    context = {
        "key": key,
        "value": detail["input"],
        "pattern_hint": _pattern_hint(path, key),
        **{name: _listed(name, words) for name, words in detail.get("ctx", {}).items()},
    }
    return Finding("error", _where(path, data), message.format(**context), mend.format(**context), _line(path, lines))


def _listed(name: str, words: Any) -> Any:
    """Pydantic's English list of what is possible ('a', 'b' or 'c') as a Japanese one."""
    if not name.startswith("expected"):
        return words
    return str(words).replace(" or ", "、").replace(", ", "、").replace("'", "")


def _pattern_hint(path: tuple[str | int, ...], key: str) -> str:
    if key in _PATTERN_HINTS:
        return _PATTERN_HINTS[key]
    return _CODE_HINTS["fields" if "fields" in path and key == "code" else "other"]


def _path_in(data: Any, loc: tuple[int | str, ...]) -> tuple[str | int, ...]:
    """``loc`` without the steps that Pydantic adds for the kind of a field."""
    path: list[str | int] = []
    for n, step in enumerate(loc):
        if isinstance(data, dict) and step not in data and (step == data.get("type") or n < len(loc) - 1):
            continue
        path.append(step)
        data = _child(data, step)
    return tuple(path)


def _child(data: Any, step: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


_PLACES = {
    "fields": "フィールド",
    "views": "一覧",
    "statuses": "ステータス",
    "actions": "アクション",
    "options": "選択肢",
    "layout": "まとまり",
    "permissions": "権限",
    "notices": "通知",
    "return_templates": "差戻しの文例",
    "reject_templates": "却下の文例",
    "lines": "手数料の行",
    "procedure": "手続",
    "process": "プロセス",
}


def _where(path: tuple[str | int, ...], data: Any) -> str:
    """The innermost place with a name, such as フィールド「氏名」."""
    names = ["アプリ全体"]
    for n, step in enumerate(path):
        data = _child(data, step)
        if isinstance(step, str) and step in ("procedure", "process"):
            names.append(_PLACES[step])
        if isinstance(step, int):
            place = _PLACES.get(str(path[n - 1]), str(path[n - 1]))
            names.append(f"{place}「{_name_of(data) or f'{step + 1}番目'}」")
    return names[-1]


def _name_of(data: Any) -> str:
    if not isinstance(data, dict):
        return ""
    for key in ("label", "name", "title", "code", "value"):
        value = data.get(key)
        if isinstance(value, dict):
            value = value.get("ja")
        if value:
            return str(value)
    return ""


def _line(path: tuple[str | int, ...], lines: Mapping[tuple[str | int, ...], int]) -> int | None:
    for length in range(len(path), -1, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None
