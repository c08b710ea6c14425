"""All writes about groups of staff."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils.translation import gettext as _

from madoguchi.accounts.models import Staff, StaffGroup

_CODE = re.compile(r"[a-z][a-z0-9_-]{0,62}")


class GroupRefused(ValueError):
    """Why a group was not made or changed, in words; ``field`` is ``code`` or ``name``."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def create_group(*, code: str, name: str) -> StaffGroup:
    """A group without members. Its code stays as it is: apps name it. Raises GroupRefused."""
    if not _CODE.fullmatch(code):
        raise GroupRefused("code", _("コードは、半角の英小文字で始め、英小文字・数字・_・- だけで書いてください。"))
    if StaffGroup.objects.filter(code=code).exists():
        raise GroupRefused("code", _("このコードのグループはもうあります。別のコードにしてください。"))
    return StaffGroup.objects.create(code=code, name=_checked(name, None))


@transaction.atomic
def rename_group(group: StaffGroup, *, name: str) -> None:
    """Calls it something else; apps go on naming it. Raises GroupRefused."""
    group.name = _checked(name, group)
    group.save(update_fields=["name"])


def _checked(name: str, group: StaffGroup | None) -> str:
    name = name.strip()
    if not name:
        raise GroupRefused("name", _("グループの名前を書いてください。"))
    others = StaffGroup.objects.exclude(pk=group.pk) if group else StaffGroup.objects.all()
    if others.filter(name=name).exists():
        raise GroupRefused("name", _("この名前のグループはもうあります。区別できる名前にしてください。"))
    return name[:100]


def add_member(group: StaffGroup, staff: Staff) -> None:
    """Twice changes nothing."""
    group.members.add(staff)


def remove_member(group: StaffGroup, staff: Staff) -> None:
    """Whoever is not in it stays out."""
    group.members.remove(staff)


def delete_group(group: StaffGroup) -> None:
    """Removes it; whether an app names it is asked before (``catalog.named``)."""
    group.delete()
