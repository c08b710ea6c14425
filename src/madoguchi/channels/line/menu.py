"""What a resident can start with: the procedures open in LINE, grouped by their word in the menu."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from madoguchi.catalog import queries as catalog
from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.channels.line import flex, render
from madoguchi.channels.line.commands import command
from madoguchi.channels.line.flex import Action, Message
from madoguchi.definition.app import Procedure
from madoguchi.definition.text import Language
from madoguchi.intake import actions as intake
from madoguchi.intake import queries as intake_queries
from madoguchi.intake.models import Resident
from madoguchi.lib.text import fold

SHOWN_APPLICATIONS = 5
KEY_COLOUR = "#0017c1"


def procedures() -> list[AppRevision]:
    """Published procedures that may be applied for in LINE."""
    return [app for app in catalog.procedures() if "line" in _procedure(app).channels]


def words() -> list[str]:
    """The words of the rich menu, in the order of the procedures."""
    return list(dict.fromkeys(word_of(app) for app in procedures()))


def word_of(app: AppRevision) -> str:
    """A procedure's word in the menu; its title where it names none."""
    procedure = _procedure(app)
    return procedure.menu or flex.clip(str(procedure.title), flex.QUICK_LABEL)


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
    return [str(procedure.title), word_of(app), *procedure.keywords]


def _procedure(app: AppRevision) -> Procedure:
    if app.definition.procedure is None:
        raise ValueError(f"{app.code} is no procedure")
    return app.definition.procedure


def colour() -> str:
    """The city's colour, for the thin line of its bubbles."""
    city = catalog.city()
    return city.colour if city else KEY_COLOUR


def welcome(language: Language) -> list[Message]:
    """To somebody who has just added the account."""
    city = catalog.city()
    name = city.name if city else ""
    hello = _("%(city)sの公式アカウントです。友だち追加ありがとうございます。\nここから市の手続ができます。") % {
        "city": name
    }
    return flex.with_quick_replies([flex.text(hello), flex.text(_("したい手続を選んでください。"))], start_buttons())


def start_buttons() -> list[Action]:
    """One button a word of the menu, and the ways to see one's applications and to reach staff."""
    found = [flex.postback(word, command("menu", word).data) for word in words()[: flex.MAX_QUICK_REPLIES - 2]]
    return [
        *found,
        flex.postback(_("申請の状況"), command("status").data),
        flex.postback(_("職員に聞く"), command("staff").data),
    ]


def offer(apps: Sequence[AppRevision], language: Language) -> list[Message]:
    """Some procedures to choose from, each with what it is in a sentence."""
    bubbles = [_card(app, language) for app in apps[: flex.MAX_MESSAGES - 1]]
    return flex.with_quick_replies([flex.text(_("どの手続にしますか。")), *bubbles], render.controls()[-1:])


def _card(app: AppRevision, language: Language) -> Message:
    procedure = _procedure(app)
    title = procedure.title.in_language(language)
    body = [flex.line_of(procedure.summary.in_language(language))]
    if procedure.banner:
        body.append(flex.line_of(procedure.banner.in_language(language), size="xs", color=flex.MUTED))
    start = flex.postback(title, command("start", app.code).data, units=flex.FLEX_LABEL)
    return flex.bubble(title, title=title, body=body, colour=colour(), buttons=[flex.button(start, primary=True)])


def not_understood(language: Language) -> list[Message]:
    """To a sentence nobody expected: what can be done here, never silence."""
    sentence = _(
        "すみません、うまく読み取れませんでした。\n手続の名前を送るか、下のボタンから選んでください。"
    )
    return flex.with_quick_replies([flex.text(sentence)], start_buttons())


def contact() -> list[Message]:
    """How to reach a person."""
    city: City | None = catalog.city()
    if city is None:
        return not_understood("ja")
    lines = [
        _("職員がお電話でお答えします。"),
        f"{city.name} {city.phone}",
        city.hours,
        _("入力の途中の内容は、そのまま残っています。"),
    ]
    call = flex.button(flex.uri(_("電話をかける"), f"tel:{city.phone.replace('-', '')}"), primary=True)
    body = [flex.line_of(line) for line in lines if line]
    message = flex.bubble(_("職員に聞く"), title=_("職員に聞く"), body=body, buttons=[call], colour=colour())
    return flex.with_quick_replies([message], [flex.postback(_("入力に戻る"), command("resume").data)])


def applications(resident: Resident, language: Language) -> list[Message]:
    """The resident's newest applications with their state and a link to each."""
    found = intake_queries.applications_of(resident.id)[:SHOWN_APPLICATIONS]
    if not found:
        return flex.with_quick_replies([flex.text(_("まだ申請はありません。"))], start_buttons())
    rows = []
    for application in found:
        view = intake_queries.status_view(application, language=language)
        address = f"{settings.BASE_URL}{intake.status_path(application)}"
        rows.append(flex.pair(application.receipt_number, view.state))
        rows.append(flex.button(flex.uri(_("%(number)s を開く") % {"number": application.receipt_number}, address)))
    bubble = flex.bubble(_("申請の状況"), title=_("申請の状況"), body=rows, colour=colour())
    return flex.with_quick_replies([bubble], start_buttons())
