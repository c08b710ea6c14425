"""What a resident can start with: the procedures open in LINE, grouped by their word in the menu."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from madoguchi.accounts.language import in_words
from madoguchi.catalog import queries as catalog
from madoguchi.catalog.queries import AppRevision
from madoguchi.channels.line import flex
from madoguchi.channels.line.commands import command
from madoguchi.channels.line.flex import Action, Box, Message
from madoguchi.channels.line.render import Page, without_ruby
from madoguchi.definition.app import Procedure
from madoguchi.definition.text import Language
from madoguchi.intake import actions as intake
from madoguchi.intake import queries as intake_queries
from madoguchi.intake.models import Application, Resident
from madoguchi.lib.text import fold

SHOWN_APPLICATIONS = 5
KEY_COLOUR = "#0017c1"
CARD_TEXT = 300


def procedures() -> list[AppRevision]:
    """Published procedures that may be applied for in LINE."""
    return [app for app in catalog.procedures() if "line" in _procedure(app).channels]


def words() -> list[str]:
    """The words of the rich menu, in the order of the procedures."""
    return list(dict.fromkeys(word_of(app) for app in procedures()))


def word_of(app: AppRevision) -> str:
    """A procedure's word in the menu; its title where it names none."""
    procedure = _procedure(app)
    return str(procedure.menu or flex.clip(str(procedure.title), flex.QUICK_LABEL))


def label_of(word: str) -> str:
    """The word in the language of the chat; it stays in Japanese on the rich menu, which is one picture for all."""
    procedure = _procedure(under(word)[0])
    return flex.clip(in_words(procedure.menu or procedure.title), flex.QUICK_LABEL)


def under(word: str) -> list[AppRevision]:
    """The procedures under one word."""
    return [app for app in procedures() if word_of(app) == word]


def matching(text: str) -> list[AppRevision]:
    """Procedures that a free sentence speaks of: it contains one of their words, or one of them contains it."""
    said = fold(text)
    return [app for app in procedures() if said and any(_touches(said, fold(word)) for word in _names(app))]


def _touches(said: str, word: str) -> bool:
    return bool(word) and (word in said or (len(said) > 1 and said in word))


def _names(app: AppRevision) -> list[str]:
    procedure = _procedure(app)
    in_menu = procedure.menu.root.values() if procedure.menu else ()
    return [*procedure.title.root.values(), *in_menu, *procedure.keywords]


def _procedure(app: AppRevision) -> Procedure:
    if app.definition.procedure is None:
        raise ValueError(f"{app.code} is no procedure")
    return app.definition.procedure


def colour() -> str:
    """The city's colour, for the thin line of its bubbles."""
    city = catalog.city()
    return city.colour if city else KEY_COLOUR


def welcome(*, again: bool, begun: bool) -> list[Message]:
    """To somebody who has just added the account, or has come back to it; ``begun``: answers of theirs are kept."""
    city = catalog.city()
    name = {"city": city.shown_name if city else ""}
    hello = (
        _("おかえりなさい。%(city)sの公式アカウントです。") if again
        else _("%(city)sの公式アカウントです。友だち追加ありがとうございます。\nここから市の手続ができます。")
    )  # fmt: skip
    buttons = [resume_button(), *start_buttons()] if begun else start_buttons()
    return flex.with_quick_replies([flex.text(hello % name), flex.text(_("したい手続を選んでください。"))], buttons)


def start_buttons() -> list[Action]:
    """One button a word of the menu, and the ways to see one's applications, to reach staff, to change language."""
    shown = words()[: flex.MAX_QUICK_REPLIES - 4]
    found = [flex.postback(label_of(word), command("menu", word).data) for word in shown]
    language = flex.postback("言語 / Language", command("language").data)
    return [*found, status_button(), staff_button(), language]


def status_button() -> Action:
    """To one's applications."""
    return flex.postback(_("申請の状況"), command("status").data)


def staff_button() -> Action:
    """To reach a person."""
    return flex.postback(_("職員に聞く"), command("staff").data)


def resume_button() -> Action:
    """Back to what is open."""
    return flex.postback(_("入力に戻る"), command("resume").data)


def offer(apps: Sequence[AppRevision], language: Language) -> list[Message]:
    """Some procedures to choose from, each with what it is in a sentence; side by side where they are many."""
    cards = [_card(app, language) for app in apps[: flex.MAX_BUBBLES]]
    messages = cards if len(cards) < flex.MAX_MESSAGES else [flex.carousel(_("手続"), cards)]
    question = _("どの手続にしますか。") if len(apps) > 1 else _("こちらの手続でよろしいですか。")
    return flex.with_quick_replies([flex.text(question), *messages], [staff_button()])


def _card(app: AppRevision, language: Language) -> Message:
    procedure, page = _procedure(app), Page(language)
    title = page.say(procedure.title)
    body = [flex.line_of(flex.clip(page.say(procedure.summary), CARD_TEXT))]
    if procedure.banner:
        banner = flex.clip(page.say(procedure.banner), CARD_TEXT)
        body.append(flex.line_of(banner, size="xs", color=flex.MUTED))
    # The button says which procedure it starts: several cards stand in one chat, and screen readers read buttons alone.
    start = flex.postback(title, command("start", app.code).data, units=flex.FLEX_LABEL)
    start["displayText"] = flex.clip(title, flex.DATA)
    return flex.bubble(title, title=title, body=body, colour=colour(), buttons=[flex.button(start, primary=True)])


def not_understood() -> list[Message]:
    """To a sentence nobody expected: what can be done here, never silence."""
    sentence = _(
        "すみません、うまく読み取れませんでした。\n手続の名前を送るか、下のボタンから選んでください。"
    )
    return flex.with_quick_replies([flex.text(sentence)], start_buttons())


def contact(procedure: Procedure | None, language: Language, *, begun: bool) -> list[Message]:
    """How to reach a person: the office of the resident's procedure, else the city; ``begun``: answers are kept."""
    city = catalog.city()
    if city is None:
        return not_understood()
    office = Page(language).say(procedure.office) if procedure else ""
    phone = (procedure.phone if procedure else "") or city.phone
    lines = [
        _("職員がお電話でお答えします。"), f"{city.shown_name} {office}".strip(), phone, city.shown_hours,
        _("入力した内容は、そのまま残っています。") if begun else "",
    ]  # fmt: skip
    call = flex.button(flex.uri(_("電話をかける"), f"tel:{phone.replace('-', '')}"), primary=True)
    body = [flex.line_of(line) for line in lines if line]
    message = flex.bubble(_("職員に聞く"), title=_("職員に聞く"), body=body, buttons=[call], colour=colour())
    return flex.with_quick_replies([message], [resume_button()] if begun else start_buttons())


def applications(resident: Resident, language: Language, *, begun: bool = False) -> list[Message]:
    """The resident's newest applications with their state and a link to each."""
    buttons = [resume_button(), *start_buttons()] if begun else start_buttons()
    found = intake_queries.applications_of(resident.id)[:SHOWN_APPLICATIONS]
    if not found:
        return flex.with_quick_replies([flex.text(_("まだ申請はありません。手続を選ぶと、申請できます。"))], buttons)
    body = [box for application in found for box in _application(application, language)]
    bubble = flex.bubble(_("申請の状況"), title=_("申請の状況"), body=body, colour=colour())
    return flex.with_quick_replies([bubble], buttons)


def _application(application: Application, language: Language) -> list[Box]:
    """One application: what it is, its state, and the button to its page."""
    view = intake_queries.status_view(application, language=language)
    title = flex.clip(without_ruby(view.title, language), CARD_TEXT)
    open_page = flex.uri(
        _("%(number)s を開く") % {"number": application.receipt_number},
        f"{settings.BASE_URL}{intake.status_path(application)}",
    )
    state = without_ruby(view.state, language)
    return [flex.pair(f"{application.receipt_number}　{title}", state), flex.button(open_page)]


def tell_line(app: AppRevision) -> None:
    """Has the rich menu follow a published procedure, in a job of the transaction that publishes it."""
    # Jobs load the conversation, which needs this module.
    from madoguchi.channels.line.tasks import show_in_menu  # noqa: PLC0415

    if app.definition.procedure is not None:
        show_in_menu.configure(lock="line:menu").defer()
