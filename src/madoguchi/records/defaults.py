"""What a new record begins with where staff or a program add it and say nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from madoguchi.accounts.models import Staff
from madoguchi.accounts.queries import Person, person
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import AnyField
from madoguchi.definition.values import Value, Values
from madoguchi.records.actor import Actor

LOGIN_USER, MAIN_DEPARTMENT, NOW = "LOGINUSER()", "PRIMARY_ORGANIZATION()", "now"


def with_defaults(defn: AppDefinition, values: Values, actor: Actor, now: datetime) -> dict[str, Value]:
    """``values`` and, for fields they do not name at all, the defaults. A blank that is given stays blank.

    ``now`` is the moment in Tokyo; seconds are dropped, as staff see none. Programs are nobody's ``LOGINUSER()``.
    """
    missing = [field for field in defn.value_fields if field.code not in values and _given(field) is not None]
    if not missing:
        return dict(values)
    who = _person(actor) if any(field.type in ("staff", "department") for field in missing) else None
    found = {field.code: default(field, who, now) for field in missing}
    return {**values, **{code: value for code, value in found.items() if value is not None}}


def default(field: AnyField, who: Person | None, now: datetime) -> Value:
    """The field's default for ``who`` at ``now``; None if there is none."""
    given = _given(field)
    match field.type:
        case "staff":
            return _people(given, LOGIN_USER, who.username if who else None)
        case "department":
            return _people(given, MAIN_DEPARTMENT, next(iter(who.departments), None) if who else None)
        case "choices" | "group":
            return list(given) or None
        case "number":
            return None if given is None else str(given)
    return _at(field, now) if given == NOW else given


def _given(field: AnyField) -> Any:
    return getattr(field, "default", None)


def _at(field: AnyField, now: datetime) -> Value:
    """``now`` as the field holds it; in a field of another type the word is a text like any other."""
    written = {
        "date": now.date().isoformat(), "time": f"{now:%H:%M}",
        "datetime": now.replace(second=0, microsecond=0).isoformat(),
    }
    return written.get(field.type, NOW)


def _people(given: tuple[str, ...], word: str, meant: str | None) -> list[str] | None:
    codes = [meant if code == word else code for code in given]
    return [code for code in dict.fromkeys(codes) if code] or None


def _person(actor: Actor) -> Person | None:
    staff = Staff.objects.filter(pk=actor.staff_id).first() if actor.staff_id else None
    return person(staff) if staff else None
