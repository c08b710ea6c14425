"""Residents who answer every question: walks through a published procedure, for tests of intake and above."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from PIL import Image

from madoguchi.definition.fields import FILE_TYPES
from madoguchi.definition.values import Value
from madoguchi.intake import actions
from madoguchi.intake.models import Application, Interview, Resident
from madoguchi.interview.types import Answer, Confirm, Confirmed, Prompt, Question, Skip, Start, Summary
from tests.samples import certificate_answers


def photo(colour: str = "navy") -> bytes:
    """A small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(out, "JPEG")
    return out.getvalue()


def begin(*, app_code: str = "juminhyo", channel: Any = "web", resident: Resident | None = None) -> Interview:
    """An interview at its first question."""
    found = resident or actions.new_resident()
    return actions.start_interview(app_code=app_code, channel=channel, resident=found)


def step(interview_id: UUID, input: Any) -> Prompt:
    """One input, asked as the web asks; the next prompt."""
    return actions.take_step(interview_id=interview_id, input=input, by_part=False).prompt


def answer_all(interview: Interview, answers: Mapping[str, Value] | None = None) -> Prompt:
    """Answers whatever is asked, with Hanako's answers unless told otherwise, up to the summary."""
    given, prompt = answers or certificate_answers(), step(interview.id, Start())
    for _ in range(100):
        if not isinstance(prompt, Question):
            return prompt
        assert not prompt.problems, [str(problem.text) for problem in prompt.problems]
        prompt = step(interview.id, _input(interview, prompt, given))
    raise AssertionError("the interview never ends")


def confirm(interview: Interview, answers: Mapping[str, Value] | None = None) -> Interview:
    """Answers everything and confirms."""
    assert isinstance(answer_all(interview, answers), Summary)
    assert isinstance(step(interview.id, Confirm()), Confirmed)
    interview.refresh_from_db()
    return interview


def apply(answers: Mapping[str, Value] | None = None, **begun: Any) -> Application:
    """A whole application by a new resident."""
    following = actions.next_step(confirm(begin(**begun), answers))
    assert isinstance(following, actions.Submitted)
    return following.application


def _input(interview: Interview, prompt: Question, given: Mapping[str, Value]) -> Any:
    field = prompt.field
    if field.type == "heading" or field.code not in given:
        return Skip(field.code)
    if field.type not in FILE_TYPES:
        return Answer(field.code, given[field.code])
    upload = actions.add_file(
        interview_id=interview.id, field_code=field.code, data=photo(), content_type="image/jpeg", name="a.jpg"
    )
    return Answer(field.code, [str(upload.id)])
