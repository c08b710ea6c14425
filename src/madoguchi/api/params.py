"""What a request asks for: query strings in the bracket form of ``qs``, or JSON, read with types."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import parse_qsl

from madoguchi.api.errors import ENUM, Words, invalid_at

NEEDED: Words = ("必須です。", "Required field.")
WHOLE: Words = ("整数で指定してください。", "Must be an integer.")
AT_LEAST_ONE: Words = ("最小でも1以上です。", "Must be greater than or equal to 1.")
_KEY = re.compile(r"\[([^\[\]]*)\]")
_MANY, _DEEP = 1000, 8
HUGE = 2**63


def from_query(query: str) -> dict[str, Any]:
    """``fields[0]=a&fields[1]=b`` as ``{"fields": ["a", "b"]}``, as ``qs`` reads it; ValueError for absurd input."""
    found: dict[str, Any] = {}
    for key, value in parse_qsl(query, keep_blank_values=True, max_num_fields=_MANY):
        head, bracket, _ = key.partition("[")
        if not bracket:
            found[key] = [*_list(found[key]), value] if key in found else value
            continue
        path = _KEY.findall(key)
        if len(path) > _DEEP:
            raise ValueError("too deep")
        _put(found, [head, *path], value)
    return {key: _lists(value) for key, value in found.items()}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _put(into: dict[str, Any], path: Sequence[str], value: str) -> None:
    for step in path[:-1]:
        inner = into.setdefault(step, {})
        if not isinstance(inner, dict):
            raise ValueError("both a value and an array")
        into = inner
    into[path[-1] or str(len(into))] = value


def _lists(value: Any) -> Any:
    """Mappings whose keys are all numbers become lists, in the order of the numbers."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isascii() and key.isdigit() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(inner) for key, inner in value.items()}


class Params:
    """Named parameters; each reader raises ApiError with kintone's words about what does not fit."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def has(self, name: str) -> bool:
        """Whether it was given; null counts as not given."""
        return self.values.get(name) is not None

    def raw(self, name: str) -> Any:
        """As it came; raises unless it was given."""
        if not self.has(name):
            raise invalid_at(name, NEEDED)
        return self.values[name]

    def id(self, name: str) -> int:
        """A number of 1 or more, also as text."""
        number = whole(self.raw(name), name)
        if number < 1:
            raise invalid_at(name, AT_LEAST_ONE)
        return number

    def integer(self, name: str, default: int | None = None) -> int | None:
        """A whole number, also as text; ``default`` unless given."""
        return whole(self.values[name], name) if self.has(name) and self.values[name] != "" else default

    def text(self, name: str, default: str | None = None) -> str:
        """Text; numbers are taken too. Required unless there is a ``default``."""
        if not self.has(name) and default is not None:
            return default
        value = self.raw(name)
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise invalid_at(name, ("文字列で指定してください。", "Must be a string."))
        return str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """true or false, also as text."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or value in ("true", "false"):
            return value in (True, "true")
        raise invalid_at(name, ("trueまたはfalseで指定してください。", "Must be true or false."))

    def items(self, name: str) -> list[Any]:
        """A list; one value alone counts as a list of one, nothing as an empty one."""
        value = self.values.get(name)
        if value is None or value == "":
            return []
        if isinstance(value, Mapping):
            raise invalid_at(name, ("配列で指定してください。", "Must be an array."))
        return list(value) if isinstance(value, (list, tuple)) else [value]

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        return [str(item) for item in self.items(name) if item is not None]

    def mapping(self, name: str) -> dict[str, Any]:
        """An object; empty unless given."""
        value = self.values.get(name)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise invalid_at(name, ("オブジェクトで指定してください。", "Must be an object."))
        return dict(value)

    def rows(self, name: str) -> list[Params]:
        """A list of objects."""
        found = self.items(name)
        if not all(isinstance(item, Mapping) for item in found):
            raise invalid_at(name, ("オブジェクトの配列で指定してください。", "Must be an array of objects."))
        return [Params(item) for item in found]

    def one_of(self, name: str, known: Sequence[str], default: str) -> str:
        """One of some words."""
        value = self.values.get(name)
        if value is None:
            return default
        if value not in known:
            raise invalid_at(name, ENUM)
        return str(value)


Method = Literal["GET", "POST", "PUT", "DELETE"]


def whole(value: Any, path: str) -> int:
    """A whole number, also as text; raises ApiError."""
    if isinstance(value, bool) or not isinstance(value, (int, str, float)):
        raise invalid_at(path, WHOLE)
    text = str(int(value)) if isinstance(value, float) and value == int(value) else str(value).strip()
    if not re.fullmatch(r"[-+]?[0-9]{1,30}", text):
        raise invalid_at(path, WHOLE)
    number = int(text)
    return max(-HUGE, min(number, HUGE - 1))
