"""What a reviewer is pointed to."""

from __future__ import annotations

from typing import Any

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.part_words import PARTS
from madoguchi.definition.review import Facts, review_findings, texts_without
from tests.samples import certificate, everything

KNOWN = Facts(departments=frozenset({"shimin", "kaikei", "doro"}), staff=frozenset({"a", "b"}))


def changed(**changes: Any) -> AppDefinition:
    return AppDefinition.model_validate(certificate().model_dump(mode="json", by_alias=True) | changes)


def told(defn: AppDefinition, facts: Facts = KNOWN, published: AppDefinition | None = None) -> str:
    return "\n".join(map(str, review_findings(defn, published, facts)))


def test_an_app_without_two_people_behind_it() -> None:
    assert "責任者と副担当が決まっていません" in told(certificate())
    assert "同じ人" in told(changed(owner="a", deputy="a"))
    assert "責任者" not in told(changed(owner="a", deputy="b"))


def test_people_who_are_not_there() -> None:
    rule = {"department": "mukashi", "group": "saigai", "staff": "gone", "rights": ["view"]}
    text = told(changed(permissions=[rule], owner="left", deputy="b"))
    assert "課「mukashi」はありません" in text
    assert all(name in text for name in ("グループ「saigai」", "職員「gone」", "職員「left」"))


def test_permissions_wide_open() -> None:
    assert "すべての職員が見られます" in told(changed(permissions=[{"rights": ["view"]}]))
    assert "すべての職員が「閲覧、削除」できます" in told(changed(permissions=[{"rights": ["view", "delete"]}]))
    assert "すべての職員" not in told(changed(permissions=[{"department": "shimin", "rights": ["delete"]}]))


def test_removed_fields_and_statuses_that_records_use() -> None:
    data = certificate().model_dump(mode="json", by_alias=True)
    copies = next(f for f in data["fields"] if f["code"] == "通数")
    less = changed(fields=[f for f in data["fields"] if f is not copies])
    text = told(less, Facts(used={copies["id"]: 1234}, statuses={"gone": 3}), certificate())
    assert "値のあるレコードが 1,234件" in text
    assert "ステータス「gone」: なくなるステータスに 3件" in text


def test_other_apps_that_are_not_published() -> None:
    assert "相手のアプリ「roads」は公開されていません" in told(everything())


def test_texts_that_lack_a_language() -> None:
    assert texts_without(certificate(title="住民票"), "en")
    assert "手続の題名" in texts_without(certificate(title="住民票"), "en")


def test_every_setting_has_a_word() -> None:
    """The reviewer reads no key of the format."""
    left_out = {"id", "of"}
    missing = {
        key for schema in AppDefinition.model_json_schema()["$defs"].values() for key in schema.get("properties", {})
        if key not in PARTS and key not in left_out
    }
    assert not missing
