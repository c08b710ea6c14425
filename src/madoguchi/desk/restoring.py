"""An earlier state of a record: what it held, what would change by going back, what cannot come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from madoguchi.accounts.language import in_words
from madoguchi.definition.fields import COMPUTED_TYPES, FILE_TYPES, AnyField
from madoguchi.definition.values import Value
from madoguchi.desk.record_form import is_open
from madoguchi.desk.timeline import RESTORABLE, shown_value
from madoguchi.records.models import Event, StoredFile
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record, history


@dataclass(frozen=True, slots=True)
class Step:
    """One field that would change. ``why`` says why it cannot; empty if it can."""

    label: str
    now: str
    then: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Going back to the state after ``event``: ``changes`` by code are what would be written."""

    event: Event
    steps: tuple[Step, ...]
    changes: Mapping[str, Value]


def plan(access: Access, record: Record, whole: Record, event_id: int) -> Plan | None:
    """What going back to the state after that event means; None if there is no such state.

    ``whole`` is the record with everything it holds. Fields that this person does not see stay as they are.
    """
    events = history(access.app, record.id, access=access)
    event = next((one for one in events if one.pk == event_id and one.kind in RESTORABLE), None)
    if event is None:
        return None
    then = _then(whole, [one for one in events if one.pk > event_id])
    steps: list[Step] = []
    changes: dict[str, Value] = {}
    for field in access.seen(whole.app.definition.value_fields):
        now, before = whole.values.get(field.code), then.get(field.code)
        if now == before or field.type in COMPUTED_TYPES:
            continue
        why = _obstacle(access, whole, field, before)
        steps.append(Step(in_words(field.label), shown_value(field, now), shown_value(field, before), why))
        if not why:
            changes[field.code] = before
    return Plan(event, tuple(steps), changes)


def _then(whole: Record, later: list[Event]) -> dict[str, Value]:
    """The values before all that came later, newest undone first."""
    codes = {str(field.id): field.code for field in whole.app.definition.fields}
    found = dict(whole.values)
    for event in reversed(later):
        if event.kind not in RESTORABLE:
            continue
        for number in {**event.after, **event.before}:
            if number in codes:
                found[codes[number]] = event.before.get(number)
    return {code: value for code, value in found.items() if value is not None}


def _obstacle(access: Access, whole: Record, field: AnyField, before: Value) -> str:
    if not is_open(access, whole.app.definition, field) and field.id in access.fixed:
        return _("この項目を変更する権限がありません。")
    if not is_open(access, whole.app.definition, field):
        return _("ほかの項目に合わせて自動で決まります。")
    if field.type in FILE_TYPES and not _all_there(before):
        return _("ファイルが消去されているため、戻せません。")
    return ""


def _all_there(file_ids: Value) -> bool:
    wanted = file_ids or ()
    return StoredFile.objects.filter(pk__in=wanted, deleted_at=None).count() == len(wanted)
