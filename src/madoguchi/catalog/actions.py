"""Writes of stored apps: drafts, and publishing them with their table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from django.db import connection, transaction
from django.db.utils import IntegrityError, OperationalError
from django.utils import timezone
from procrastinate.types import JSONValue
from psycopg import errors, sql

from madoguchi.catalog import conversions, drafts
from madoguchi.catalog.announcements import announce
from madoguchi.catalog.indexes import Index, key_index
from madoguchi.catalog.models import App, DraftSave, Revision
from madoguchi.catalog.queries import AppRevision, of_row, published_apps
from madoguchi.catalog.schema import LARGE_TABLE, existing_columns, existing_indexes, has_more_rows_than
from madoguchi.catalog.tables import Plan, plan, table_name
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.findings import DefinitionError, Finding, error
from madoguchi.lib import jobs
from madoguchi.query.validation import validate

PUBLISH_LOCK = 0x6D61646F
"""Advisory lock of all writes of the catalog: two publishes at once would plan on each other's unfinished tables."""


class Author(Protocol):
    """Who acts; ``records.actor.Actor`` is one."""

    @property
    def staff_id(self) -> int | None: ...


class DraftChanged(RuntimeError):
    """Someone else saved the draft after it was read; nothing was published."""


class PublishBusy(RuntimeError):
    """The table is in use by a long-running operation; nothing was changed."""


@transaction.atomic
def save_draft(*, defn: AppDefinition, actor: Author) -> Revision:
    """Stores ``defn`` as its app's draft, making the app if it is new. What a draft held before stays in its saves."""
    one_at_a_time()
    app, _ = App.objects.get_or_create(code=defn.code)
    draft = drafts.working(app) or Revision(
        app=app, number=drafts.next_number(app), created_by_id=actor.staff_id, based_on_id=app.published_id
    )
    draft.definition, draft.state, draft.publish_at = drafts.plain(defn), Revision.State.DRAFT, None
    drafts.record_save(draft, actor.staff_id, DraftSave.Kind.SAVE)
    return draft


@transaction.atomic
def publish_directly(*, defn: AppDefinition, actor: Author, number: int | None = None) -> AppRevision:
    """Publishes ``defn`` without review, as loading a pack does. A draft that somebody works on stays as it is.

    ``number`` is the number that it had elsewhere, higher than any here. Raises as ``publish``.
    """
    one_at_a_time()
    app, _ = App.objects.get_or_create(code=defn.code)
    number = number or drafts.next_number(app)
    if draft := drafts.working(app):
        # Numbers follow the order of publishing: the draft steps behind, out of the way of "one in work" at that.
        Revision.objects.filter(pk=draft.pk).update(number=number)
        number = draft.number
    row = Revision(
        app=app, number=number, state=Revision.State.RETIRED, definition=drafts.plain(defn),
        based_on_id=app.published_id, created_by_id=actor.staff_id,
    )
    drafts.record_save(row, actor.staff_id, DraftSave.Kind.SAVE)
    return _publish(row, actor)


def publish(*, revision: Revision, actor: Author) -> AppRevision:
    """Makes a draft the published revision of its app and brings the app's table to it, all or nothing.

    Raises DefinitionError for anything wrong with the definition or its fit with data already there, DraftChanged
    when the draft is no longer what ``revision`` holds, PublishBusy when the table stays locked for 5 seconds.
    """
    with transaction.atomic():
        one_at_a_time()
        row = Revision.objects.get(pk=revision.pk)
        app = of_row(row)
        if row.definition != revision.definition:
            raise DraftChanged("ほかの人が下書きを変更しました。内容を確認してから、もう一度公開してください。")
        if row.state not in Revision.WORKING:
            return app
        app = _publish(row, actor)
    revision.refresh_from_db()
    return app


def _publish(row: Revision, actor: Author) -> AppRevision:
    app = of_row(row)
    validate(app.definition, {other.code: other.definition for other in published_apps()})
    with _short_lock_waits():
        conversions.apply(row, app.definition)
    _alter_table(app)
    _make_current(row, actor)
    announce(app)
    return app


def one_at_a_time() -> None:
    """Holds the lock of all writes of the catalog until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISH_LOCK])


def _make_current(row: Revision, actor: Author) -> None:
    row.app.revisions.filter(state=Revision.State.PUBLISHED).update(state=Revision.State.RETIRED)
    row.state, row.published_at = Revision.State.PUBLISHED, timezone.now()
    row.published_by_id, row.publish_problem = actor.staff_id, ""
    row.save(update_fields=("state", "published_at", "published_by", "publish_problem"))
    App.objects.filter(pk=row.app_id).update(published=row)


def _alter_table(app: AppRevision) -> None:
    todo = plan(app.app_id, existing=existing_columns(table_name(app.app_id)), new=app.definition)
    if todo.problems:
        raise DefinitionError(todo.problems)
    with _short_lock_waits(), connection.cursor() as cursor:
        for statement in todo.statements:
            cursor.execute(statement)
    _build_indexes(app, todo)


@contextmanager
def _short_lock_waits() -> Iterator[None]:
    """Gives up after 5 s: an ALTER TABLE that waits makes every reader behind it wait too."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        try:
            yield
        except OperationalError as busy:
            if isinstance(busy.__cause__, errors.LockNotAvailable):
                raise PublishBusy("表が使用中のため公開できませんでした。少し待ってやり直してください。") from busy
            raise
        cursor.execute("SET LOCAL lock_timeout = DEFAULT")


def _build_indexes(app: AppRevision, todo: Plan) -> None:
    own = (*todo.indexes, *_indexes_for_others(app))
    _drop_indexes(table_name(app.app_id), keep=own)
    for index in (*own, *_indexes_in_others(app)):
        _build(index, app)


def _indexes_for_others(app: AppRevision) -> list[Index]:
    """What lookups, totals and lists of related records in any app need in this one."""
    others = [other.definition for other in published_apps() if other.code != app.code]
    keys = {key for defn in (*others, app.definition) for target, key in _keys_in_others(defn) if target == app.code}
    return [index for key in sorted(keys) if (index := key_index(app.app_id, app.definition, key))]


def _indexes_in_others(app: AppRevision) -> list[Index]:
    """What those of this app need in others."""
    targets = {other.code: other for other in published_apps() if other.code != app.code}
    wanted = [(targets[target], key) for target, key in _keys_in_others(app.definition) if target in targets]
    return [index for other, key in wanted if (index := key_index(other.app_id, other.definition, key))]


def _keys_in_others(defn: AppDefinition) -> Iterator[tuple[str, str]]:
    """Apps and the fields by which their records are found."""
    for field in defn.fields:
        if field.type == "lookup":
            yield field.app, field.key
        elif field.type in ("related", "total"):
            yield field.app, field.there


def _build(index: Index, app: AppRevision) -> None:
    if has_more_rows_than(index.table, LARGE_TABLE) and not index.unique:
        if index.name not in existing_indexes(index.table):
            columns: list[JSONValue] = [[key.column, key.descending, key.nullable] for key in index.keys]
            # By its name: the module of the tasks imports this one.
            jobs.app.configure_task("catalog.build_index").defer(table=index.table, keys=columns)
        return
    try:
        # A savepoint, so that after a refusal the caller may still ask the database.
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(index.create())
    except IntegrityError as refusal:
        raise DefinitionError([_not_unique(index, app)]) from refusal


def _not_unique(index: Index, app: AppRevision) -> Finding:
    column = index.keys[0].column
    label = next(str(field.label) for field in app.definition.fields if f"f{field.id}" == column)
    message = "同じ値のレコードがあるため「重複を禁止」にできません。"
    return error(f"フィールド「{label}」", message, "先に重複をなくしてください。")


def _drop_indexes(table: str, *, keep: tuple[Index, ...]) -> None:
    wanted = {index.name for index in keep}
    with connection.cursor() as cursor:
        for name in existing_indexes(table) - wanted:
            cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
