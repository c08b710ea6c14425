"""Settings over the API: who may, what is refused, and that nothing changes before it is deployed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from madoguchi.accounts.models import Staff
from madoguchi.api import tokens
from madoguchi.api.routes import LIVE, PREVIEW
from madoguchi.catalog import actions
from madoguchi.catalog.models import App
from madoguchi.catalog.queries import AppRevision, published
from madoguchi.records.actor import staff_actor
from tests.integration.api.conftest import Api, as_staff, books
from tests.publishing import publish

pytestmark = pytest.mark.django_db
TEXT = {"type": "SINGLE_LINE_TEXT", "code": "新しい", "label": "新しい"}


@pytest.fixture(autouse=True)
def _deploy_without_review(settings: Any) -> None:
    settings.API_DEPLOY_WITHOUT_REVIEW = True


def test_a_draft_changes_nothing_until_it_is_deployed(api: Api, app: AppRevision) -> None:
    answer = api.post("preview/app/form/fields", app=app.app_id, properties={"新しい": TEXT}, revision=1)
    assert answer.body == {"revision": "2"}
    assert "新しい" in api.get("preview/app/form/fields", app=app.app_id).body["properties"]
    live = api.get("app/form/fields", app=app.app_id).body
    assert "新しい" not in live["properties"] and live["revision"] == "1"
    assert api.post("preview/app/deploy", apps=[{"app": app.app_id, "revision": "2"}]).status == 200
    live = api.get("app/form/fields", app=app.app_id).body
    assert "新しい" in live["properties"] and live["revision"] == "2"
    assert api.get("preview/app/deploy", apps=[app.app_id]).body["apps"][0]["status"] == "SUCCESS"


def test_a_stale_revision_is_a_conflict(api: Api, app: AppRevision) -> None:
    api.put("preview/app/settings", app=app.app_id, description="a")
    answer = api.put("preview/app/settings", app=app.app_id, description="b", revision=1)
    assert (answer.status, answer.code) == (409, "GAIA_CO03")
    late = api.post("preview/app/deploy", apps=[{"app": app.app_id, "revision": 1}])
    assert late.code == "GAIA_CO03"


def test_a_draft_can_be_given_up(api: Api, app: AppRevision) -> None:
    api.put("preview/app/settings", app=app.app_id, name="別の名前", theme="RED")
    api.post("preview/app/deploy", apps=[{"app": app.app_id}], revert=True)
    found = api.get("preview/app/settings", app=app.app_id).body
    assert (found["name"], found["theme"]) == ("台帳", "WHITE")


def test_a_wrong_formula_is_refused_at_deploy(api: Api, app: AppRevision) -> None:
    wrong = {"type": "CALC", "code": "式", "label": "式", "expression": "nothing + 1"}
    assert api.post("preview/app/form/fields", app=app.app_id, properties={"式": wrong}).status == 200
    answer = api.post("preview/app/deploy", apps=[{"app": app.app_id}])
    assert (answer.status, answer.code) == (400, "GAIA_IL01")
    assert published("books").number == app.number


def test_a_city_may_insist_on_review(api: Api, app: AppRevision, settings: Any) -> None:
    settings.API_DEPLOY_WITHOUT_REVIEW = False
    api.put("preview/app/settings", app=app.app_id, name="別の名前")
    answer = api.post("preview/app/deploy", apps=[{"app": app.app_id}])
    assert answer.status == 403 and "確認" in answer.body["message"]


def test_several_apps_are_deployed_together_or_not_at_all(
    app: AppRevision, new_token: Callable[..., str]
) -> None:
    other = publish(books(code="other", name="もう一つ"))
    both = Api(**{"X-Cybozu-API-Token": f"{new_token(app)},{new_token(other)}"})
    both.put("preview/app/settings", app=app.app_id, name="変えた")
    wrong = {"type": "CALC", "code": "式", "label": "式", "expression": "nothing + 1"}
    both.post("preview/app/form/fields", app=other.app_id, properties={"式": wrong})
    answer = both.post("preview/app/deploy", apps=[{"app": app.app_id}, {"app": other.app_id}])
    assert answer.status == 400
    assert both.get("app/settings", app=app.app_id).body["name"] == "台帳"


def test_all_fields_pushed_back_as_they_came_change_nothing(api: Api, app: AppRevision) -> None:
    before = api.get("preview/app/form/fields", app=app.app_id).body["properties"]
    assert api.put("preview/app/form/fields", app=app.app_id, properties=before).status == 200
    layout = api.get("preview/app/form/layout", app=app.app_id).body["layout"]
    assert api.put("preview/app/form/layout", app=app.app_id, layout=layout).status == 200
    for name, key in (
        ("app/views", "views"), ("app/acl", "rights"), ("record/acl", "rights"), ("field/acl", "rights"),
        ("app/reports", "reports"), ("app/notifications/general", "notifications"),
    ):
        found = api.get(f"preview/{name}", app=app.app_id).body[key]
        assert api.put(f"preview/{name}", app=app.app_id, **{key: found}).status == 200, name
    found = api.get("preview/app/status", app=app.app_id).body
    del found["revision"]
    assert api.put("preview/app/status", app=app.app_id, **found).status == 200
    api.post("preview/app/deploy", apps=[{"app": app.app_id}])
    now = published("books").definition
    assert now.process == app.definition.process
    assert set(now.by_code) == set(app.definition.by_code)
    assert {field.code: field for field in now.fields} == {field.code: field for field in app.definition.fields}
    assert [set(rule.rights) for rule in now.permissions] == [set(rule.rights) for rule in app.definition.permissions]


@pytest.mark.parametrize(
    ("props", "path"),
    [
        ({**TEXT, "type": "ROBOT"}, "properties.新しい.type"), ({**TEXT, "code": "1a"}, "properties.新しい.code"),
        ({**TEXT, "code": "key"}, "properties.新しい.code"), ({**TEXT, "code": "作成者"}, "properties.新しい.code"),
        ({**TEXT, "type": "DROP_DOWN"}, "properties.新しい.options"),
        ({**TEXT, "type": "CALC", "format": "TIME"}, "properties.新しい.format"),
    ],
    ids=["unknown type", "bad code", "taken", "reserved", "no options", "format"],
)
def test_fields_that_cannot_be_are_refused_by_their_path(
    api: Api, app: AppRevision, props: Mapping[str, Any], path: str
) -> None:
    answer = api.post("preview/app/form/fields", app=app.app_id, properties={"新しい": props})
    assert (answer.status, answer.code) == (400, "CB_VA01") and path in answer.errors


def test_fields_that_are_not_there_cannot_be_changed_or_removed(api: Api, app: AppRevision) -> None:
    assert api.put("preview/app/form/fields", app=app.app_id, properties={"none": TEXT}).code == "GAIA_FC01"
    assert api.delete("preview/app/form/fields", app=app.app_id, fields=["none"]).code == "GAIA_FC01"
    assert api.delete("preview/app/form/fields", app=app.app_id, fields=["作成者"]).status == 400
    part = {"氏名_姓": {"type": "SINGLE_LINE_TEXT", "label": "かわった"}}
    assert api.put("preview/app/form/fields", app=app.app_id, properties=part).status == 400


def test_conditions_that_are_none_have_kintones_codes(api: Api, app: AppRevision) -> None:
    view = {"type": "LIST", "index": 0, "name": "一覧", "fields": ["key"], "filterCond": "num ="}
    assert api.put("preview/app/views", app=app.app_id, views={"一覧": view}).code == "CB_VA01"


def test_a_draft_in_review_is_left_alone(api: Api, app: AppRevision, staff: Mapping[str, Staff]) -> None:
    draft = actions.save_draft(defn=books(name="別"), actor=staff_actor(staff["watanabe"]))
    draft.state = draft.State.REVIEW
    draft.save()
    answer = api.put("preview/app/settings", app=app.app_id, name="x")
    assert answer.status == 400 and "確認" in answer.body["message"]


def test_empty_plugins_and_the_catalogue_are_there(api: Api, app: AppRevision) -> None:
    assert api.get("app/plugins", app=app.app_id).body["plugins"] == []
    apis = api.get("apis").body["apis"]
    assert len(apis) == len(LIVE) + len(PREVIEW)
    assert api.get("app", id=app.app_id).body["code"] == ""  # 12
    legacy = api.get("form", app=app.app_id).body["properties"]
    assert {"code": "key", "type": "SINGLE_LINE_TEXT"}.items() <= next(p for p in legacy if p["code"] == "key").items()


def test_statistics_are_for_those_who_look_after_the_house(app: AppRevision) -> None:
    assert as_staff("sato").get("apps/statistics").status == 403
    (found,) = as_staff("kobayashi").get("apps/statistics").body["apps"]
    assert found["id"] == str(app.app_id) and found["recordCount"] == "0"


def test_new_apps_are_for_builders(app: AppRevision) -> None:
    assert as_staff("sato").post("preview/app", name="新しい").status == 403
    made = as_staff("watanabe").post("preview/app", name="新しい").body
    assert as_staff("sato").get("app", id=made["app"]).status == 404
    assert as_staff("watanabe").get("preview/app/settings", app=made["app"]).body["name"] == "新しい"
    assert as_staff("outsider").get("preview/app/settings", app=made["app"]).status == 403


# --- nobody gets where they may not --------------------------------------------------------------------------------

APP_PARAMS = {"app", "id", "apps"}


def every_call(app_id: int, record_id: int) -> list[tuple[str, str, dict[str, Any]]]:
    """Every endpoint that speaks of an app, with parameters that would do."""
    body = {
        "app": app_id, "id": app_id, "apps": [{"app": app_id}], "record": {}, "records": [{"id": record_id}],
        "ids": [record_id], "action": "処理開始", "assignees": [], "comment": {"text": "x"},
        "properties": {"新しい": TEXT},
        "fields": ["key"], "layout": [], "views": {}, "rights": [], "notifications": [], "reports": {}, "actions": {},
    }
    skipped = {"bulkRequest", "file", "apps", "apis", "plugins", "plugins/required", "plugin/apps", "apps/statistics"}
    calls = [(method, name) for method, name in LIVE if name not in skipped]
    calls += [(method, f"preview/{name}") for method, name in PREVIEW if (method, name) != ("POST", "app")]
    return [(method, name, body | ({"record": record_id} if "comment" in name else {})) for method, name in calls]


def codes_of(caller: Api, app: AppRevision, record_id: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for method, name, body in every_call(app.app_id, record_id):
        sent = body | {"id": record_id} if name.startswith("record") else body
        if name == "records/cursor" and method != "POST":
            continue
        if method in ("GET", "DELETE") and name.endswith("deploy"):
            sent = {"apps": [app.app_id]}
        found[f"{method} {name}"] = caller.send(method, f"/k/v1/{name}.json", sent).status
    return found


def test_who_is_from_another_department_gets_nowhere(api: Api, app: AppRevision) -> None:
    record_id = int(api.post("record", app=app.app_id, record={}).body["id"])
    statuses = codes_of(as_staff("outsider"), app, record_id)
    assert {name: code for name, code in statuses.items() if code not in (403, 404)} == {}
    assert set(codes_of(Api(), app, record_id).values()) == {401}
    other = publish(books(code="other"))
    text = tokens.create_token(app=App.objects.get(pk=other.app_id), name="x", rights=tokens.RIGHTS)[1]
    assert set(codes_of(Api(**{"X-Cybozu-API-Token": text}), app, record_id).values()) <= {403, 404}


def test_who_only_reads_changes_nothing(app: AppRevision, api: Api, new_token: Callable[..., str]) -> None:
    record_id = int(api.post("record", app=app.app_id, record={}).body["id"])
    reader = Api(**{"X-Cybozu-API-Token": new_token(app, "view")})
    statuses = codes_of(reader, app, record_id)
    for name, status in statuses.items():
        if not name.startswith("GET ") and name != "POST records/cursor":
            assert status in (400, 403), (name, status)
        if "preview" in name:
            assert status == 403, name
    assert api.get("record", app=app.app_id, id=record_id).body["record"]["$revision"]["value"] == "1"


def test_rules_about_records_and_fields_hold_over_the_api(staff: Mapping[str, Staff]) -> None:
    app = publish(books(
        record_rules=[{"filter": "num > 10", "allow": [{"staff": "ito", "rights": ["view", "edit", "delete"]}]}],
        field_rules=[{"field": "memo", "allow": [{"staff": "ito", "access": "write"}]},
                     {"field": "web", "allow": [{"department": "shimin", "access": "read"}]}],
    ))  # fmt: skip
    ito, sato = as_staff("ito"), as_staff("sato")
    secret = ito.post("record", app=app.app_id, record={"num": {"value": 50}, "memo": {"value": "秘密"}}).body["id"]
    plain = ito.post("record", app=app.app_id, record={"num": {"value": 5}, "memo": {"value": "秘密"}}).body["id"]
    listed = sato.get("records", app=app.app_id, totalCount=True).body
    assert [record["$id"]["value"] for record in listed["records"]] == [plain] and listed["totalCount"] == "1"
    assert "memo" not in listed["records"][0]
    assert sato.get("record", app=app.app_id, id=secret).status == 404
    assert sato.put("record", app=app.app_id, id=secret, record={}).status == 404
    assert sato.delete("records", app=app.app_id, ids=[secret]).status == 404
    assert sato.get("record/comments", app=app.app_id, record=secret).status == 404
    assert sato.get("records", app=app.app_id, query='memo like "秘密"').code == "GAIA_IQ11"
    for code, value in (("memo", "x"), ("web", "https://example.jp/")):
        assert sato.put("record", app=app.app_id, id=plain, record={code: {"value": value}}).status == 403, code
    made = sato.post("records/cursor", app=app.app_id).body
    assert made["totalCount"] == "1"
    assert ito.get("records/cursor", id=made["id"]).status == 404
    rights = sato.get("records/acl/evaluate", app=app.app_id, ids=[plain, secret]).body["rights"]
    assert rights[0]["fields"]["web"] == {"viewable": True, "editable": False}
    assert rights[0]["fields"]["memo"] == {"viewable": False, "editable": False}
    assert rights[1]["record"] == {"viewable": False, "editable": False, "deletable": False}
    assert sato.get("app/acl", app=app.app_id).status == 403
