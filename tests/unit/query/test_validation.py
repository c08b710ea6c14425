"""Everything an app says in the query language is checked before it is published, and told with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from madoguchi.definition.app import AppDefinition
from madoguchi.query.validation import findings
from tests.samples import certificate, everything

Change = Callable[[dict[str, Any]], object]


def rule(**parts: Any) -> dict[str, Any]:
    return {"filter": "", "allow": [{"rights": ["view"], **parts}]}


WRONG: list[tuple[str, Change, str, str]] = [
    ("an unknown status in a view", lambda d: d["views"][0].update(filter='ステータス in ("nani")'),
        "一覧「未処理」の絞り込み", "「nani」"),
    ("an unknown field in a view", lambda d: d["views"][0].update(filter='年齢 = "1"'), "一覧「未処理」", "年齢"),
    ("a view that cannot be read", lambda d: d["views"][0].update(filter="通数 >"), "一覧「未処理」", "クエリ記法"),
    ("an order in a view", lambda d: d["views"][0].update(filter="order by 通数"), "一覧「未処理」", "order by"),
    ("an action", lambda d: d["process"]["actions"][0].update(condition='通数 > "x"'),
        "アクション「", "比べられません"),
    ("a rule about records", lambda d: d.update(record_rules=[rule(), {"filter": '無い = "1"'}]),
        "レコードの権限の2番目", "無い"),
    ("a notification", lambda d: d.update(notifications=[
        {"code": "n", "title": "届いた", "on": ["added"], "filter": '無い = "1"', "to": [{"assignee": True}]},
    ]), "通知「届いた」の条件", "無い"),
    ("a chart", lambda d: d.update(charts=[
        {"code": "c", "name": "件数", "groups": [{"field": "status"}], "filter": '無い = "1"'},
    ]), "グラフ「件数」", "無い"),
    ("a rule by a field that names nobody", lambda d: d.update(record_rules=[rule(in_field="通数")]),
        "レコードの権限の1番目", "人を選ぶフィールド"),
    ("a rule about a field that is not there", lambda d: d.update(field_rules=[{"field": "無い"}]),
        "フィールドの権限「無い」", "ありません"),
    ("two rules about one field", lambda d: d.update(field_rules=[{"field": "通数"}, {"field": "通数"}]),
        "フィールドの権限「通数」", "2つ以上"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "where", "says"), [e[1:] for e in WRONG], ids=[e[0] for e in WRONG])
def test_finds(change: Change, where: str, says: str) -> None:
    data = certificate().model_dump(mode="json", by_alias=True)
    change(data)
    errors = [found for found in findings(AppDefinition.model_validate(data)) if found.level == "error"]
    assert any(where in found.where and says in found.message for found in errors), errors


def test_the_samples_are_right() -> None:
    for defn in (certificate(), everything()):
        assert [found for found in findings(defn) if found.level == "error"] == []


def test_a_rule_that_hides_records_from_everybody_is_worth_a_look() -> None:
    data = certificate().model_dump(mode="json", by_alias=True) | {"record_rules": [{"filter": "", "allow": []}]}
    warnings = [found for found in findings(AppDefinition.model_validate(data)) if found.level == "warning"]
    assert any("だれにも見えなく" in found.message for found in warnings)


def test_what_is_said_of_an_app_that_is_not_known_is_only_read() -> None:
    data = certificate().model_dump(mode="json", by_alias=True)
    data["fields"].append(
        {"id": 99, "code": "件数", "label": "件数", "type": "total", "app": "elsewhere", "here": "使いみち",
         "there": "何か", "filter": '無い = "1"'}
    )  # fmt: skip
    assert not [found for found in findings(AppDefinition.model_validate(data)) if "件数" in found.where]
    data["fields"][-1]["filter"] = "無い ="
    assert [found for found in findings(AppDefinition.model_validate(data)) if "件数" in found.where]
