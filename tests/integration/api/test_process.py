"""Process, comments and files over the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from django.utils import timezone

from madoguchi.accounts.models import Staff
from madoguchi.api import http, uploads
from madoguchi.api.models import Upload
from madoguchi.catalog.queries import AppRevision
from madoguchi.records.models import Event, StoredFile
from tests.integration.api.conftest import Api, as_staff, books
from tests.integration.api.test_records import add, of, read
from tests.publishing import publish

pytestmark = pytest.mark.django_db


# --- process -------------------------------------------------------------------------------------------------------


def test_an_action_moves_a_record_and_may_name_who_goes_on(api: Api, app: AppRevision) -> None:
    record_id = add(api, app)
    answer = api.put("record/status", app=app.app_id, id=record_id, action="処理開始", assignee="suzuki", revision=1)
    assert answer.body == {"revision": "3"}
    record = read(api, app, record_id)
    assert record["ステータス"]["value"] == "処理中"
    assert record["作業者"]["value"] == [{"code": "suzuki", "name": "鈴木 健太"}]
    assert list(Event.objects.filter(record_id=record_id).order_by("id").values_list("kind", flat=True)) == [
        "created", "moved", "assigned",
    ]


def test_actions_of_another_status_and_stale_revisions_are_refused(api: Api, app: AppRevision) -> None:
    record_id = add(api, app)
    wrong = api.put("record/status", app=app.app_id, id=record_id, action="完了する")
    assert (wrong.status, wrong.code) == (400, "GAIA_IL03")
    assert api.put("record/status", app=app.app_id, id=record_id, action="処理開始", revision=7).code == "GAIA_CO02"
    assert api.put("record/status", app=app.app_id, id=987, action="処理開始").code == "GAIA_RE01"


def test_an_app_without_a_process_says_so(staff: Mapping[str, Staff], new_token: Callable[..., str]) -> None:
    app = publish(books(code="plain", process=None))
    api = Api(**{"X-Cybozu-API-Token": new_token(app)})
    record_id = add(api, app)
    assert api.put("record/status", app=app.app_id, id=record_id, action="x").code == "GAIA_ST02"
    assert api.put("record/assignees", app=app.app_id, id=record_id, assignees=["sato"]).code == "GAIA_ST02"
    assert "ステータス" not in read(api, app, record_id)
    properties = api.get("app/form/fields", app=app.app_id).body["properties"]
    assert properties["ステータス"]["enabled"] is False
    assert api.get("app/status", app=app.app_id).body["enable"] is False


def test_people_move_records_in_their_roles_only(api: Api, app: AppRevision) -> None:
    record_id = add(api, app)
    assert as_staff("sato").put("record/status", app=app.app_id, id=record_id, action="処理開始").status == 200
    assert as_staff("sato").put("record/status", app=app.app_id, id=record_id, action="完了する").status == 403
    assert as_staff("suzuki").put("record/status", app=app.app_id, id=record_id, action="完了する").status == 200


def test_many_records_move_together_or_not_at_all(api: Api, app: AppRevision) -> None:
    first, second = add(api, app), add(api, app)
    rows = [{"id": first, "action": "処理開始"}, {"id": second, "action": "完了する"}]
    assert api.put("records/status", app=app.app_id, records=rows).status == 400
    assert read(api, app, first)["ステータス"]["value"] == "未処理"
    rows[1]["action"] = "処理開始"
    moved = api.put("records/status", app=app.app_id, records=rows).body["records"]
    assert moved == [{"id": first, "revision": "2"}, {"id": second, "revision": "2"}]


def test_one_person_works_on_a_record(api: Api, app: AppRevision) -> None:
    record_id = add(api, app)
    put = {"app": app.app_id, "id": record_id}
    assert api.put("record/assignees", **put, assignees=["sato"]).body == {"revision": "2"}
    assert "assignees" in api.put("record/assignees", **put, assignees=["sato", "ito"]).errors
    assert "assignees" in api.put("record/assignees", **put, assignees=["nobody"]).errors
    assert api.put("record/assignees", **put, assignees=[]).status == 200
    assert read(api, app, record_id)["作業者"]["value"] == []


# --- comments ------------------------------------------------------------------------------------------------------


def test_comments_come_in_pages_of_ten(api: Api, app: AppRevision) -> None:
    record_id = add(api, app)
    for number in range(12):
        api.post("record/comment", app=app.app_id, record=record_id, comment={"text": str(number)})
    page = api.get("record/comments", app=app.app_id, record=record_id).body
    assert [comment["text"] for comment in page["comments"]] == [str(number) for number in range(11, 1, -1)]
    assert (page["older"], page["newer"]) == (True, False)
    page = api.get("record/comments", app=app.app_id, record=record_id, order="asc", offset=10).body
    assert [comment["text"] for comment in page["comments"]] == ["10", "11"]
    assert (page["older"], page["newer"]) == (True, False)
    assert api.get("record/comments", app=app.app_id, record=record_id, limit=11).status == 400


def test_only_ones_own_comment_is_taken_back(api: Api, app: AppRevision) -> None:
    record_id = add(api, app)
    here = {"app": app.app_id, "record": record_id}
    own = as_staff("sato").post("record/comment", **here, comment={"text": "私"}).body["id"]
    assert as_staff("suzuki").delete("record/comment", **here, comment=own).status == 403
    assert as_staff("sato").delete("record/comment", **here, comment=own).body == {}
    gone = as_staff("sato").delete("record/comment", **here, comment=own)
    assert (gone.status, gone.code) == (400, "GAIA_RE02")
    assert api.get("record/comments", **here).body["comments"] == []


@pytest.mark.parametrize(
    ("comment", "path"),
    [
        ({"text": ""}, "comment.text"), ({"text": "x" * 65_536}, "comment.text"),
        ({"text": "x", "mentions": [{"code": "nobody", "type": "USER"}]}, "comment.mentions[0].code"),
        ({"text": "x", "mentions": [{"code": "sato", "type": "USER"}] * 11}, "comment.mentions"),
    ],
    ids=["blank", "long", "unknown", "many"],
)  # fmt: skip
def test_comments_that_cannot_be_are_refused(
    api: Api, app: AppRevision, comment: dict[str, object], path: str
) -> None:
    answer = api.post("record/comment", app=app.app_id, record=add(api, app), comment=comment)
    assert answer.status == 400 and path in answer.errors


# --- files ---------------------------------------------------------------------------------------------------------


def test_a_file_comes_back_byte_by_byte_with_its_name(api: Api, app: AppRevision) -> None:
    """14, 16."""
    content = bytes(range(256)) * 10
    key = api.upload("日本 の.bin", content, "application/octet-stream")
    record_id = add(api, app, att=[{"fileKey": key}])
    (stored,) = read(api, app, record_id)["att"]["value"]
    assert stored["name"] == "日本 の.bin" and stored["size"] == "2560" and stored["fileKey"] != key
    response = api.download(stored["fileKey"])
    assert response.status_code == 200 and response.content == content
    assert response["Content-Type"] == "application/octet-stream" and "sandbox" in response["Content-Security-Policy"]


def test_a_files_key_stays_when_the_record_changes_and_its_content_goes_with_it(api: Api, app: AppRevision) -> None:
    first, second = api.upload("a.txt", b"a"), api.upload("b.txt", b"b")
    record_id = add(api, app, att=[{"fileKey": first}, {"fileKey": second}])
    files = read(api, app, record_id)["att"]["value"]
    api.put("record", app=app.app_id, id=record_id, record=of(att=[{"fileKey": files[1]["fileKey"]}]))
    assert [file["name"] for file in read(api, app, record_id)["att"]["value"]] == ["b.txt"]
    assert StoredFile.objects.get(pk=files[0]["fileKey"]).deleted_at is not None
    assert api.download(files[0]["fileKey"]).json()["code"] == "GAIA_BL01"


def test_files_are_for_those_who_see_the_record(api: Api, app: AppRevision, new_token: Callable[..., str]) -> None:
    key = api.upload("a.txt", b"a")
    assert as_staff("sato").download(key).status_code == 404
    other = Api(**{"X-Cybozu-API-Token": new_token(app)})
    assert other.post("record", app=app.app_id, record=of(att=[{"fileKey": key}])).code == "GAIA_BL01"
    record_id = add(api, app, att=[{"fileKey": key}])
    stored = read(api, app, record_id)["att"]["value"][0]["fileKey"]
    assert as_staff("sato").download(stored).status_code == 200
    assert as_staff("outsider").download(stored).status_code == 403
    assert api.download("nothing").json()["code"] == "GAIA_BL01"


def test_what_no_record_takes_within_three_days_is_removed(api: Api, app: AppRevision) -> None:
    key = api.upload("a.txt", b"a")
    assert uploads.sweep() == 0
    Upload.objects.update(created_at=timezone.now() - timedelta(days=4))
    assert api.post("record", app=app.app_id, record=of(att=[{"fileKey": key}])).code == "GAIA_BL01"
    assert uploads.sweep() == 1
    assert not Upload.objects.exists()


def test_bodies_have_a_limit(api: Api, app: AppRevision, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY", 100)
    answer = api.post("record", app=app.app_id, record=of(memo="x" * 200))
    assert answer.status == 413
    monkeypatch.setattr(uploads, "MAX_BYTES", 10)
    response = api.client.post("/k/v1/file.json", {"file": _file(b"x" * 11)}, headers=api.headers)
    assert response.status_code == 413


def _file(content: bytes) -> object:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("a.txt", content)
