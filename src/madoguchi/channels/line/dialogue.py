"""What a resident's message means and what we say to it. Translates between LINE and intake; decides nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from madoguchi.catalog.queries import AppNotFound, AppRevision, published
from madoguchi.channels.line import client, flex, menu, render
from madoguchi.channels.line.commands import WHOLE, Command, command, parse, typed
from madoguchi.channels.line.flex import Message
from madoguchi.channels.line.friends import block, language_of, unblock
from madoguchi.channels.line.models import ChatImage, Friend
from madoguchi.definition.app import Procedure
from madoguchi.definition.fields import FILE_TYPES, AnyField, ChoiceField, ChoicesField
from madoguchi.intake import actions as intake
from madoguchi.intake import interviews
from madoguchi.intake.models import Interview
from madoguchi.interview.types import (
    Answer,
    Back,
    Change,
    Confirm,
    Confirmed,
    Input,
    Question,
    Restart,
    Skip,
    Start,
    Summary,
)
from madoguchi.records.files import FileRefused

CONSENT = ("はい", "いいえ")
Picture = tuple[bytes, str]


class Dialogue:
    """One event of one friend. ``picture`` is the content of an image message, already fetched."""

    def __init__(self, friend: Friend, picture: Picture | None = None) -> None:
        self.friend = friend
        self.picture = picture
        self.language = language_of(friend)

    def respond(self, event: Mapping[str, Any]) -> list[Message]:
        """The messages to answer with; none where LINE expects none."""
        kinds: dict[str, Callable[[Mapping[str, Any]], list[Message]]] = {
            "follow": self._followed, "unfollow": self._unfollowed, "message": self._message,
            "postback": self._postback, "unsend": self._unsent,
        }
        handler = kinds.get(str(event.get("type")))
        if handler is None or event.get("mode") == "standby":
            return []
        try:
            return handler(event)
        except intake.InterviewClosed as closed:
            return self._closed(closed)
        except (intake.IntakeProblem, FileRefused) as problem:
            return flex.with_quick_replies([flex.text(str(problem))], menu.start_buttons())

    # --- kinds of event -----------------------------------------------------------------------------------------

    def _followed(self, event: Mapping[str, Any]) -> list[Message]:
        unblock(self.friend)
        return menu.welcome(self.language)

    def _unfollowed(self, event: Mapping[str, Any]) -> list[Message]:
        block(self.friend)
        return []

    def _message(self, event: Mapping[str, Any]) -> list[Message]:
        message = event.get("message")
        if not isinstance(message, dict):
            return []
        kind = message.get("type")
        if kind == "text":
            return self._said(str(message.get("text", "")))
        if kind == "image":
            return self._sent_picture(str(message.get("id", "")))
        if kind == "location":
            return self._sent_place(message)
        return self._unexpected(_("文字か写真で送ってください。スタンプや動画、音声は読み取れません。"))

    def _postback(self, event: Mapping[str, Any]) -> list[Message]:
        postback = event.get("postback")
        if not isinstance(postback, dict):
            return []
        asked = parse(str(postback.get("data", "")))
        if asked.verb == "pick":
            return self._picked(asked, postback.get("params"))
        return self._obey(asked)

    def _unsent(self, event: Mapping[str, Any]) -> list[Message]:
        """Somebody took a picture back: it is deleted here too, and asked for again."""
        unsent = event.get("unsend")
        message_id = str(unsent.get("messageId", "")) if isinstance(unsent, dict) else ""
        picture = ChatImage.objects.filter(message_id=message_id, friend=self.friend).first()
        interview = self._open_interview()
        if picture is None or picture.file_id is None or interview is None:
            return []
        field = _field_of_file(interview, picture.file_id)
        intake.remove_file(interview_id=interview.id, file_id=picture.file_id)
        picture.delete()
        if field is None:
            return []
        deleted = flex.text(_("写真を消しました。"))
        return [deleted, *self._step(interview, Change(field.code))][-flex.MAX_MESSAGES :]

    # --- what was said or tapped ---------------------------------------------------------------------------------

    def _said(self, text: str) -> list[Message]:
        spoken = typed(text)
        if spoken:
            return self._obey(spoken)
        interview = self._open_interview()
        if interview is None:
            return self._search(text)
        turn = intake.current(interview.id, by_part=True)
        if not isinstance(turn.prompt, Question):
            return self._show(turn)
        if not self._in_chat(interview, turn.prompt.field):
            return self._page_link(interview)
        return self._step(interview, Answer(turn.prompt.field.code, text, part=turn.prompt.part))

    def _search(self, text: str) -> list[Message]:
        found = menu.matching(text)
        return menu.offer(found, self.language) if found else menu.not_understood(self.language)

    def _obey(self, asked: Command) -> list[Message]:
        simple: dict[str, Callable[[], list[Message]]] = {
            "staff": menu.contact,
            "status": lambda: menu.applications(self.friend.resident, self.language),
        }
        starting: dict[str, Callable[[Command], list[Message]]] = {
            "menu": self._menu, "start": self._begin, "begin": self._begin_anew, "stop": self._stop,
        }
        if asked.verb in simple:
            return simple[asked.verb]()
        if asked.verb in starting:
            return starting[asked.verb](asked)
        interview = self._open_interview()
        if interview is None:
            return menu.not_understood(self.language)
        return self._in_interview(interview, asked)

    def _menu(self, asked: Command) -> list[Message]:
        word = asked.argument(0)
        found = menu.under(word) if word else menu.procedures()
        return menu.offer(found, self.language) if found else menu.not_understood(self.language)

    def _begin(self, asked: Command) -> list[Message]:
        """Starts a procedure; where answers of an earlier start are kept, asks whether to go on with them."""
        interview = self._open_interview()
        if interview and interview.app.code == asked.argument(0) and interview.version > 1:
            choices = [
                flex.postback(_("続きから"), command("resume").data),
                flex.postback(_("最初から"), command("begin", asked.argument(0)).data),
            ]
            question = _("この手続は、入力の途中です。続きから始めますか。")
            return flex.with_quick_replies([flex.text(question)], choices)
        return self._begin_anew(asked)

    def _begin_anew(self, asked: Command) -> list[Message]:
        try:
            app = published(asked.argument(0))
        except AppNotFound:
            return menu.not_understood(self.language)
        interview = intake.start_interview(
            app_code=app.code, channel="line", resident=self.friend.resident, language=self.language
        )
        self._attach(interview)
        first = self._step(interview, Start())
        return flex.with_quick_replies([*self._opening(app), *first], _quick_replies(first))

    def _opening(self, app: AppRevision) -> list[Message]:
        procedure = app.definition.procedure
        if procedure is None or not procedure.banner:
            return []
        return [flex.text(procedure.banner.in_language(self.language))]

    def _stop(self, asked: Command) -> list[Message]:
        self._attach(None)
        sentence = _("入力をやめました。また必要になったら、手続を選んでください。")
        return flex.with_quick_replies([flex.text(sentence)], menu.start_buttons())

    def _in_interview(self, interview: Interview, asked: Command) -> list[Message]:
        inputs: dict[str, Callable[[], Input]] = {
            "resume": Start, "back": Back, "restart": Restart, "confirm": Confirm,
            "change": lambda: Change(_code(interview, asked)),
            "skip": lambda: Skip(_code(interview, asked)),
        }
        if asked.verb in inputs:
            return self._step(interview, inputs[asked.verb]())
        turn = intake.current(interview.id, by_part=True)
        if asked.verb == "answer":
            return self._tapped(interview, asked, turn)
        if asked.verb == "more" and isinstance(turn.prompt, Question):
            return render.question(turn.prompt, render.Page(self.language, _number(asked.argument(1))))
        if asked.verb == "fix" and isinstance(turn.prompt, Summary):
            return render.what_to_change(turn.prompt, language=self.language, offset=_number(asked.argument(0)))
        return self._show(turn)

    def _tapped(self, interview: Interview, asked: Command, turn: intake.Turn) -> list[Message]:
        """A choice was tapped: by its place among the field's options, or among those of the open part."""
        field = _field(interview, asked)
        part, number = asked.argument(1), _number(asked.argument(2))
        if field is None:
            return self._show(turn)
        if part != WHOLE:
            prompt = turn.prompt
            if not isinstance(prompt, Question) or prompt.field.id != field.id or prompt.part != part:
                return self._show(turn)
            values = [choice.value for choice in prompt.choices]
        else:
            values = _option_values(field)
        if not 0 <= number < len(values):
            return self._show(turn)
        return self._step(interview, Answer(field.code, values[number], part=None if part == WHOLE else part))

    def _picked(self, asked: Command, params: object) -> list[Message]:
        interview = self._open_interview()
        if interview is None:
            return menu.not_understood(self.language)
        given = params if isinstance(params, dict) else {}
        raw = next((str(given[mode]) for mode in ("date", "time", "datetime") if mode in given), "")
        part = asked.argument(1)
        return self._step(
            interview, Answer(_code(interview, asked), raw, part=None if part in {WHOLE, ""} else part)
        )

    # --- pictures and places -------------------------------------------------------------------------------------

    def _sent_picture(self, message_id: str) -> list[Message]:
        interview = self._open_interview()
        turn = intake.current(interview.id, by_part=True) if interview else None
        if interview is None or turn is None or not isinstance(turn.prompt, Question):
            return self._unexpected(_("写真を受け取りましたが、いまは写真をお願いしていません。保存せずに消しました。"))
        field = turn.prompt.field
        if field.type not in FILE_TYPES or not self._in_chat(interview, field):
            return self._unexpected(_("写真を受け取りましたが、いまは写真をお願いしていません。保存せずに消しました。"))
        if self.picture is None:
            sentence = _("写真を受け取れませんでした。お手数ですが、もう一度送ってください。")
            return [flex.text(sentence), *self._show(turn)][-flex.MAX_MESSAGES :]
        return self._keep_picture(interview, field, message_id)

    def _keep_picture(self, interview: Interview, field: AnyField, message_id: str) -> list[Message]:
        data, content_type = self.picture or (b"", "")
        room = getattr(field, "max_files", 1)
        before = intake.files_of(interview.id, field.code)
        if room == 1:
            for old in before:
                intake.remove_file(interview_id=interview.id, file_id=old.id)
        stored = intake.add_file(
            interview_id=interview.id, field_code=field.code, data=data, content_type=content_type, name=""
        )
        ChatImage.objects.update_or_create(
            message_id=message_id, defaults={"friend": self.friend, "file_id": stored.id}
        )
        kept = [str(file.id) for file in intake.files_of(interview.id, field.code)]
        return self._step(interview, Answer(field.code, kept))

    def _sent_place(self, message: Mapping[str, Any]) -> list[Message]:
        interview = self._open_interview()
        turn = intake.current(interview.id, by_part=True) if interview else None
        if interview is None or turn is None or not isinstance(turn.prompt, Question) or turn.prompt.kind != "location":
            return self._unexpected(_("位置情報を受け取りましたが、いまは場所をお願いしていません。"))
        raw = {"lat": message.get("latitude"), "lon": message.get("longitude"), "label": message.get("address") or ""}
        return self._step(interview, Answer(turn.prompt.field.code, raw))

    def _unexpected(self, sentence: str) -> list[Message]:
        """Says what was wrong, then asks again what is open."""
        interview = self._open_interview()
        if interview is None:
            return flex.with_quick_replies([flex.text(sentence)], menu.start_buttons())
        again = self._show(intake.current(interview.id, by_part=True))
        return flex.with_quick_replies([flex.text(sentence), *again], _quick_replies(again))

    # --- what follows --------------------------------------------------------------------------------------------

    def _step(self, interview: Interview, given: Input) -> list[Message]:
        return self._show(intake.take_step(interview_id=interview.id, input=given, by_part=True))

    def _show(self, turn: intake.Turn) -> list[Message]:
        prompt, interview = turn.prompt, turn.interview
        if isinstance(prompt, Confirmed):
            return self._proceed(interview)
        if isinstance(prompt, Summary):
            if any(not self._in_chat(interview, row.field) for row in prompt.rows):
                return self._page_link(interview)
            procedure = _procedure(interview)
            return render.summary(
                prompt, title=procedure.title.in_language(self.language),
                send=procedure.submit_label.in_language(self.language), colour=menu.colour(),
            )
        if not self._in_chat(interview, prompt.field):
            return self._page_link(interview)
        return render.question(prompt, render.Page(self.language))

    def _proceed(self, interview: Interview) -> list[Message]:
        """Everything is confirmed: identify, pay, or done."""
        step = intake.next_step(interview)
        if isinstance(step, intake.Identify):
            return self._link(
                _("本人確認"), [_("マイナンバーカードで本人確認をします。下のボタンから開いてください。")],
                _("本人確認に進む"), step.url_path,
            )
        if isinstance(step, intake.Submitted):
            return self._submitted(step)
        return self._step(interview, Start())

    def _submitted(self, step: intake.Submitted) -> list[Message]:
        number = step.application.receipt_number
        if step.pay_path:
            return self._link(
                _("お支払い"),
                [
                    _("申請の内容を受け取りました。受付番号は %(number)s です。") % {"number": number},
                    _("続けて、下のボタンから手数料をお支払いください。お支払いを確認すると、ここでお知らせします。"),
                ],
                _("支払いに進む"), step.pay_path,
            )
        return self._link(
            _("申請を受け付けました"),
            [
                _("申請を受け付けました。受付番号は %(number)s です。") % {"number": number},
                _("進み具合は、下のボタンからいつでもご覧いただけます。"),
            ],
            _("申請の状況を見る"), intake.status_path(step.application),
        )

    def _closed(self, closed: intake.InterviewClosed) -> list[Message]:
        """The interview is over: show what became of it, or how to begin again."""
        if closed.reason == "submitted":
            step = intake.next_step(closed.interview)
            if isinstance(step, intake.Submitted):
                return self._submitted(step)
        self._attach(None)
        return flex.with_quick_replies([flex.text(str(closed))], menu.start_buttons())

    def _page_link(self, interview: Interview) -> list[Message]:
        lines = [
            _("ここからは、お名前などの個人情報をお聞きします。"),
            _("市のページで入力してください。入力した内容は、LINEには残りません。"),
        ]
        return self._link(_("市のページで入力する"), lines, _("入力を続ける"), intake.interview_path(interview))

    def _link(self, title: str, lines: list[str], label: str, path: str) -> list[Message]:
        return render.link(
            title, title=title, lines=lines, label=label, address=f"{settings.BASE_URL}{path}", colour=menu.colour()
        )

    # --- the interview of this friend ----------------------------------------------------------------------------

    def _in_chat(self, interview: Interview, field: AnyField) -> bool:
        """Personal answers are given on our own page, unless the procedure says all in chat."""
        return not field.personal or _procedure(interview).all_in_chat

    def _open_interview(self) -> Interview | None:
        interview = self.friend.interview
        return interview if interview and interview.outcome == Interview.Outcome.OPEN else None

    def _attach(self, interview: Interview | None) -> None:
        self.friend.interview = interview
        self.friend.save(update_fields=["interview"])


def _procedure(interview: Interview) -> Procedure:
    return interviews.procedure_of(interviews.revision_of(interview))


def _field(interview: Interview, asked: Command) -> AnyField | None:
    wanted = _number(asked.argument(0))
    fields = interviews.revision_of(interview).definition.fields
    return next((field for field in fields if field.id == wanted), None)


def _code(interview: Interview, asked: Command) -> str:
    """The code of the field a button names; an empty one (which the engine ignores) if it is gone."""
    field = _field(interview, asked)
    return field.code if field else ""


def _field_of_file(interview: Interview, file_id: uuid.UUID) -> AnyField | None:
    fields = interviews.revision_of(interview).definition.fields
    files = (f for f in fields if f.type in FILE_TYPES)
    return next((f for f in files if any(kept.id == file_id for kept in intake.files_of(interview.id, f.code))), None)


def _option_values(field: AnyField) -> list[str]:
    if isinstance(field, ChoiceField | ChoicesField):
        return [option.value for option in field.options]
    return list(CONSENT) if field.type == "consent" else []


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1 if text else 0


def _quick_replies(messages: list[Message]) -> list[flex.Action]:
    """The buttons of the last of ``messages``, to hang them on the last of a longer list."""
    items = messages[-1].get("quickReply", {}).get("items", []) if messages else []
    return [item["action"] for item in items]


def fetch_picture(event: Mapping[str, Any]) -> Picture | None:
    """The content of an image message, fetched at once because LINE keeps it only for a while; None if it is gone."""
    message = event.get("message")
    if not isinstance(message, dict) or message.get("type") != "image":
        return None
    try:
        return client.content(str(message.get("id", "")))
    except client.LineRefused:
        return None
