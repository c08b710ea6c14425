"""Moving records through their process, and who works on them."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from madoguchi.accounts.models import Staff
from madoguchi.api.call import Call
from madoguchi.api.endpoints_records import expected
from madoguchi.api.errors import ApiError, changed_meanwhile, invalid_at, refused
from madoguchi.api.params import NEEDED, Params
from madoguchi.api.writing import MANY, locked
from madoguchi.definition.app import Action
from madoguchi.records.errors import NotAllowedNow
from madoguchi.records.permissions import Access, may_act
from madoguchi.records.read import Record
from madoguchi.records.write import assign_record, move_record

OFF = (
    "プロセス管理が有効になっていません。", "The process management feature is disabled.",
)
NOT_HERE = (
    "指定したアクションは、レコードの今のステータスでは実行できません。",
    "The action cannot be run in the record's current status.",
)
ONE_ONLY = ("作業者は1人だけ指定できます。", "Only one assignee can be set.")


@transaction.atomic
def update_status(call: Call) -> dict[str, Any]:
    """PUT record/status."""
    access = call.access(call.app(), "view")
    return {"revision": str(_move(call, access, call.params, ""))}


@transaction.atomic
def update_statuses(call: Call) -> dict[str, Any]:
    """PUT records/status: all or none."""
    access = call.access(call.app(), "view")
    rows = call.params.rows("records")
    if not 1 <= len(rows) <= MANY:
        raise invalid_at("records", NEEDED if not rows else ("一度に100件まで更新できます。", "Up to 100 at once."))
    moved = [(row.id("id"), _move(call, access, row, f"records[{n}].")) for n, row in enumerate(rows)]
    return {"records": [{"id": str(record_id), "revision": str(revision)} for record_id, revision in moved]}


def _move(call: Call, access: Access, row: Params, path: str) -> int:
    record_id = row.id("id")
    record = locked(access, record_id, "view", call)
    revision = expected(row)
    if revision is not None and record.revision != revision:
        raise changed_meanwhile()
    action = _action(record, row.text("action"))
    _refuse_unless_allowed(call, access, record, action)
    try:
        event = move_record(
            app=access.app, record_id=record_id, action=action, expected_revision=None, actor=access.viewer.actor
        )
    except NotAllowedNow as refusal:
        raise refused((str(refusal), str(refusal)), "GAIA_IL03") from refusal
    if row.has("assignee"):
        event = _assign(access, record_id, [row.text("assignee")], f"{path}assignee")
    return int(event.record_revision)


def _action(record: Record, name: str) -> Action:
    process = record.app.definition.process
    if process is None or record.status is None:
        raise ApiError(400, "GAIA_ST02", OFF)
    for action in process.actions_from(record.status):
        if name in {action.code, *action.name.root.values()}:
            return action
    raise refused(NOT_HERE, "GAIA_IL03")


def _refuse_unless_allowed(call: Call, access: Access, record: Record, action: Action) -> None:
    staff = call.caller.staff
    allowed = may_act(staff, access.app.definition, action) if staff else access.has("process")
    if not allowed:
        raise call.denied()
    if action.kind != "move" and record.interview_id is not None:
        words = (
            "このアクションには申請者への説明が要ります。画面から操作してください。",
            "This action needs an explanation to the applicant. Use the desk.",
        )
        raise refused(words, "GAIA_IL03")


@transaction.atomic
def update_assignees(call: Call) -> dict[str, Any]:
    """PUT record/assignees."""
    access = call.access(call.app(), "edit")
    record_id = call.params.id("id")
    record = locked(access, record_id, "edit", call)
    if record.status is None:
        raise ApiError(400, "GAIA_ST02", OFF)
    revision = expected(call.params)
    if revision is not None and record.revision != revision:
        raise changed_meanwhile()
    event = _assign(access, record_id, call.params.texts("assignees"), "assignees")
    return {"revision": str(event.record_revision)}


def _assign(access: Access, record_id: int, codes: list[str], path: str) -> Any:
    if len(codes) > 1:
        raise invalid_at(path, ONE_ONLY)
    staff = Staff.objects.filter(username__in=codes, is_active=True).first()
    if codes and staff is None:
        words = (f"ユーザー（code: {codes[0]}）が見つかりません。", f"The user (code: {codes[0]}) is not found.")
        raise invalid_at(path, words)
    return assign_record(
        app=access.app, record_id=record_id, staff_id=staff.pk if staff else None, expected_revision=None,
        actor=access.viewer.actor,
    )
