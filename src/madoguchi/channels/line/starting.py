"""Beginning a procedure, going on with one, leaving it, and choosing the language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.catalog.queries import AppNotFound, AppRevision, published
from madoguchi.channels.line import flex, menu
from madoguchi.channels.line.commands import Command, command
from madoguchi.channels.line.flex import Action, Message
from madoguchi.channels.line.friends import LANGUAGE_NAMES, ref_of, speaking
from madoguchi.channels.line.talk import Talk, procedure_of, quick_replies_of
from madoguchi.definition.text import LANGUAGES, Language
from madoguchi.intake import actions as intake
from madoguchi.intake import queries as intake_queries
from madoguchi.intake.models import Interview
from madoguchi.interview.types import Restart, Start

SHOWN_INTERVIEWS = 8


def choose_procedure(talk: Talk, asked: Command) -> list[Message]:
    """The procedures under a word of the menu, or all."""
    word = asked.argument(0)
    found = menu.under(word) if word else menu.procedures()
    return menu.offer(found, talk.language) if found else menu.not_understood()


def begin(talk: Talk, asked: Command) -> list[Message]:
    """Starts a procedure; where answers of an earlier start are kept, asks whether to go on with them."""
    begun = [one for one in _begun(talk, asked.argument(0)) if one.version > 1]
    if not begun:
        return begin_anew(talk, asked)
    choices = [_resume_button(begun[0]), flex.postback(_("最初から"), command("begin", asked.argument(0)).data)]
    question = _("この手続は、入力の途中です。続きから始めますか。「最初から」を選ぶと、前の入力は消えます。")
    return flex.with_quick_replies([flex.text(question)], choices)


def begin_anew(talk: Talk, asked: Command) -> list[Message]:
    """Starts a procedure with nothing answered; what was begun of it before is forgotten."""
    try:
        app = published(asked.argument(0))
    except AppNotFound:
        return menu.not_understood()
    for old in _begun(talk, app.code):
        intake.discard_interview(interview_id=old.id)
    interview = intake.start_interview(
        app_code=app.code, channel="line", resident=talk.friend.resident, language=talk.language
    )
    talk.attach(interview)
    first = talk.step(interview, Start())
    return flex.with_quick_replies([*_banner(talk, app, interview), *first], quick_replies_of(first))


def _banner(talk: Talk, app: AppRevision, interview: Interview) -> list[Message]:
    procedure = app.definition.procedure
    return [flex.text(talk.page(interview).say(procedure.banner))] if procedure and procedure.banner else []


def _begun(talk: Talk, app_code: str) -> list[Interview]:
    """Open interviews of this procedure; corrections are no beginnings."""
    found = intake_queries.open_interviews(talk.friend.resident_id)
    return [one for one in found if one.app.code == app_code and one.corrects_record_id is None]


def resume(talk: Talk, asked: Command) -> list[Message]:
    """Goes on with the interview named, or the only one there is; else lets the resident choose."""
    found = intake_queries.open_interviews(talk.friend.resident_id)
    named = [one for one in found if ref_of(one) == asked.ref]
    if not found:
        return _nothing_begun(talk)
    if not named and len(found) > 1:
        return _which_one(talk, found[:SHOWN_INTERVIEWS])
    talk.attach((named or found)[0])
    return talk.again()


def _nothing_begun(talk: Talk) -> list[Message]:
    sentence = flex.text(_("いま、入力の途中の手続はありません。"))
    shown = menu.applications(talk.friend.resident, talk.language)
    return flex.with_quick_replies([sentence, *shown], menu.start_buttons())


def _which_one(talk: Talk, found: Sequence[Interview]) -> list[Message]:
    rows = []
    for interview in found:
        title = talk.page(interview).say(procedure_of(interview).title)
        used = timezone.localtime(interview.updated_at)
        when = _("最後の入力：%(month)d月%(day)d日 %(time)s") % {
            "month": used.month, "day": used.day, "time": f"{used:%H:%M}"
        }
        rows += [flex.pair(title, when), flex.button(_resume_button(interview), primary=True)]
    bubble = flex.bubble(_("続きから"), title=_("どの手続を続けますか"), body=rows, colour=menu.colour())
    return flex.with_quick_replies([bubble], [menu.staff_button()])


def _resume_button(interview: Interview) -> Action:
    return flex.postback(_("続きから"), command("resume", ref_of(interview)).data)


def restart(talk: Talk, interview: Interview) -> list[Message]:
    """Begins again; asks first where that would cost answers."""
    if not intake.current(interview.id, by_part=True).state.answers:
        return talk.step(interview, Restart())
    page = talk.page(interview)
    choices = [page.button(_("消して最初から"), "erase"), page.button(_("入力に戻る"), "resume")]
    question = _("最初からやり直すと、入力した内容は消えます。よろしいですか。")
    return flex.with_quick_replies([flex.text(question)], choices)


def stop(talk: Talk, asked: Command) -> list[Message]:
    """Leaves the interview; it can be gone on with, or be forgotten at once."""
    interview = talk.interview
    if interview is None:
        return flex.with_quick_replies([flex.text(_("いま、入力の途中の手続はありません。"))], menu.start_buttons())
    talk.attach(None)
    sentence = _("入力を中断しました。入力した内容は、期限の%(day)sまで残ります。「入力に戻る」で続けられます。") % {
        "day": _day(interview)
    }
    forget = [flex.postback(_("入力を消す"), command("discard", ref_of(interview)).data)]
    resume_or_forget = [
        flex.postback(_("入力に戻る"), command("resume", ref_of(interview)).data),
        *(forget if interview.corrects_record_id is None else []),
    ]
    return flex.with_quick_replies([flex.text(sentence)], [*resume_or_forget, *menu.start_buttons()])


def _day(interview: Interview) -> str:
    expires = timezone.localtime(interview.expires_at)
    return _("%(month)d月%(day)d日") % {"month": expires.month, "day": expires.day}


def discard(talk: Talk, asked: Command) -> list[Message]:
    """Forgets what was begun, at the resident's wish."""
    found = intake_queries.open_interviews(talk.friend.resident_id)
    named = [one for one in found if ref_of(one) == asked.ref and one.corrects_record_id is None]
    for interview in named:
        intake.discard_interview(interview_id=interview.id)
        if talk.friend.interview_id == interview.id:
            talk.attach(None)
    sentence = _("入力した内容を消しました。") if named else _("その入力は、もう残っていません。")
    return flex.with_quick_replies([flex.text(sentence)], menu.start_buttons())


def choose_language(talk: Talk, asked: Command) -> list[Message]:
    """Asks for the language, or takes it: everything from now on is said in it."""
    if asked.argument(0) not in LANGUAGES:
        buttons = [flex.postback(name, command("language", code).data) for code, name in LANGUAGE_NAMES.items()]
        question = flex.text("ことばを えらんでください。\nPlease choose your language.")
        return flex.with_quick_replies([question], buttons)
    language = cast(Language, asked.argument(0))
    intake.choose_language(resident=talk.friend.resident, language=language)
    talk.language = language
    with speaking(language):
        return talk.again(_said_in(language))


def _said_in(language: Language) -> str:
    """Not from the catalogue: who chose a language should be answered in it at any rate."""
    return {
        "ja": "日本語でご案内します。",
        "ja_easy": "やさしい日本語（にほんご）で 話（はな）します。",
        "en": "I will continue in English.",
    }[language]
