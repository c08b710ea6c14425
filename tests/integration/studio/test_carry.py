"""From the studio an app leaves as one file, and another begins with such a file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from madoguchi.catalog import drafts
from madoguchi.catalog.models import App
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition import yaml
from madoguchi.definition.app import AppDefinition
from madoguchi.records.export_models import AppExport
from madoguchi.records.models import AccessLog
from tests.integration.studio.conftest import At, plain
from tests.publishing import publish

pytestmark = pytest.mark.django_db
DEPARTMENT = {"department": "shimin"}


@pytest.fixture
def whole(app: AppRevision, applied: str) -> AppRevision:
    """The app with one application, whose builders may also export."""
    data = plain(app.definition)
    rights = {"staff": "watanabe", "rights": ["view", "export", "manage", "identity"]}
    return publish(AppDefinition.model_validate(data | {"permissions": [*data["permissions"], rights]}))


def downloaded(at: At, code: str, run_jobs: Callable[[], int], **wanted: str) -> zipfile.ZipFile:
    client = at("watanabe")
    assert client.post(f"/studio/{code}/export/", wanted).status_code == 302
    run_jobs()
    row = AppExport.objects.latest("created_at")
    page = client.get(f"/studio/{code}/export/").content.decode()
    assert "ダウンロードする" in page
    assert client.get(f"/studio/{code}/export/{row.pk}/").status_code == 200
    answer = client.post(f"/studio/{code}/export/{row.pk}/file")
    assert answer["Content-Type"] == "application/zip"
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert len(content) == int(answer["Content-Length"])
    return zipfile.ZipFile(io.BytesIO(content))


def test_an_app_is_taken_out_with_its_records_and_that_is_noted(
    whole: AppRevision, at: At, run_jobs: Callable[[], int]
) -> None:
    archive = downloaded(at, whole.code, run_jobs, rows="1", files="1")
    names = {"pack.yaml", f"apps/{whole.code}.yaml", f"rows/{whole.code}.csv", "manifest.json"}
    assert names <= set(archive.namelist())
    assert yaml.load(archive.read(f"apps/{whole.code}.yaml").decode()) == whole.definition
    assert archive.read(f"rows/{whole.code}.csv").count(b"\n") >= 2
    log = AccessLog.objects.filter(staff__username="watanabe")
    assert set(log.values_list("purpose", flat=True)) == {"export", "export_download"}


def test_without_both_rights_nothing_leaves(app: AppRevision, at: At) -> None:
    page = at("watanabe").get(f"/studio/{app.code}/export/")
    allowed = "書き出す権限がありません" not in page.content.decode()
    answer = at("watanabe").post(f"/studio/{app.code}/export/", {"rows": "1"})
    assert answer.status_code == (302 if allowed else 403)
    assert at("sato").get(f"/studio/{app.code}/export/").status_code == 404
    assert AppExport.objects.count() == int(allowed)


def test_the_file_is_only_for_who_had_it_written(whole: AppRevision, at: At, run_jobs: Callable[[], int]) -> None:
    downloaded(at, whole.code, run_jobs)
    row = AppExport.objects.get()
    assert at("kobayashi").post(f"/studio/{whole.code}/export/{row.pk}/file").status_code == 404


def test_such_a_file_begins_a_new_app(whole: AppRevision, at: At, run_jobs: Callable[[], int]) -> None:
    content = downloaded(at, whole.code, run_jobs, rows="1").fp
    assert content is not None
    content.seek(0)
    file = SimpleUploadedFile("app.zip", content.read())
    page = at("watanabe").post("/studio/new/file/", {"file": file, **DEPARTMENT}, follow=True).content.decode()
    new = App.objects.exclude(code=whole.code).get()
    assert new.code == f"{whole.code}-2"
    assert "もう使われている" in page
    assert "レコードは読み込んでいません" in page
    draft = drafts.working(new)
    assert draft is not None
    assert draft.definition["fields"] == plain(whole.definition)["fields"]
    assert (draft.definition["owner"], new.published) == ("watanabe", None)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("app.zip", b"PK nothing", "zip ファイルとして読めません"),
        ("app.yaml", b"\xff\xfe", "アプリのファイルとして読めません"),
        ("app.yaml", b"code: x\n", "このファイルからは作れません"), ("", b"", "ファイルを選んでください"),
    ],
    ids=["broken", "binary", "no-app", "none"],
)  # fmt: skip
def test_what_is_no_app_is_explained(at: At, staff: Any, name: str, content: bytes, words: str) -> None:
    data = {"file": SimpleUploadedFile(name, content), **DEPARTMENT} if name else DEPARTMENT
    answer = at("watanabe").post("/studio/new/file/", data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not App.objects.exists()


def test_a_zip_that_points_outside_is_refused(at: At, staff: Any, settings: Settings, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("apps/../../../evil.yaml", "x")
    file = SimpleUploadedFile("a.zip", out.getvalue())
    answer = at("watanabe").post("/studio/new/file/", {"file": file, **DEPARTMENT})
    assert "フォルダーの外" in answer.content.decode()
