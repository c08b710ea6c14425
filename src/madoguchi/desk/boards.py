"""A board: a column per status or per option of a choice field, and where a card may go from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from madoguchi import query
from madoguchi.accounts.language import in_words
from madoguchi.definition.app import AppDefinition, View
from madoguchi.definition.fields import ChoiceField
from madoguchi.desk import cards, listing
from madoguchi.desk.buttons import NEEDS_PAGE
from madoguchi.desk.cards import Card
from madoguchi.desk.chips import Chip, status_chip
from madoguchi.query import Condition, Predicate, Word
from madoguchi.records import lists, permissions
from madoguchi.records.permissions import Access

COLUMN_CARDS = 20
MAX_COLUMNS = 30
COUNT_CAP = 999
BLANK = "-"
"""In addresses: the column of the records without a value; no option is written so in one."""
BY_STATUS = "status"


@dataclass(frozen=True, slots=True)
class Move:
    """One way out of a column. ``url`` leads to a page that asks for more; without it ``value`` is sent.

    ``to`` is the column where the card then stands.
    """

    name: str
    to: str
    value: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A card and where it may go."""

    card: Card
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``count`` is how many it holds, in words; ``more_url`` leads to its next cards."""

    code: str
    name: str
    chip: Chip | None
    count: str
    placed: tuple[Placed, ...]
    more_url: str
    page: lists.Page


@dataclass(frozen=True, slots=True)
class Board:
    """What a board is made of."""

    access: Access
    asked: listing.Request
    search: str

    @property
    def view(self) -> View:
        return self.asked.view

    @property
    def defn(self) -> AppDefinition:
        return self.access.app.definition

    @property
    def field(self) -> ChoiceField | None:
        """The choice field whose options are the columns; None where these are the statuses."""
        found = self.defn.by_code.get(self.view.group_by or "")
        return found if isinstance(found, ChoiceField) else None

    def obstacle(self) -> str:
        """Why there is no board, in words; empty if there is one."""
        if self.view.group_by == BY_STATUS:
            return "" if self.defn.process else _("このアプリにはプロセスがないため、状態ごとの列にできません。")
        if self.field is None:
            return _("列の分け方に選ばれた項目が、今のアプリにありません。アプリを作った人に知らせてください。")
        return "" if self.access.sees(self.field.code) else _("列の分け方に選ばれた項目を見る権限がありません。")

    def names(self) -> list[tuple[str, str]]:
        """The columns: codes and names. Only the statuses one narrowed the list to, if one did."""
        if self.field is not None:
            options = [(option.value, in_words(option.text)) for option in self.field.options]
            return [(BLANK, _("未選択")), *options]
        statuses = self.defn.process.statuses if self.defn.process else ()
        chosen = self.asked.filters.get(BY_STATUS, ())
        return [(s.code, in_words(s.name)) for s in statuses if not chosen or s.code in chosen]

    def column(self, code: str, name: str, *, after: str = "") -> Column:
        """One column with its first cards, or those after a cursor. Raises ListTooSlow."""
        page = self.page(code, after)
        count = lists.count_capped(
            self.access, self.view, filters=self._filters(code), search=self.search, condition=self._condition(code),
            cap=COUNT_CAP,
        )
        return Column(
            code=code, name=name, chip=None if self.field else status_chip(self.defn, code),
            count=f"{COUNT_CAP}+" if count > COUNT_CAP else str(count),
            placed=tuple(self._placed(code, page)), page=page,
            more_url=self.asked.query(column=code, after=page.next_cursor) if page.next_cursor else "",
        )

    def page(self, code: str, after: str = "") -> lists.Page:
        """The records of one column. Raises ListTooSlow."""
        return lists.list_records(
            self.access.app, cards.reading(self.access, self.view), access=self.access, filters=self._filters(code),
            search=self.search, condition=self._condition(code), after=after or None, sort=self.asked.sorts,
            limit=COLUMN_CARDS,
        )

    def _filters(self, code: str) -> dict[str, Sequence[str]]:
        return {**self.asked.filters} if self.field else {**self.asked.filters, BY_STATUS: (code,)}

    def _condition(self, code: str) -> Condition | None:
        own = [self.asked.condition] if self.asked.condition else []
        if self.field is not None:
            own.append(Predicate(self.field.code, "in", (Word("" if code == BLANK else code),)))
        return query.all_of(own) if own else None

    def _placed(self, code: str, page: lists.Page) -> list[Placed]:
        shown = cards.cards(self.access, self.view, page, without=[self.view.group_by or ""])
        if self.field is not None:
            movable = self._editable([card.id for card in shown])
            moves = self._options(code)
            return [Placed(card, moves if card.id in movable else ()) for card in shown]
        return [Placed(card, self._actions(code, card)) for card in shown]

    def _editable(self, ids: Sequence[int]) -> set[int]:
        if self.field is None or not self.access.changes(self.field.code) or not ids:
            return set()
        return {number for number, rights in self.access.rights_on(ids).items() if "edit" in rights}

    def _options(self, code: str) -> tuple[Move, ...]:
        assert self.field is not None
        wanted = [pair for pair in self.names() if pair[0] != BLANK or not self.field.required]
        return tuple(Move(name, to, to) for to, name in wanted if to != code)

    def _actions(self, code: str, card: Card) -> tuple[Move, ...]:
        assert self.access.viewer.staff is not None
        actions = permissions.actions_for(self.access.viewer.staff, self.defn, code)
        return tuple(
            Move(in_words(action.name), action.to, action.code, self._action_url(card, action.code, action.kind))
            for action in actions
        )

    def _action_url(self, card: Card, code: str, kind: str) -> str:
        return reverse("desk:action", args=[self.access.app.code, card.id, code]) if kind in NEEDS_PAGE else ""
