"""Hypothesis strategies: small valid definitions with conditions, answers to them, and whatever people may send."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.values import Value
from madoguchi.interview.types import Answer, Back, Change, Confirm, Input, Restart, Skip, Start
from tests.cast import HANAKO, HANAKO_ADDRESS, TAKAHASHI, YOSHIDA

KINDS = (
    "heading", "text", "textarea", "number", "money", "choice", "choices", "consent", "date", "time", "datetime",
    "name", "address", "phone", "email", "photo", "location", "table",
)  # fmt: skip
FILES = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"]
texts = st.text(min_size=1, max_size=30).filter(lambda text: text.strip())
translated = texts | st.fixed_dictionaries({"ja": texts, "en": texts})
labels = st.text("あいうえお氏名住所abc", min_size=1, max_size=8)


@st.composite
def definitions(draw: st.DrawFn, *, max_fields: int = 6) -> AppDefinition:
    """An app whose later fields are shown or hidden by earlier ones; every field type may occur."""
    fields: list[dict[str, Any]] = []
    for number in range(1, draw(st.integers(1, max_fields)) + 1):
        fields.append(draw(_fields(number, tuple(fields))))
    total = {"id": 99, "code": "計", "type": "formula", "label": "計", "formula": _sum_of(fields)}
    return AppDefinition.model_validate(
        {"code": "app", "name": "アプリ", "owner_department": "shimin", "fields": [*fields, total]}
    )


@st.composite
def _fields(draw: st.DrawFn, number: int, before: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    kind = draw(st.sampled_from(KINDS))
    required = draw(st.booleans()) and kind != "heading"
    field = {"id": number, "code": f"f{number}", "type": kind, "label": draw(labels), "required": required}
    if condition := draw(_conditions(before)):
        field["show_if"] = condition
    if kind in ("choice", "choices"):
        field["options"] = ["甲", "乙", _option("丙", draw(_conditions(before)))]
    elif kind == "number":
        field |= {"min": 0, "max": 99}
    elif kind == "consent":
        field["statement"] = "同意します"
    elif kind == "heading":
        field["body"] = draw(st.none() | texts)
    elif kind == "table":
        field |= {"fields": [_cell(number, "text"), _cell(number, "number")], "max_rows": 3}
    return field


def _option(value: str, condition: str | None) -> Any:
    return {"value": value, "show_if": condition} if condition else value


def _cell(number: int, kind: str) -> dict[str, Any]:
    code = f"f{number}{kind}"
    return {"id": number * 100 + len(kind), "code": code, "type": kind, "label": code, "required": kind == "text"}


@st.composite
def _conditions(draw: st.DrawFn, before: tuple[dict[str, Any], ...]) -> str | None:
    asked = [field for field in before if field["type"] in ("choice", "choices", "number", "consent")]
    if not asked or draw(st.booleans()):
        return None
    field = draw(st.sampled_from(asked))
    code = field["code"]
    if field["type"] == "choice":
        return f'{code} {draw(st.sampled_from(("=", "!=")))} "甲"'
    if field["type"] == "choices":
        return f'CONTAINS({code}, "乙")'
    return f"{code} > 50" if field["type"] == "number" else code


def _sum_of(fields: list[dict[str, Any]]) -> str:
    return " + ".join(["0", *(field["code"] for field in fields if field["type"] == "number")])


def values_of(field: Any) -> st.SearchStrategy[Value]:
    """Canonical values that ``field`` takes (an option may be hidden just now: 丙)."""
    return _VALUES[field.type](field)


def _rows(field: Any) -> st.SearchStrategy[Value]:
    text, number = field.fields
    row = st.fixed_dictionaries({text.code: st.sampled_from(["いす", "机"]), number.code: st.sampled_from(["1", "7"])})
    return st.lists(row, min_size=1, max_size=3)


_VALUES: dict[str, Any] = {
    "text": lambda field: st.sampled_from(["あ", "窓口 花子", "𠮷野家"]),
    "textarea": lambda field: st.sampled_from(["一行", "二行\n目"]),
    "number": lambda field: st.integers(0, 99).map(str),
    "money": lambda field: st.integers(0, 10**7),
    "choice": lambda field: st.sampled_from(["甲", "乙"]),
    "choices": lambda field: st.sampled_from([["甲"], ["乙"], ["甲", "乙"]]),
    "consent": lambda field: st.just(True) if field.required else st.booleans(),
    "date": lambda field: st.sampled_from(["1985-04-01", "2026-11-23"]),
    "time": lambda field: st.sampled_from(["00:00", "09:30", "23:59"]),
    "datetime": lambda field: st.just("2026-11-22T18:30:00+09:00"),
    "name": lambda field: st.sampled_from([HANAKO, TAKAHASHI, YOSHIDA]),
    "address": lambda field: st.just(HANAKO_ADDRESS),
    "phone": lambda field: st.sampled_from(["090-1234-5678", "0473341111"]),
    "email": lambda field: st.just("hanako@example.jp"),
    "photo": lambda field: st.just(FILES[:1]),
    "location": lambda field: st.just({"lat": 35.72, "lon": 139.93, "label": "市川駅"}),
    "table": _rows,
}

_scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.decimals()
    | st.sampled_from(["はい", "1", "甲", "令和8年4月1日", "2026-02-30", "９月", "090", "a@b", "", " ", "\x00"])
    | st.just("\ud800")
    | st.just(Decimal("NaN"))
)  # fmt: skip
_keys = st.sampled_from(["family", "given", "postal_code", "town", "street", "lat", "lon", "year", "month", "date"])
raws = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=4), max_leaves=6
)
"""Whatever may come over a channel, sensible or not."""


def inputs(defn: AppDefinition) -> st.SearchStrategy[Input]:
    """Any input, also for fields that are hidden or do not exist."""
    codes = st.sampled_from([*defn.by_code, "ない"])
    parts = st.none() | st.sampled_from(["full_name", "full_kana", "postal_code", "town", "street", "0.more", "x"])
    return st.one_of(
        st.builds(Answer, codes, raws, parts), st.builds(Answer, codes, raws), st.builds(Skip, codes),
        st.builds(Change, codes), st.just(Start()), st.just(Back()), st.just(Restart()), st.just(Confirm()),
    )  # fmt: skip
