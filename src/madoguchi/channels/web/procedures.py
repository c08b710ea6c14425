"""What the home page and a procedure's first page say: facts read out of the definition, and the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from madoguchi.definition.app import Assurance, Channel, Procedure
from madoguchi.definition.text import Text
from madoguchi.lib.text import fold

CHANNEL_NAMES: dict[Channel, Any] = {"line": _("LINE"), "web": _("このサイト"), "counter": _("窓口")}
ASSURANCE_NAMES: dict[Assurance, Any] = {
    "none": _("本人確認なし"),
    "declared": _("本人確認書類なし"),
    "photo": _("身分証の写真"),
    "card": _("マイナンバーカード"),
    "signature": _("マイナンバーカードの電子署名"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """One procedure as a resident looks for it."""

    code: str
    procedure: Procedure
    now: datetime
    full: bool = False

    @property
    def channels(self) -> Sequence[Any]:
        return [CHANNEL_NAMES[channel] for channel in self.procedure.channels]

    @property
    def assurance(self) -> Any:
        return ASSURANCE_NAMES[self.procedure.assurance]

    @property
    def not_yet(self) -> bool:
        return self.procedure.opens_at is not None and self.now < self.procedure.opens_at

    @property
    def over(self) -> bool:
        return self.procedure.closes_at is not None and self.now >= self.procedure.closes_at

    @property
    def open_here(self) -> bool:
        """Whether it can be begun on this site now."""
        return "web" in self.procedure.channels and not (self.not_yet or self.over or self.full)


def search(cards: Sequence[Card], words: str) -> list[Card]:
    """The procedures in which every word is found: kana or kanji, wide or narrow, in any language; all if blank."""
    wanted = [fold(word) for word in words.split()]
    return [card for card in cards if all(word in _searchable(card.procedure) for word in wanted)]


def _searchable(procedure: Procedure) -> str:
    texts: list[Text] = [procedure.title, procedure.summary, procedure.office]
    words = [*procedure.keywords, *(one for text in texts for one in text.root.values())]
    return "\n".join(fold(word) for word in words)
