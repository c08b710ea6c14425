"""The semantics fixed in the design, for any definition and any answers."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.definition.checking import Ok, parse_answer
from madoguchi.definition.compute import formula_values, visible_codes, visible_values
from madoguchi.formula.kinds import Blank
from madoguchi.interview.types import Answer, Change, Confirm, Confirmed, Question, Summary
from tests.strategies import definitions, inputs, values_of
from tests.unit.interview.walks import WORLD, Walk


def _answers(draw: Any) -> Any:
    return lambda field: None if field.type == "heading" else draw(values_of(field))


@given(st.data())
def test_answering_everything_leads_to_the_summary_and_sends(data: st.DataObject):
    walk = Walk(data.draw(definitions()))
    walk.finish(_answers(data.draw))
    assert isinstance(walk.prompt, Summary)
    assert isinstance(walk.send(Confirm()), Confirmed)


@given(st.data())
def test_no_question_is_asked_twice(data: st.DataObject):
    walk = Walk(data.draw(definitions()))
    asked = walk.finish(_answers(data.draw))
    assert len(asked) == len(set(asked))


@given(st.data())
def test_a_hidden_field_has_no_value_but_keeps_its_answer(data: st.DataObject):
    defn = data.draw(definitions())
    answers = {f.code: data.draw(values_of(f)) for f in defn.value_fields if f.type != "formula"}
    visible = visible_codes(defn, answers, WORLD)
    values, known = visible_values(defn, answers, WORLD), formula_values(defn, answers, WORLD)
    for field in defn.value_fields:
        assert (field.code in values) == (field.code in visible)
        if field.code not in visible:
            assert known[field.code] in (None, Blank.DATE)


@given(st.data())
def test_answers_return_when_a_condition_flips_back(data: st.DataObject):
    walk = Walk(data.draw(definitions()))
    walk.finish(_answers(data.draw))
    before = visible_values(walk.defn, walk.state.answers, WORLD)
    kept = dict(walk.state.answers)
    codes = [code for code in kept if walk.defn.by_code[code].type in ("choice", "number", "choices", "consent")]
    if not codes:
        return
    code = data.draw(st.sampled_from(codes))
    walk.send(Change(code))
    walk.send(Answer(code, data.draw(values_of(walk.defn.by_code[code]))))
    walk.finish(_answers(data.draw))
    walk.send(Change(code))
    walk.send(Answer(code, kept[code]))
    assert isinstance(walk.prompt, Summary)
    assert visible_values(walk.defn, walk.state.answers, WORLD) == before


@given(st.data())
def test_changing_an_answer_asks_again_only_what_became_visible_or_invalid(data: st.DataObject):
    walk = Walk(data.draw(definitions()))
    walk.finish(_answers(data.draw))
    if not walk.state.answers:
        return
    visible = visible_codes(walk.defn, walk.state.answers, WORLD)
    code = data.draw(st.sampled_from(sorted(set(walk.state.answers) & visible)))
    walk.send(Change(code))
    walk.send(Answer(code, data.draw(values_of(walk.defn.by_code[code]))))
    answers = dict(walk.state.answers)
    known = formula_values(walk.defn, answers, WORLD)
    for asked in walk.finish(_answers(data.draw)):
        stands = isinstance(parse_answer(walk.defn.by_code[asked], answers.get(asked), WORLD, values=known), Ok)
        assert asked not in visible or not stands
    assert isinstance(walk.prompt, Summary)


@settings(max_examples=200)
@given(st.data(), st.booleans())
def test_no_input_raises_and_the_summary_can_always_be_reached(data: st.DataObject, by_part: bool):
    defn = data.draw(definitions(max_fields=4))
    walk = Walk(defn, by_part=by_part)
    for input in data.draw(st.lists(inputs(defn), max_size=12)):
        walk.send(input)
    if not isinstance(walk.prompt, Confirmed):
        walk.finish(_answers(data.draw))
        assert isinstance(walk.send(Confirm()), Confirmed)


@given(st.data())
def test_what_is_sent_is_valid(data: st.DataObject):
    defn = data.draw(definitions(max_fields=4))
    walk = Walk(defn)
    for input in data.draw(st.lists(inputs(defn), max_size=12)):
        walk.send(input)
    if isinstance(walk.send(Confirm()), Confirmed):
        known = formula_values(defn, walk.state.answers, WORLD)
        for field in (f for f in defn.question_fields if f.code in visible_codes(defn, walk.state.answers, WORLD)):
            if field.type != "heading":
                assert isinstance(parse_answer(field, walk.state.answers.get(field.code), WORLD, values=known), Ok)


@given(st.data())
def test_every_refusal_says_in_japanese_what_is_wrong(data: st.DataObject):
    defn = data.draw(definitions(max_fields=3))
    walk = Walk(defn)
    for input in data.draw(st.lists(inputs(defn), max_size=8)):
        prompt = walk.send(input)
        if isinstance(prompt, Question):
            for problem in prompt.problems:
                assert any("ぁ" <= c <= "ん" for c in str(problem.text))
                assert problem.text.in_language("en")


@given(st.data())
def test_a_refused_answer_changes_no_other_answer(data: st.DataObject):
    defn = data.draw(definitions(max_fields=3))
    walk = Walk(defn)
    for input in data.draw(st.lists(inputs(defn), max_size=8)):
        before = walk.state.answers
        prompt = walk.send(input)
        if isinstance(prompt, Question) and prompt.problems:
            assert walk.state.answers == before
