"""Made-up values for previews: what a field might hold, valid by its own rules. Nobody is meant by any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from madoguchi.catalog import queries as catalog
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.checking import Ok, parse_answer
from madoguchi.definition.fields import AnyField, ChannelName, TableField
from madoguchi.definition.values import Value
from madoguchi.definition.world import World
from madoguchi.records.world import DatabaseWorld

FILE: Final = "00000000-0000-4000-8000-000000000000"
"""Stands for a file that nobody uploaded."""
_SAMPLES: Final[Mapping[str, Any]] = {
    "text": "見本", "textarea": "これは見本の文章です。", "richtext": "<p>これは<strong>見本</strong>の文章です。</p>",
    "number": "1", "money": "1000", "time": "09:30", "consent": True, "phone": "03-0000-0000",
    "email": "mihon@example.jp", "file": [FILE], "photo": [FILE], "link": "https://example.jp/",
    "name": {"family": "見本", "given": "花子", "family_kana": "ミホン", "given_kana": "ハナコ"},
    "address": {
        "postal_code": "1000001", "prefecture": "東京都", "city": "千代田区", "town": "千代田", "street": "1番1号",
        "building": "",
    },
    "location": {"lat": 35.6812, "lon": 139.7671, "label": "駅の北口"},
    "lookup": "見本",
}


class MadeUpWorld(DatabaseWorld):
    """The real clock and postal table; rows of other apps are made up: who builds here may be no reader there."""

    def __init__(self, channel: ChannelName) -> None:
        super().__init__(channel)
        self._now = super().now

    def lookup(self, app: str, key: str, value: str) -> Mapping[str, Value] | None:
        """A made-up row of ``app``, whatever the key; None if there is no such app."""
        try:
            target = catalog.published(app).definition
        except catalog.AppNotFound:
            return None
        return {**sample_values(target, self, depth=1), key: value}


def sample_values(defn: AppDefinition, world: World, *, depth: int = 0) -> dict[str, Value]:
    """A value for every field that takes one. ``depth`` keeps apps that look each other up from going round."""
    fields = [field for field in defn.fields if not (depth and field.type == "lookup")]
    found = {field.code: sample(field, world) for field in fields}
    return {code: value for code, value in found.items() if value is not None}


def sample(field: AnyField, world: World) -> Value:
    """The first of default, example and made-up value that the field takes; None if it takes none of them."""
    for raw in _proposals(field, world):
        checked = parse_answer(field, raw, world)
        if isinstance(checked, Ok) and checked.value is not None:
            return checked.value
    return None


def _proposals(field: AnyField, world: World) -> Sequence[Any]:
    if isinstance(field, TableField):
        return [[{sub.code: sample(sub, world) for sub in field.fields} for _ in range(max(field.min_rows, 1))]]
    options = [option.value for option in getattr(field, "options", ())]
    today = world.now.date()
    days = [(today + timedelta(days=days)).isoformat() for days in (0, 7, -365 * 40)]
    special: dict[str, list[Any]] = {
        "choice": options[:1], "choices": [options[: max(1, getattr(field, "min_selected", 0))]], "date": days,
        "datetime": [f"{day}T09:30" for day in days],
        "number": [str(n) for n in (1, getattr(field, "min", None), getattr(field, "max", None)) if n is not None],
    }
    given = [getattr(field, "default", None), str(field.example) if field.example else None]
    return [*(one for one in given if one), *special.get(field.type, [_SAMPLES.get(field.type)])]
