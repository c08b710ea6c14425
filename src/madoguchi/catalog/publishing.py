"""Publishing what was approved: now or at a date, by a job where values must be converted first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from procrastinate.jobs import JobDeferrer

from madoguchi.accounts.models import Staff
from madoguchi.catalog import conversions, drafts
from madoguchi.catalog.actions import PublishBusy, one_at_a_time, publish
from madoguchi.catalog.models import App, Conversion, Revision
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.findings import DefinitionError
from madoguchi.lib import jobs

State = Revision.State


class PublishError(RuntimeError):
    """It cannot be published now; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class ByStaff:
    """Who publishes, as ``actions.publish`` wants to know it."""

    staff_id: int | None


def publish_now(*, app_code: str, staff: Staff, accept_losses: bool) -> AppRevision | None:
    """Publishes the approved revision; None if a job does it, because many values must be converted first.

    Raises PublishError, DefinitionError.
    """
    with transaction.atomic():
        revision = _approved(app_code)
        revision.accept_losses, revision.publish_at, revision.publish_problem = accept_losses, None, ""
        revision.published_by = staff
        revision.save(update_fields=("accept_losses", "publish_at", "publish_problem", "published_by"))
        if conversions.needs_job(revision):
            conversions.begin(revision)
            _job(revision).defer(revision_id=revision.pk, at=None)
            return None
    try:
        return publish(revision=revision, actor=ByStaff(staff.pk))
    except PublishBusy as busy:
        raise PublishError(str(busy)) from busy


@transaction.atomic
def schedule(*, app_code: str, at: datetime, staff: Staff, accept_losses: bool) -> None:
    """Has the approved revision published at that moment; an earlier date is replaced. Raises PublishError."""
    revision = _approved(app_code)
    if at <= timezone.now():
        raise PublishError("公開する日時は、今より後にしてください。")
    revision.publish_at, revision.published_by, revision.publish_problem = at, staff, ""
    revision.accept_losses = accept_losses
    revision.save(update_fields=("publish_at", "published_by", "publish_problem", "accept_losses"))
    _job(revision, at).defer(revision_id=revision.pk, at=at.isoformat())


@transaction.atomic
def call_off(*, app_code: str) -> None:
    """Calls the date off; the revision stays approved. The job finds no date and does nothing. Raises PublishError."""
    revision = _approved(app_code)
    revision.publish_at = None
    revision.save(update_fields=("publish_at",))


def run(revision_id: int, at: str | None) -> None:
    """What the job does: converts values as far as needed, then publishes. What keeps it from that is kept to be read.

    ``at`` is the date it was made for; a job whose date was called off or replaced does nothing.
    """
    revision = Revision.objects.select_related("app").get(pk=revision_id)
    if revision.state != State.APPROVED or (at is not None and not _is_due(revision, at)):
        return
    try:
        with transaction.atomic():
            _refuse_outdated(revision)
        conversions.copy_all(revision)
        publish(revision=revision, actor=ByStaff(revision.published_by_id))
    except (DefinitionError, PublishError) as refusal:
        conversions.undo(revision)
        Revision.objects.filter(pk=revision_id).update(publish_at=None, publish_problem=str(refusal))


def _is_due(revision: Revision, at: str) -> bool:
    return revision.publish_at is not None and revision.publish_at == datetime.fromisoformat(at)


def _approved(app_code: str) -> Revision:
    one_at_a_time()
    app = App.objects.select_related("published").get(code=app_code)
    revision = drafts.working(app)
    if revision is None or revision.state != State.APPROVED:
        raise PublishError("承認された下書きがありません。先に確認に出してください。")
    if Conversion.objects.filter(revision=revision, finished_at=None).exists():
        raise PublishError("値を変換しています。終わると公開されます。")
    _refuse_outdated(revision)
    return revision


def _refuse_outdated(revision: Revision) -> None:
    app = App.objects.get(pk=revision.app_id)
    if revision.based_on_id != app.published_id:
        raise PublishError(
            "承認されたあとに、ほかの変更が公開されました。"
            "「直すために戻す」を押し、その変更を取り込んでから、もう一度確認に出してください。"
        )


def _job(revision: Revision, at: datetime | None = None) -> JobDeferrer:
    """The task by its name, as its module imports this one."""
    lock = f"catalog-publish-{revision.app_id}"
    return jobs.app.configure_task("catalog.publish_revision", schedule_at=at, lock=lock)
