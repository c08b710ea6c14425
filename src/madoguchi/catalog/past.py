"""Earlier revisions that records stay on: which they are, and how they come to another instance."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection
from django.utils import timezone
from psycopg import sql

from madoguchi.catalog.manifest import AppPart
from madoguchi.catalog.models import App, Revision
from madoguchi.catalog.queries import AppRevision, revision
from madoguchi.catalog.schema import existing_columns
from madoguchi.catalog.tables import plan, table_name
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.findings import DefinitionError


def revisions_in_use(app: AppRevision) -> list[AppRevision]:
    """The published revision, then the others under which records were filed, the newest first."""
    statement = sql.SQL("SELECT DISTINCT app_revision_id FROM {}").format(sql.Identifier(table_name(app.app_id)))
    with connection.cursor() as cursor:
        cursor.execute(statement)
        ids = {number for (number,) in cursor.fetchall()} - {app.revision_id}
    return [app, *sorted((revision(one) for one in ids), key=lambda one: -one.number)]


def restore_past(code: str, part: AppPart, past: Mapping[int, AppDefinition]) -> int:
    """Makes an app that is not here yet with its earlier revisions and a table that has their columns.

    Returns the number that its published revision is to have. Raises DefinitionError.
    """
    app = App.objects.create(code=code, conversions=list(part.conversions))
    for number, defn in sorted(past.items()):
        row = Revision.objects.create(
            app=app, number=number, state=Revision.State.RETIRED, published_at=timezone.now(),
            definition=defn.model_dump(mode="json", by_alias=True),
        )
        _add_columns(revision(row.pk))
    return part.number


def _add_columns(app: AppRevision) -> None:
    todo = plan(app.app_id, existing=existing_columns(table_name(app.app_id)), new=app.definition)
    if todo.problems:
        raise DefinitionError(todo.problems)
    with connection.cursor() as cursor:
        for statement in todo.statements:
            cursor.execute(statement)
