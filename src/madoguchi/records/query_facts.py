"""Asks a query's condition about one record that is at hand: process conditions, notifications."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from madoguchi import query
from madoguchi.accounts.models import Staff
from madoguchi.definition.app import AppDefinition
from madoguchi.query import Condition, Facts, QueryField
from madoguchi.records.models import StoredFile
from madoguchi.records.query_sql import login_of
from madoguchi.records.read import Record

_PEOPLE = ("assignee_id", "created_by_id", "updated_by_id")
_COLUMNS = ("id", "status", "channel", "receipt_number", "created_at", "updated_at", "submitted_at")


def holds(
    condition: Condition | None, record: Record, *, staff: Staff | None, now: datetime,
    definition: AppDefinition | None = None,
) -> bool:
    """Whether the condition holds for the record as it was read; without a condition it does.

    ``definition`` is where the condition comes from, if not the revision under which the record was filed. ``staff`` is
    who ``LOGINUSER()`` is. Raises query.QueryCheckError. Reads names of people and files only if it asks for them.
    """
    if condition is None:
        return True
    fields = query.fields_of(definition or record.app.definition)
    query.check(condition, fields)
    asked = [fields[code] for code in query.references(condition)]
    login = login_of(staff, condition) if staff else None
    return query.evaluate(condition, _facts(record, asked), fields, now=now, login=login)


def _facts(record: Record, asked: list[QueryField]) -> Facts:
    system = {name: getattr(record, name) for name in _COLUMNS}
    people = {name: getattr(record, name) for name in _PEOPLE if any(field.system == name for field in asked)}
    files = [record.values.get(field.source) or [] for field in asked if field.kind == "FILE"]
    return Facts(record.values, system | _usernames(people), _names([file_id for ids in files for file_id in ids]))


def _usernames(people: dict[str, Any]) -> dict[str, str | None]:
    wanted = {staff_id for staff_id in people.values() if staff_id is not None}
    names = dict(Staff.objects.filter(pk__in=wanted).values_list("pk", "username")) if wanted else {}
    return {name: names.get(staff_id) for name, staff_id in people.items()}


def _names(file_ids: list[str]) -> dict[str, str]:
    if not file_ids:
        return {}
    found = StoredFile.objects.filter(pk__in=file_ids).values_list("pk", "original_name")
    return {str(file_id): name for file_id, name in found}
