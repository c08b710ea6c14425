"""How much waits where, for the rail. Counted no further than 99 and remembered for some seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.core.cache import cache

from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import Process, View
from madoguchi.definition.text import japanese
from madoguchi.notices import queries as notices
from madoguchi.records import lists

CAP = 99
KEPT_SECONDS = 10
UNFINISHED_KINDS = frozenset({"open", "waiting_resident", "waiting_payment"})
_EVERYTHING = View(code="everything", name=japanese("すべて"), columns=())


def statuses(process: Process | None, kinds: Iterable[str]) -> tuple[str, ...]:
    """Codes of the statuses of those kinds."""
    return tuple(s.code for s in process.statuses if s.kind in kinds) if process else ()


def waiting(app: AppRevision) -> str:
    """Records of an app that wait for staff."""
    wanted = statuses(app.definition.process, {"open"})
    return _remembered(f"desk-waiting-{app.revision_id}", lambda: _count(app, {"status": wanted})) if wanted else ""


def mine(staff: Staff, apps: Iterable[AppRevision]) -> str:
    """Unfinished records of these apps that are assigned to ``staff``."""
    return _remembered(f"desk-mine-{staff.pk}", lambda: sum(_count(app, mine_filter(app, staff)) for app in apps))


def letters(staff: Staff, apps: Iterable[AppRevision]) -> str:
    """Notices of these apps that ``staff`` is to print and post."""
    ids = [app.app_id for app in apps]
    return _remembered(f"desk-letters-{staff.pk}", lambda: notices.count_letters(ids, cap=CAP))


def mine_filter(app: AppRevision, staff: Staff) -> dict[str, tuple[str, ...]]:
    """The filter for what ``staff`` has in hand."""
    unfinished = statuses(app.definition.process, UNFINISHED_KINDS)
    assigned = {"assignee": (str(staff.pk),)}
    return assigned | ({"status": unfinished} if unfinished else {})


def _count(app: AppRevision, filters: dict[str, tuple[str, ...]]) -> int:
    try:
        return lists.count_capped(app, _EVERYTHING, filters=filters, cap=CAP)
    except lists.ListTooSlow:
        return CAP + 1


def forget(staff: Staff) -> None:
    """After an assignment or a posting one's own numbers are counted anew at once."""
    cache.delete_many([f"desk-mine-{staff.pk}", f"desk-letters-{staff.pk}"])


def _remembered(key: str, count: Callable[[], int]) -> str:
    return capped(cache.get_or_set(key, count, KEPT_SECONDS) or 0)


def capped(number: int) -> str:
    """``3``, ``99+``; empty for nothing."""
    return f"{CAP}+" if number > CAP else str(number or "")
