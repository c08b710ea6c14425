"""The list of apps, a new app, its task list, settings; and past applications run through a draft."""

from __future__ import annotations

from typing import Any

import pytest

from madoguchi.catalog.models import App, Revision
from madoguchi.catalog.queries import AppRevision
from madoguchi.intake import replay
from madoguchi.intake.models import Replay
from madoguchi.records.models import AccessLog
from tests.integration.studio.conftest import At
from tests.integration.studio.test_review import change, url

pytestmark = pytest.mark.django_db


def made(at: At, who: str = "watanabe", **data: str) -> Any:
    form = {"start": "blank", "name": "備品の貸出し", "department": "shimin", "code": "", **data}
    return at(who).post("/studio/new/", form)


def test_an_app_begins_with_a_field_a_view_and_permissions(app: AppRevision, at: At) -> None:
    done = made(at)
    assert done.status_code == 302
    code = done.url.split("/")[2]
    definition = Revision.objects.get(app__code=code).definition
    assert definition["name"] == "備品の貸出し"
    assert definition["owner"] == "watanabe"
    assert [field["code"] for field in definition["fields"]] == ["件名"]
    page = at("watanabe").get(done.url).content.decode()
    assert "確認に出すまでにすること" in page and "責任者と副担当" in page


@pytest.mark.parametrize(
    ("name", "code"), [("Bihin", "bihin"), ("どうろ", "douro"), ("備品", "shimin-2"), ("ゴミ 受付", "shimin-2")]
)
def test_a_code_is_proposed_from_the_name(app: AppRevision, at: At, name: str, code: str) -> None:
    made(at, name=name)
    found = App.objects.latest("id").code
    assert found == code or (found.startswith("shimin") and code.startswith("shimin"))


def test_a_copy_belongs_to_its_new_department(app: AppRevision, at: At) -> None:
    done = made(at, start="copy", copied=app.code, code="copy")
    assert done.status_code == 302
    definition = Revision.objects.get(app__code="copy").definition
    assert len(definition["fields"]) == len(app.definition.fields)
    assert definition["name"] == "備品の貸出し"


def test_an_app_from_a_pack(app: AppRevision, at: At) -> None:
    done = made(at, start="pack", packed="starter/certificate", code="cert")
    assert done.status_code == 302
    definition = Revision.objects.get(app__code="cert").definition
    assert definition["owner_department"] == "shimin"
    assert "reception" not in {rule["department"] for rule in definition["permissions"]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"code": "juminhyo"}, {"code": "new"}, {"code": "日本"}, {"start": "copy"},
        {"department": "kankyo"},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_with_a_new_app_is_said(app: AppRevision, at: At, wrong: dict[str, str]) -> None:
    before = App.objects.count()
    assert made(at, **wrong).status_code == 422
    assert App.objects.count() == before


def test_an_admin_who_makes_an_app_for_another_department_may_go_on_with_it(app: AppRevision, at: At) -> None:
    done = made(at, who="kobayashi", code="tasuke")
    assert at("kobayashi").get(done.url).status_code == 200


def test_the_list_shows_my_apps_with_their_state(app: AppRevision, at: At) -> None:
    page = at("watanabe").get("/studio/").content.decode()
    assert "住民票の写し" in page and "公開中" in page
    change(at("watanabe"), app)
    assert "下書きあり" in at("watanabe").get("/studio/").content.decode()


def test_owner_and_deputy_are_two(app: AppRevision, at: At) -> None:
    client = at("watanabe")
    version = client.get(url(app, "draft.json")).json()["version"]
    form = {
        "name": "住民票", "owner_department": "shimin", "owner": "watanabe", "deputy": "watanabe", "version": version,
    }
    assert client.post(url(app, "settings/"), form).status_code == 422
    assert client.post(url(app, "settings/"), form | {"deputy": "ito"}).status_code == 302
    draft = client.get(url(app, "draft.json")).json()["definition"]
    assert (draft["owner"], draft["deputy"]) == ("watanabe", "ito")
    assert "住民票" in (draft["name"], draft["name"]["ja"] if isinstance(draft["name"], dict) else "")


def test_a_replay_lists_what_changes_and_shows_no_answer(app: AppRevision, at: At, applied: str) -> None:
    client = at("watanabe")
    change(client, app, code="電話番号", required=True)
    now = client.get(url(app, "draft.json")).json()
    fields = [f | {"max": "1"} if f["code"] == "通数" else f for f in now["definition"]["fields"]]
    fields.append({"id": 900, "type": "text", "code": "備考", "label": "新しい質問", "required": True})
    fee = now["definition"]["procedure"]["fee"]
    fee = {**fee, "lines": [{**line, "amount": f"({line['amount']}) + 100"} for line in fee["lines"]]}
    procedure = now["definition"]["procedure"]
    if procedure["questions"]:
        procedure = {**procedure, "questions": [*procedure["questions"], "備考"]}
    definition = {**now["definition"], "fields": fields, "procedure": {**procedure, "fee": fee}}
    data = {"version": now["version"], "definition": definition}
    assert client.put(url(app, "draft.json"), data, content_type="application/json").status_code == 200
    done = client.post(url(app, "replay/"), {"wanted": "200"})
    page = client.get(done.url).content.decode()
    assert (applied in page and "新しい質問" in page and "「通数」" in page) or "通数" in page
    (row,) = Replay.objects.get().result
    assert row["receipt_number"] == applied
    assert row["asked"] == ["新しい質問"]
    assert row["fee_after"] > row["fee_before"]
    assert any("最大" in reason for reason in row["refused"])
    assert "花子" not in page and "090" not in page
    assert AccessLog.objects.filter(purpose="replay").exists()


def test_a_draft_that_changes_nothing_gives_no_difference(app: AppRevision, at: At, applied: str) -> None:
    client = at("watanabe")
    change(client, app)
    done = client.post(url(app, "replay/"), {})
    assert "これまでと同じ結果" in client.get(done.url).content.decode()


def test_many_applications_are_replayed_by_a_job(
    app: AppRevision, at: At, applied: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "AT_ONCE", 0)
    client = at("watanabe")
    change(client, app)
    done = client.post(url(app, "replay/"), {"wanted": "5"})
    assert "1件のうち0件" in client.get(done.url).content.decode()
    replay.run(Replay.objects.get().pk)
    assert "1件を試しました" in client.get(done.url).content.decode()
