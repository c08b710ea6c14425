"""Jobs of the desk."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from madoguchi.desk import inbox_mail, mass
from madoguchi.lib.jobs import RETRY, app, daily_in_japan
from madoguchi.records import staff_notices, staff_rules
from madoguchi.records.models import Event


@app.task(name="desk.run_mass", retry=RETRY, pass_context=False)
def run_mass(mass_id: str) -> None:
    """Does one thing to many records; run again after a failure or a crash, it goes on where it was."""
    mass.run(UUID(mass_id))


@app.task(name="desk.tell_mentioned", retry=RETRY, pass_context=False)
def tell_mentioned(event_id: int) -> None:
    """Tells those whom a comment is for."""
    staff_notices.tell_mentioned(Event.objects.select_related("actor_staff").get(pk=event_id))


@app.task(name="desk.tell_by_rules", retry=RETRY, pass_context=False)
def tell_by_rules(event_id: int) -> None:
    """Tells whom the app's notifications name, in one transaction: all of them or, tried again, none twice."""
    with transaction.atomic():
        staff_rules.tell_of_event(Event.objects.get(pk=event_id))


@app.periodic(cron="*/5 * * * *")
@app.task(name="desk.remind", retry=RETRY, pass_context=False)
def remind(timestamp: int) -> None:
    """Reminds of the dates that have come."""
    del timestamp
    staff_rules.remind(timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="desk.mail_notices", retry=RETRY, pass_context=False)
def mail_notices(timestamp: int) -> None:
    """Sends staff an e-mail that something waits in their inbox, where the city has switched that on."""
    del timestamp
    if settings.STAFF_EMAIL:
        inbox_mail.send_waiting()


@app.periodic(cron=daily_in_japan(4, 5))
@app.task(name="desk.forget_mass", retry=RETRY, pass_context=False)
def forget_mass(timestamp: int) -> None:
    """Deletes the results of what was done to many records, where that is long ago."""
    del timestamp
    mass.forget_old()
