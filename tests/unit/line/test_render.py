"""What residents are shown keeps LINE's limits, whatever a definition holds and whoever answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.channels.line import render, summary
from madoguchi.channels.line.commands import parse
from madoguchi.channels.line.render import Page
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.text import Text
from madoguchi.interview import engine
from madoguchi.interview.types import Answer, Prompt, Question, Skip, Start, State, Summary
from simulators.line.messages import check_messages
from tests.line_shapes import message_findings
from tests.samples import FixedWorld, certificate, everything
from tests.strategies import definitions, inputs, values_of

WORLD = FixedWorld(channel="line")
LANGUAGES = ("ja", "ja_easy", "en")
Json = dict[str, Any]


def shown(prompt: Prompt, page: Page) -> list[Json]:
    """The messages for a prompt, as the conversation makes them."""
    if isinstance(prompt, Question):
        return render.question(prompt, page)
    if isinstance(prompt, Summary):
        return summary.summary(prompt, page, title="住民票の写し", send="送信する", version=3, colour="#0017c1")
    return []


def actions(messages: list[Json]) -> list[Json]:
    return [item["action"] for item in messages[-1].get("quickReply", {}).get("items", [])]


def labels(messages: list[Json]) -> list[str]:
    return [action["label"] for action in actions(messages)]


def assert_line_takes(messages: list[Json]) -> None:
    """LINE's own shapes, its limits as the simulator knows them, and the ways out."""
    assert 1 <= len(messages) <= 5
    assert message_findings(messages) == []
    check_messages(messages)
    assert len(actions(messages)) <= 13
    assert {"最初から", "職員に聞く"} <= set(labels(messages))


def ask(field: Json, *, language: Any = "ja", **more: Any) -> Question:
    """The question that asks ``field``, alone in its app."""
    code = str(field.get("code", "f"))
    fields = [{"id": 1, "code": code, "label": "項目", **field}]
    defn = AppDefinition.model_validate({"code": "app", "name": "app", "owner_department": "x", "fields": fields})
    _, prompt = engine.step(defn, State(language=language, **more), Start(), WORLD, by_part=True)
    assert isinstance(prompt, Question)
    return prompt


def walk(defn: AppDefinition, given: dict[str, Any]) -> Iterator[Prompt]:
    """Every prompt up to the summary; fields without an answer are skipped."""
    state, prompt = engine.step(defn, State(), Start(), WORLD, by_part=True)
    for _ in range(200):
        yield prompt
        if not isinstance(prompt, Question):
            return
        code = prompt.field.code
        step = Answer(code, given[code]) if code in given and prompt.part is None else Skip(code)
        state, prompt = engine.step(defn, state, step, WORLD, by_part=True)


@settings(max_examples=60)
@given(st.data())
def test_every_prompt_a_resident_can_reach_is_taken_by_line(data: st.DataObject):
    defn = data.draw(definitions())
    page = Page(data.draw(st.sampled_from(LANGUAGES)), "1a2b3c4d")
    state, prompt = engine.step(defn, State(language=page.language), Start(), WORLD, by_part=True)
    for given_input in [Start(), *data.draw(st.lists(inputs(defn), max_size=12))]:
        state, prompt = engine.step(defn, state, given_input, WORLD, by_part=True)
        messages = shown(prompt, page)
        if messages:
            assert_line_takes(messages)
        if isinstance(prompt, Summary):
            changes = summary.what_to_change(prompt, page)
            check_messages(changes)
            assert message_findings(changes) == []


@settings(max_examples=40)
@given(st.data())
def test_every_summary_is_taken_by_line_and_shows_every_answer(data: st.DataObject):
    defn = data.draw(definitions(max_fields=8))
    answers = {f.code: data.draw(values_of(f)) for f in defn.fields if f.type not in ("heading", "formula")}
    _, prompt = engine.step(defn, State(answers=answers, phase="checking"), Start(), WORLD, by_part=True)
    assert isinstance(prompt, Summary)
    messages = shown(prompt, Page("ja", "1a2b3c4d"))
    assert_line_takes(messages)
    text = str(messages)
    assert all(repr(row.display)[1:-1] in text for row in prompt.rows if row.value is not None)


@given(
    st.integers(1, 45), st.text("亜𠮷x ", min_size=1, max_size=45).filter(str.strip), st.booleans(), st.booleans(),
    st.sampled_from(["choice", "choices"]),
)  # fmt: skip
def test_every_choice_can_be_reached_however_many_there_are(
    count: int, name: str, required: bool, can_go_back: bool, kind: str
):
    options = [{"value": f"v{number}", "label": f"{number}{name}"} for number in range(count)]
    asked = ask({"type": kind, "options": options, "required": required})
    asked = Question(**{**{s: getattr(asked, s) for s in asked.__slots__}, "can_go_back": can_go_back})
    reached: set[int] = set()
    offset = 0
    for _ in range(count + 1):
        messages = render.question(asked, Page("ja", "r", offset))
        assert_line_takes(messages)
        assert ("戻る" in labels(messages)) is can_go_back
        commands = [parse(action["data"]) for action in actions(messages)]
        reached |= {one.number(3) for one in commands if one.verb == "answer"}
        more = [one for one in commands if one.verb == "more"]
        if not more or more[0].number(2) == 0:
            break
        offset = more[0].number(2)
    assert reached == set(range(count))


def test_thirty_choices_come_in_pages_that_end_at_the_beginning():
    asked = ask({"type": "choice", "options": [f"選択肢{number}" for number in range(30)], "required": True})
    first = render.question(asked, Page("ja", "r"))
    assert labels(first) == [*[f"選択肢{number}" for number in range(9)], "ほかの選択肢", "最初から", "職員に聞く"]
    last = render.question(asked, Page("ja", "r", 27))
    assert labels(last)[:4] == ["選択肢27", "選択肢28", "選択肢29", "ほかの選択肢"]
    assert parse(actions(last)[3]["data"]).number(2) == 0


@pytest.mark.parametrize("offset", [-1, 30, 10**9])
def test_a_page_that_does_not_exist_is_the_first(offset: int):
    asked = ask({"type": "choice", "options": [f"選択肢{number}" for number in range(30)], "required": True})
    assert labels(render.question(asked, Page("ja", "r", offset)))[0] == "選択肢0"


def test_a_label_too_long_for_its_button_is_written_out_above():
    name = "とても長い名前の選択肢で二十字では足りません"
    messages = render.question(ask({"type": "choice", "options": [name, "短い"], "required": True}), Page("ja", "r"))
    assert f"1. {name}\n2. 短い" in messages[-1]["text"]
    assert labels(messages)[0].endswith("…")


def test_several_choices_are_chosen_by_number_and_the_question_says_how():
    messages = render.question(ask({"type": "choices", "options": ["甲", "乙"]}), Page("ja", "r"))
    assert "1. 甲\n2. 乙\nいくつか選ぶときは、番号を「1、3」のように送ってください。" in messages[-1]["text"]


def test_optional_questions_can_be_left_unanswered():
    messages = render.question(ask({"type": "text"}), Page("ja", "r"))
    assert labels(messages) == ["答えない", "最初から", "職員に聞く"]
    assert "答えなくても構いません" in messages[-1]["text"]


@pytest.mark.parametrize(("most", "buttons"), [(9, 9), (10, 10), (11, 0)])
def test_small_numbers_are_tapped_where_all_of_them_fit(most: int, buttons: int):
    field = {"type": "number", "min": 1, "max": most, "required": True}
    found = labels(render.question(ask(field), Page("ja", "r")))
    assert [label for label in found if label.isdigit()] == [str(number) for number in range(1, buttons + 1)]


def test_an_optional_number_never_pushes_the_ways_out_off_the_screen():
    messages = render.question(ask({"type": "number", "min": 1, "max": 10}), Page("ja", "r"))
    assert_line_takes(messages)


@pytest.mark.parametrize(
    ("kind", "personal", "mode", "initial"),
    [
        ("date", True, "date", "1990-01-01"), ("date", False, "date", None), ("time", False, "time", None),
        ("datetime", False, "datetime", None),
    ],
)  # fmt: skip
def test_dates_and_times_are_picked_and_birth_dates_do_not_begin_today(
    kind: str, personal: bool, mode: str, initial: str | None
):
    action = actions(render.question(ask({"type": kind, "personal": personal}), Page("ja", "r")))[0]
    assert (action["type"], action["mode"], action.get("initial")) == ("datetimepicker", mode, initial)


def test_photos_are_taken_or_chosen_and_places_are_sent():
    kinds = [action["type"] for action in actions(render.question(ask({"type": "photo"}), Page("ja", "r")))]
    assert kinds[:2] == ["camera", "cameraRoll"]
    assert actions(render.question(ask({"type": "location"}), Page("ja", "r")))[0]["type"] == "location"


def test_ruby_of_easy_japanese_becomes_brackets_in_chat():
    field = {"type": "text", "question": {"ja": "氏名は", "ja_easy": "名前《なまえ》を書《か》いてください"}}
    text = render.question(ask(field), Page("ja_easy", "r"))[-1]["text"]
    assert "名前（なまえ）を書（か）いてください" in text
    assert Page("ja").say(Text({"ja": "書名《窓口》"})) == "書名《窓口》"


def test_every_heading_before_a_question_is_shown_once_in_one_bubble():
    prompts = [p for p in walk(certificate(), {}) if isinstance(p, Question)]
    messages = render.question(prompts[0], Page("ja", "r"))
    assert messages[0]["text"] == "はじめに\n\n請求できるのは、ご本人と、同じ世帯の方、その代理人です。"
    assert len(messages) == 2


def test_what_was_wrong_stands_before_the_question_with_an_example():
    _, wrong = engine.step(
        AppDefinition.model_validate(
            {"code": "a", "name": "a", "owner_department": "x",
             "fields": [{"id": 1, "code": "f", "type": "date", "label": "生年月日", "required": True}]}
        ), State(), Answer("f", "きのう"), WORLD, by_part=True,
    )  # fmt: skip
    assert isinstance(wrong, Question)
    messages = render.question(wrong, Page("ja", "r"))
    assert "読み取れません" in messages[0]["text"] and "令和8年" in messages[0]["text"]
    assert messages[1]["text"].startswith("（1/1）生年月日")


def test_a_summary_too_long_for_one_bubble_is_divided_and_one_much_too_long_is_shortened():
    fields = [{"id": n, "code": f"f{n}", "type": "textarea", "label": f"項目{n}"} for n in range(1, 121)]
    defn = AppDefinition.model_validate({"code": "a", "name": "a", "owner_department": "x", "fields": fields})
    for length, most in ((10, 4), (900, 4)):
        answers = {f"f{n}": "𠮷" * length for n in range(1, 121)}
        _, prompt = engine.step(defn, State(answers=answers, phase="checking"), Start(), WORLD, by_part=True)
        messages = shown(prompt, Page("ja", "r"))
        assert_line_takes(messages)
        assert 2 < len(messages) <= 1 + most
        assert all(f"'項目{n}'" in str(messages) for n in range(1, 121))
        buttons = [message for message in messages if "送信する" in str(message)]
        assert buttons == [messages[-1]]


def test_every_answer_can_be_changed_however_many_there_are():
    fields = [{"id": n, "code": f"f{n}", "type": "text", "label": f"項目{n}"} for n in range(1, 31)]
    defn = AppDefinition.model_validate({"code": "a", "name": "a", "owner_department": "x", "fields": fields})
    answers = {f"f{n}": "甲" for n in range(1, 31)}
    _, prompt = engine.step(defn, State(answers=answers, phase="checking"), Start(), WORLD, by_part=True)
    assert isinstance(prompt, Summary)
    reached: list[int] = []
    offset = 0
    while True:
        messages = summary.what_to_change(prompt, Page("ja", "r", offset))
        check_messages(messages)
        commands = [parse(action["data"]) for action in actions(messages)]
        reached += [one.number(1) for one in commands if one.verb == "change"]
        offset = next(one.number(1) for one in commands if one.verb == "fix")
        if offset == 0:
            break
    assert reached == list(range(1, 31))


@pytest.mark.parametrize("defn", [certificate(), everything()], ids=["certificate", "everything"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_samples_are_taken_by_line_in_every_language(defn: AppDefinition, language: Any):
    for prompt in walk(defn, {"請求者との関係": "本人", "範囲": "世帯全員", "種類": "other"}):
        assert_line_takes(shown(prompt, Page(language, "1a2b3c4d")))


def test_the_summary_in_easy_japanese_has_no_ruby_marks():
    option = {"value": "a", "label": {"ja": "年金", "ja_easy": "年金《ねんきん》"}}
    field = {"id": 1, "code": "f", "type": "choice", "label": "使いみち", "options": [option]}
    defn = AppDefinition.model_validate({"code": "a", "name": "a", "owner_department": "x", "fields": [field]})
    state = State(answers={"f": "a"}, phase="checking", language="ja_easy")
    _, prompt = engine.step(defn, state, Start(), WORLD, by_part=True)
    assert "年金（ねんきん）" in str(shown(prompt, Page("ja_easy", "r")))
