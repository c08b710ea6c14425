"""The LINE chat of a definition that nobody has published: the same engine and the same messages, nothing stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from madoguchi.channels.line import flex, menu, render, summary
from madoguchi.channels.line.commands import WHOLE, Command, command, parse, typed
from madoguchi.channels.line.flex import Message
from madoguchi.channels.line.friends import speaking
from madoguchi.channels.line.reading import is_choice, picked, values_of
from madoguchi.channels.line.talk import Leading, asked_on_page, checked_on_page
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import FILE_TYPES, AnyField
from madoguchi.interview import engine
from madoguchi.interview.types import (
    Answer,
    Back,
    Change,
    Confirm,
    Input,
    Prompt,
    Question,
    Restart,
    Skip,
    Start,
    Summary,
)
from madoguchi.studio.preview_state import TOKEN, Rehearsal, Sent, procedure_of, rehearsal
from madoguchi.studio.samples import FILE, sample

PAGE_PATH = f"/i/{TOKEN}/"
"""Where buttons to our own page lead; the designer opens its other preview instead."""


def talk(defn: AppDefinition, sent: Sent) -> dict[str, Any]:
    """LINE's messages after what was said or pressed, and the interview to send back with what comes next.

    Events: ``{type: "message", text}``, ``{type: "postback", data, params}``, ``{type: "file"}``,
    ``{type: "location"}``; none: what is asked now.
    """
    with speaking(sent.language):
        chat = _Chat(rehearsal(defn, sent, "line"), sent)
        messages = chat.answer(sent.event)
        return {"messages": messages, "state": Rehearsal(chat.definition, chat.state, chat.world).to_json()}


class _Chat:
    def __init__(self, played: Rehearsal, sent: Sent) -> None:
        self.definition, self.world, self.language = played.definition, played.world, sent.language
        self.state, self.prompt = engine.step(played.definition, played.state, Start(), played.world, by_part=True)

    # --- what was said ---

    def answer(self, event: Mapping[str, Any]) -> list[Message]:
        kinds: dict[Any, Callable[[Mapping[str, Any]], list[Message]]] = {
            "message": self.said, "postback": self.tapped, "file": self.file, "location": self.place,
        }
        return kinds[event["type"]](event) if event.get("type") in kinds else self.show()

    def said(self, event: Mapping[str, Any]) -> list[Message]:
        text, question = str(event.get("text", "")), self.question
        spoken = None if question and is_choice(text, question) else typed(text, asked=question is not None)
        if spoken:
            return self.obey(spoken, None)
        if question:
            return self.step(Answer(question.field.code, text, part=question.part))
        return self.show(typed_in_chat=True)

    def tapped(self, event: Mapping[str, Any]) -> list[Message]:
        return self.obey(parse(str(event.get("data", ""))), event.get("params"))

    def file(self, event: Mapping[str, Any]) -> list[Message]:
        question = self.question
        if question is None or question.field.type not in FILE_TYPES:
            return self.show()
        return self.step(Answer(question.field.code, [FILE]))

    def place(self, event: Mapping[str, Any]) -> list[Message]:
        question = self.question
        if question is None or question.field.type != "location":
            return self.show()
        return self.step(Answer(question.field.code, sample(question.field, self.world)))

    def obey(self, asked: Command, params: object) -> list[Message]:
        number = asked.number(1)
        inputs: dict[str, Callable[[], Input]] = {
            "back": Back, "restart": Restart, "erase": Restart, "confirm": Confirm, "resume": Start,
            "change": lambda: Change(self.code(number)), "skip": lambda: Skip(self.code(number)),
        }
        if asked.verb in inputs:
            return self.step(inputs[asked.verb]())
        if asked.verb in ("answer", "pick"):
            return self.chosen(asked, params)
        if asked.verb == "more" and self.question:
            return render.question(self.question, self.page(asked.number(2)))
        if asked.verb == "fix" and isinstance(self.prompt, Summary):
            return summary.what_to_change(self.prompt, self.page(number))
        note = flex.text(_("（プレビューでは、このボタンは動きません。）"))
        return flex.with_quick_replies([note, *self.show()], [])

    def chosen(self, asked: Command, params: object) -> list[Message]:
        field, part = self.field(asked.number(1)), asked.argument(2)
        if field is None or not self.in_chat(field):
            return self.show()
        raw = picked(params)
        if asked.verb == "answer":
            values, number = values_of(self.prompt, field, part), asked.number(3)
            if not 0 <= number < len(values):
                return self.show()
            raw = values[number]
        return self.step(Answer(field.code, raw, part=None if part in {WHOLE, ""} else part))

    # --- what is shown ---

    def step(self, given: Input) -> list[Message]:
        self.state, self.prompt = engine.step(self.definition, self.state, given, self.world, by_part=True)
        return self.show()

    def show(self, *, typed_in_chat: bool = False) -> list[Message]:
        prompt: Prompt = self.prompt
        if isinstance(prompt, Question):
            if self.in_chat(prompt.field):
                return render.question(prompt, self.page())
            return self.link(asked_on_page(typed=typed_in_chat))
        if isinstance(prompt, Summary):
            return self.summary(prompt)
        done = _("（プレビューはここまでです。本番では、このあと受付番号をお知らせします。）")
        again = flex.postback(_("最初から"), command("restart").data)
        return flex.with_quick_replies([flex.text(done)], [again])

    def summary(self, prompt: Summary) -> list[Message]:
        if any(not self.in_chat(row.field) for row in prompt.rows):
            return self.link(checked_on_page())
        procedure, page = procedure_of(self.definition), self.page()
        return summary.summary(
            prompt, page, title=page.say(procedure.title), send=page.say(procedure.submit_label), version=0,
            colour=menu.colour(),
        )

    def link(self, leading: Leading) -> list[Message]:
        title, lines, label = leading
        address = f"{settings.BASE_URL}{PAGE_PATH}"
        return summary.link(
            self.page(), title=title, lines=lines, label=label, address=address, colour=menu.colour()
        )

    # --- what there is ---

    @property
    def question(self) -> Question | None:
        """The question that the chat asks now."""
        prompt = self.prompt
        return prompt if isinstance(prompt, Question) and self.in_chat(prompt.field) else None

    def in_chat(self, field: AnyField) -> bool:
        return not field.personal or procedure_of(self.definition).all_in_chat

    def page(self, offset: int = 0) -> render.Page:
        return render.Page(self.language, TOKEN, offset)

    def field(self, number: int) -> AnyField | None:
        return next((field for field in self.definition.fields if field.id == number), None)

    def code(self, number: int) -> str:
        found = self.field(number)
        return found.code if found else ""
