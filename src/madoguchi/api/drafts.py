"""The settings behind a call: live as published, or the draft (preview), and how a draft is changed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from madoguchi.accounts.models import Staff
from madoguchi.api.call import Call
from madoguchi.api.errors import Words, app_missing, changed_meanwhile, invalid, refused
from madoguchi.api.models import AppState
from madoguchi.catalog import actions
from madoguchi.catalog import drafts as catalog_drafts
from madoguchi.catalog import rights as catalog_rights
from madoguchi.catalog.models import App, Revision
from madoguchi.definition.app import AppDefinition
from madoguchi.records.permissions import access_of

READERS = frozenset({"view", "add", "edit", "manage"})
IN_REVIEW: Words = (
    "このアプリの変更は確認に出されているため、変えられません。確認が終わるか取り下げられてから行ってください。",
    "The app's changes are under review and cannot be altered until the review ends or is withdrawn.",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of an app, live or of its draft. ``extras`` are those our definition has no place for."""

    app: App
    definition: AppDefinition
    extras: Mapping[str, Any]
    revision: str


def settings_of(call: Call, name: str = "app", *, manage: bool = False) -> Settings:
    """The live settings, or with a preview call the draft's. Raises ApiError.

    Live ones are for whoever may do something in the app; drafts, and with ``manage`` live ones too, for its managers.
    """
    app_id = call.params.id(name)
    app = _app(call, app_id)
    state, _ = AppState.objects.get_or_create(app=app)
    if call.preview:
        refuse_non_managers(call, app)
        head = catalog_drafts.head(app)
        assert head is not None
        return Settings(app, _definition(head), state.preview, str(state.revision))
    if app.published is None:
        raise app_missing(app_id)
    held = access_of(call.caller.app(app_id), call.caller.viewer(app_id)).rights
    if manage and "manage" not in held:
        refuse_non_managers(call, app)
    if not held & READERS and not _manages(call, app):
        raise call.denied()
    return Settings(app, _definition(app.published), state.live, str(state.live_revision))


def _app(call: Call, app_id: int) -> App:
    if call.caller.staff is None and call.caller.token(app_id) is None:
        call.caller.app(app_id)  # raises the right error
    app = App.objects.select_related("published").filter(pk=app_id).first()
    if app is None:
        raise app_missing(app_id)
    return app


def _definition(revision: Revision) -> AppDefinition:
    return AppDefinition.model_validate(revision.definition)


def _manages(call: Call, app: App) -> bool:
    staff = call.caller.staff
    if staff is None:
        token = call.caller.token(app.pk)
        return token is not None and "manage" in token.rights
    published = _definition(app.published) if app.published else None
    deciding = catalog_rights.deciding_definition(published, catalog_drafts.working(app))
    return deciding is not None and catalog_rights.may_build(staff, deciding)


def refuse_non_managers(call: Call, app: App) -> None:
    """403 unless the caller may change the app."""
    if not _manages(call, app):
        raise call.denied()


@dataclass(slots=True)
class Draft:
    """A draft being changed: ``data`` is its definition as plain JSON, ``extras`` the rest."""

    app: App
    data: dict[str, Any]
    extras: dict[str, Any]
    staff: Staff | None

    @property
    def definition(self) -> AppDefinition:
        """The definition as it is now; raises ApiError if it has become none."""
        return _validated(self.data)

    def ids(self) -> Callable[[], int]:
        """Gives ids to new fields, each once."""
        return itertools.count(catalog_drafts.next_field_id(self.app)).__next__


@transaction.atomic
def change(call: Call, work: Callable[[Draft], Any], name: str = "app") -> tuple[Any, str]:
    """Lets ``work`` change the draft, stores it, and returns what it returned and the new revision. Raises ApiError."""
    app_id = call.params.id(name)
    app = _app(call, app_id)
    refuse_non_managers(call, app)
    AppState.objects.get_or_create(app=app)
    state = AppState.objects.select_for_update().get(app=app)
    wanted = call.params.integer("revision")
    if wanted is not None and wanted >= 0 and wanted != state.revision:
        raise changed_meanwhile("GAIA_CO03")
    working = catalog_drafts.working(app)
    if working is not None and working.state != Revision.State.DRAFT:
        raise refused(IN_REVIEW, "GAIA_AP15")
    head = working or app.published
    assert head is not None
    draft = Draft(app, head.definition, dict(state.preview), call.caller.staff)
    answer = work(draft)
    actions.save_draft(defn=draft.definition, actor=call.caller.viewer(app_id).actor)
    state.preview, state.revision = draft.extras, state.revision + 1
    state.save(update_fields=("preview", "revision"))
    return answer, str(state.revision)


def _validated(data: Mapping[str, Any]) -> AppDefinition:
    try:
        return AppDefinition.model_validate(data)
    except ValidationError as wrong:
        errors: dict[str, list[Words]] = {}
        for each in wrong.errors():
            path = ".".join(map(str, each["loc"])) or "properties"
            errors.setdefault(path, []).append((str(each["msg"]), str(each["msg"])))
        raise invalid(errors) from wrong
