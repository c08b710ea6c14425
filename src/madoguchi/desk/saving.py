"""Saving the form of a record: the write path, the files that come and go, and the revision the record follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.values import Value
from madoguchi.desk import attachments
from madoguchi.desk.record_form import RecordForm
from madoguchi.records import write
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record, get_record
from madoguchi.records.rebase import needs_rebase, rebase


def form_app(access: Access, record: Record) -> AppRevision:
    """The revision by which a record is edited: an application's own; what staff added follows the app as it is."""
    return access.app if needs_rebase(access.app, record, ()) else record.app


def values_in(app: AppRevision, record: Record) -> dict[str, Value]:
    """The record's values by the codes of ``app``, another revision of its own one."""
    if app.revision_id == record.app_revision_id:
        return dict(record.values)
    codes = {field.id: field.code for field in app.definition.fields}
    own = record.app.definition.by_code
    return {codes[own[code].id]: value for code, value in record.values.items() if own[code].id in codes}


@transaction.atomic
def add(access: Access, form: RecordForm) -> int:
    """Adds the record that the form describes and returns its id. Raises InvalidValues, PermissionDenied."""
    values = form.new_values
    ref = write.create_record(app=access.app, values=values, actor=access.viewer.actor, access=access)
    attachments.attach(access.app, ref.record_id, form.files, values)
    return ref.record_id


@transaction.atomic
def change(
    access: Access, record: Record, form: RecordForm, revision: int, *, data: Mapping[str, Any] | None = None
) -> int:
    """Writes what the form changes and returns the record's new revision.

    Raises StaleRecord unless the record is at ``revision``, InvalidValues, PermissionDenied, RecordNotFound.
    """
    changes = form.changes
    app = form_app(access, record)
    if not changes:
        return _unchanged(access, record, revision)
    story = dict(data or {})
    if app.revision_id != record.app_revision_id:
        locked = get_record(access.app, record.id, lock=True)
        if locked.revision != revision:
            raise write.StaleRecord(locked.revision)
        rebase(app, record)
        story |= {"app_revision": app.revision_id, "app_revision_before": record.app_revision_id}
    event = write.update_record(
        app=app, record_id=record.id, changes=changes, expected_revision=revision, actor=access.viewer.actor,
        access=access, data=story or None,
    )
    files = [field for field in form.files if field.code in changes]
    attachments.attach(app, record.id, files, changes)
    attachments.drop(files, form.base, changes)
    return int(event.record_revision)


def _unchanged(access: Access, record: Record, revision: int) -> int:
    now = get_record(access.app, record.id).revision
    if now != revision:
        raise write.StaleRecord(now)
    return now
