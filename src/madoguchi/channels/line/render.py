"""Prompts as LINE messages. One question a bubble; what can be tapped hangs below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.channels.line import flex
from madoguchi.channels.line.commands import WHOLE, Command, command
from madoguchi.channels.line.flex import Action, Message
from madoguchi.definition.fields import FILE_TYPES, ChoiceField, ChoicesField, NumberField
from madoguchi.definition.text import Language
from madoguchi.interview.types import Choice, Question, Summary
from madoguchi.lib.money import yen

CHOICES_A_PAGE = 9
"""13 quick replies less 戻る, 最初から, 職員に聞く and ほかの選択肢."""
FEW = 10


@dataclass(frozen=True, slots=True)
class Page:
    """Which page of the choices to show, in which language."""

    language: Language
    offset: int = 0


def question(asked: Question, page: Page) -> list[Message]:
    """What was wrong, if anything; then the question with everything that may be tapped."""
    messages = [flex.text(_problem_text(asked, page.language))] if asked.problems else []
    messages += [flex.text(text.in_language(page.language)) for text in asked.intro[:2]]
    messages.append(flex.text(_question_text(asked, page)))
    return flex.with_quick_replies(messages, [*_answers(asked, page), *controls(asked.can_go_back)])


def controls(can_go_back: bool = False) -> list[Action]:
    """The ways out that are always there."""
    back = [flex.postback(_("戻る"), command("back").data)] if can_go_back else []
    return [
        *back,
        flex.postback(_("最初から"), command("restart").data),
        flex.postback(_("職員に聞く"), command("staff").data),
    ]


def _problem_text(asked: Question, language: Language) -> str:
    return "\n".join(problem.text.in_language(language) for problem in asked.problems)


def _question_text(asked: Question, page: Page) -> str:
    language, field = page.language, asked.field
    words = (field.chat_question or field.question or field.label).in_language(language)
    if asked.part_label and asked.part:
        words = f"{words}\n【{asked.part_label.in_language(language)}】"
    lines = [f"（{asked.position}/{asked.total}）{words}"]
    if field.type == "consent":
        lines.append(field.statement.in_language(language))
    if field.help and asked.part is None:
        lines.append(field.help.in_language(language))
    lines += _example(asked, language) + _long_choices(asked, page)
    if asked.can_skip:
        lines.append(_("入力しなくても構いません。"))
    return "\n".join(lines)


def _example(asked: Question, language: Language) -> list[str]:
    example = asked.part_example or (asked.field.example if asked.part is None else None)
    return [_("例: %(example)s") % {"example": example.in_language(language)}] if example and not asked.choices else []


def _long_choices(asked: Question, page: Page) -> list[str]:
    """Numbered choices in the text where a label does not fit on its button."""
    labels = [choice.label.in_language(page.language) for choice in asked.choices]
    if all(flex.clip(label, flex.QUICK_LABEL) == label for label in labels):
        return []
    return [f"{number}. {label}" for number, label in enumerate(labels, 1)]


def _answers(asked: Question, page: Page) -> list[Action]:
    if asked.choices:
        found = _choices(asked, page)
    elif asked.kind in FILE_TYPES:
        found = [{"type": "camera", "label": _("カメラで撮る")}, {"type": "cameraRoll", "label": _("写真を選ぶ")}]
    elif asked.kind in _PICKERS:
        found = [_picker(asked)]
    elif asked.kind == "location":
        found = [{"type": "location", "label": _("場所を送る")}]
    else:
        found = _small_numbers(asked)
    skip = [flex.postback(_("入力しない"), command("skip", asked.field.id).data)] if asked.can_skip else []
    return [*found, *skip]


def _choices(asked: Question, page: Page) -> list[Action]:
    shown = list(enumerate(asked.choices))
    room = flex.MAX_QUICK_REPLIES - 3 - asked.can_skip
    paged = len(shown) > room
    if paged:
        shown = shown[page.offset : page.offset + CHOICES_A_PAGE - asked.can_skip]
    actions = [
        flex.postback(choice.label.in_language(page.language), _answer(asked, choice, number).data)
        for number, choice in shown
    ]
    if paged:
        following = page.offset + len(shown)
        start = following if following < len(asked.choices) else 0
        actions.append(flex.postback(_("ほかの選択肢"), command("more", asked.field.id, start).data))
    return actions


def _answer(asked: Question, choice: Choice, number: int) -> Command:
    """Names the choice by its place among all options, so that an old button still means what it said."""
    if asked.part is None and isinstance(asked.field, ChoiceField | ChoicesField):
        number = [option.value for option in asked.field.options].index(choice.value)
    return command("answer", asked.field.id, asked.part or WHOLE, number)


_PICKERS = {"date": gettext_lazy("日付を選ぶ"), "time": gettext_lazy("時刻を選ぶ"), "datetime": gettext_lazy("日時を選ぶ")}


def _picker(asked: Question) -> Action:
    """LINE's own picker; a birth date starts in 1990 rather than today."""
    limits = {"initial": "1990-01-01"} if asked.kind == "date" and asked.field.personal else {}
    data = command("pick", asked.field.id, asked.part or WHOLE).data
    return flex.picker(str(_PICKERS[asked.kind]), data, asked.kind, **limits)


def _small_numbers(asked: Question) -> list[Action]:
    """1 to 10 to tap, where no other number is possible."""
    field = asked.field
    if not isinstance(field, NumberField) or field.min is None or field.max is None or field.decimals or asked.part:
        return []
    low, high = int(field.min), int(field.max)
    if not 0 <= high - low < FEW:
        return []
    return [
        {"type": "message", "label": str(number), "text": str(number)} for number in range(low, high + 1)
    ][: flex.MAX_QUICK_REPLIES - 3]


def summary(shown: Summary, *, title: str, send: str, colour: str) -> list[Message]:
    """All answers in one bubble, the fee, and the button that sends them."""
    rows = [
        flex.pair(row.field.label.in_language("ja"), row.display.replace("\n", "、"))
        for row in shown.rows if row.value is not None
    ]
    bill = [flex.amount(str(fee.label), yen(fee.amount)) for fee in shown.fee]
    if bill:
        bill = [flex.separator(), *bill, flex.amount(_("合計"), yen(shown.total_fee), bold=True)]
    bubble = flex.bubble(
        _("入力した内容の確認"), title=title, body=[*rows, *bill], colour=colour,
        buttons=[
            flex.button(flex.postback(send, command("confirm").data, units=flex.FLEX_LABEL), primary=True),
            flex.button(flex.postback(_("直す"), command("fix").data, units=flex.FLEX_LABEL)),
        ],
    )
    messages = [flex.text(_("これでよろしいですか。内容を確認してください。")), bubble]
    return flex.with_quick_replies(messages, controls())


def what_to_change(shown: Summary, *, language: Language, offset: int = 0) -> list[Message]:
    """The answers as buttons, to pick the one to change."""
    rows = [row for row in shown.rows if row.changeable]
    room = flex.MAX_QUICK_REPLIES - 2
    paged = rows if len(rows) <= room else rows[offset : offset + room - 1]
    actions = [
        flex.postback(row.field.label.in_language(language), command("change", row.field.id).data) for row in paged
    ]
    if len(paged) < len(rows):
        following = offset + len(paged)
        actions.append(flex.postback(_("ほかの項目"), command("fix", following if following < len(rows) else 0).data))
    return flex.with_quick_replies([flex.text(_("どの項目を直しますか。"))], [*actions, *controls()[:1]])


def link(alt: str, *, title: str, lines: Sequence[str], label: str, address: str, colour: str) -> list[Message]:
    """A bubble with one button that opens a page of ours."""
    body = [flex.line_of(line) for line in lines]
    message = flex.bubble(
        alt, title=title, body=body, colour=colour,
        buttons=[flex.button(flex.uri(label, address), primary=True)],
    )
    return flex.with_quick_replies([message], controls())
