"""One friend and the interview they are in: how its prompts are shown, and what follows when it is confirmed."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from madoguchi.channels.line import flex, menu, render, summary
from madoguchi.channels.line.commands import command
from madoguchi.channels.line.flex import Action, Message
from madoguchi.channels.line.friends import language_of, ref_of
from madoguchi.channels.line.models import Friend
from madoguchi.definition.app import Procedure
from madoguchi.definition.fields import AnyField
from madoguchi.intake import actions as intake
from madoguchi.intake import interviews
from madoguchi.intake.models import Interview
from madoguchi.interview.types import Confirmed, Input, Question, Start, Summary


class Talk:
    """What one event of one friend is answered with."""

    def __init__(self, friend: Friend) -> None:
        self.friend = friend
        self.language = language_of(friend)

    # --- the interview of this friend ---

    @property
    def interview(self) -> Interview | None:
        """The interview that the chat is in, if it still takes answers."""
        interview = self.friend.interview
        return interview if interview and interview.outcome == Interview.Outcome.OPEN else None

    def attach(self, interview: Interview | None) -> None:
        """From now on the chat is in ``interview``."""
        self.friend.interview = interview
        self.friend.save(update_fields=["interview"])

    def turn(self) -> intake.Turn | None:
        """Where the open interview is; None if there is none. Raises InterviewClosed."""
        return intake.current(self.interview.id, by_part=True) if self.interview else None

    def question(self) -> Question | None:
        """The question that the chat asks now; None where none is open or it is asked on our own page."""
        turn = self.turn()
        if turn is None or not isinstance(turn.prompt, Question) or not self.in_chat(turn.prompt.field):
            return None
        return turn.prompt

    def in_chat(self, field: AnyField) -> bool:
        """Personal answers are given on our own page, unless the procedure says all in chat."""
        return not field.personal or (self.interview is not None and procedure_of(self.interview).all_in_chat)

    def page(self, interview: Interview, offset: int = 0) -> render.Page:
        """How prompts of ``interview`` are shown to this friend."""
        return render.Page(self.language, ref_of(interview), offset)

    # --- what is shown ---

    def step(self, interview: Interview, given: Input) -> list[Message]:
        """Takes one input and shows what comes of it."""
        return self.show(intake.take_step(interview_id=interview.id, input=given, by_part=True))

    def show(self, turn: intake.Turn) -> list[Message]:
        """The prompt, or the link to our own page where it must not be shown in chat."""
        prompt, interview = turn.prompt, turn.interview
        if isinstance(prompt, Confirmed):
            return self._proceed(interview)
        if isinstance(prompt, Summary):
            return self._summary(prompt, interview)
        if not self.in_chat(prompt.field):
            return self.ask_on_page(interview)
        return render.question(prompt, self.page(interview))

    def again(self, *sentences: str) -> list[Message]:
        """Says something, then shows again what is open; without an interview, where to begin."""
        said = [flex.text(sentence) for sentence in sentences]
        turn = self.turn()
        if turn is None:
            return flex.with_quick_replies(said, menu.start_buttons())
        shown = self.show(turn)
        return flex.with_quick_replies([*said, *shown], quick_replies_of(shown))

    def ask_on_page(self, interview: Interview, *, typed: bool = False) -> list[Message]:
        """Leads to our own page for a personal question; ``typed``: they have just written something in chat."""
        title, lines, label = asked_on_page(typed=typed)
        return self._link(interview, title, lines, label, intake.interview_path(interview))

    def submitted(self, step: intake.Submitted, interview: Interview) -> list[Message]:
        """The receipt number, and what is left to do."""
        number = {"number": step.application.receipt_number}
        if step.pay_path:
            lines = [
                _("申請の内容を受け取りました。受付番号は %(number)s です。") % number,
                _("続けて、下のボタンから手数料をお支払いください。お支払いを確認すると、ここでお知らせします。"),
            ]
            return self._after_sending(_("お支払い"), lines, _("支払いに進む"), step.pay_path, interview)
        lines = [
            _("申請を受け付けました。受付番号は %(number)s です。") % number,
            _("進み具合は、下のボタンからいつでもご覧いただけます。"),
        ]
        path = intake.status_path(step.application)
        return self._after_sending(_("申請を受け付けました"), lines, _("申請の状況を見る"), path, interview)

    def closed(self, closed: intake.InterviewClosed) -> list[Message]:
        """The interview is over: what became of it, or how to begin again."""
        if closed.reason == "submitted":
            step = intake.next_step(closed.interview)
            if isinstance(step, intake.Submitted):
                return self.submitted(step, closed.interview)
        self.attach(None)
        anew = flex.postback(_("もう一度始める"), command("begin", closed.interview.app.code).data)
        return flex.with_quick_replies([flex.text(str(closed))], [anew, *menu.start_buttons()])

    # --- parts ---

    def _after_sending(
        self, title: str, lines: Sequence[str], label: str, path: str, interview: Interview
    ) -> list[Message]:
        """Nothing to go back to or to begin again: the state and staff are what is left."""
        shown = self._link(interview, title, lines, label, path)
        return flex.with_quick_replies(shown, [menu.status_button(), menu.staff_button()])

    def _summary(self, prompt: Summary, interview: Interview) -> list[Message]:
        if any(not self.in_chat(row.field) for row in prompt.rows):
            title, lines, label = checked_on_page()
            return self._link(interview, title, lines, label, intake.interview_path(interview))
        procedure, page = procedure_of(interview), self.page(interview)
        return summary.summary(
            prompt, page, title=page.say(procedure.title), send=page.say(procedure.submit_label),
            version=interview.version, colour=menu.colour(),
        )

    def _proceed(self, interview: Interview) -> list[Message]:
        """Everything is confirmed: identify, pay, or done."""
        step = intake.next_step(interview)
        if isinstance(step, intake.Identify):
            lines = [_("マイナンバーカードで本人確認をします。下のボタンから開いてください。")]
            return self._link(interview, _("本人確認"), lines, _("本人確認に進む"), step.url_path)
        if isinstance(step, intake.Submitted):
            return self.submitted(step, interview)
        return self.step(interview, Start())

    def _link(self, interview: Interview, title: str, lines: Sequence[str], label: str, path: str) -> list[Message]:
        return summary.link(
            self.page(interview), title=title, lines=lines, label=label, address=f"{settings.BASE_URL}{path}",
            colour=menu.colour(),
        )


Leading = tuple[str, Sequence[str], str]
"""Title, lines and button of a bubble that leads to our own page."""


def asked_on_page(*, typed: bool = False) -> Leading:
    """For a personal question; ``typed``: they have just written something in the chat."""
    lines = [
        _("お名前などの個人情報は、市のページで入力してください。"),
        _("LINEのトークには書かないでください。送られた文は保存していません。")
        if typed else _("入力した内容は、LINEには残りません。"),
    ]
    return _("市のページで入力する"), lines, _("入力を続ける")


def checked_on_page() -> Leading:
    """For a summary that has something personal in it."""
    lines = [_("入力が終わりました。市のページで内容を確認して、送信してください。")]
    return _("内容の確認"), lines, _("内容を確認する")


def procedure_of(interview: Interview) -> Procedure:
    """The procedure of the revision that the interview is on."""
    return interviews.procedure_of(interviews.revision_of(interview))


def quick_replies_of(messages: Sequence[Message]) -> list[Action]:
    """The buttons of the last of ``messages``, to hang them on the last of a longer list."""
    items = messages[-1].get("quickReply", {}).get("items", []) if messages else []
    return [item["action"] for item in items]
