"""Values that follow their field to another type."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from madoguchi.definition.conversion import CONVERTIBLE, Converted, changes_kind, convert
from madoguchi.definition.fields import AnyField

FIELD: TypeAdapter[AnyField] = TypeAdapter(AnyField)


def field(kind: str, **more: Any) -> AnyField:
    colours = {"options": ["赤", {"value": "b", "label": "青"}]}
    needs: dict[str, Any] = {
        "choice": colours, "choices": colours,
        "consent": {"statement": "よい"}, "formula": {"formula": "1"}, "lookup": {"app": "x", "key": "k"},
    }  # fmt: skip
    return FIELD.validate_python({"id": 1, "code": "値", "label": "値", "type": kind, **needs.get(kind, {}), **more})


@pytest.mark.parametrize(
    ("old", "value", "new", "expected"),
    [
        ("text", "青", "choice", Converted("b")), ("text", "黄", "choice", Converted("黄", "odd")),
        ("choice", "b", "text", Converted("青")), ("choices", ["赤", "b"], "text", Converted("赤、青")),
        ("choices", ["赤", "b"], "choice", Converted("赤", "part")),
        ("text", "赤、青", "choices", Converted(["赤", "b"])),
        ("number", "12.5", "money", Converted(13, "part")), ("money", 1200, "text", Converted("1200")),
        ("text", "¥1,200", "money", Converted(1200)), ("text", "約3", "number", Converted(None, "all")),
        ("text", "R8.11.23", "date", Converted("2026-11-23")), ("text", "来週", "date", Converted(None, "all")),
        ("datetime", "2026-11-23T10:00:00+09:00", "date", Converted("2026-11-23", "part")),
        ("datetime", "2026-11-23T00:00:00+09:00", "date", Converted("2026-11-23")),
        ("date", "2026-11-23", "datetime", Converted("2026-11-23T00:00:00+09:00")),
        ("textarea", "一\n二", "text", Converted("一 二", "part")), ("consent", True, "text", Converted("はい")),
        ("text", "多分", "consent", Converted(None, "all")), ("text", "25:00", "time", Converted(None, "all")),
    ],
    ids=str,
)  # fmt: skip
def test_values_are_carried_over(old: str, value: Any, new: str, expected: Converted) -> None:
    assert convert(field(old), field(new), value) == expected


@given(
    st.sampled_from(sorted(CONVERTIBLE)), st.sampled_from(sorted(CONVERTIBLE - {"formula"})),
    st.one_of(st.text(max_size=30), st.none(), st.integers(), st.booleans(), st.lists(st.text(max_size=5), max_size=3)),
)
def test_no_value_breaks_a_conversion(old: str, new: str, value: Any) -> None:
    result = convert(field(old), field(new), value)
    assert result.loss in ("", "odd", "part", "all")
    if result.loss == "all":
        assert result.value is None


def test_types_of_several_parts_keep_their_type() -> None:
    assert not changes_kind(field("name"), field("text"))
    assert not changes_kind(field("text"), field("text"))
    assert changes_kind(field("formula", format="text"), field("number"))
