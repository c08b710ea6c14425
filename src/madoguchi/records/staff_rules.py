"""The notifications of apps: whom a rule tells that something happened to a record, or that a date comes near.

Run by jobs, from events and from the clock. Nobody is told twice of one event or one date, nobody of what they did
themselves, and nobody of a record that they may not see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from psycopg import sql

from madoguchi import query
from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppNotFound, AppRevision, published_apps, published_by_id
from madoguchi.catalog.tables import columns_of, table_name
from madoguchi.definition.app import StaffNotification, StaffTarget
from madoguchi.records import staff_notices
from madoguchi.records.models import Event, StaffNotice
from madoguchi.records.query_sql import condition_sql
from madoguchi.records.read import Record, RecordNotFound, get_record

OCCASIONS: Mapping[str, str] = {
    "created": "added", "updated": "edited", "corrected": "edited", "commented": "commented", "moved": "moved",
}
"""What kinds of event are called in rules."""
NOBODY = 0
"""No member of staff has this number."""
LATE = timedelta(hours=24)
"""A reminder that could not be given at its time is given up to this much later."""
MAX_REMINDED = 10_000
"""Records one rule reminds of in one run; the rest follow in the next."""


def has_rules(event: Event) -> bool:
    """Whether the app has a rule for such an event: asked within the change itself, so it reads one row at most."""
    occasion = OCCASIONS.get(event.kind)
    if occasion is None:
        return False
    try:
        defn = published_by_id(event.app_id).definition
    except AppNotFound:
        return False
    return any(occasion in rule.on for rule in defn.notifications)


def tell_of_event(event: Event) -> int:
    """Follows the rules for an event; returns how many were told. Run again, it tells nobody twice."""
    app, occasion = published_by_id(event.app_id), OCCASIONS.get(event.kind, "")
    try:
        record = get_record(app, event.record_id)
    except RecordNotFound:
        return 0
    told = 0
    already = staff_notices.mentioned(event.data.get("mentions") or ()).values("pk")
    for rule in app.definition.notifications:
        if occasion in rule.on and _covers(app, rule, record.id):
            people = targets(record, rule.to).exclude(pk=event.actor_staff_id or NOBODY).exclude(pk__in=already)
            told += staff_notices.tell(
                app, record.id, people, kind=StaffNotice.Kind.RULE, text=str(rule.title), event=event
            )
    return told


def remind(now: datetime) -> int:
    """Reminds of every date that has come, in every app; returns how many were told."""
    return sum(
        _remind(app, rule, now) for app in published_apps() for rule in app.definition.notifications
        if "reminder" in rule.on and rule.reminder is not None
    )


def _remind(app: AppRevision, rule: StaffNotification, now: datetime) -> int:
    assert rule.reminder is not None
    days = due_days(time.fromisoformat(rule.reminder.time), rule.reminder.days, now)
    told = 0
    for record_id, day in _due(app, rule, days):
        key = f"{rule.code}:{day.isoformat()}"
        if StaffNotice.objects.filter(app_id=app.app_id, record_id=record_id, key=key).exists():
            continue
        try:
            people = targets(get_record(app, record_id), rule.to)
        except RecordNotFound:
            continue
        told += staff_notices.tell(
            app, record_id, people, kind=StaffNotice.Kind.RULE, text=f"{rule.title}（{day.isoformat()}）", key=key
        )
    return told


def due_days(at: time, days: int, now: datetime) -> list[date]:
    """The dates in records of which people are to be reminded now: of today's once it is time, and what was missed."""
    local = timezone.localtime(now)
    moments = [datetime.combine(local.date() - timedelta(days=back), at, local.tzinfo) for back in (0, 1)]
    return [moment.date() - timedelta(days=days) for moment in moments if local - LATE < moment <= local]


def _due(app: AppRevision, rule: StaffNotification, days: list[date]) -> list[tuple[int, date]]:
    """The records whose date is one of ``days``, by id; none where the field is no date any more."""
    field = app.definition.by_code.get(rule.reminder.field) if rule.reminder else None
    column = columns_of(field)[0] if field and columns_of(field) else None
    if not days or column is None or column.sql_type not in ("date", "timestamp with time zone"):
        return []
    day: sql.Composable = sql.Identifier(column.name)
    if column.sql_type != "date":
        day = sql.SQL("({} AT TIME ZONE 'Asia/Tokyo')::date").format(day)
    statement = sql.SQL("SELECT id, {} FROM {} WHERE {} = ANY({}::date[]) AND {} ORDER BY id LIMIT {}").format(
        day, sql.Identifier(table_name(app.app_id)), day, sql.Literal(days), _condition(app, rule),
        sql.Literal(MAX_REMINDED),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [(int(row[0]), row[1]) for row in cursor.fetchall()]


def _covers(app: AppRevision, rule: StaffNotification, record_id: int) -> bool:
    statement = sql.SQL("SELECT 1 FROM {} WHERE id = {} AND {}").format(
        sql.Identifier(table_name(app.app_id)), sql.Literal(record_id), _condition(app, rule)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone() is not None


def _condition(app: AppRevision, rule: StaffNotification) -> sql.Composable:
    condition = query.parse(rule.filter or "", options=False).condition
    return condition_sql(condition, app, staff=None, now=timezone.now())


# --- whom ----------------------------------------------------------------------------------------------------------


def targets(record: Record, to: Iterable[StaffTarget]) -> QuerySet[Staff]:
    """The active staff whom the targets mean for this record, each once."""
    found = Q(pk__in=[])
    for target in to:
        found |= Q(pk__in=_target(record, target).values("pk"))
    return Staff.objects.filter(found, is_active=True)


def _target(record: Record, target: StaffTarget) -> QuerySet[Staff]:
    """Everything that the target says must hold."""
    people = Staff.objects.all()
    if target.department is not None or target.roles:
        place = {"memberships__department__code": target.department} if target.department else {}
        role = {"memberships__role__in": target.roles} if target.roles else {}
        people = people.filter(**place, **role)
    if target.group is not None:
        people = people.filter(staff_groups__code=target.group)
    if target.staff is not None:
        people = people.filter(username=target.staff)
    if target.creator:
        people = people.filter(pk=record.created_by_id or NOBODY)
    if target.assignee:
        people = people.filter(pk=record.assignee_id or NOBODY)
    return people.filter(_in_field(record, target.in_field)) if target.in_field is not None else people


def _in_field(record: Record, code: str) -> Q:
    field, codes = record.app.definition.by_code.get(code), record.values.get(code) or []
    kind = field.type if field else ""
    name = {"staff": "username", "department": "departments__code", "group": "staff_groups__code"}.get(kind)
    return Q(**{f"{name}__in": codes}) if name else Q(pk__in=[])
