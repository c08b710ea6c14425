"""Attachments leave the house only to those who may see them, and leave no trace on the way."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from madoguchi.definition.app import AppDefinition
from madoguchi.records import files
from madoguchi.records.models import AccessLog, StoredFile
from tests.integration.desk.conftest import At, Case
from tests.publishing import publish
from tests.samples import certificate

pytestmark = pytest.mark.django_db


def front(case: Case) -> StoredFile:
    field = case.app.definition.by_code["身分証おもて"]
    return StoredFile.objects.get(record_id=case.record.id, field_id=field.id)


def test_who_checks_identity_sees_the_photo_and_it_is_noted(case: Case, at: At) -> None:
    response = at("sato").get(f"/desk/files/{front(case).id}/")
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert response.content.startswith(b"\xff\xd8")
    log = AccessLog.objects.get(purpose="file")
    assert (log.staff, log.field_ids) == (case.staff["sato"], [front(case).field_id])


def test_an_attachment_is_kept_nowhere_and_runs_nothing(case: Case, at: At) -> None:
    response = at("sato").get(f"/desk/files/{front(case).id}/")
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]
    assert response["Content-Disposition"] == f'inline; filename="file-{front(case).id.hex[:8]}.jpg"'


def test_accounting_and_strangers_get_no_photo(case: Case, at: At, client: Client) -> None:
    for part in ("", "thumbnail/"):
        url = f"/desk/files/{front(case).id}/{part}"
        assert at("tanaka").get(url).status_code == 404
        assert client.get(url).status_code == 302


def test_a_deleted_photo_is_gone_and_the_record_says_so(
    case: Case, at: At, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        files.delete_file(front(case))
    sato = at("sato")
    assert sato.get(f"/desk/files/{front(case).id}/").status_code == 404
    assert "保存期間が過ぎて消去しました" in sato.get(case.url).content.decode()


def test_a_photo_of_an_interview_that_was_never_sent_is_nobodys(case: Case, at: At) -> None:
    file = front(case)
    file.record_id = None
    file.save()
    assert at("sato").get(f"/desk/files/{file.id}/").status_code == 404
    assert at("sato").get(f"/desk/files/{uuid.uuid4()}/").status_code == 404


def test_rights_in_one_app_open_no_file_of_another(case: Case, at: At) -> None:
    """山本 may do everything in an app of 環境課; 市民課's photos are not there for them, by whatever number."""
    everything = ["view", "edit", "process", "identity", "export", "manage"]
    data = certificate(prefix="KK").model_dump(mode="json", by_alias=True)
    data |= {"code": "kankyo", "permissions": [{"department": "kankyo", "rights": everything}]}
    publish(AppDefinition.model_validate(data))
    outsider = at("outsider")
    assert outsider.get("/desk/kankyo/").status_code == 200
    for file in StoredFile.objects.filter(record_id=case.record.id):
        for part in ("", "thumbnail/"):
            assert outsider.get(f"/desk/files/{file.id}/{part}").status_code == 404
    assert not AccessLog.objects.filter(purpose="file").exists()
