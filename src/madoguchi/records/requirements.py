"""What must hold before a record may move: its status, the action's requirements and condition."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg import sql

from madoguchi import query
from madoguchi.accounts.language import in_words
from madoguchi.accounts.models import Staff
from madoguchi.catalog.tables import table_name
from madoguchi.definition.app import Action, Trigger
from madoguchi.records.errors import NotAllowedNow
from madoguchi.records.query_sql import condition_sql
from madoguchi.records.read import Record

Requirement = Callable[[int, int], bool]
_requirements: dict[str, Requirement] = {}
_UNMET = {
    "identity": gettext_lazy("本人確認が済んでいません。先に済ませてから「%(action)s」を行ってください。"),
    "payment": gettext_lazy("手数料が納付されていません。先に済ませてから「%(action)s」を行ってください。"),
}


def register_requirement(name: str, is_met: Requirement) -> None:
    """Tells how to know whether ``identity`` or ``payment`` holds for (app id, record id).

    The rooms above register themselves when Django starts. What nobody registered counts as not met.
    """
    _requirements[name] = is_met


def refuse_unless_movable(record: Record, action: Action, staff: Staff | None = None) -> None:
    """Raises NotAllowedNow unless ``action`` may be done to ``record`` as it is; ``staff`` is who does it."""
    name = in_words(action.name)
    if record.status not in action.from_:
        words = _("いまの状態では「%(action)s」はできません。最新の内容を確認してください。")
        raise NotAllowedNow(words % {"action": name})
    for requirement in action.requires:
        is_met = _requirements.get(requirement)
        if is_met is None or not is_met(record.app.app_id, record.id):
            raise NotAllowedNow(_UNMET[requirement] % {"action": name})
    if not condition_holds(record, action, staff):
        words = _("「%(action)s」の条件を満たしていません。入力内容を確認してください。")
        raise NotAllowedNow(words % {"action": name})


def triggered_action(record: Record, trigger: Trigger) -> Action | None:
    """The first action of the record's process with that trigger out of its status whose condition holds."""
    process = record.app.definition.process
    if process is None or record.status is None:
        return None
    found = process.actions_from(record.status, trigger)
    return next((action for action in found if condition_holds(record, action)), None)


def condition_holds(record: Record, action: Action, staff: Staff | None = None) -> bool:
    """Whether the action's condition is true of the record as it is stored; no condition is true.

    Asked of the database, as the condition may speak of fields that whoever reads the record does not see. ``staff`` is
    who ``LOGINUSER()`` is.
    """
    condition = query.parse(action.condition or "", options=False).condition
    if condition is None:
        return True
    statement = sql.SQL("SELECT {} FROM {} WHERE id = {}").format(
        condition_sql(condition, record.app, staff=staff, now=timezone.now()),
        sql.Identifier(table_name(record.app.app_id)), sql.Literal(record.id),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchone()
    return bool(found and found[0])
