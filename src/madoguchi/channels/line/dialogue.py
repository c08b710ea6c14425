"""What a resident's message means and what we say to it. Translates between LINE and intake; decides nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.channels.line import attachments, menu, render, starting, summary
from madoguchi.channels.line.attachments import Content
from madoguchi.channels.line.commands import WHOLE, Command, command, parse, typed
from madoguchi.channels.line.flex import Message
from madoguchi.channels.line.friends import block, ref_of, unblock
from madoguchi.channels.line.models import Friend
from madoguchi.channels.line.reading import is_choice, picked, values_of
from madoguchi.channels.line.talk import Talk, procedure_of
from madoguchi.definition.fields import AnyField
from madoguchi.intake import actions as intake
from madoguchi.intake import interviews
from madoguchi.interview.types import Answer, Back, Change, Confirm, Input, Question, Restart, Skip, Summary
from madoguchi.lib.text import fold
from madoguchi.records.files import FileRefused

Handler = Callable[[Talk, Mapping[str, Any], Content | None], list[Message]]


def respond(friend: Friend, event: Mapping[str, Any], content: Content | None = None) -> list[Message]:
    """The messages to answer one event with; none where LINE expects none. ``content`` is already fetched."""
    handler = _KINDS.get(str(event.get("type")))
    if handler is None or event.get("mode") == "standby":
        return []
    talk = Talk(friend)
    try:
        return handler(talk, event, content)
    except intake.InterviewClosed as closed:
        return talk.closed(closed)
    except (intake.IntakeProblem, FileRefused) as problem:
        return _told(talk, str(problem))


def _told(talk: Talk, problem: str) -> list[Message]:
    try:
        return talk.again(problem)
    except intake.InterviewClosed as closed:
        return talk.closed(closed)


# --- kinds of event --------------------------------------------------------------------------------------------------


def _followed(talk: Talk, event: Mapping[str, Any], content: Content | None) -> list[Message]:
    follow = event.get("follow")
    again = talk.friend.blocked_at is not None or (isinstance(follow, dict) and follow.get("isUnblocked") is True)
    unblock(talk.friend)
    return menu.welcome(again=again, begun=talk.interview is not None)


def _unfollowed(talk: Talk, event: Mapping[str, Any], content: Content | None) -> list[Message]:
    block(talk.friend)
    return []


def _message(talk: Talk, event: Mapping[str, Any], content: Content | None) -> list[Message]:
    message = event.get("message")
    kind = message.get("type") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(kind, str):
        return []
    if kind == "text":
        return _said(talk, str(message.get("text", "")))
    if kind in attachments.KINDS:
        return attachments.sent_content(talk, message, content)
    if kind == "location":
        return attachments.sent_place(talk, message)
    return talk.again(_("文字か写真で送ってください。スタンプや動画、音声は読み取れません。"))


def _tapped(talk: Talk, event: Mapping[str, Any], content: Content | None) -> list[Message]:
    postback = event.get("postback")
    if not isinstance(postback, dict):
        return []
    return obey(talk, parse(str(postback.get("data", ""))), postback.get("params"))


def _unsent(talk: Talk, event: Mapping[str, Any], content: Content | None) -> list[Message]:
    unsend = event.get("unsend")
    return attachments.unsent(talk, str(unsend.get("messageId", ""))) if isinstance(unsend, dict) else []


_KINDS: Mapping[str, Handler] = {
    "follow": _followed, "unfollow": _unfollowed, "message": _message, "postback": _tapped, "unsend": _unsent,
}  # fmt: skip


# --- what was said ---------------------------------------------------------------------------------------------------


def _said(talk: Talk, text: str) -> list[Message]:
    turn = talk.turn() if talk.interview and interviews.is_open(talk.interview) else None
    question = turn.prompt if turn and isinstance(turn.prompt, Question) and talk.in_chat(turn.prompt.field) else None
    spoken = None if question and is_choice(text, question) else typed(text, asked=question is not None)
    if spoken:
        return obey(talk, spoken)
    if turn is None:
        return _searched(talk, text)
    if question:
        return talk.step(turn.interview, Answer(question.field.code, text, part=question.part))
    if isinstance(turn.prompt, Summary):
        return _said_at_summary(talk, turn, text)
    return talk.ask_on_page(turn.interview, typed=True)


def _searched(talk: Talk, text: str) -> list[Message]:
    found = menu.matching(text)
    if not found and talk.interview:
        return talk.again()  # out of time: says so
    return menu.offer(found, talk.language) if found else menu.not_understood()


def _said_at_summary(talk: Talk, turn: intake.Turn, text: str) -> list[Message]:
    """The buttons' own words count as tapping them; anything else shows the summary again."""
    label = procedure_of(turn.interview).submit_label
    if fold(text) in {fold(word) for word in ("送信", "送信する", *label.root.values())}:
        shown = talk.show(turn)
        return talk.step(turn.interview, Confirm()) if _is_shown_in_chat(talk, turn) else shown
    if fold(text) in {fold(word) for word in ("直す", "修正", "変更", "change")}:
        return _in_interview(talk, Command("fix"), None)
    return talk.again(_("下のボタンから選んでください。"))


def _is_shown_in_chat(talk: Talk, turn: intake.Turn) -> bool:
    return isinstance(turn.prompt, Summary) and all(talk.in_chat(row.field) for row in turn.prompt.rows)


# --- what was asked for ----------------------------------------------------------------------------------------------


def obey(talk: Talk, asked: Command, params: object = None) -> list[Message]:
    """Does what a button or a word asks for."""
    anywhere: Mapping[str, Callable[[Talk, Command], list[Message]]] = {
        "menu": starting.choose_procedure, "start": starting.begin, "begin": starting.begin_anew,
        "resume": starting.resume, "stop": starting.stop, "discard": starting.discard,
        "language": starting.choose_language, "staff": _staff, "status": _status,
    }  # fmt: skip
    if asked.verb in anywhere:
        return anywhere[asked.verb](talk, asked)
    if asked.verb not in _IN_INTERVIEW:
        return talk.again(_("このボタンは、もう使えません。"))
    return _in_interview(talk, asked, params)


def _staff(talk: Talk, asked: Command) -> list[Message]:
    last = talk.friend.interview
    return menu.contact(procedure_of(last) if last else None, talk.language, begun=talk.interview is not None)


def _status(talk: Talk, asked: Command) -> list[Message]:
    return menu.applications(talk.friend.resident, talk.language, begun=talk.interview is not None)


def _in_interview(talk: Talk, asked: Command, params: object) -> list[Message]:
    """A button or word for the interview that the chat is in; one for another interview changes nothing."""
    interview = talk.friend.interview
    if interview is None:
        return starting.resume(talk, command("resume"))
    if asked.ref and asked.ref != ref_of(interview):
        return talk.again(_("前の手続のボタンは、もう使えません。"))
    turn = intake.current(interview.id, by_part=True)
    return _IN_INTERVIEW[asked.verb](talk, turn, asked, params)


Step = Callable[[Talk, intake.Turn, Command, object], list[Message]]


def _input(make: Callable[[intake.Turn, Command], Input]) -> Step:
    """A button that is one input of the interview."""
    return lambda talk, turn, asked, params: talk.step(turn.interview, make(turn, asked))


def _restart(talk: Talk, turn: intake.Turn, asked: Command, params: object) -> list[Message]:
    return starting.restart(talk, turn.interview)


def _confirm(talk: Talk, turn: intake.Turn, asked: Command, params: object) -> list[Message]:
    """Sends what was shown: a button under an older summary shows the present one instead."""
    sent = interviews.open_state(turn.interview).phase == "confirmed"
    if not sent and asked.number(1) != turn.interview.version:
        return talk.again(_("内容が変わっています。もう一度確認してください。"))
    return talk.step(turn.interview, Confirm())


def _more(talk: Talk, turn: intake.Turn, asked: Command, params: object) -> list[Message]:
    if isinstance(turn.prompt, Question) and talk.in_chat(turn.prompt.field):
        return render.question(turn.prompt, talk.page(turn.interview, asked.number(2)))
    return talk.show(turn)


def _fix(talk: Talk, turn: intake.Turn, asked: Command, params: object) -> list[Message]:
    if isinstance(turn.prompt, Summary) and _is_shown_in_chat(talk, turn):
        return summary.what_to_change(turn.prompt, talk.page(turn.interview, asked.number(1)))
    return talk.show(turn)


def _answer(talk: Talk, turn: intake.Turn, asked: Command, params: object) -> list[Message]:
    """A choice: by its place among the field's options, or among those of the open part."""
    field, part, number = _field(turn, asked), asked.argument(2), asked.number(3)
    values = values_of(turn.prompt, field, part) if field else []
    if field is None or not talk.in_chat(field) or not 0 <= number < len(values):
        return talk.show(turn)
    return talk.step(turn.interview, Answer(field.code, values[number], part=None if part == WHOLE else part))


def _pick(talk: Talk, turn: intake.Turn, asked: Command, params: object) -> list[Message]:
    """A date or time from LINE's picker."""
    field, part = _field(turn, asked), asked.argument(2)
    raw = picked(params)
    if field is None or not talk.in_chat(field):
        return talk.show(turn)
    return talk.step(turn.interview, Answer(field.code, raw, part=None if part in {WHOLE, ""} else part))


def _field(turn: intake.Turn, asked: Command) -> AnyField | None:
    fields = interviews.revision_of(turn.interview).definition.fields
    return next((field for field in fields if field.id == asked.number(1)), None)


def _code(turn: intake.Turn, asked: Command) -> str:
    """The code of the field a button names; an empty one (which the engine ignores) if it is gone."""
    field = _field(turn, asked)
    return field.code if field else ""


_IN_INTERVIEW: Mapping[str, Step] = {
    "back": _input(lambda turn, asked: Back()),
    "erase": _input(lambda turn, asked: Restart()),
    "change": _input(lambda turn, asked: Change(_code(turn, asked))),
    "skip": _input(lambda turn, asked: Skip(_code(turn, asked))),
    "restart": _restart, "confirm": _confirm, "more": _more, "fix": _fix, "answer": _answer, "pick": _pick,
}  # fmt: skip
