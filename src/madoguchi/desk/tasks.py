"""Jobs of the desk."""

from __future__ import annotations

from uuid import UUID

from madoguchi.desk import mass
from madoguchi.lib.jobs import RETRY, app, daily_in_japan
from madoguchi.records import staff_notices
from madoguchi.records.models import Event


@app.task(name="desk.run_mass", retry=RETRY, pass_context=False)
def run_mass(mass_id: str) -> None:
    """Does one thing to many records; run again after a failure or a crash, it goes on where it was."""
    mass.run(UUID(mass_id))


@app.task(name="desk.tell_mentioned", retry=RETRY, pass_context=False)
def tell_mentioned(event_id: int) -> None:
    """Tells those whom a comment is for."""
    staff_notices.tell_mentioned(Event.objects.select_related("actor_staff").get(pk=event_id))


@app.periodic(cron=daily_in_japan(4, 5))
@app.task(name="desk.forget_mass", retry=RETRY, pass_context=False)
def forget_mass(timestamp: int) -> None:
    """Deletes the results of what was done to many records, where that is long ago."""
    del timestamp
    mass.forget_old()
