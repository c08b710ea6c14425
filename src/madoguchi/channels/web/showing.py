"""What the pages of an interview show, from where it stands; shared by the public site and the studio's preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.urls import reverse

from madoguchi.channels.web import answers
from madoguchi.channels.web.answers import Typed
from madoguchi.channels.web.questions import Opened
from madoguchi.channels.web.widgets import errors_of, messages_of, widget
from madoguchi.definition.app import Procedure
from madoguchi.definition.display import display
from madoguchi.definition.fields import AnyField, TableField
from madoguchi.definition.text import Language, Text
from madoguchi.interview.types import Problem, Summary


def question_context(
    opened: Opened, procedure: Procedure, token: str, language: Language, typed: Typed = None, *,
    problems: Sequence[Problem] = (),
) -> dict[str, Any]:
    """The question page; ``typed`` are the boxes as they were left, None for the answer given before."""
    asked = opened.question
    field = asked.field
    boxes = answers.typed_of(field, asked.value) if typed is None else typed
    messages = messages_of(problems, language)
    shown = widget(field, boxes, problems=messages, choices=asked.choices, applicant=procedure.applicant)
    return {
        "procedure": procedure, "token": token, "widget": shown, "heading": _heading(field),
        "position": asked.position, "total": asked.total, "changing": opened.changing,
        "errors": errors_of(shown, messages), "back": _back(token, opened),
    }


def check_context(summary: Summary, procedure: Procedure, token: str, language: Language) -> dict[str, Any]:
    """The page of all answers before they are sent."""
    return {
        "procedure": procedure, "token": token,
        "rows": [(row, display(row.field, row.value, language=language)) for row in summary.rows],
        "fee": [row for row in summary.fee if row.amount], "total": summary.total_fee, "correcting": False,
    }


def without_pictures(summary: Summary) -> Summary:
    """The same where there are no files behind the answers."""
    rows = [replace(row, value=()) if row.field.type == "photo" else row for row in summary.rows]
    return replace(summary, rows=rows)


def with_rows(field: TableField, rows: Sequence[Typed], done: str, which: str) -> list[Typed]:
    """The rows of a table question after one was added or taken away."""
    if done == "add_row":
        return [*rows, answers.blank_row(field)][: field.max_rows]
    return [row for number, row in enumerate(rows) if str(number) != which]


def _heading(field: AnyField) -> Text:
    return field.question or field.label


def _back(token: str, opened: Opened) -> str:
    if opened.changing:
        return reverse("web:check", args=[token])
    if opened.before is None:
        return reverse("web:start", args=[opened.definition.code])
    return reverse("web:question", args=[token, opened.before])
