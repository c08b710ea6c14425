"""Past applications run through a draft: which would now be asked something else, be refused, or cost another fee.

Reads only. What comes out names applications by receipt number and fields by label; no value leaves this module. That
somebody ran it is in the access log (purpose ``replay``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from madoguchi.accounts.models import Staff
from madoguchi.catalog.models import App, Revision
from madoguchi.catalog.queries import AppRevision, as_filed
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.checking import parse_answer
from madoguchi.definition.compute import fee_lines, formula_values, visible_codes, visible_values
from madoguchi.definition.conversion import changes_kind, convert
from madoguchi.definition.fields import COMPUTED_TYPES, FILE_TYPES, VALUELESS_TYPES, AnyField, ChannelName
from madoguchi.definition.part_words import part_words
from madoguchi.definition.values import Value, Values
from madoguchi.intake.models import Application, Replay
from madoguchi.lib import jobs
from madoguchi.records.access import log_access
from madoguchi.records.read import Record, RecordNotFound, get_record
from madoguchi.records.world import TOKYO, DatabaseWorld

DEFAULT, MOST = 200, 20_000
AT_ONCE = 200
"""Up to so many are run while one waits; more by a job."""
BATCH = 100
_LIMITS = (
    "required", "options", "min", "max", "min_length", "max_length", "pattern", "decimals", "earliest", "latest",
    "min_selected", "max_selected", "min_rows", "max_rows", "max_files", "city_code", "kana", "type", "fields",
    "protocol",
)  # fmt: skip
"""Settings that decide what is taken."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What is different for one application; labels of fields, and the fee in yen before and after."""

    receipt_number: str
    record_id: int
    asked: tuple[str, ...]
    not_asked: tuple[str, ...]
    refused: tuple[str, ...]
    fee_before: int
    fee_after: int

    @property
    def any(self) -> bool:
        return bool(self.asked or self.not_asked or self.refused) or self.fee_before != self.fee_after


class World(DatabaseWorld):
    """The world at the moment of an application, so that "today" means the same for both."""

    def __init__(self, channel: ChannelName, moment: datetime) -> None:
        super().__init__(channel)
        self._moment = moment.astimezone(TOKYO)

    @property
    def now(self) -> datetime:
        """The moment of the application."""
        return self._moment


def start(*, app: App, revision: Revision, staff: Staff, wanted: int = DEFAULT) -> Replay:
    """Runs the newest ``wanted`` applications through the draft, many of them by a job."""
    wanted = max(1, min(wanted, MOST))
    total = min(wanted, Application.objects.filter(app=app).count())
    with transaction.atomic():
        replay = Replay.objects.create(
            app=app, revision=revision, version=revision.version, asked_by=staff, wanted=wanted, total=total
        )
        if total > AT_ONCE:
            jobs.app.configure_task("intake.replay").defer(replay_id=replay.pk)
    if total <= AT_ONCE:
        run(replay.pk)
        replay.refresh_from_db()
    return replay


def run(replay_id: int) -> None:
    """Goes through the applications, newest first, noting progress; an interrupted run goes on where it was."""
    while _run_batch(replay_id):
        pass


def _run_batch(replay_id: int) -> bool:
    with transaction.atomic():
        replay = Replay.objects.select_for_update(of=("self",)).select_related("app__published", "asked_by").get(
            pk=replay_id
        )
        if replay.finished_at:
            return False
        applications = _next_applications(replay)
        differences = list(_differences(replay, applications))
        replay.result = [*replay.result, *(asdict(found) for found in differences)]
        replay.done += len(applications)
        if applications:
            replay.last_application_id = applications[-1].pk
        if not applications or replay.done >= replay.total:
            replay.finished_at = timezone.now()
        replay.save()
        return replay.finished_at is None


def _next_applications(replay: Replay) -> list[Application]:
    found = Application.objects.filter(app_id=replay.app_id).order_by("-id")
    if replay.last_application_id is not None:
        found = found.filter(pk__lt=replay.last_application_id)
    return list(found[: min(BATCH, replay.total - replay.done)])


def _differences(replay: Replay, applications: list[Application]) -> Iterator[Difference]:
    published = replay.app.published
    if published is None or not applications:
        return
    app = as_filed(published.pk)
    draft = AppDefinition.model_validate(_definition(replay))
    personal = [field.id for field in app.definition.fields if field.personal]
    log_access(
        app=app, record_ids=[a.record_id for a in applications], staff=replay.asked_by, purpose="replay",
        field_ids=personal,
    )
    for application in applications:
        found = _difference(app, application, draft)
        if found and found.any:
            yield found


def _definition(replay: Replay) -> Mapping[str, Any]:
    """The draft as it was when the run was asked for."""
    save = replay.revision.saves.filter(version=replay.version).first()
    found: Mapping[str, Any] = save.definition if save else replay.revision.definition
    return found


def _difference(app: AppRevision, application: Application, draft: AppDefinition) -> Difference | None:
    try:
        record = get_record(app, application.record_id)
    except RecordNotFound:
        return None
    return compare(record, draft, World(record.channel, record.submitted_at or record.created_at))


def compare(record: Record, draft: AppDefinition, world: World) -> Difference:
    """What the draft does differently with the answers of one record."""
    filed = record.app.definition
    answers = carried_over(filed, draft, record.values)
    before, after = _questions(filed, record.values, world), _questions(draft, answers, world)
    return Difference(
        receipt_number=record.receipt_number or str(record.id), record_id=record.id,
        asked=tuple(str(f.label) for number, f in after.items() if number not in before and f.code not in answers),
        not_asked=tuple(str(f.label) for number, f in before.items() if number not in after),
        refused=tuple(_refusals(filed, draft, record.values, answers, world)),
        fee_before=_fee(filed, record.values, world), fee_after=_fee(draft, answers, world),
    )


def carried_over(filed: AppDefinition, draft: AppDefinition, values: Values) -> dict[str, Value]:
    """The answers by the draft's codes and in its types; what the draft does not have is left out."""
    old = {field.id: field for field in filed.fields}
    result: dict[str, Value] = {}
    for field in draft.fields:
        before = old.get(field.id)
        value = values.get(before.code) if before else None
        if before is not None and value is not None:
            value = convert(before, field, value).value if changes_kind(before, field) else value
            if value is not None:
                result[field.code] = value
    return result


def _questions(defn: AppDefinition, values: Values, world: World) -> dict[int, AnyField]:
    """The questions that are asked, by field id."""
    visible = visible_codes(defn, values, world)
    return {f.id: f for f in defn.question_fields if f.code in visible and f.type not in VALUELESS_TYPES}


def _refusals(
    filed: AppDefinition, draft: AppDefinition, before: Values, after: Values, world: World
) -> Iterator[str]:
    """Labels of the answers that the draft does not take and the revision they were filed under did, and why."""
    asked_before = _questions(filed, before, world)
    for number, field in _questions(draft, after, world).items():
        old = asked_before.get(number)
        if field.type in COMPUTED_TYPES or _taken(draft, field, after, world):
            continue
        if old is None and field.code not in after:
            continue  # A new question: it is listed as asked.
        if old is None or _taken(filed, old, before, world):
            yield f"「{field.label}」{_why(old, field)}"


def _taken(defn: AppDefinition, field: AnyField, values: Values, world: World) -> bool:
    value = values.get(field.code)
    if value is None:
        return not field.required
    if field.type in FILE_TYPES:
        return True
    others = formula_values(defn, values, world)
    return not isinstance(parse_answer(field, value, world, values=others), list)


def _why(old: AnyField | None, field: AnyField) -> str:
    """Which settings that decide what is taken have changed."""
    changed = [part_words(name) for name in _LIMITS if getattr(old, name, None) != getattr(field, name, None)]
    return f"（変わった決まり：{'、'.join(changed)}）" if old is not None and changed else ""


def _fee(defn: AppDefinition, values: Values, world: World) -> int:
    return sum(row.amount for row in fee_lines(defn, visible_values(defn, values, world), world))
