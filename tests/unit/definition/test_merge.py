"""Two people's changes to one definition come together, or are asked about; none is lost silently."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.merge import MISSING, at, highest_id, merge
from tests.samples import certificate
from tests.strategies import definitions


def plain(defn: AppDefinition) -> dict[str, Any]:
    return defn.model_dump(mode="json", by_alias=True)


BASE = plain(certificate())


def with_field(code: str, **changes: Any) -> dict[str, Any]:
    return {**BASE, "fields": [f | changes if f["code"] == code else f for f in BASE["fields"]]}


def field(definition: dict[str, Any], code: str) -> Any:
    return next((f for f in definition["fields"] if f["code"] == code), None)


@given(definitions(), definitions())
def test_one_sided_changes_are_taken_whole(base: AppDefinition, mine: AppDefinition) -> None:
    assert merge(plain(base), plain(mine), plain(base)).definition == plain(mine)
    assert merge(plain(base), plain(base), plain(mine)).definition == plain(mine)
    assert not merge(plain(base), plain(mine), plain(mine)).clashes


@given(definitions(), definitions(), definitions())
def test_every_clash_can_be_settled_and_then_there_is_none(
    base: AppDefinition, mine: AppDefinition, theirs: AppDefinition
) -> None:
    found = merge(plain(base), plain(mine), plain(theirs)).clashes
    settled = merge(plain(base), plain(mine), plain(theirs), choices={clash.key: "mine" for clash in found})
    assert not settled.clashes
    for clash in found:
        assert clash.mine != clash.theirs


def test_two_settings_of_one_field_come_together() -> None:
    result = merge(BASE, with_field("通数", label="枚数"), with_field("通数", required=False))
    assert not result.clashes
    assert (field(result.definition, "通数")["label"], field(result.definition, "通数")["required"]) == ("枚数", False)


def test_a_change_of_type_does_not_mix_with_other_settings() -> None:
    (clash,) = merge(BASE, with_field("通数", type="text"), with_field("通数", label="枚数")).clashes
    assert clash.path == ("fields", field(BASE, "通数")["id"])


def test_what_one_removed_and_the_other_changed_is_asked_about() -> None:
    without = {**BASE, "fields": [f for f in BASE["fields"] if f["code"] != "通数"]}
    (clash,) = merge(BASE, without, with_field("通数", label="枚数")).clashes
    assert clash.mine is MISSING
    settled = merge(BASE, without, with_field("通数", label="枚数"), choices={clash.key: "mine"})
    assert field(settled.definition, "通数") is None


def test_new_fields_with_the_same_number_get_different_ones() -> None:
    number = highest_id(BASE) + 1

    def added(code: str) -> dict[str, Any]:
        return {**BASE, "fields": [*BASE["fields"], {"id": number, "code": code, "type": "text", "label": code}]}

    merged = merge(BASE, added("甲"), added("乙")).definition
    assert {field(merged, "甲")["id"], field(merged, "乙")["id"]} == {number, number + 1}
    assert field(merged, "乙")["id"] == number


@given(st.permutations(BASE["fields"]))
def test_moving_fields_goes_with_changing_them(moved: list[Any]) -> None:
    result = merge(BASE, {**BASE, "fields": moved}, with_field("通数", label="枚数"))
    assert not result.clashes
    assert [f["code"] for f in result.definition["fields"]] == [f["code"] for f in moved]
    assert field(result.definition, "通数")["label"] == "枚数"


def test_a_place_is_found_by_its_path() -> None:
    number = field(BASE, "通数")["id"]
    assert at(BASE, ("fields", number, "code")) == "通数"
    assert at(BASE, ("fields", 9999)) is MISSING
    assert at(BASE, ("procedure", "prefix")) == BASE["procedure"]["prefix"]
