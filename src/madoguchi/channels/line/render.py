"""Questions as LINE messages. One question a bubble; what can be tapped hangs below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.channels.line import flex
from madoguchi.channels.line.commands import WHOLE, Command, command
from madoguchi.channels.line.flex import Action, Message
from madoguchi.definition.fields import FILE_TYPES, ChoiceField, ChoicesField, NumberField
from madoguchi.definition.text import Language, Text
from madoguchi.interview.types import Choice, Question

CHOICES_A_PAGE = 9
"""13 quick replies less 戻る, 最初から, 職員に聞く and ほかの選択肢."""
_RUBY = str.maketrans({"《": "（", "》": "）"})


def without_ruby(words: str, language: str) -> str:
    """A chat has no ruby: in easy Japanese 漢字《かんじ》 becomes 漢字（かんじ）."""
    return words.translate(_RUBY) if language == "ja_easy" else words


@dataclass(frozen=True, slots=True)
class Page:
    """For whom a prompt is shown: their language, the interview its buttons name, and the page of the choices."""

    language: Language = "ja"
    ref: str = ""
    offset: int = 0

    def say(self, text: Text) -> str:
        """``text`` in this language."""
        return without_ruby(text.in_language(self.language), self.language)

    def button(self, label: str, verb: str, *about: object, units: int = flex.QUICK_LABEL) -> Action:
        """A button that belongs to this interview."""
        return flex.postback(label, command(verb, self.ref, *about).data, units=units)


def question(asked: Question, page: Page) -> list[Message]:
    """What was wrong, if anything; then the question with everything that may be tapped."""
    messages = [flex.text("\n".join(page.say(problem.text) for problem in asked.problems))] if asked.problems else []
    if asked.intro and not page.offset:
        messages.append(flex.text("\n\n".join(page.say(text) for text in asked.intro)))
    messages.append(flex.text(_question_text(asked, page)))
    return flex.with_quick_replies(messages, [*_answers(asked, page), *controls(page, asked.can_go_back)])


def controls(page: Page, can_go_back: bool = False) -> list[Action]:
    """The ways out that are always there."""
    back = [page.button(_("戻る"), "back")] if can_go_back else []
    return [*back, page.button(_("最初から"), "restart"), flex.postback(_("職員に聞く"), command("staff").data)]


def _question_text(asked: Question, page: Page) -> str:
    field = asked.field
    words = page.say(field.chat_question or field.question or field.label)
    if asked.part_label and asked.part:
        words = "\n".join((words, _("【%(part)s】") % {"part": page.say(asked.part_label)}))
    asks = _("（%(position)s/%(total)s）") % {"position": asked.position, "total": asked.total} + words
    return "\n\n".join(filter(None, (asks, "\n".join(_hints(asked, page)), "\n".join(_listed_choices(asked, page)))))


def _hints(asked: Question, page: Page) -> Iterator[str]:
    field = asked.field
    if field.type == "consent":
        yield page.say(field.statement)
    if field.help and asked.part is None:
        yield page.say(field.help)
    yield from _example(asked, page)
    if asked.can_skip:
        yield _("答えなくても構いません。")


def _example(asked: Question, page: Page) -> list[str]:
    example = asked.part_example or (asked.field.example if asked.part is None else None)
    needed = example and not asked.choices and not _small_numbers(asked)
    return [_("例: %(example)s") % {"example": page.say(example)}] if example and needed else []


def _listed_choices(asked: Question, page: Page) -> list[str]:
    """Numbered choices in the text where buttons do not say it all, and how to choose several."""
    several = asked.kind == "choices"
    fits = all(flex.fits(page.say(choice.label), flex.QUICK_LABEL) and not choice.help for choice in asked.choices)
    if not asked.choices or (fits and not several):
        return []
    lines = [_listed(number, choice, page) for number, choice in enumerate(asked.choices, 1)]
    return [*lines, _("いくつか選ぶときは、番号を「1、3」のように送ってください。")] if several else lines


def _listed(number: int, choice: Choice, page: Page) -> str:
    explained = f"：{page.say(choice.help)}" if choice.help else ""
    return f"{number}. {page.say(choice.label)}{explained}"


def _answers(asked: Question, page: Page) -> list[Action]:
    if asked.choices:
        found = _choices(asked, page)
    elif asked.kind in FILE_TYPES:
        found = [{"type": "camera", "label": _("カメラで撮る")}, {"type": "cameraRoll", "label": _("写真を選ぶ")}]
    elif asked.kind in _PICKERS:
        found = [_picker(asked, page)]
    elif asked.kind == "location":
        found = [{"type": "location", "label": _("場所を送る")}]
    else:
        found = _small_numbers(asked)
    skip = [page.button(_("答えない"), "skip", asked.field.id)] if asked.can_skip else []
    return [*found, *skip]


def _room(asked: Question) -> int:
    """How many answers fit below a question beside the ways out and 答えない."""
    return flex.MAX_QUICK_REPLIES - 3 - asked.can_skip


def _choices(asked: Question, page: Page) -> list[Action]:
    shown = list(enumerate(asked.choices))
    paged = len(shown) > _room(asked)
    if paged:
        start = page.offset if 0 <= page.offset < len(shown) else 0
        shown = shown[start : start + CHOICES_A_PAGE - asked.can_skip]
    actions = [_choice_button(asked, choice, number, page) for number, choice in shown]
    if paged:
        following = (shown[-1][0] + 1) % len(asked.choices)
        actions.append(page.button(_("ほかの選択肢"), "more", asked.field.id, following))
    return actions


def _choice_button(asked: Question, choice: Choice, number: int, page: Page) -> Action:
    """Names the choice by its place among all options, so that an old button still means what it said."""
    if asked.part is None and isinstance(asked.field, ChoiceField | ChoicesField):
        number = [option.value for option in asked.field.options].index(choice.value)
    return page.button(page.say(choice.label), "answer", asked.field.id, asked.part or WHOLE, number)


_PICKERS = {
    "date": gettext_lazy("日付を選ぶ"), "time": gettext_lazy("時刻を選ぶ"), "datetime": gettext_lazy("日時を選ぶ"),
}  # fmt: skip


def _picker(asked: Question, page: Page) -> Action:
    """LINE's own picker; a birth date starts in 1990 rather than today."""
    limits = {"initial": "1990-01-01"} if asked.kind == "date" and asked.field.personal else {}
    data: Command = command("pick", page.ref, asked.field.id, asked.part or WHOLE)
    return flex.picker(str(_PICKERS[asked.kind]), data.data, asked.kind, **limits)


def _small_numbers(asked: Question) -> list[Action]:
    """The numbers to tap, where so few are possible that all fit."""
    field = asked.field
    if not isinstance(field, NumberField) or field.min is None or field.max is None or field.decimals or asked.part:
        return []
    numbers = range(int(field.min), int(field.max) + 1)
    if len(numbers) > _room(asked):
        return []
    return [{"type": "message", "label": str(number), "text": str(number)} for number in numbers]
