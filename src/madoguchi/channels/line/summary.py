"""The check before sending, and bubbles that lead to a page of ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from madoguchi.channels.line import flex
from madoguchi.channels.line.flex import Box, Message
from madoguchi.channels.line.render import Page, controls, without_ruby
from madoguchi.interview.types import Summary, SummaryRow

MOST_BUBBLES = flex.MAX_MESSAGES - 1
ANSWER_LENGTHS = (400, 100, 40)
"""How much of an answer is shown, in UTF-16 units: less where so many would not fit into the bubbles."""
LABEL_LENGTH = 60


def summary(shown: Summary, page: Page, *, title: str, send: str, version: int, colour: str) -> list[Message]:
    """All answers, the fee, and the button that sends them: in one bubble, or in several where one is too small."""
    groups = next(groups for length in ANSWER_LENGTHS if (groups := _groups(shown, page, length)))
    buttons = [
        flex.button(page.button(send, "confirm", version, units=flex.FLEX_LABEL), primary=True),
        flex.button(page.button(_("直す"), "fix", units=flex.FLEX_LABEL)),
    ]
    alt = _("入力した内容の確認")
    bubbles = [
        flex.bubble(alt, title=title, body=body, colour=colour, buttons=buttons if body is groups[-1] else [])
        for body in groups
    ]
    lead = flex.text(_("これでよろしいですか。内容を確認してください。"))
    return flex.with_quick_replies([lead, *bubbles], controls(page))


def _groups(shown: Summary, page: Page, length: int) -> list[list[Box]]:
    """Rows and bill in as many bodies as they need; empty if that is more than LINE takes at once."""
    rows = [_row(row, page, length) for row in shown.rows if row.value is not None]
    groups: list[list[Box]] = [[]]
    for box in [*rows, *_bill(shown, page)]:
        if flex.size_of([*groups[-1], box]) > flex.MAX_BODY:
            groups.append([])
        groups[-1].append(box)
    return groups if len(groups) <= MOST_BUBBLES or length == ANSWER_LENGTHS[-1] else []


def _row(row: SummaryRow, page: Page, length: int) -> Box:
    answer = without_ruby(_shown(row), page.language)
    return flex.pair(flex.clip(page.say(row.field.label), LABEL_LENGTH), flex.clip(answer, length))


def _shown(row: SummaryRow) -> str:
    """The answer; first what could not be calculated in it, so that it is not cut off."""
    return f"⚠ {row.problem}\n{row.display}" if row.problem else row.display


def _bill(shown: Summary, page: Page) -> Iterator[Box]:
    if not shown.fee:
        return
    yield flex.separator()
    for fee in shown.fee:
        yield flex.amount(page.say(fee.label), _money(fee.amount, page))
    yield flex.amount(_("合計"), _money(shown.total_fee, page), bold=True)


def _money(amount: int, page: Page) -> str:
    return f"{amount:,} yen" if page.language == "en" else f"{amount:,}円"


def what_to_change(shown: Summary, page: Page) -> list[Message]:
    """The answers as buttons, to pick the one to change."""
    rows = [row for row in shown.rows if row.changeable]
    room = flex.MAX_QUICK_REPLIES - 2
    start = page.offset if 0 <= page.offset < len(rows) else 0
    paged = rows if len(rows) <= room else rows[start : start + room - 1]
    actions = [page.button(page.say(row.field.label), "change", row.field.id) for row in paged]
    if len(paged) < len(rows):
        actions.append(page.button(_("ほかの項目"), "fix", (start + len(paged)) % len(rows)))
    to_summary = page.button(_("確認に戻る"), "resume")
    return flex.with_quick_replies([flex.text(_("どの項目を直しますか。"))], [*actions, to_summary])


def link(page: Page, *, title: str, lines: Sequence[str], label: str, address: str, colour: str) -> list[Message]:
    """A bubble with one button that opens a page of ours."""
    body = [flex.line_of(line) for line in lines]
    button = flex.button(flex.uri(label, address), primary=True)
    message = flex.bubble(title, title=title, body=body, colour=colour, buttons=[button])
    return flex.with_quick_replies([message], controls(page))
