"""How many business days are left of the standard processing period (標準処理期間)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.definition.app import AppDefinition
from madoguchi.lib.business_days import add_business_days, business_days_between

SOON_DAYS = 2


@dataclass(frozen=True, slots=True)
class DaysLeft:
    """``level``: plain, warn (two days or less) or bad (overdue)."""

    text: str
    level: str
    due: date


def days_left(
    defn: AppDefinition, status: str | None, submitted_at: datetime | None, *, today: date | None = None
) -> DaysLeft | None:
    """None while the office has nothing to do: the record is finished, or waits for the resident or the payment."""
    if defn.procedure is None or defn.process is None or status is None or submitted_at is None:
        return None
    if defn.process.status(status).kind != "open":
        return None
    filed = timezone.localtime(submitted_at).date()
    due, left = _due(filed, defn.procedure.processing_days, today or timezone.localdate())
    if left < 0:
        return DaysLeft(_("%(days)d日超過") % {"days": -left}, "bad", due)
    text = _("今日まで") if left == 0 else _("あと%(days)d日") % {"days": left}
    return DaysLeft(text, "warn" if left <= SOON_DAYS else "plain", due)


@lru_cache(maxsize=1024)
def _due(filed: date, days: int, today: date) -> tuple[date, int]:
    """Counted once per day of filing, not once per row of a list."""
    due = add_business_days(filed, days)
    return due, business_days_between(today, due)
