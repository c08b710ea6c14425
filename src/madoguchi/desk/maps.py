"""A map: the records that have a place, as points and as the list beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from madoguchi import query
from madoguchi.definition.app import View
from madoguchi.desk import cards, listing
from madoguchi.desk.cards import Card
from madoguchi.query import Condition, Predicate, Word
from madoguchi.records import lists
from madoguchi.records.permissions import Access

MAX_POINTS = 500
COUNT_CAP = 9999


@dataclass(frozen=True, slots=True)
class Place:
    """A record with its place; ``label`` is what the place was called."""

    card: Card
    lat: float
    lon: float
    label: str

    @property
    def point(self) -> dict[str, Any]:
        """What the script needs to draw it."""
        return {"id": self.card.id, "lat": self.lat, "lon": self.lon, "title": self.card.title}


@dataclass(frozen=True, slots=True)
class Map:
    """What a map is made of."""

    access: Access
    asked: listing.Request
    search: str

    @property
    def view(self) -> View:
        return self.asked.view

    @property
    def code(self) -> str:
        return self.view.place or ""

    def obstacle(self) -> str:
        """Why there is no map, in words; empty if there is one."""
        field = self.access.app.definition.by_code.get(self.code)
        if field is None or field.type != "location":
            return _("地図の場所に選ばれた項目が、今のアプリにありません。アプリを作った人に知らせてください。")
        return "" if self.access.sees(self.code) else _("地図の場所に選ばれた項目を見る権限がありません。")

    def placed(self) -> lists.Page:
        """The records with a place, in the view's order. Raises ListTooSlow."""
        reading = cards.reading(self.access, self.view)
        reading = reading.model_copy(update={"columns": tuple(dict.fromkeys([*reading.columns, self.code]))})
        return lists.list_records(
            self.access.app, reading, access=self.access, filters=self.asked.filters, search=self.search,
            condition=self._whole("!="), limit=MAX_POINTS, sort=self.asked.sorts,
        )

    def without_place(self) -> int:
        """How many records have none; counted no further than the cap. Raises ListTooSlow."""
        return lists.count_capped(
            self.access, self.view, filters=self.asked.filters, search=self.search, condition=self._whole("="),
            cap=COUNT_CAP,
        )

    def _whole(self, operator: query.Operator) -> Condition:
        blank = Predicate(f"{self.code}_緯度", operator, (Word(""),))
        return query.all_of([part for part in (self.asked.condition, blank) if part is not None])

    def places(self, page: lists.Page) -> list[Place]:
        """The page's records with their places."""
        shown = cards.cards(self.access, self.view, page, without=[self.code])
        spots = [row[self.code] for row in page.rows]
        return [
            Place(card, spot["lat"], spot["lon"], spot.get("label") or "")
            for card, spot in zip(shown, spots, strict=True) if spot.get("lon") is not None
        ]


def tile_origin() -> str:
    """Where browsers get the map's pictures from, for the page's policy; empty for our own server or none."""
    parts = urlsplit(settings.MAP_TILES)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
