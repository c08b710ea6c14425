"""What LINE's room does in jobs: answer residents in the order in which they wrote."""

from __future__ import annotations

from madoguchi.channels.line.conversation import answer_all, forget_handled, unanswered
from madoguchi.channels.line.setup import refresh_menu
from madoguchi.lib.jobs import RETRY, app, daily_in_japan


@app.task(name="line.answer", retry=RETRY, pass_context=False)
def answer(user_hash: str) -> None:
    """Answers every event of one resident that waits, oldest first. Enqueued with a lock per resident."""
    answer_all(user_hash)


@app.task(name="line.menu", retry=RETRY, pass_context=False)
def show_in_menu() -> None:
    """After a procedure was published: shows its word in the rich menu."""
    refresh_menu()


@app.periodic(cron="*/5 * * * *")
@app.task(name="line.find_unanswered", retry=RETRY, pass_context=False)
def find_unanswered(timestamp: int) -> None:
    """Every five minutes: enqueues residents whose events wait although no job does, should that ever happen."""
    for user_hash in unanswered():
        answer.configure(lock=f"line:{user_hash}").defer(user_hash=user_hash)


@app.periodic(cron=daily_in_japan(3, 41))
@app.task(name="line.forget", retry=RETRY, pass_context=False)
def forget(timestamp: int) -> None:
    """Nightly: deletes events and messages that were handled more than a week ago."""
    forget_handled()
