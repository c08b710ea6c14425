"""Filling in an address from its postal code, with or without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from madoguchi.channels.web.answers import Typed
from madoguchi.lib import postal
from madoguchi.lib.postal import Town


def towns_of(typed: Typed) -> Sequence[Town]:
    """The towns of the postal code that was typed; none if there is no such code."""
    try:
        return postal.towns(postal.parse_postal(typed["postal_code"]))
    except postal.PostalCodeError:
        return ()


def looked_up(typed: Typed) -> tuple[Typed, dict[str, Any]]:
    """The boxes with what follows from the postal code, and what the page says about it."""
    towns = towns_of(typed)
    told = {"looked_up": True, "found": bool(towns), "towns": towns if len(towns) > 1 else ()}
    return (_filled(typed, towns[0], with_town=len(towns) == 1) if towns else typed), told


def with_chosen_town(typed: Typed, chosen: str) -> Typed:
    """The boxes with the town that was tapped in the list, unless another one was written since."""
    towns = {town.town: town for town in towns_of(typed)} if chosen else {}
    if chosen not in towns or typed["town"] not in ("", *towns):
        return typed
    return _filled(typed, towns[chosen], with_town=True)


def _filled(typed: Mapping[str, str], town: Town, *, with_town: bool) -> Typed:
    known = {"prefecture": town.prefecture, "city": town.city}
    return {**typed, **known, **({"town": town.town} if with_town else {})}
