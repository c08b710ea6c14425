"""The public page of a definition that nobody has published: the same templates and widgets, no interview."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils import translation

from madoguchi.channels.web import addresses, answers, uploads
from madoguchi.channels.web.answers import Typed
from madoguchi.channels.web.questions import Opened, opened_in
from madoguchi.channels.web.reader import Reader
from madoguchi.channels.web.showing import check_context, question_context, with_rows, without_pictures
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import TableField
from madoguchi.interview import engine
from madoguchi.interview.types import Answer, Confirm, Input, Problem, Question, Skip, Start, Summary
from madoguchi.studio.preview_state import TOKEN, Rehearsal, Sent, procedure_of, rehearsal
from madoguchi.studio.samples import FILE

_QUESTION = re.compile(rf"/i/{TOKEN}/q/([^/]+)/$")
_CHECK = f"/i/{TOKEN}/check/"


def show(request: HttpRequest, defn: AppDefinition, sent: Sent) -> dict[str, Any]:
    """The page after what was pressed, and the interview to send back with what is pressed next.

    Events: ``{kind: "open", path}`` a link, ``{kind: "send", form}`` the form as the browser encodes it,
    ``{kind: "draw", form}`` the same page again, keeping what is typed; none: where the interview is.
    """
    with translation.override("en" if sent.language == "en" else "ja"):
        return _Page(request, rehearsal(defn, sent, "web"), sent).after_event()


class _Page:
    def __init__(self, request: HttpRequest, played: Rehearsal, sent: Sent) -> None:
        self.request, self.sent = request, sent
        self.definition, self.world = played.definition, played.world
        self.state, self.prompt = engine.step(played.definition, played.state, Start(), played.world)

    def after_event(self) -> dict[str, Any]:
        kind, form = self.sent.event.get("kind"), str(self.sent.event.get("form", ""))
        if kind == "open":
            return self.opened(str(self.sent.event.get("path", "")))
        here = self.question()
        if here and kind == "send":
            return self.posted(here, QueryDict(form))
        if here and kind == "draw":
            return self.draw(here, self.typed(here, form))
        if kind == "send" and isinstance(self.prompt, Summary):
            return self.stepped(Confirm())
        return self.here()

    def question(self) -> Opened | None:
        prompt = self.prompt
        return self.at(prompt.field.code) if isinstance(prompt, Question) else None

    def at(self, code: str) -> Opened | None:
        return opened_in(self.definition, self.state, code, self.world)

    def opened(self, path: str) -> dict[str, Any]:
        """A link to a question or to the summary; any other leads to the beginning."""
        found = _QUESTION.search(path)
        if found and (opened := self.at(unquote(found[1]))):
            changing = replace(self.state, current=opened.question.field.code, changing=opened.changing, phase="asking")
            return self.draw(opened, state=changing)
        return self.stepped(Start()) if path.endswith(_CHECK) else self.begin()

    def begin(self) -> dict[str, Any]:
        self.state, self.prompt = engine.step(
            self.definition, engine.begin(self.definition, language=self.sent.language), Start(), self.world
        )
        return self.here()

    def posted(self, here: Opened, post: QueryDict) -> dict[str, Any]:
        """As ``web.views.question`` takes it, but for files: any picture will do."""
        field = here.question.field
        typed = answers.typed_in(field, post)
        done, _dot, which = post.get("do", "").partition(".")
        if uploads.is_file_field(field):
            given: Input = Answer(field.code, [FILE]) if field.required or done == "add_file" else Skip(field.code)
            return self.stepped(given)
        if field.type == "address":
            if done == "look_up":
                typed, told = addresses.looked_up(typed)
                return self.draw(here, typed, told=told)
            typed = addresses.with_chosen_town(typed, post.get("town", ""))
        if isinstance(field, TableField) and done in ("add_row", "remove_row"):
            return self.draw(here, with_rows(field, typed, done, which))
        answer = Answer(field.code, answers.raw_of(field, typed))
        state, prompt = engine.step(self.definition, self.state, answer, self.world)
        if isinstance(prompt, Question) and prompt.problems and prompt.field.code == field.code:
            return self.draw(here, typed, problems=prompt.problems)
        self.state, self.prompt = state, prompt
        return self.here()

    def typed(self, here: Opened, form: str) -> Typed:
        """The boxes as they were left, if the form still is this question's."""
        post = QueryDict(form)
        boxes = any(name == answers.ANSWER or name.startswith(f"{answers.ANSWER}.") for name in post)
        return answers.typed_in(here.question.field, post) if boxes else None

    def stepped(self, given: Input) -> dict[str, Any]:
        self.state, self.prompt = engine.step(self.definition, self.state, given, self.world)
        return self.here()

    def here(self) -> dict[str, Any]:
        if here := self.question():
            return self.draw(here)
        procedure = procedure_of(self.definition)
        if isinstance(self.prompt, Summary):
            shown = without_pictures(self.prompt)
            return self.page("web/check.html", check_context(shown, procedure, TOKEN, self.sent.language))
        return self.page("studio/preview_end.html", {"procedure": procedure})

    def draw(
        self, here: Opened, typed: Typed = None, *, problems: Sequence[Problem] = (),
        told: Mapping[str, Any] | None = None, state: Any = None,
    ) -> dict[str, Any]:
        self.state = state or self.state
        context = question_context(
            here, procedure_of(self.definition), TOKEN, self.sent.language, typed, problems=problems
        )
        return self.page("web/question.html", {**context, "files": [], **(told or {})})

    def page(self, template: str, context: Mapping[str, Any]) -> dict[str, Any]:
        """Rendered for the language that was chosen, whatever the builder's own."""
        context = {**context, "reader": Reader(language=self.sent.language)}
        html = render_to_string(template, context, self.request)
        return {"html": html, "state": Rehearsal(self.definition, self.state, self.world).to_json()}
