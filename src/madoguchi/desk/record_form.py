"""The form of one record: what was typed over what is stored, what of it changes, what is wrong, what follows from it.

Pure but for the world that is asked (lookups, people). What is not seen takes part in conditions and formulas, and is
never shown; what may not be changed is never read from the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.http import QueryDict

from madoguchi.accounts.language import in_words
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.checking import Ok, lookup_copies, missing, parse_answer
from madoguchi.definition.compute import computed, formula_values, visible_codes
from madoguchi.definition.fields import COMPUTED_TYPES, FILE_TYPES, VALUELESS_TYPES, AnyField, LookupField
from madoguchi.definition.problems import Problem
from madoguchi.definition.values import Value, Values
from madoguchi.definition.world import World
from madoguchi.desk.form_values import Typed, name_of, raw_of, same, typed_in, typed_of
from madoguchi.records.permissions import Access, live_copies

Problems = Mapping[str, str]
"""Messages by part; the whole field's under ``""``, a cell's under ``0.code`` or ``0.code.part``."""


@dataclass(frozen=True)
class RecordForm:
    """``base`` are the stored values (the defaults of a new record), ``typed`` what stands in the boxes by code.

    ``given`` are the codes whose boxes were sent; all others hold what is stored.
    """

    access: Access
    defn: AppDefinition
    world: World
    base: Values
    typed: Mapping[str, Typed]
    new: bool = False
    refused: Mapping[str, Problems] = field(default_factory=dict)

    # --- which fields ----------------------------------------------------------------------------------------------

    @cached_property
    def seen(self) -> tuple[AnyField, ...]:
        """The fields that this person may see."""
        return self.access.seen(self.defn.fields)

    @cached_property
    def open(self) -> tuple[AnyField, ...]:
        """The fields that this person fills in."""
        return tuple(item for item in self.seen if is_open(self.access, self.defn, item))

    # --- values ----------------------------------------------------------------------------------------------------

    @cached_property
    def touched(self) -> tuple[AnyField, ...]:
        """The fields whose boxes no longer say what is stored; of a new record, every field with something in it."""
        return tuple(
            item for item in self.open
            if item.code in self.typed and not same(item, self.typed[item.code], self._stored(item))
        )

    def _stored(self, item: AnyField) -> Typed:
        return typed_of(item, None if self.new else self.base.get(item.code))

    @cached_property
    def parsed(self) -> tuple[dict[str, Value], dict[str, list[Problem]]]:
        """Values and problems of what was touched. Twice, as limits may speak of what stands elsewhere in the form."""
        rough, _wrong = self._parse(self.base)
        return self._parse({**self.base, **rough})

    def _parse(self, others: Values) -> tuple[dict[str, Value], dict[str, list[Problem]]]:
        known = formula_values(self.defn, others, self.world)
        good: dict[str, Value] = {}
        wrong: dict[str, list[Problem]] = {}
        for item in self.touched:
            answer = parse_answer(item, raw_of(item, self.typed[item.code]), self.world, values=known)
            if isinstance(answer, Ok):
                good[item.code] = answer.value
            else:
                wrong[item.code] = answer
        return good | self._copies(good), wrong

    def _copies(self, good: Values) -> dict[str, Value]:
        """What the rows chosen in lookups copy into other fields."""
        found: dict[str, Value] = {}
        for item in self.touched:
            if isinstance(item, LookupField) and item.code in good and not item.live:
                found |= lookup_copies(self.defn, item, good[item.code], self.world)
        return {code: value for code, value in found.items() if self.access.sees_field(self.defn.by_code[code])}

    @cached_property
    def merged(self) -> dict[str, Value]:
        """The record as it would be, before what follows from it is calculated; a new one without untaken defaults."""
        if not self.new:
            return {**self.base, **self.parsed[0]}
        shown = {item.code for item in self.open}
        kept = {code: value for code, value in self.base.items() if code not in shown}
        return {**kept, **self.parsed[0]}

    @cached_property
    def visible(self) -> frozenset[str]:
        """The codes of the fields, headings too, whose condition holds as things stand."""
        return visible_codes(self.defn, self.merged, self.world)

    @cached_property
    def values(self) -> dict[str, Value]:
        """The record as it would be: hidden fields absent, formulas calculated."""
        return computed(self.defn, self.merged, self.world).values

    @cached_property
    def problems(self) -> dict[str, Problems]:
        """What keeps the form from being saved, by code: of visible fields only."""
        wrong = {code: found for code, found in self.parsed[1].items() if code in self.visible}
        for item in self.open:
            blank = self.merged.get(item.code) in (None, "", [], {}, False)
            if item.required and blank and item.code in self.visible and item.code not in wrong:
                wrong[item.code] = [missing(item)]
        return {code: as_messages(found) for code, found in wrong.items()} | dict(self.refused)

    @property
    def changes(self) -> dict[str, Value]:
        """What is to be written: touched, readable and visible. Copies of lookups follow in the write path."""
        good = self.parsed[0]
        codes = [item.code for item in self.touched if item.code in good and item.code in self.visible]
        return {code: good[code] for code in codes if self.new or good[code] != self.base.get(code)}

    @property
    def new_values(self) -> dict[str, Value]:
        """Values of a new record: every open field, so that what was emptied gets no default after all."""
        good = self.parsed[0]
        blanks = {item.code: None for item in self.open if item.code in self.visible}
        copied = {code: value for code, value in good.items() if code in self.visible and value is not None}
        return {**blanks, **{code: value for code, value in copied.items() if self.access.changes(code)}}

    @property
    def files(self) -> tuple[AnyField, ...]:
        """Open fields that hold files."""
        return tuple(item for item in self.open if item.type in FILE_TYPES)

    def refusing(self, problems: Mapping[str, Sequence[Problem]]) -> RecordForm:
        """The same form with what the write path or the database would not take."""
        return replace(self, refused={code: as_messages(found) for code, found in problems.items()})

    def typing(self, typed: Mapping[str, Typed]) -> RecordForm:
        """The same form with other things in some boxes."""
        return replace(self, typed={**self.typed, **typed})


def is_open(access: Access, defn: AppDefinition, item: AnyField) -> bool:
    """Whether somebody who may add or edit fills in this field; what a lookup copies is not typed."""
    if item.type in VALUELESS_TYPES | COMPUTED_TYPES or item.id in access.hidden | access.fixed:
        return False
    return item.code not in live_copies(defn) and item.code not in copied_codes(defn)


def copied_codes(defn: AppDefinition) -> frozenset[str]:
    """Fields that lookups fill in."""
    return frozenset(code for item in defn.fields if isinstance(item, LookupField) for code in item.copies)


def as_messages(problems: Iterable[Problem]) -> dict[str, str]:
    """The problems as messages by part, the first where a part has several."""
    return {problem.part or "": in_words(problem.text) for problem in reversed(list(problems))}


def from_values(
    access: Access, defn: AppDefinition, world: World, values: Values, *, new: bool = False, shown: Values | None = None
) -> RecordForm:
    """The form as it opens: everything stored (or ``shown``) stands in its boxes."""
    form = RecordForm(access, defn, world, values, {}, new)
    standing = values if shown is None else shown
    return replace(form, typed={item.code: typed_of(item, standing.get(item.code)) for item in form.open})


def from_post(
    access: Access, defn: AppDefinition, world: World, values: Values, post: QueryDict, *, new: bool = False
) -> RecordForm:
    """The form as it was sent; a field whose boxes were not on the page holds what is stored."""
    form = RecordForm(access, defn, world, values, {}, new)
    sent = set(post.getlist("f"))
    typed: dict[str, Any] = {}
    for item in form.open:
        on_page = str(item.id) in sent
        typed[item.code] = typed_in(item, post, name_of(item)) if on_page else typed_of(item, values.get(item.code))
    return replace(form, typed=typed)
