"""Apps: which there are, new ones, and making the draft of one the app that everybody works in."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC
from typing import Any

from django.conf import settings as django_settings
from django.db import connection, transaction
from psycopg import sql

from madoguchi.accounts.models import Staff
from madoguchi.accounts.queries import has_role, memberships
from madoguchi.api.auth import Caller
from madoguchi.api.call import Call
from madoguchi.api.drafts import refuse_non_managers
from madoguchi.api.endpoints_form import placeholder
from madoguchi.api.errors import ApiError, Words, app_missing, changed_meanwhile, invalid_at, refused
from madoguchi.api.models import AppState
from madoguchi.api.params import NEEDED, Params
from madoguchi.api.shapes import shapes_of
from madoguchi.api.shapes_sql import ADMINISTRATOR
from madoguchi.catalog import actions, rights
from madoguchi.catalog import drafts as catalog_drafts
from madoguchi.catalog.models import App, Revision
from madoguchi.catalog.queries import AppRevision, published_apps
from madoguchi.catalog.tables import table_name
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.findings import DefinitionError
from madoguchi.records.models import StoredFile
from madoguchi.records.permissions import access_of

Body = dict[str, Any]
MAX_NAME, MAX_APPS, MAX_DEPLOYED = 64, 100, 300
NEEDS_REVIEW: Words = (
    "この環境では、アプリは別の人の確認を受けてから公開します。画面から確認に出してください。",
    "Here apps are published after somebody else's review. Send the draft for review in the studio.",
)


def get_app(call: Call) -> Body:
    """GET app."""
    app = call.app("id")
    if not access_of(app, call.caller.viewer(app.app_id)).rights:
        raise app_missing(app.app_id)
    return _described(app)


def get_apps(call: Call) -> Body:
    """GET apps: the published ones in which the caller may do something."""
    limit, offset = call.params.integer("limit", MAX_APPS), call.params.integer("offset", 0) or 0
    if limit is None or not 1 <= limit <= MAX_APPS:
        raise invalid_at("limit", ("最大でも100以下です。", "Must be less than or equal to 100."))
    found = [app for app in published_apps() if _wanted(call.params, app) and _is_for(call.caller, app)]
    page = sorted(found, key=lambda app: app.app_id)[offset : offset + limit]
    return {"apps": [_described(app) for app in page]}


def _wanted(params: Params, app: AppRevision) -> bool:
    ids, codes, name = params.texts("ids"), params.texts("codes"), params.text("name", "")
    if ids and str(app.app_id) not in ids:
        return False
    return (not codes or app.code in codes) and name.lower() in str(app.definition.name).lower()


def _is_for(caller: Caller, app: AppRevision) -> bool:
    if caller.staff is None and caller.token(app.app_id) is None:
        return False
    return bool(access_of(app, caller.viewer(app.app_id)).rights)


def _described(app: AppRevision) -> Body:
    row = App.objects.select_related("published__published_by").get(pk=app.app_id)
    first = row.revisions.order_by("number").select_related("created_by").first()
    last = row.published
    creator, modifier = (first.created_by if first else None), (last.published_by if last else None)
    modified = last.published_at if last and last.published_at else row.created_at
    return {
        # Empty, as clients would look for it in front of record numbers.
        "appId": str(app.app_id), "code": "", "name": str(app.definition.name),
        "description": str(app.definition.description or ""), "createdAt": _moment(row.created_at),
        "creator": _person(creator), "modifiedAt": _moment(modified), "modifier": _person(modifier),
        "spaceId": None, "threadId": None,
    }  # fmt: skip


def _moment(at: Any) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"


def _person(staff: Staff | None) -> Body:
    return {"code": staff.username, "name": str(staff)} if staff else dict(ADMINISTRATOR)


# --- new apps ------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_app(call: Call) -> Body:
    """POST preview/app: an app with nothing in it, for the caller's department; not there for others until deployed."""
    staff = call.caller.staff
    if staff is None or not rights.may_create(staff):
        raise call.denied()
    name = call.params.text("name").strip()
    if not 1 <= len(name) <= MAX_NAME:
        raise invalid_at("name", ("65文字より短くなければなりません。", "Must be less than 65 characters."))
    department = _department(staff)
    code = f"app-{secrets.token_hex(4)}"
    everybody = ["view", "add", "edit", "process"]
    data = {
        "code": code, "name": name, "owner_department": department, "owner": staff.username,
        "fields": [placeholder(1, name)],
        "permissions": [
            {"department": department, "rights": everybody},
            {"staff": staff.username, "rights": [*everybody, "delete", "export", "manage"]},
        ],
    }
    revision = catalog_drafts.create(defn=AppDefinition.model_validate(data), staff=staff)
    state = AppState.objects.create(app=revision.app, created_by=staff, revision=2)
    return {"app": str(revision.app_id), "revision": str(state.revision)}


def _department(staff: Staff) -> str:
    """The first department in which they build apps, or else their first."""
    held = sorted(memberships(staff))
    building = [department for department, role in held if role in rights.BUILDERS]
    return (building or [department for department, _ in held])[0]


def move_app(call: Call) -> Body:
    """POST preview/app/move: there are no spaces to move to; out of one is where every app is."""
    if call.params.has("space"):
        raise refused(("スペースはありません。", "There are no spaces."))
    refuse_non_managers(call, _app(call, call.params.id("app")))
    return {}


def _app(call: Call, app_id: int) -> App:
    app = App.objects.filter(pk=app_id).first()
    if app is None:
        raise app_missing(app_id)
    return app


# --- deploying -----------------------------------------------------------------------------------------------------


def deploy(call: Call) -> Body:
    """POST preview/app/deploy: all of them or none. It is done when this answers; errors are told here."""
    rows = call.params.rows("apps")
    if not rows:
        raise invalid_at("apps", NEEDED)
    if len(rows) > MAX_DEPLOYED:
        raise invalid_at("apps", ("一度に300件までです。", "Up to 300 at once."))
    revert = call.params.flag("revert")
    with transaction.atomic():
        for row in rows:
            _deploy(call, row, revert)
    return {}


def _deploy(call: Call, row: Params, revert: bool) -> None:
    app = _app(call, row.id("app"))
    refuse_non_managers(call, app)
    AppState.objects.get_or_create(app=app)
    state = AppState.objects.select_for_update().get(app=app)
    wanted = row.integer("revision")
    if wanted is not None and wanted >= 0 and wanted != state.revision:
        raise changed_meanwhile("GAIA_CO03")
    working = catalog_drafts.working(app)
    if revert:
        _revert(app, state, working)
        return
    if working is not None:
        _publish(call, working)
    state.live, state.live_revision = state.preview, state.revision
    state.save(update_fields=("live", "live_revision"))


def _revert(app: App, state: AppState, working: Revision | None) -> None:
    if working is not None and app.published_id is not None:
        catalog_drafts.discard(app_code=app.code)
    state.preview, state.revision = state.live, state.revision + 1
    state.save(update_fields=("preview", "revision"))


def _publish(call: Call, working: Revision) -> None:
    approved = working.state == Revision.State.APPROVED
    if not approved and not django_settings.API_DEPLOY_WITHOUT_REVIEW:
        raise ApiError(403, "CB_NO02", NEEDS_REVIEW)
    try:
        actions.publish(revision=working, actor=call.caller.viewer(working.app_id).actor)
    except DefinitionError as wrong:
        words = "\n".join(f"{each.where}: {each.message}{each.mend}" for each in wrong.findings)
        raise refused((words, words), "GAIA_IL01") from wrong
    except (actions.DraftChanged, actions.PublishBusy) as busy:
        raise refused((str(busy), str(busy)), "GAIA_DP01") from busy


def deploy_status(call: Call) -> Body:
    """GET preview/app/deploy: what was deployed is done; a draft does not make an app less so."""
    found = []
    for number in call.params.texts("apps"):
        if not number.isdigit():
            raise invalid_at("apps", NEEDED)
        refuse_non_managers(call, _app(call, int(number)))
        found.append({"app": number, "status": "SUCCESS"})
    return {"apps": found}


# --- numbers -------------------------------------------------------------------------------------------------------


def statistics(call: Call) -> Body:
    """GET apps/statistics: for those who look after the whole house."""
    staff = call.caller.staff
    if staff is None or not has_role(staff, "admin"):
        raise call.denied()
    found = sorted(published_apps(), key=lambda app: app.app_id)
    offset = call.params.integer("offset", 0) or 0
    limit = min(call.params.integer("limit", MAX_APPS) or MAX_APPS, MAX_APPS)
    return {"apps": [_counted(app) for app in found[offset : offset + limit]]}


def _counted(app: AppRevision) -> Body:
    described = _described(app)
    table = table_name(app.app_id)
    statement = sql.SQL("SELECT count(*), max(updated_at), pg_total_relation_size({}) FROM {}").format(
        sql.Literal(table), sql.Identifier(table)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        count, updated, size = cursor.fetchone() or (0, None, 0)
    files = sum(StoredFile.objects.filter(app_id=app.app_id, deleted_at=None).values_list("size", flat=True))
    state = AppState.objects.filter(app_id=app.app_id).first()
    customized = bool(state and any(_scripts(state.live.get("customize") or {})))
    kept = {key: described[key] for key in ("name", "creator", "createdAt", "modifier", "modifiedAt")}
    return {
        "id": str(app.app_id), "space": None, "appGroup": "Public", "status": "Activated",
        "recordUpdatedAt": _moment(updated) if updated else None, "recordCount": str(count),
        "fieldCount": str(sum(shape.field is not None for shape in shapes_of(app).values())),
        "storageUsage": str(size + files), "customized": customized, **kept,
    }  # fmt: skip


def _scripts(customize: Body) -> Iterable[Any]:
    for place in ("desktop", "mobile"):
        for kind in ("js", "css"):
            yield from (customize.get(place) or {}).get(kind) or []


def catalogue(call: Call) -> Body:
    """GET apis: every method of the API and where it is."""
    from madoguchi.api.routes import LIVE, PREVIEW  # noqa: PLC0415 - the list of endpoints has this one in it

    live = {f"{name}/{method.lower()}": f"{name}.json" for method, name in LIVE}
    preview = {f"preview/{name}/{method.lower()}": f"preview/{name}.json" for method, name in PREVIEW}
    base = f"{django_settings.BASE_URL}/k/v1/"
    return {"baseUrl": base, "apis": {name: {"link": link} for name, link in (live | preview).items()}}
