"""What stands in the way of a change: who asks, by the rules about the record and its fields; and what others know."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from madoguchi.definition.problems import Problem
from madoguchi.definition.text import Text
from madoguchi.records.errors import FieldsRefused, NotDeletable
from madoguchi.records.permissions import Access, RecordRight
from madoguchi.records.read import Record, RecordNotFound

DeletionGuard = Callable[[int, int], str | None]
_guards: list[DeletionGuard] = []


def register_deletion_guard(guard: DeletionGuard) -> None:
    """Lets a room above keep a record: ``guard`` says of (app id, record id) why it must stay, None if it need not."""
    if guard not in _guards:
        _guards.append(guard)


def refuse_record(access: Access, record_id: int, right: RecordRight) -> None:
    """Raises RecordNotFound where the record may not be viewed, PermissionDenied where it may not be changed so.

    Asks the database about the record as it is in this transaction: call it once the record is locked.
    """
    found = access.rights_on([record_id]).get(record_id)
    if found is None:
        raise RecordNotFound(f"{access.app.code}/{record_id}")
    if right not in found:
        raise PermissionDenied(_("このレコードでこの操作をする権限がありません。"))


def refuse_fields(access: Access, codes: Iterable[str]) -> None:
    """Raises FieldsRefused for fields that may not be filled in. One that is not seen is answered as if it were not."""
    by_code = access.app.definition.by_code
    refused = {code: [_reason(access, code)] for code in codes if code in by_code and not access.changes(code)}
    if refused:
        raise FieldsRefused(refused)


def _reason(access: Access, code: str) -> Problem:
    if not access.sees(code):
        return Problem(Text({"ja": "この項目はありません。", "en": "There is no such item."}))
    field = access.app.definition.by_code[code]
    if field.id not in access.fixed:
        return Problem(Text({"ja": "この項目は入力できません。", "en": "This item cannot be filled in."}))
    return Problem(Text({
        "ja": f"「{field.label}」を変更する権限がありません。",
        "en": f"You are not permitted to change “{field.label.in_language('en')}”.",
    }))


def refuse_undeletable(record: Record) -> None:
    """Raises NotDeletable for what a resident filed and for what a room above keeps."""
    if record.interview_id is not None:
        raise NotDeletable(
            _("住民の申請は削除できません。却下・取下げなどの操作で終えてください。")
        )
    for guard in _guards:
        why = guard(record.app.app_id, record.id)
        if why:
            raise NotDeletable(why)
