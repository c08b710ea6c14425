"""An app whose records name people, and others that know of it: for tests of who sees what, and of connected data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from madoguchi.accounts.models import Staff, StaffGroup
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.records.permissions import Access, access_of
from madoguchi.records.viewer import TokenViewer, Viewer
from tests.publishing import publish

EVERYTHING = ["view", "add", "edit", "delete", "process", "export"]
FIELDS: list[dict[str, Any]] = [
    {"id": 1, "code": "件名", "label": "件名", "type": "text"},
    {"id": 2, "code": "秘密", "label": "秘密", "type": "text", "personal": True},
    {"id": 3, "code": "金額", "label": "金額", "type": "money"},
    {"id": 4, "code": "職員", "label": "職員", "type": "staff"},
    {"id": 5, "code": "課", "label": "課", "type": "department"},
    {"id": 6, "code": "班", "label": "班", "type": "group"},
    {"id": 7, "code": "種別", "label": "種別", "type": "choice", "options": ["甲", "乙", "丙"]},
    {"id": 8, "code": "明細", "label": "明細", "type": "table", "fields": [
        {"id": 9, "code": "品名", "label": "品名", "type": "text"},
    ]},
    {"id": 10, "code": "電話", "label": "電話", "type": "phone"},
]


def cases(**parts: Any) -> AppDefinition:
    """Cases that everybody in the house may do everything with, unless ``parts`` say otherwise."""
    data: dict[str, Any] = {
        "code": "cases", "name": "案件", "owner_department": "shimin", "fields": FIELDS,
        "permissions": [{"rights": EVERYTHING}],
    }
    return AppDefinition.model_validate({**data, **parts})


def published_cases(**parts: Any) -> AppRevision:
    return publish(cases(**parts))


def access(app: AppRevision, staff: Staff) -> Access:
    """What ``staff`` may see and do, asked anew."""
    return access_of(app, Viewer(staff=Staff.objects.get(pk=staff.pk)))


def program(app: AppRevision, *rights: Any) -> Access:
    """What a program may see and do whose token has ``rights``."""
    return access_of(app, Viewer(token=TokenViewer(1, {app.app_id: frozenset(rights)})))


def group(code: str, *members: Staff) -> StaffGroup:
    found, _ = StaffGroup.objects.get_or_create(code=code, defaults={"name": code})
    found.members.add(*members)
    return found


def house(staff: Mapping[str, Staff]) -> None:
    """佐藤 and the outsider are in one group across departments, 鈴木 in another."""
    group("rescue", staff["sato"], staff["outsider"])
    group("press", staff["suzuki"])
