"""Doing one thing to many records: each by the one write path, each refused or done by itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.language import in_words
from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import published_by_id
from madoguchi.desk import listing, process
from madoguchi.desk.buttons import actions_of, obstacle
from madoguchi.identity import queries as identity
from madoguchi.lib import vault
from madoguchi.lib.jobs import app as jobs
from madoguchi.payments import queries as payments
from madoguchi.payments.actions import PaymentProblem
from madoguchi.records import lists, read, write
from madoguchi.records.errors import RecordError
from madoguchi.records.mass_models import MassChange, MassOutcome
from madoguchi.records.permissions import Access, staff_access
from madoguchi.records.read import Record, RecordNotFound

MOST = 10_000
AT_ONCE = 100
"""So many are done while the page waits; more in the background."""
BATCH = 50
KEPT_DAYS = 30
Kind = MassChange.Kind
Outcome = tuple[int, str, bool, str]
"""A record: its id, its receipt number (or #id), whether it was changed, and why not."""


def ids_of(access: Access, asked: listing.Request, search: str) -> list[int]:
    """The records of a list in its order, at most ``MOST``. Raises ListTooSlow."""
    view = asked.view.model_copy(update={"columns": ()})
    page = lists.list_records(
        access.app, view, access=access, filters=asked.filters, search=search, condition=asked.condition,
        sort=asked.sorts, limit=MOST,
    )
    return [int(row["id"]) for row in page.rows]


def start(*, access: Access, kind: MassChange.Kind, what: Mapping[str, Any], record_ids: Sequence[int]) -> MassChange:
    """Begins; a few records are done when it returns, many go on in the background."""
    assert access.viewer.staff is not None
    ids = list(dict.fromkeys(record_ids))[:MOST]
    mass_id = uuid.uuid4()
    mass = MassChange.objects.create(
        id=mass_id, app_id=access.app.app_id, staff=access.viewer.staff, kind=kind, record_ids=ids, total=len(ids),
        what=vault.seal_json(dict(what), context=_context(mass_id)),
    )
    if len(ids) <= AT_ONCE:
        run(mass.pk)
        mass.refresh_from_db()
    else:
        jobs.configure_task("desk.run_mass", lock=f"mass:{access.app.app_id}").defer(mass_id=str(mass.pk))
    return mass


def _context(mass_id: uuid.UUID, first: int | None = None) -> str:
    return f"mass:{mass_id}" if first is None else f"mass:{mass_id}:{first}"


def run(mass_id: uuid.UUID) -> None:
    """Works off what is left, batch after batch; one that has ended is left alone."""
    while _batch(mass_id):
        pass


@transaction.atomic
def _batch(mass_id: uuid.UUID) -> bool:
    mass = MassChange.objects.select_for_update().get(pk=mass_id)
    if not mass.is_open:
        return False
    ids = [] if mass.cancelled else mass.record_ids[mass.done : mass.done + BATCH]
    if ids:
        outcomes = _outcomes(mass, ids)
        sealed = vault.seal_json(outcomes, context=_context(mass.pk, mass.done))
        MassOutcome.objects.create(mass=mass, first=mass.done, sealed=sealed)
        mass.done += len(ids)
        mass.changed += sum(done for _id, _name, done, _why in outcomes)
        mass.refused = mass.done - mass.changed
    if not ids or mass.done >= mass.total:
        mass.finished_at = timezone.now()
        mass.delete_after = mass.finished_at + timedelta(days=KEPT_DAYS)
    mass.save()
    return mass.is_open


def _outcomes(mass: MassChange, ids: Sequence[int]) -> list[Outcome]:
    # Anew for every batch: a right that was taken away meanwhile counts.
    access = staff_access(published_by_id(mass.app_id), Staff.objects.get(pk=mass.staff_id))
    what = vault.unseal_json(bytes(mass.what), context=_context(mass.pk))
    return [_one(access, Kind(mass.kind), what, record_id) for record_id in ids]


def _one(access: Access, kind: MassChange.Kind, what: Mapping[str, Any], record_id: int) -> Outcome:
    name = f"#{record_id}"
    try:
        record = read.find_record(access, record_id)
        name = record.receipt_number or name
        with transaction.atomic():
            why = _DOES[kind](access, record, what)
    except RecordNotFound:
        why = _("レコードがないか、見る権限がありません。")
    except PermissionDenied as denied:
        why = str(denied) or _("この操作をする権限がありません。")
    except (RecordError, PaymentProblem) as refusal:
        why = str(refusal)
    return (record_id, name, not why, why)


def _set(access: Access, record: Record, what: Mapping[str, Any]) -> str:
    """Sets fields, named by their ids as records of several revisions may be among them."""
    own = {str(field.id): field for field in record.app.definition.fields}
    missing = [number for number in what["values"] if number not in own]
    if missing:
        return _("この項目がなかった頃に受け付けたレコードです。")
    changes = {own[number].code: value for number, value in what["values"].items()}
    if all(record.values.get(code) == value for code, value in changes.items()):
        return _("すでにその内容です。")
    write.update_record(
        app=record.app, record_id=record.id, changes=changes, expected_revision=None, actor=access.viewer.actor,
        access=access,
    )
    return ""


def _act(access: Access, record: Record, what: Mapping[str, Any]) -> str:
    action = next((one for one in actions_of(access, record) if one.code == what["action"]), None)
    if action is None:
        return _("今の状態か、あなたの役割では、この操作はできません。")
    check = identity.of_record(access.app.app_id, record.id)
    why = obstacle(record, action, check, payments.live_payment(access.app.app_id, record.id))
    if not why:
        process.take_action(process.Move(access, record, action, record.revision))
    return why


def _assign(access: Access, record: Record, what: Mapping[str, Any]) -> str:
    access.require("process")
    to = Staff.objects.filter(username=what["staff"], is_active=True).first() if what["staff"] else None
    if what["staff"] and to is None:
        return _("担当にする職員が見つかりません。")
    if record.assignee_id == (to.pk if to else None):
        return _("すでにその担当です。")
    process.assign(access=access, record=record, to=to)
    return ""


def _delete(access: Access, record: Record, what: Mapping[str, Any]) -> str:
    write.delete_record(
        app=access.app, record_id=record.id, expected_revision=None, actor=access.viewer.actor, access=access
    )
    return ""


_DOES: Mapping[MassChange.Kind, Callable[[Access, Record, Mapping[str, Any]], str]] = {
    Kind.SET: _set, Kind.ACTION: _act, Kind.ASSIGN: _assign, Kind.DELETE: _delete,
}


def outcomes(mass: MassChange) -> Iterator[Outcome]:
    """What became of each record, in the list's order."""
    for batch in mass.outcomes.order_by("first"):
        yield from vault.unseal_json(bytes(batch.sealed), context=_context(mass.pk, batch.first))


def title(access: Access, mass: MassChange) -> str:
    """What was done, in words."""
    what = vault.unseal_json(bytes(mass.what), context=_context(mass.pk))
    defn = access.app.definition
    if mass.kind == Kind.SET:
        labels = [in_words(f.label) for f in defn.fields if str(f.id) in what["values"]]
        return _("「%(fields)s」を書き換える") % {"fields": "、".join(labels)}
    if mass.kind == Kind.ACTION:
        names = {a.code: in_words(a.name) for a in defn.process.actions} if defn.process else {}
        return _("「%(action)s」を行う") % {"action": names.get(what["action"], what["action"])}
    return _("担当を変える") if mass.kind == Kind.ASSIGN else _("削除する")


def forget_old() -> int:
    """Deletes what became of each record where that is long ago; that it was done stays in the records' histories."""
    old = MassChange.objects.filter(delete_after__lte=timezone.now())
    return int(old.delete()[0])
