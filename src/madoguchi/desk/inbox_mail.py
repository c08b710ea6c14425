"""An e-mail to staff that something waits in their inbox. It says how much, never what: mail is no place for that."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from madoguchi.accounts.models import Staff
from madoguchi.records.models import StaffNotice

MOST = 500
"""People written to in one run; the others follow in the next."""


def send_waiting() -> int:
    """Writes once to everybody with an address who has unread notices of which no mail told; returns how many."""
    waiting = StaffNotice.objects.filter(read_at=None, mailed_at=None, staff__is_active=True).exclude(staff__email="")
    people = list(waiting.values_list("staff_id").annotate(Count("pk")).order_by("staff_id")[:MOST])
    for staff_id, count in people:
        _write_to(Staff.objects.get(pk=staff_id), count)
    return len(people)


@transaction.atomic
def _write_to(staff: Staff, count: int) -> None:
    """Noted first, in the same transaction: a mail that cannot be sent leaves the notices waiting for the next run."""
    StaffNotice.objects.filter(staff=staff, read_at=None, mailed_at=None).update(mailed_at=timezone.now())
    with translation.override("ja"):
        words = ngettext(
            "窓口システムに、あなたへの新しいお知らせが%(count)d件あります。",
            "窓口システムに、あなたへの新しいお知らせが%(count)d件あります。", count,
        ) % {"count": count}
    EmailMessage(
        subject=words, body=f"{words}\n\n{settings.BASE_URL}{reverse('desk:inbox')}\n", to=[staff.email],
        headers={"Auto-Submitted": "auto-generated"},
    ).send()
