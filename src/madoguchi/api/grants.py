"""Which rights somebody may give to a token: never more than they have themselves."""

from __future__ import annotations

from madoguchi.accounts.models import Staff
from madoguchi.api.tokens import RIGHTS
from madoguchi.catalog.queries import AppRevision
from madoguchi.records.permissions import Access, RecordRight, staff_access
from madoguchi.records.query_sql import TRUE

_ON_RECORDS: tuple[RecordRight, ...] = ("view", "edit", "delete")


def grantable(staff: Staff, app: AppRevision) -> tuple[str, ...]:
    """Those of an app that ``staff`` manages.

    Rules about records and fields do not bind tokens: who is bound by them gives no right on records.
    """
    access = staff_access(app, staff)
    held = (set(access.rights) & set(RIGHTS)) | {"manage"}
    if is_limited(access):
        held -= set(_ON_RECORDS)
    return tuple(right for right in RIGHTS if right in held)


def is_limited(access: Access) -> bool:
    """Whether a rule hides records or fields from the person, or fixes fields for them."""
    rules = {access.app.definition.by_code[rule.field].id for rule in access.app.definition.field_rules}
    bound = (access.hidden | access.fixed) & rules
    return bool(bound) or any(access.where(right) != TRUE for right in _ON_RECORDS if access.has(right))
