"""An app with its records goes to another instance and is the same there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from madoguchi.accounts.models import Department, Staff, StaffGroup
from madoguchi.catalog import queries
from madoguchi.catalog.models import App
from madoguchi.catalog.queries import AppRevision, published
from madoguchi.catalog.tables import table_name
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.findings import DefinitionError
from madoguchi.lib.bundles import Folder, Listed, unpacked
from madoguchi.records import exports, files, write
from madoguchi.records.actor import SYSTEM, staff_actor
from madoguchi.records.models import AccessLog, Event, SearchFill, StoredFile
from madoguchi.records.permissions import staff_access
from madoguchi.records.portable_in import load_pack
from madoguchi.records.portable_out import Content, log_export, write_pack
from madoguchi.records.read import Record, get_record
from tests import queries as every_kind
from tests.publishing import publish

pytestmark = pytest.mark.django_db
MORE: list[dict[str, Any]] = [
    {"type": "serial", "id": 901, "code": "番号", "label": "番号", "format": "{FY}-{0000}", "reset": "fiscal_year"},
    {"type": "phone", "id": 902, "code": "電話", "label": "電話", "personal": True},
    {"type": "email", "id": 903, "code": "メール", "label": "メール", "personal": True},
    {"type": "photo", "id": 904, "code": "写真", "label": "写真"},
    {"type": "formula", "id": 905, "code": "翌日", "label": "翌日", "formula": "日", "format": "date"},
    {"type": "formula", "id": 906, "code": "倍額", "label": "倍額", "formula": "金額 * 2", "format": "money"},
    {"type": "lookup", "id": 907, "code": "道路", "label": "道路", "app": "roads", "key": "番号", "copies": {}},
]
FULL: dict[str, Any] = {
    "件名": "=HYPERLINK(\"x\")", "本文": "一行目\n\"二行目\", とタブ\t\\N", "リンク": "https://example.jp/?a=1&b=2",
    "説明": "<p>太<b>字</b></p>", "数": "-12.50", "金額": 1200, "関係": "本人", "種類": "hole",
    "印刷物": ["家族", "100%"], "同意": True, "日": "2026-11-23", "時刻": "09:30", "日時": "2026-11-23T09:30:00+09:00",
    "氏名": {"family": "髙橋", "given": "花子", "family_kana": "タカハシ", "given_kana": "ハナコ"},
    "住所": {"postal_code": "2728501", "prefecture": "千葉県", "city": "市川市", "town": "八幡", "street": "1-1-1"},
    "場所": {"lat": 35.7219, "lon": 139.93110000000002, "label": "市役所の前"},
    "担当": ["sato"], "課": ["shimin"], "班": ["bosai"], "電話": "+81-47-000-0000", "メール": "hanako@example.jp",
    "明細": [
        {
            "品名": "'=1", "備考": "改\n行", "数量": "3", "単価": 500, "色": "赤", "印": ["大", "小"], "確認": True,
            "納期": "2026-12-01", "受取": "10:00", "到着": "2026-12-01T10:00:00+09:00", "届け先": {"family": "佐藤"},
        },
        {"品名": "二つ目", "数量": "0.5"},
    ],
}  # fmt: skip


def everything() -> AppDefinition:
    """An app with a field of every kind."""
    plain = every_kind.LEDGER.model_dump(mode="json", by_alias=True)
    permissions = [
        {"department": "shimin", "rights": ["view", "add", "edit", "process", "export", "manage"]},
        {"group": "bosai", "rights": ["view"]}, {"staff": "ito", "rights": ["view"]},
    ]  # fmt: skip
    return AppDefinition.model_validate(
        plain | {"fields": [*plain["fields"], *MORE], "permissions": permissions, "owner": "sato"}
    )


@pytest.fixture
def app(staff: Mapping[str, Staff], settings: Settings, tmp_path: Path) -> AppRevision:
    settings.FILES_DIR = tmp_path / "stored"
    StaffGroup.objects.create(code="bosai", name="防災班")
    return publish(everything())


def filled(app: AppRevision, staff: Mapping[str, Staff]) -> list[int]:
    """Three records: full with its files, nearly blank, and full and given to sato."""
    file = files.store_as_sent(
        app=app, field=app.definition.by_code["資料"], data=b"%PDF-1.7", content_type="application/pdf", name="=図.pdf"
    )
    first = write.create_record(app=app, values={**FULL, "資料": [str(file.pk)]}, actor=SYSTEM, receipt_prefix="TT")
    StoredFile.objects.filter(pk=file.pk).update(record_id=first.record_id, delete_after=None)
    blank = write.create_record(app=app, values={"件名": "'"}, actor=staff_actor(staff["sato"]))
    third = write.create_record(app=app, values=FULL, actor=SYSTEM, receipt_prefix="TT")
    write.assign_record(
        app=app, record_id=third.record_id, staff_id=staff["sato"].pk, expected_revision=None, actor=SYSTEM
    )
    return [first.record_id, blank.record_id, third.record_id]


def written(app: AppRevision, path: Path, **wanted: Any) -> Path:
    """The pack of an app, in a folder."""
    write_pack(Listed(Folder(path)), [Content(app, rows=True, **wanted)], name="carried")
    return path


def forget(app: AppRevision) -> None:
    """This instance as if it had never had the app."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"DROP TABLE {table_name(app.app_id)}")
        cursor.execute("TRUNCATE catalog_app, records_receiptcounter CASCADE")


SAME = (
    "id", "revision", "receipt_number", "status", "assignee_id", "created_by_id", "updated_by_id", "channel",
    "created_at", "updated_at", "submitted_at", "values",
)  # fmt: skip


def told(record: Record) -> dict[str, Any]:
    """What must be the same everywhere."""
    return {name: getattr(record, name) for name in SAME}


def test_everything_comes_back_as_it_was(
    app: AppRevision, staff: Mapping[str, Staff], tmp_path: Path
) -> None:
    ids = filled(app, staff)
    before = [told(get_record(app, one)) for one in ids]
    assert before[0]["values"].keys() >= FULL.keys() - {"道路"}
    pack = written(app, tmp_path / "pack", files=True)
    forget(app)
    report = load_pack(pack, actor=SYSTEM)
    assert report.loaded == {"ledger": 3}
    loaded = published("ledger")
    assert loaded.app_id != app.app_id
    assert loaded.definition == app.definition
    assert [told(get_record(loaded, one)) for one in ids] == before
    (file,) = StoredFile.objects.all()
    assert (files.read_file(file), file.original_name, file.record_id) == (b"%PDF-1.7", "=図.pdf", ids[0])
    assert written(loaded, tmp_path / "again", files=True).joinpath("rows/ledger.csv").read_bytes() == (
        pack / "rows/ledger.csv"
    ).read_bytes()
    assert (tmp_path / "again/rows/ledger.明細.csv").read_bytes() == (pack / "rows/ledger.明細.csv").read_bytes()


def test_numbers_given_out_there_are_not_given_out_here(
    app: AppRevision, staff: Mapping[str, Staff], tmp_path: Path
) -> None:
    filled(app, staff)
    gone = write.create_record(app=app, values={}, actor=SYSTEM, status="new")
    write.delete_record(app=app, record_id=gone.record_id, expected_revision=None, actor=SYSTEM)
    pack = written(app, tmp_path / "pack")
    forget(app)
    load_pack(pack, actor=SYSTEM)
    new = write.create_record(app=published("ledger"), values=FULL, actor=SYSTEM, receipt_prefix="TT")
    assert new.record_id == gone.record_id + 1
    assert new.receipt_number is not None
    assert new.receipt_number.endswith("000003")
    record = get_record(published("ledger"), new.record_id)
    assert record.values["番号"].endswith("-0005")


def test_each_record_says_that_it_was_carried_and_nobody_is_told(
    app: AppRevision, staff: Mapping[str, Staff], tmp_path: Path
) -> None:
    ids = filled(app, staff)
    pack = written(app, tmp_path / "pack")
    forget(app)
    load_pack(pack, actor=SYSTEM)
    events = list(Event.objects.order_by("record_id"))
    assert [(e.kind, e.record_id, e.actor_kind) for e in events] == [("created", one, "system") for one in ids]
    assert len({e.data["carried"] for e in events}) == 1
    field = published("ledger").definition.by_code["金額"]
    assert events[0].after[str(field.id)] == 1200
    assert events[0].after["receipt_number"] == get_record(published("ledger"), ids[0]).receipt_number
    fill = SearchFill.objects.get()
    assert fill.finished_at is None


def test_loading_twice_changes_nothing(app: AppRevision, staff: Mapping[str, Staff], tmp_path: Path) -> None:
    filled(app, staff)
    pack = written(app, tmp_path / "pack")
    forget(app)
    load_pack(pack, actor=SYSTEM)
    again = load_pack(pack, actor=SYSTEM)
    assert again.loaded == {"ledger": 0}
    assert any("読み込み済み" in line for line in again.lines)
    assert Event.objects.count() == 3


def test_records_do_not_come_among_others(app: AppRevision, staff: Mapping[str, Staff], tmp_path: Path) -> None:
    filled(app, staff)
    pack = written(app, tmp_path / "pack")
    with pytest.raises(DefinitionError, match="もうレコードがあります"):
        load_pack(pack, actor=SYSTEM)


def test_records_of_earlier_revisions_bring_them_along(
    app: AppRevision, staff: Mapping[str, Staff], tmp_path: Path
) -> None:
    ids = filled(app, staff)
    plain = app.definition.model_dump(mode="json", by_alias=True)
    fields = [field for field in plain["fields"] if field["code"] not in ("件名", "題", "メール")]
    fields.append({"type": "number", "id": 950, "code": "件名", "label": "件名"})
    second = publish(AppDefinition.model_validate(plain | {"fields": fields}))
    newest = write.create_record(app=second, values={"件名": "7"}, actor=SYSTEM)
    before = [told(get_record(second, one)) for one in ids]
    pack = written(second, tmp_path / "pack")
    forget(app)
    load_pack(pack, actor=SYSTEM)
    loaded = published("ledger")
    assert loaded.number == 2
    assert [told(get_record(loaded, one)) for one in ids] == [
        one | {"values": {k: v for k, v in one["values"].items() if k != "資料"}} for one in before
    ]
    assert get_record(loaded, ids[0]).app.number == 1
    assert get_record(loaded, newest.record_id).values["件名"] == "7"


def test_who_is_missing_is_said_and_staff_are_never_made(
    app: AppRevision, staff: Mapping[str, Staff], tmp_path: Path
) -> None:
    ids = filled(app, staff)
    pack = written(app, tmp_path / "pack")
    forget(app)
    StaffGroup.objects.all().delete()
    Staff.objects.all().delete()
    Department.objects.all().delete()
    report = load_pack(pack, actor=SYSTEM)
    assert Department.objects.filter(code="shimin").exists()
    assert StaffGroup.objects.get().name == "防災班"
    assert not Staff.objects.exists()
    words = "\n".join(report.lines)
    assert "防災班" in words
    assert "職員がいません: sato" in words
    assert "空欄にしました: sato" in words
    record = get_record(published("ledger"), ids[2])
    assert (record.assignee_id, record.values["担当"]) == (None, ["sato"])


@pytest.mark.parametrize("name", ["rows/ledger.csv", "rows/ledger.明細.csv", "apps/ledger.yaml"], ids=["a", "b", "c"])
def test_what_was_changed_on_the_way_is_noticed(
    app: AppRevision, staff: Mapping[str, Staff], tmp_path: Path, name: str
) -> None:
    filled(app, staff)
    pack = written(app, tmp_path / "pack")
    forget(app)
    file = pack / name
    if name.startswith("apps/"):
        file.unlink()
    else:
        file.write_bytes(file.read_bytes().replace(b"1200", b"1300").replace(b"500", b"600"))
    with pytest.raises(DefinitionError):
        load_pack(pack, actor=SYSTEM)
    assert not App.objects.exists()


def test_a_text_that_would_run_in_a_spreadsheet_does_not(
    app: AppRevision, staff: Mapping[str, Staff], tmp_path: Path
) -> None:
    filled(app, staff)
    text = (written(app, tmp_path / "pack") / "rows/ledger.csv").read_text(encoding="utf-8-sig")
    assert "'=HYPERLINK" in text
    assert text.startswith("$id,")


def test_who_may_not_see_something_does_not_take_it_out(
    app: AppRevision, staff: Mapping[str, Staff], tmp_path: Path
) -> None:
    ids = filled(app, staff)
    plain = app.definition.model_dump(mode="json", by_alias=True)
    rules = {
        "record_rules": [{"filter": '金額 = "1200"', "allow": [{"staff": "ito", "rights": ["view"]}]}],
        "field_rules": [{"field": "件名", "allow": [{"staff": "ito", "access": "read"}]}],
    }
    limited = publish(AppDefinition.model_validate(plain | rules))
    pack = tmp_path / "pack"
    content = Content(limited, rows=True, files=True, access=staff_access(limited, staff["sato"]))
    manifest = write_pack(Listed(Folder(pack)), [content], name="carried")
    rows = manifest.apps["ledger"].rows
    assert rows is not None
    assert (rows.count, manifest.whole) == (1, False)
    assert "件名" not in rows.columns
    assert "HYPERLINK" not in (pack / "rows/ledger.csv").read_text()
    assert not (pack / "files").exists()
    assert str(ids[1]) in (pack / "rows/ledger.csv").read_text()


def test_who_takes_records_out_is_noted(app: AppRevision, staff: Mapping[str, Staff]) -> None:
    ids = filled(app, staff)
    assert log_export(Content(app, rows=True), operator="root") == 3
    assert log_export(Content(app, rows=True), staff_id=staff["sato"].pk) == 3
    first, second = AccessLog.objects.order_by("id")
    assert (first.operator, first.staff_id, first.purpose, first.record_ids) == ("root", None, "export", ids)
    assert (second.operator, second.staff_id) == ("", staff["sato"].pk)


def test_the_manifest_says_what_there_is(app: AppRevision, staff: Mapping[str, Staff], tmp_path: Path) -> None:
    filled(app, staff)
    manifest = json.loads((written(app, tmp_path / "pack", files=True) / "manifest.json").read_text())
    assert manifest["apps"]["ledger"]["rows"]["count"] == 3
    assert {"pack.yaml", "apps/ledger.yaml", "rows/ledger.csv", "rows/ledger.files.csv"} <= manifest["files"].keys()
    assert queries.published("ledger").number == manifest["apps"]["ledger"]["number"]


def test_a_whole_app_is_written_by_a_job_and_downloaded_for_a_day(
    app: AppRevision, staff: Mapping[str, Staff], tmp_path: Path, run_jobs: Callable[[], int]
) -> None:
    filled(app, staff)
    row = exports.begin(app=app, staff=staff["sato"], with_rows=True, with_files=True)
    run_jobs()
    row.refresh_from_db()
    assert (row.state, row.done, row.whole, row.percent) == ("done", 3, True, 100)
    sealed = (tmp_path / "stored/exports" / str(row.pk)).read_bytes()
    assert sealed[:2] != b"PK"
    assert b"HYPERLINK" not in sealed
    with exports.take(row=row, staff=staff["sato"]) as file, unpacked(file, limit=10**7) as folder:
        forget(app)
        assert load_pack(folder, actor=SYSTEM).loaded == {"ledger": 3}
    assert StoredFile.objects.count() == 1


def test_only_who_had_it_written_downloads_it_and_only_for_a_day(
    app: AppRevision, staff: Mapping[str, Staff], run_jobs: Callable[[], int]
) -> None:
    filled(app, staff)
    row = exports.begin(app=app, staff=staff["sato"], with_rows=True, with_files=False)
    run_jobs()
    row.refresh_from_db()
    with pytest.raises(PermissionDenied):
        exports.take(row=row, staff=staff["suzuki"])
    with pytest.raises(PermissionDenied):
        exports.begin(app=app, staff=staff["kobayashi"], with_rows=False, with_files=False)
    exports.take(row=row, staff=staff["sato"]).close()
    assert list(AccessLog.objects.order_by("id").values_list("purpose", flat=True)) == ["export", "export_download"]
    assert exports.forget_old(now=timezone.now() + timedelta(hours=25)) == 1
    row.refresh_from_db()
    with pytest.raises(FileNotFoundError):
        exports.take(row=row, staff=staff["sato"])
