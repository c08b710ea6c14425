"""How much waits where, for the rail. Counted no further than 99 and remembered for some seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.core.cache import cache

from madoguchi.accounts.models import Staff
from madoguchi.definition.app import Process, View
from madoguchi.definition.text import japanese
from madoguchi.notices import queries as letter_queries
from madoguchi.records import lists
from madoguchi.records.permissions import Access
from madoguchi.records.staff_notices import unread

CAP = 99
KEPT_SECONDS = 10
UNFINISHED_KINDS = frozenset({"open", "waiting_resident", "waiting_payment"})
_EVERYTHING = View(code="everything", name=japanese("すべて"), columns=())


def statuses(process: Process | None, kinds: Iterable[str]) -> tuple[str, ...]:
    """Codes of the statuses of those kinds."""
    return tuple(s.code for s in process.statuses if s.kind in kinds) if process else ()


def waiting(access: Access) -> str:
    """Records of an app that wait for staff, as far as the viewer sees them."""
    wanted = statuses(access.app.definition.process, {"open"})
    if not wanted:
        return ""
    # Where rules hide records, everybody has a number of their own.
    whose = f"-{access.viewer.staff.pk}" if access.limits_records and access.viewer.staff else ""
    return _remembered(f"desk-waiting-{access.app.revision_id}{whose}", lambda: _count(access, {"status": wanted}))


def mine(staff: Staff, accesses: Iterable[Access]) -> str:
    """Unfinished records of these apps that are assigned to ``staff``."""
    return _remembered(
        f"desk-mine-{staff.pk}", lambda: sum(_count(access, mine_filter(access, staff)) for access in accesses)
    )


def letters(staff: Staff, accesses: Iterable[Access]) -> str:
    """Notices of these apps that ``staff`` is to print and post."""
    return _remembered(f"desk-letters-{staff.pk}", lambda: letter_queries.count_letters(list(accesses), cap=CAP))


def notices(staff: Staff) -> str:
    """What ``staff`` was told and has not read yet."""
    return _remembered(f"desk-told-{staff.pk}", lambda: unread(staff)[: CAP + 1].count())


def mine_filter(access: Access, staff: Staff) -> dict[str, tuple[str, ...]]:
    """The filter for what ``staff`` has in hand."""
    unfinished = statuses(access.app.definition.process, UNFINISHED_KINDS)
    assigned = {"assignee": (str(staff.pk),)}
    return assigned | ({"status": unfinished} if unfinished else {})


def _count(access: Access, filters: dict[str, tuple[str, ...]]) -> int:
    try:
        return lists.count_capped(access, _EVERYTHING, filters=filters, cap=CAP)
    except lists.ListTooSlow:
        return CAP + 1


def forget(staff: Staff) -> None:
    """After an assignment or a posting one's own numbers are counted anew at once."""
    cache.delete_many([f"desk-mine-{staff.pk}", f"desk-letters-{staff.pk}", f"desk-told-{staff.pk}"])


def _remembered(key: str, count: Callable[[], int]) -> str:
    return capped(cache.get_or_set(key, count, KEPT_SECONDS) or 0)


def capped(number: int) -> str:
    """``3``, ``99+``; empty for nothing."""
    return f"{CAP}+" if number > CAP else str(number or "")
