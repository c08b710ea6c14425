"""The simulator's rules for messages and rich menus, property by property against the models of LINE's SDK.

Rules and models are walked side by side: the same properties, the same words, nothing looser than LINE's description.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from linebot.v3.liff import AddLiffAppRequest, UpdateLiffAppRequest
from linebot.v3.messaging import Message, RichMenuBatchRequest, RichMenuRequest
from pydantic.v1 import BaseModel
from pydantic.v1.fields import ModelField

from simulators.line.actions import RICH_MENU
from simulators.line.api_richmenu_batch import BATCH
from simulators.line.liff import CHANGED_APP, NEW_APP
from simulators.line.messages import MESSAGE
from simulators.line.rules import Dictionary, Items, Later, Number, OneOf, Rule, Shape, Text, Uri, Variant
from tests.line_shapes import Model, findings, subtypes

TABLES: dict[str, tuple[Rule, Model]] = {
    "messages": (MESSAGE, Message),
    "rich menus": (RICH_MENU, RichMenuRequest),
    "batches of rich menus": (Shape(BATCH), RichMenuBatchRequest),
    "new LIFF apps": (Shape(NEW_APP), AddLiffAppRequest),
    "changed LIFF apps": (Shape(CHANGED_APP), UpdateLiffAppRequest),
}
NO_COUPONS = {"CouponMessage"}
"""The simulated account issues none."""
Pair = tuple[str, Rule, ModelField]


class Walk:
    """All properties of a rule beside those of a model; ``shapes`` are the pairs of objects met on the way."""

    def __init__(self, rule: Rule, model: Model) -> None:
        self.shapes: dict[tuple[int, str], tuple[str, Shape, Model]] = {}
        self.pairs: list[Pair] = []
        self._visit("", rule, model)

    @property
    def models(self) -> set[str]:
        return {model.__name__ for _, _, model in self.shapes.values()}

    def _visit(self, where: str, rule: Rule, model: Model) -> None:
        rule = _bare(rule)
        if isinstance(rule, Variant):
            kinds = subtypes(model) or {word: model for word in rule.shapes}
            assert set(rule.shapes) <= set(kinds), f"{where}: {model.__name__} has other types"
            for word, shape in rule.shapes.items():
                self._visit(f"{where}<{word}>", shape, kinds[word])
        elif isinstance(rule, Shape) and (id(rule), model.__name__) not in self.shapes:
            self.shapes[id(rule), model.__name__] = (where, rule, model)
            self._visit_fields(where, rule, model)

    def _visit_fields(self, where: str, shape: Shape, model: Model) -> None:
        fields = {field.alias: field for field in model.__fields__.values()}
        for name, rule in shape.fields.items():
            field = fields.get(name.removesuffix("?"))
            assert field, f"{where}: {model.__name__} has no {name}"
            place = f"{where}/{field.alias}"
            self.pairs.append((place, rule, field))
            if isinstance(field.type_, type) and issubclass(field.type_, BaseModel):
                self._visit(place, rule, field.type_)


def _bare(rule: Rule) -> Rule:
    """The rule for one thing, out of its list, dictionary or later definition."""
    while isinstance(rule, Items | Dictionary | Later):
        rule = rule.find() if isinstance(rule, Later) else rule.rule
    return rule


def reachable(model: Model) -> set[str]:
    """The names of every model that can stand inside ``model``, itself too where it is not only a choice of others."""
    found: dict[str, Model] = {}
    waiting = [model]
    while waiting:
        one = waiting.pop()
        if one.__name__ not in found:
            found[one.__name__] = one
            inside = [field.type_ for field in one.__fields__.values()]
            models = [kind for kind in inside if isinstance(kind, type) and issubclass(kind, BaseModel)]
            waiting += [*subtypes(one).values(), *models]
    return {name for name, one in found.items() if not subtypes(one)}


@pytest.fixture(params=TABLES)
def walk(request: pytest.FixtureRequest) -> Walk:
    return Walk(*TABLES[request.param])


def test_the_rules_know_every_property_of_lines_models_and_no_other(walk: Walk):
    for where, shape, model in walk.shapes.values():
        known = {field.alias for field in model.__fields__.values()} - {"type"}
        named = {name.removesuffix("?") for name in shape.fields} - {"type"}
        assert named == known, where


@pytest.mark.parametrize("table", TABLES)
def test_the_rules_reach_everything_a_message_or_menu_can_hold(table: str):
    rule, model = TABLES[table]
    elsewhere = {"CameraAction", "CameraRollAction", "LocationAction"} if table == "rich menus" else set()
    elsewhere |= NO_COUPONS | {"RichMenuSwitchAction"} if table == "messages" else set()
    assert reachable(model) - Walk(rule, model).models == elsewhere


def test_what_line_requires_the_rules_require(walk: Walk):
    for where, shape, model in walk.shapes.values():
        required = {field.alias for field in model.__fields__.values() if field.required}
        assert required <= set(shape.fields) | {"type"}, where


def test_where_line_lists_the_words_the_rules_list_the_same(walk: Walk):
    for where, rule, field in walk.pairs:
        words = set(words_of(field))
        if words and isinstance(rule, OneOf):
            assert set(rule.words) == words, where
        elif words:
            pytest.fail(f"{where}: LINE takes only {words}")


def words_of(field: ModelField) -> Iterator[str]:
    """The words the model allows, out of the sentence with which it refuses another one."""
    _, error = field.validate("no such word", {}, loc="x")
    if error and not isinstance(error, list):
        told = re.findall(r"enum values \((.*)\)", str(getattr(error, "exc", "")))
        yield from re.findall(r"'([^']+)'", "".join(told))


def test_no_rule_allows_more_than_line_does(walk: Walk):
    for where, rule, field in walk.pairs:
        limits = limits_of(field)
        if isinstance(rule, Text | Uri):
            assert rule.most <= limits.get("max_length", rule.most), where
        if isinstance(rule, Items):
            assert rule.most <= limits.get("max_items", rule.most), where
        if isinstance(rule, Number):
            assert limits.get("ge", rule.least) <= rule.least <= rule.most <= limits.get("le", rule.most), where


def limits_of(field: ModelField) -> Mapping[str, Any]:
    names = ("max_length", "max_items", "ge", "le")
    found = {name: getattr(field.outer_type_, name, None) for name in names}
    return {name: limit for name, limit in found.items() if limit is not None}


def test_the_oracle_sees_what_the_sdk_overlooks():
    text = {"type": "text", "text": "はい"}
    flex = {
        "type": "flex",
        "altText": "x",
        "contents": {"type": "bubble", "body": {"type": "box", "layout": "vertical"}},
    }
    assert findings(Message, text) == []
    assert findings(Message, {**text, "colour": "red"}) == ["/colour: unknown to TextMessage"]
    assert findings(Message, {"type": "text"}) == ["/text: field required"]
    assert findings(Message, {"type": "fax"}) == ["/type: Message knows no 'fax'"]
    assert findings(Message, {**text, "sender": None}) == ["/sender: null, where LINE leaves it out"]
    assert "/contents/body/contents: field required" in findings(Message, flex)
