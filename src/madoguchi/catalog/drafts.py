"""Drafts: many saves by many people, none of which is ever lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from pydantic import ValidationError

from madoguchi.accounts.models import Staff
from madoguchi.catalog.models import App, DraftSave, HeldSave, Revision
from madoguchi.definition import merge
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.merge import Clash, Side

Kind = DraftSave.Kind


_HIGHEST_ID = """
    SELECT coalesce(max(id::text::int), 0) FROM (
        SELECT definition FROM catalog_revision WHERE app_id = %(app)s
        UNION ALL
        SELECT s.definition FROM catalog_draftsave s JOIN catalog_revision r ON r.id = s.revision_id
        WHERE r.app_id = %(app)s
    ) all_of_them, jsonb_path_query(definition, 'lax $.fields[*].**{0 to 2}.id') id
"""


class DraftLocked(RuntimeError):
    """The draft is being reviewed or waits for its date; it changes again once that is called off."""

    def __init__(self, revision: Revision) -> None:
        super().__init__("この下書きは確認に出しているため、変更できません。確認を取り下げると、続けて作れます。")
        self.revision = revision


@dataclass(frozen=True, slots=True)
class Saved:
    """``merged`` is true when what others saved meanwhile was brought together with it."""

    revision: Revision
    merged: bool


@dataclass(frozen=True, slots=True)
class Clashed:
    """Others changed the same places meanwhile. What was sent is kept in ``held``; ``head`` is what there is."""

    held: HeldSave | None
    clashes: tuple[Clash, ...]
    head: Revision


@dataclass(frozen=True, slots=True)
class Changer:
    """Who changed a place of the draft last, and when."""

    name: str
    at: datetime


def plain(defn: AppDefinition) -> dict[str, Any]:
    """The definition as it is stored."""
    return defn.model_dump(mode="json", by_alias=True)


def head(app: App) -> Revision | None:
    """What a builder sees: the revision in work, or else the published one."""
    return working(app) or app.published


def working(app: App) -> Revision | None:
    """The revision before publishing: draft, in review or approved; an app has at most one."""
    return app.revisions.filter(state__in=Revision.WORKING).select_related("saved_by", "based_on").first()


def next_field_id(app: App) -> int:
    """The first id that no field of this app ever had: columns are named by ids and keep their data."""
    with connection.cursor() as cursor:
        cursor.execute(_HIGHEST_ID, {"app": app.pk})
        found = cursor.fetchone()
    return int(found[0] if found else 0) + 1


@transaction.atomic
def create(*, defn: AppDefinition, staff: Staff | None) -> Revision:
    """A new app with its first draft; raises ``django.db.IntegrityError`` when the code is taken."""
    app = App.objects.create(code=defn.code)
    return _begin(app, plain(defn), staff)


@transaction.atomic
def save(*, app_code: str, base_version: int, defn: AppDefinition, staff: Staff) -> Saved | Clashed:
    """Stores ``defn``, which was made from version ``base_version``, together with what others saved since.

    Where both changed the same place differently nothing is changed, and what was sent is held until its author has
    chosen. Raises DraftLocked while the draft is reviewed.
    """
    app = _locked(app_code)
    draft = _draft(app, staff)
    sent = plain(defn)
    if base_version == draft.version:
        return Saved(_store(draft, sent, staff, Kind.SAVE), merged=False)
    result = _merged(_version(app, base_version), sent, draft.definition, {})
    if result.clashes:
        return Clashed(_hold(draft, base_version, sent, staff), result.clashes, draft)
    return Saved(_store(draft, result.definition, staff, Kind.MERGE), merged=True)


@transaction.atomic
def settle(*, held: HeldSave, choices: Mapping[str, Side], staff: Staff) -> Saved | Clashed:
    """Brings a held save into the draft, with the chosen side of every clash; those without a choice come back."""
    app = _locked(held.revision.app.code)
    draft = _draft(app, staff)
    result = _merged(_version(app, held.base_version), held.definition, draft.definition, choices)
    if result.clashes:
        return Clashed(held, result.clashes, draft)
    HeldSave.objects.filter(pk=held.pk).update(settled_at=timezone.now())
    return Saved(_store(draft, result.definition, staff, Kind.MERGE), merged=True)


def clashes_of(held: HeldSave) -> tuple[Clash, ...]:
    """What a held save contradicts in the draft as it is now."""
    now = head(held.revision.app)
    base = _version(held.revision.app, held.base_version)
    return _merged(base, held.definition, now.definition if now else {}, {}).clashes


@transaction.atomic
def drop_held(held: HeldSave) -> None:
    """Gives up a held save; it stays stored, but nobody is asked about it any more."""
    HeldSave.objects.filter(pk=held.pk).update(settled_at=timezone.now())


@transaction.atomic
def restore(*, app_code: str, definition: Mapping[str, Any], staff: Staff) -> Revision:
    """Makes an earlier save or revision the newest save of the draft. Raises DraftLocked."""
    draft = _draft(_locked(app_code), staff)
    return _store(draft, dict(definition), staff, Kind.RESTORE)


@transaction.atomic
def take_in_published(*, app_code: str, staff: Staff, choices: Mapping[str, Side]) -> Saved | Clashed:
    """Brings what was published since the draft began into the draft. Raises DraftLocked."""
    app = _locked(app_code)
    draft = _draft(app, staff)
    published = app.published
    if published is None or draft.based_on_id == published.pk:
        return Saved(draft, merged=False)
    base = draft.based_on.definition if draft.based_on else {}
    result = _merged(base, draft.definition, published.definition, choices)
    if result.clashes:
        return Clashed(None, result.clashes, published)
    draft.based_on = published
    return Saved(_store(draft, result.definition, staff, Kind.UPDATE), merged=True)


@transaction.atomic
def discard(*, app_code: str) -> None:
    """Throws the draft of a published app away, with its saves. Raises DraftLocked; LookupError if there is none."""
    app = _locked(app_code)
    draft = working(app)
    if draft is None or app.published_id is None:
        raise LookupError(app_code)
    _refuse_locked(draft)
    draft.delete()


def changer(app: App, *, since: int, path: tuple[str | int, ...]) -> Changer | None:
    """Who last changed the place ``path`` after version ``since``."""
    saves = DraftSave.objects.filter(revision__app=app, version__gte=since).select_related("by").order_by("version")
    found = None
    for before, after in pairwise(saves):
        if merge.at(before.definition, path) != merge.at(after.definition, path):
            found = Changer(str(after.by or ""), after.at)
    return found


def record_save(revision: Revision, staff_id: int | None, kind: DraftSave.Kind) -> None:
    """Gives the revision the app's next version and keeps its definition under it. The caller holds the app's lock."""
    last = DraftSave.objects.filter(revision__app_id=revision.app_id).aggregate(last=Max("version"))["last"] or 0
    revision.version, revision.saved_by_id, revision.saved_at = last + 1, staff_id, timezone.now()
    revision.save()
    DraftSave.objects.create(
        revision=revision, version=revision.version, kind=kind, definition=revision.definition, by_id=staff_id
    )


def next_number(app: App) -> int:
    """The number of the app's next revision."""
    return (app.revisions.aggregate(last=Max("number"))["last"] or 0) + 1


def _locked(app_code: str) -> App:
    return App.objects.select_for_update(of=("self",)).select_related("published").get(code=app_code)


def _draft(app: App, staff: Staff) -> Revision:
    """The app's draft, begun from what is published if there is none."""
    draft = working(app)
    if draft is None:
        assert app.published is not None  # An app without a published revision always has one in work.
        return _begin(app, app.published.definition, staff, version=app.published.version)
    _refuse_locked(draft)
    return draft


def _refuse_locked(draft: Revision) -> None:
    if draft.state != Revision.State.DRAFT:
        raise DraftLocked(draft)


def _begin(app: App, definition: dict[str, Any], staff: Staff | None, *, version: int | None = None) -> Revision:
    by = staff.pk if staff else None
    draft = Revision(
        app=app, number=next_number(app), definition=definition, based_on_id=app.published_id, created_by_id=by,
        saved_by_id=by,
    )
    if version is None:
        record_save(draft, by, Kind.BEGIN)
    else:
        # Nothing is saved yet: to its builders it is still the version that is published.
        draft.version = version
        draft.save()
    return draft


def _store(draft: Revision, definition: dict[str, Any], staff: Staff, kind: DraftSave.Kind) -> Revision:
    if definition != draft.definition or kind == Kind.UPDATE:
        draft.definition = definition
        record_save(draft, staff.pk, kind)
    return draft


def _version(app: App, version: int) -> dict[str, Any]:
    """The definition under that version; empty if there never was one, so that every difference is asked about."""
    save = DraftSave.objects.filter(revision__app=app, version=version).first()
    return save.definition if save else {}


def _merged(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], choices: Mapping[str, Side]
) -> merge.Merged:
    """The merge; where its result is no definition any more, the whole is one clash."""
    result = merge.merge(base, mine, theirs, choices=choices)
    try:
        AppDefinition.model_validate(result.definition)
    except ValidationError:
        whole = Clash((), mine, theirs)
        side = choices.get(whole.key)
        if side is None:
            return merge.Merged(dict(theirs), (whole,))
        return merge.Merged(dict(mine if side == "mine" else theirs), ())
    return result


def _hold(draft: Revision, base_version: int, sent: dict[str, Any], staff: Staff) -> HeldSave:
    held, _ = HeldSave.objects.update_or_create(
        revision=draft, by=staff, settled_at=None, defaults={"base_version": base_version, "definition": sent}
    )
    return held
