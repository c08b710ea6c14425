"""What identification does by the clock."""

from __future__ import annotations

from madoguchi.identity import actions
from madoguchi.lib.jobs import RETRY, app


@app.periodic(cron="17 * * * *")
@app.task(name="identity.forget_old_round_trips", retry=RETRY, pass_context=False)
def forget_old_round_trips(timestamp: int) -> None:
    """Hourly: deletes round trips nobody came back from."""
    actions.forget_old_round_trips()
