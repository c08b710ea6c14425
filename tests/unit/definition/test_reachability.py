"""Questions that nobody is asked are found, and nothing is claimed that is not so."""

from __future__ import annotations

from typing import Any

import pytest

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.reachability import never, reachability_findings


def app(**conditions: str) -> AppDefinition:
    fields: list[dict[str, Any]] = [
        {"id": 1, "type": "choice", "code": "種類", "label": "種類", "options": ["犬", "猫"]},
        {"id": 2, "type": "number", "code": "頭数", "label": "頭数", "min": "1", "max": "5"},
        {"id": 3, "type": "choices", "code": "用品", "label": "用品", "options": ["首輪", "餌"]},
        {"id": 4, "type": "consent", "code": "同意", "label": "同意", "statement": "よいですか"},
        {"id": 5, "type": "text", "code": "名前", "label": "名前"},
        {"id": 6, "type": "text", "code": "猫の名前", "label": "猫の名前", "show_if": '種類 = "猫"'},
        {"id": 7, "type": "date", "code": "日", "label": "日"},
    ]
    fields += [
        {"id": 20 + n, "type": "text", "code": code, "label": code, "show_if": source}
        for n, (code, source) in enumerate(conditions.items())
    ]
    return AppDefinition.model_validate({"code": "inu", "name": "犬", "owner_department": "kankyo", "fields": fields})


@pytest.mark.parametrize(
    "source",
    [
        '種類 = "鳥"', 'AND(種類 = "犬", 種類 = "猫")', "頭数 > 5", "AND(頭数 > 3, 頭数 < 2)", 'CONTAINS(用品, "檻")',
        'AND(種類 = "犬", 猫の名前 <> "")', "AND(同意, NOT(同意))", 'AND(名前 = "ポチ", 名前 = "タマ")',
        "1 = 2", 'AND(日 > "2026-05-01", 日 < "2026-04-01")', "頭数 < 0",
    ],
)  # fmt: skip
def test_what_can_never_hold_is_found(source: str) -> None:
    assert never(app(), source)


@pytest.mark.parametrize(
    "source",
    [
        '種類 = "犬"', 'OR(種類 = "犬", 種類 = "鳥")', "頭数 > 4", "頭数 < 1", "AND(頭数 > 2, 頭数 < 3)",
        'AND(CONTAINS(用品, "首輪"), CONTAINS(用品, "餌"))', "同意", "NOT(同意)", '名前 = "ポチ"',
        'AND(名前 <> "ポチ", 名前 <> "")',
        'AND(種類 = "猫", 猫の名前 <> "")', "LEN(名前) > 4000", "日 > TODAY()", "頭数 * 2 > 100", '日 = "2026-04-01"',
        "ISBLANK(頭数)", "broken (", "無い = 1",
    ],
)  # fmt: skip
def test_what_may_hold_or_is_not_understood_is_left_alone(source: str) -> None:
    assert not never(app(), source)


def test_a_question_behind_a_question_that_is_never_asked_is_found_too() -> None:
    found = {f.where for f in reachability_findings(app(鳥='種類 = "鳥"', 鳥の色='鳥 <> ""'))}
    assert found == {"フィールド「鳥」", "フィールド「鳥の色」"}


def test_what_a_lookup_copies_may_be_anything() -> None:
    data = app(鳥='種類 = "鳥"').model_dump(mode="json", by_alias=True)
    copied = {"app": "x", "key": "k", "copies": {"種類": "s"}}
    data["fields"].append({"id": 50, "type": "lookup", "code": "台帳", "label": "台帳", **copied})
    assert not list(reachability_findings(AppDefinition.model_validate(data)))
