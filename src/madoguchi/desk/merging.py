"""Two people edit one record: what the other changed since the form was opened, and which of it the form changes too.

Nothing is merged silently. Whoever saves second is shown every field the first one changed; where both changed the
same one they say which of the two stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from madoguchi.accounts.language import in_words
from madoguchi.definition.fields import AnyField
from madoguchi.definition.values import Value
from madoguchi.desk.form_values import same, typed_of
from madoguchi.desk.record_form import RecordForm
from madoguchi.desk.timeline import shown_value, who
from madoguchi.records.models import Event
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record, history

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that somebody else changed. ``mine`` is None where the form leaves it alone.

    ``choice`` is what was decided before: ``mine``, ``theirs`` or "".
    """

    field: AnyField
    label: str
    before: str
    theirs: str
    mine: str | None
    who: str
    at: datetime
    choice: str = ""

    @property
    def clashes(self) -> bool:
        return self.mine is not None


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What happened since: ``base`` are the values as the form was opened, ``by`` the last to change each field."""

    events: Sequence[Event]
    base: Mapping[str, Value]
    by: Mapping[int, Event]


def since(access: Access, record: Record, revision: int) -> Meanwhile:
    """What changed after ``revision``. ``record`` is the whole record as it is now."""
    events = [e for e in history(access.app, record.id, access=access) if e.record_revision > revision]
    before: dict[str, Value] = {}
    by: dict[int, Event] = {}
    for event in events:
        for key in {**event.before, **event.after}:
            before.setdefault(key, event.before.get(key))
            if key.isdigit():
                by[int(key)] = event
    base = dict(record.values)
    for item in record.app.definition.value_fields:
        if str(item.id) in before:
            base[item.code] = before[str(item.id)]
    return Meanwhile(events, {code: value for code, value in base.items() if value is not None}, by)


def differences(form: RecordForm, now: Mapping[str, Value], meanwhile: Meanwhile) -> list[Difference]:
    """The fields that others changed, those that clash first. ``form`` is what was typed over ``meanwhile.base``."""
    touched = {item.code for item in form.touched}
    found = [
        _difference(form, item, now.get(item.code), meanwhile, item.code in touched)
        for item in form.seen
        if item.id in meanwhile.by and not _equal(item, now.get(item.code), meanwhile.base.get(item.code))
    ]
    return sorted(found, key=lambda one: not one.clashes)


def _equal(item: AnyField, one: Value, other: Value) -> bool:
    return one == other or (one in (None, "", []) and other in (None, "", []))


def _difference(form: RecordForm, item: AnyField, now: Value, meanwhile: Meanwhile, touched: bool) -> Difference:
    event = meanwhile.by[item.id]
    mine = None
    if touched and not same(item, form.typed[item.code], typed_of(item, now)):
        mine = _typed_text(form, item)
    return Difference(
        item, in_words(item.label), shown_value(item, meanwhile.base.get(item.code)), shown_value(item, now), mine,
        who(event), event.at,
    )


def _typed_text(form: RecordForm, item: AnyField) -> str:
    """What this person typed, as it would be shown; as typed where it cannot be read."""
    if item.code in form.problems:
        typed: Any = form.typed[item.code]
        return typed if isinstance(typed, str) else shown_value(item, None)
    return shown_value(item, form.merged.get(item.code))


def merged(form: RecordForm, now: Mapping[str, Value], found: Iterable[Difference]) -> RecordForm:
    """The form over the record as it is now: others' changes stand in their boxes, clashing ones stay as typed."""
    theirs = {item.code for item in form.open} - {one.field.code for one in found if one.clashes}
    touched = {item.code for item in form.touched}
    taken = {
        item.code: typed_of(item, now.get(item.code))
        for item in form.open if item.code in theirs and item.code not in touched
    }
    return RecordForm(form.access, form.defn, form.world, now, {**form.typed, **taken})


def decided(form: RecordForm, choices: Mapping[str, str]) -> RecordForm:
    """The form after a decision about every clash: where theirs is taken, the box says what is stored."""
    by_id = {str(item.id): item for item in form.open}
    theirs = [by_id[number] for number, choice in choices.items() if choice == THEIRS and number in by_id]
    return form.typing({item.code: typed_of(item, form.base.get(item.code)) for item in theirs})
