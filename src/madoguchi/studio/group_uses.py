"""Which apps name a group of staff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from madoguchi.accounts.language import in_words
from madoguchi.catalog.models import Revision
from madoguchi.catalog.named import named_in
from madoguchi.definition.app import AppDefinition


@dataclass(frozen=True, slots=True)
class Use:
    """An app that names a group, published or only in its draft."""

    code: str
    name: str
    published: bool


def uses(group_codes: Iterable[str]) -> dict[str, list[Use]]:
    """By the group's code. An app that is published is listed once, however its draft has it."""
    wanted = list(group_codes)
    found: dict[str, dict[str, Use]] = {code: {} for code in wanted}
    states = (Revision.State.PUBLISHED, *Revision.WORKING)
    rows = Revision.objects.filter(state__in=states).order_by("app__code").values_list("state", "definition")
    for state, data in rows:
        defn, published = AppDefinition.model_validate(data), state == Revision.State.PUBLISHED
        for code in (code for code in wanted if _names(defn, code)):
            known = found[code].get(defn.code)
            if known is None or published:
                found[code][defn.code] = Use(defn.code, in_words(defn.name), published)
    return {code: list(apps.values()) for code, apps in found.items()}


def _names(defn: AppDefinition, code: str) -> bool:
    """Whether it names the group where people are named, or quotes its code in a condition."""
    return code in named_in([defn]).groups or f'\\"{code}\\"' in defn.model_dump_json()
