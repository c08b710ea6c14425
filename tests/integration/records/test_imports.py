"""Tables become records: all of them, once, with their events, and what is not taken can be mended and sent again."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.columns import ColumnMap
from madoguchi.lib import tables
from madoguchi.records import bulk, import_files, import_run, imports
from madoguchi.records.actor import SYSTEM, staff_actor
from madoguchi.records.import_models import Import
from madoguchi.records.imports import ImportRefused
from madoguchi.records.models import AccessLog, Event
from madoguchi.records.read import get_record, history
from madoguchi.records.write import create_record, update_record
from tests.publishing import publish

pytestmark = pytest.mark.django_db

RIGHTS = [{"department": "shimin", "rights": ["view", "add", "edit", "manage"]}]
FIELDS: list[dict[str, Any]] = [
    {"type": "text", "code": "番号", "label": "番号", "unique": True, "required": True},
    {"type": "name", "code": "氏名", "label": "氏名", "personal": True, "required": True},
    {"type": "date", "code": "生年月日", "label": "生年月日", "personal": True},
    {"type": "choices", "code": "設備", "label": "設備", "options": ["机", "椅子", "棚"]},
    {"type": "number", "code": "数", "label": "数", "max": 100},
    {"type": "money", "code": "単価", "label": "単価"},
    {"type": "formula", "code": "計", "label": "計", "formula": "数 * 単価", "format": "money"},
    {"type": "consent", "code": "済", "label": "済", "statement": "済"},
    {"type": "textarea", "code": "備考", "label": "備考"},
]
HEADER = ["番号", "氏名", "フリガナ", "生年月日", "設備", "数", "単価", "済", "備考"]
PROCESS = {"statuses": [{"code": "new", "name": "新規"}], "initial": "new"}
PROCEDURE = {
    "prefix": "TB", "title": "登録", "summary": "登録する。", "office": "市民課", "phone": "047-334-1111",
    "applicant": {"name": "氏名"}, "channels": ["counter"],
}
MAPS = [
    ColumnMap("番号", (0,)), ColumnMap("氏名", (1, 2), ("full", "full_kana")), ColumnMap("生年月日", (3,)),
    ColumnMap("設備", (4,)), ColumnMap("数", (5,)), ColumnMap("単価", (6,)), ColumnMap("済", (7,)),
    ColumnMap("備考", (8,)),
]  # fmt: skip


def ledger(**changes: Any) -> AppDefinition:
    fields = [{"id": n, **field} for n, field in enumerate(FIELDS, 1)]
    data = {"code": "ledger", "name": "台帳", "owner_department": "shimin", "permissions": RIGHTS, "fields": fields}
    return AppDefinition.model_validate({**data, **changes})


@pytest.fixture
def app(db: None) -> AppRevision:
    return publish(ledger())


def a_row(number: object, **changes: str) -> list[str]:
    cells = dict(zip(HEADER, [
        str(number), "市川 花子", "イチカワ ハナコ", "昭和60年4月1日", "机、棚", "2", "1,200円", "○",
        "1行目\n2行\t目\\",
    ], strict=True))  # fmt: skip
    return list((cells | changes).values())


def a_table(rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> io.BytesIO:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return io.BytesIO(text.getvalue().encode())


def start(app: AppRevision, staff: Staff, file: io.BytesIO, **options: Any) -> Import:
    found = tables.preview(file)
    options.setdefault("maps", MAPS)
    return imports.start_import(
        app=app, staff=staff, file=file, name="台帳.csv", source=found.source, header=found.header, **options
    )


def run(row: Import, batch_rows: int = 3) -> Import:
    import_run.run(row.id, batch_rows=batch_rows)
    row.refresh_from_db()
    return row


def records(app: AppRevision) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM app_{app.app_id} ORDER BY id")
        return [get_record(app, found).values for (found,) in cursor.fetchall()]


def errors(row: Import) -> list[tuple[int, str]]:
    found = imports.errors_of(row)
    return [(number, " ".join(text for _column, text in messages)) for number, _cells, messages in found]


def counts(row: Import) -> tuple[str, int, int, int, int]:
    return (row.state, row.added, row.updated, row.unchanged, row.failed)


def test_every_row_becomes_a_record_with_its_event(app: AppRevision, staff: Mapping[str, Staff]):
    row = run(start(app, staff["sato"], a_table([a_row(n) for n in range(7)])))
    assert counts(row) == ("done", 7, 0, 0, 0)
    assert (row.total, row.done, row.percent) == (7, 7, 100)
    found = records(app)
    assert found[0] == {
        "番号": "0", "生年月日": "1985-04-01", "設備": ["机", "棚"], "数": "2", "単価": 1200, "計": 2400, "済": True,
        "氏名": {"family": "市川", "given": "花子", "family_kana": "イチカワ", "given_kana": "ハナコ"},
        "備考": "1行目\n2行\t目\\",
    }
    assert [values["番号"] for values in found] == [str(n) for n in range(7)]


def test_a_bulk_row_is_the_same_as_one_added_by_hand(app: AppRevision, staff: Mapping[str, Staff]):
    run(start(app, staff["sato"], a_table([a_row(1)])))
    values = {code: value for code, value in records(app)[0].items() if code != "計"} | {"番号": "2"}
    ref = create_record(app=app, values=values, actor=staff_actor(staff["sato"]))
    first, second = Event.objects.get(kind="created", record_id=ref.record_id - 1), Event.objects.get(pk=ref.event_id)
    assert first.after == second.after | {"1": "1"}
    assert (first.before, first.record_revision, first.actor_staff_id) == ({}, 1, staff["sato"].pk)
    assert first.data["row"] == 2
    by_bulk, by_hand = get_record(app, ref.record_id - 1), get_record(app, ref.record_id)
    assert by_bulk.values == by_hand.values | {"番号": "1"}
    same = ("revision", "app_revision_id", "status", "channel", "assignee_id", "created_by_id", "updated_by_id")
    assert [getattr(by_bulk, name) for name in same] == [getattr(by_hand, name) for name in same]


def test_an_import_runs_as_a_job(app: AppRevision, staff: Mapping[str, Staff], run_jobs: Callable[[], int]):
    row = start(app, staff["sato"], a_table([a_row(1)]))
    assert row.state == "waiting"
    assert run_jobs() == 1
    row.refresh_from_db()
    assert row.state == "done"


def test_rows_of_a_procedure_get_receipt_numbers_and_the_first_status(staff: Mapping[str, Staff]):
    app = publish(ledger(process=PROCESS, procedure=PROCEDURE))
    row = run(start(app, staff["sato"], a_table([a_row(1), a_row(2)])))
    assert counts(row) == ("done", 2, 0, 0, 0)
    found = [get_record(app, event.record_id) for event in Event.objects.filter(kind="created").order_by("record_id")]
    numbers = [record.receipt_number for record in found]
    assert [number and number[-6:] for number in numbers] == ["000001", "000002"]
    assert {record.status for record in found} == {"new"}
    assert all(record.submitted_at for record in found)


def test_rows_that_are_not_taken_are_listed_mended_and_sent_again(app: AppRevision, staff: Mapping[str, Staff]):
    bad = [a_row(2, 数="200"), a_row("", 生年月日="いつか"), a_row(4, 氏名="市川花子")]
    row = run(start(app, staff["sato"], a_table([a_row(1), *bad, a_row(5)])))
    assert counts(row) == ("done", 2, 0, 0, 3)
    found = errors(row)
    assert [number for number, _ in found] == [3, 4, 5]
    assert "100以下" in found[0][1]
    assert "「番号」を入力してください" in found[1][1] and "日付として読み取れません" in found[1][1]

    listed = io.BytesIO(b"".join(imports.error_csv(row, staff["sato"])))
    again = tables.preview(listed)
    assert again.header == (*HEADER, "エラー")
    assert imports.same_columns(row, again.header)
    cells = [cells for _, cells in again.sample]
    assert cells[0][:-1] == bad[0]
    mended = [a_row(2), a_row(3), a_row(4)]
    second = run(start(app, staff["sato"], a_table([[*cells, "前のエラー"] for cells in mended], again.header)))
    assert counts(second) == ("done", 3, 0, 0, 0)
    assert sorted(values["番号"] for values in records(app)) == ["1", "2", "3", "4", "5"]


def test_the_error_list_comes_as_excel_too_and_runs_nothing(app: AppRevision, staff: Mapping[str, Staff]):
    row = run(start(app, staff["sato"], a_table([a_row(1, 数="多い", 備考="=HYPERLINK(1)")])))
    found = tables.preview(io.BytesIO(imports.error_xlsx(row, staff["sato"])))
    assert found.sample[0][1][8] == "=HYPERLINK(1)"
    assert b"'=HYPERLINK" in b"".join(imports.error_csv(row, staff["sato"]))
    assert AccessLog.objects.filter(purpose="import_errors", staff=staff["sato"]).count() == 2


def test_with_a_key_rows_change_their_records_and_add_what_is_new(app: AppRevision, staff: Mapping[str, Staff]):
    run(start(app, staff["sato"], a_table([a_row(n) for n in range(3)])))
    table = a_table([a_row(0, 数="5"), a_row(1), a_row(2, 備考=""), a_row(9)])
    row = run(start(app, staff["sato"], table, key=("番号", 0)), batch_rows=10)
    assert counts(row) == ("done", 1, 2, 1, 0)
    found = records(app)
    assert (found[0]["数"], found[0]["計"]) == ("5", 6000)
    assert "備考" not in found[2]
    event = history(app, Event.objects.filter(kind="created").order_by("id")[0].record_id)[-1]
    assert (event.kind, event.before, event.after) == ("updated", {"5": "2", "7": 2400}, {"5": "5", "7": 6000})
    assert event.record_revision == 2


def test_the_record_number_is_a_key_too(app: AppRevision, staff: Mapping[str, Staff]):
    ref = create_record(app=app, values=_values("1"), actor=SYSTEM)
    table = a_table([[str(ref.record_id), "7"], ["999", "8"], ["x", "8"]], ["レコード番号", "数"])
    row = run(start(app, staff["sato"], table, maps=[ColumnMap("数", (1,))], key=("id", 0)))
    assert counts(row) == ("done", 0, 1, 0, 2)
    assert get_record(app, ref.record_id).values["数"] == "7"
    assert "「999」のレコードがありません" in errors(row)[0][1]


def _values(number: str) -> dict[str, Any]:
    name = {"family": "市川", "given": "花子", "family_kana": "イチカワ", "given_kana": "ハナコ"}
    return {"番号": number, "氏名": name}


def test_what_may_be_there_once_is_noticed_in_the_file_and_in_the_app(app: AppRevision, staff: Mapping[str, Staff]):
    create_record(app=app, values=_values("8"), actor=SYSTEM)
    row = run(start(app, staff["sato"], a_table([a_row(1), a_row(2), a_row(8), a_row(3), a_row(1)])))
    assert counts(row) == ("done", 3, 0, 0, 2)
    assert [number for number, _ in errors(row)] == [4, 6]
    assert "すでにあります" in errors(row)[0][1]
    assert "2行目と同じ" in errors(row)[1][1]


def test_what_only_the_database_notices_costs_only_that_row(
    app: AppRevision, staff: Mapping[str, Staff], monkeypatch: pytest.MonkeyPatch
):
    create_record(app=app, values=_values("8"), actor=SYSTEM)
    monkeypatch.setattr(bulk, "taken", lambda app, code, values: {})
    rows = [a_row(n) for n in range(12)]
    row = run(start(app, staff["sato"], a_table(rows)), batch_rows=20)
    assert counts(row) == ("done", 11, 0, 0, 1)
    assert errors(row) == [(10, "「番号」に同じ値のレコードがすでにあります。別の値を入力してください。")]
    assert Event.objects.filter(kind="created").count() == 12


def test_a_record_of_an_older_revision_follows_its_own_rules(staff: Mapping[str, Staff]):
    app = publish(ledger())
    ref = create_record(app=app, values=_values("1"), actor=SYSTEM)
    newer = publish(ledger(name="新しい台帳"))
    row = run(start(newer, staff["sato"], a_table([a_row(1, 数="9")]), key=("番号", 0)))
    assert counts(row) == ("done", 0, 1, 0, 0)
    record = get_record(newer, ref.record_id)
    assert (record.app_revision_id, record.values["数"]) == (app.revision_id, "9")


def test_a_record_that_two_rows_might_mean_is_left_alone(staff: Mapping[str, Staff]):
    fields = [{"id": n, **field, "unique": False} if field["code"] == "番号" else {"id": n, **field}
              for n, field in enumerate(FIELDS, 1)]
    app = publish(ledger(fields=fields))
    for _ in range(2):
        create_record(app=app, values=_values("1"), actor=SYSTEM)
    row = run(start(app, staff["sato"], a_table([a_row(1)]), key=("番号", 0)))
    assert "2件あり" in errors(row)[0][1]


def test_only_who_may_add_and_edit_may_import(staff: Mapping[str, Staff]):
    rights = [{"department": "shimin", "roles": ["reception"], "rights": ["view", "add"]},
              {"department": "shimin", "rights": ["view"]}]
    app = publish(ledger(permissions=rights))
    table = a_table([a_row(1)])
    with pytest.raises(PermissionDenied):
        start(app, staff["suzuki"], table)
    with pytest.raises(PermissionDenied):
        start(app, staff["outsider"], table)
    with pytest.raises(PermissionDenied):
        start(app, staff["sato"], table, key=("番号", 0))
    assert start(app, staff["sato"], table).state == "waiting"


def test_columns_that_cannot_work_are_refused_before_anything_is_kept(app: AppRevision, staff: Mapping[str, Staff]):
    with pytest.raises(ImportRefused) as refusal:
        start(app, staff["sato"], a_table([a_row(1)]), maps=[ColumnMap("数", (5,))], key=("備考", 99))
    assert "必須の「番号」" in str(refusal.value) and "必須の「氏名」" in str(refusal.value)
    assert "「備考」は、どのレコードかを決める項目には使えません" in str(refusal.value)
    assert not Import.objects.exists()


def test_reading_and_adding_personal_data_is_logged(app: AppRevision, staff: Mapping[str, Staff]):
    run(start(app, staff["sato"], a_table([a_row(n) for n in range(4)])))
    logs = AccessLog.objects.filter(app_id=app.app_id, purpose="import", staff=staff["sato"])
    assert sum(len(log.record_ids) for log in logs) == 4
    assert all(log.field_ids == [2, 3] for log in logs)


def test_the_file_lies_sealed_and_is_deleted_when_its_day_comes(app: AppRevision, staff: Mapping[str, Staff]):
    row = run(start(app, staff["sato"], a_table([a_row(1), a_row(2, 数="x")])))
    path = import_files._path(row.id)
    assert "市川".encode() not in path.read_bytes()
    assert "市川" not in str(list(row.errors.values_list("sealed", flat=True)))
    assert imports.forget_old(now=timezone.now()) == 0
    assert imports.forget_old(now=row.delete_after) == 1
    assert not path.exists() and not row.errors.exists()
    assert list(imports.errors_of(row)) == []


def test_uploads_that_became_no_import_are_swept(app: AppRevision, staff: Mapping[str, Staff]):
    import uuid
    from datetime import timedelta

    row = start(app, staff["sato"], a_table([a_row(1)]))
    abandoned = uuid.uuid4()
    import_files.keep(abandoned, a_table([a_row(1)]))
    assert imports.sweep_orphans(older_than=timezone.now() - timedelta(days=2)) == 0
    imports.sweep_orphans(older_than=timezone.now() + timedelta(minutes=1))
    assert import_files._path(row.id).exists()
    assert not import_files._path(abandoned).exists()


def test_serial_numbers_and_defaults_are_given_to_imported_rows(staff: Mapping[str, Staff]):
    more = [{"type": "serial", "code": "通し番号", "label": "通し番号", "format": "A-{000}"},
            {"type": "choice", "code": "区分", "label": "区分", "options": ["新規", "更新"], "default": "新規",
             "required": True}]
    app = publish(ledger(fields=[{"id": n, **field} for n, field in enumerate([*FIELDS, *more], 1)]))
    row = run(start(app, staff["sato"], a_table([a_row(n) for n in range(4)])))
    assert counts(row) == ("done", 4, 0, 0, 0)
    found = records(app)
    assert [values["通し番号"] for values in found] == ["A-001", "A-002", "A-003", "A-004"]
    assert {values["区分"] for values in found} == {"新規"}
    ref = create_record(app=app, values=_values("99"), actor=staff_actor(staff["sato"]))
    assert get_record(app, ref.record_id).values["通し番号"] == "A-005"


def test_rows_whose_values_are_looked_up_are_imported_too(app: AppRevision, staff: Mapping[str, Staff]):
    create_record(app=app, values=_values("12"), actor=SYSTEM)
    fields = [{"type": "lookup", "id": 1, "code": "台帳番号", "label": "台帳番号", "app": "ledger", "key": "番号"}]
    other = publish(ledger(code="visits", name="訪問", fields=fields))
    table = a_table([["12", "x"], ["13", "y"]], ["台帳番号", "他"])
    row = run(start(other, staff["sato"], table, maps=[ColumnMap("台帳番号", (0,))]))
    assert counts(row) == ("done", 1, 0, 0, 1)
    assert "「13」は見つかりませんでした" in errors(row)[0][1]


def test_a_sealed_file_is_read_from_any_place(settings: Any, tmp_path: Path):
    import uuid

    settings.FILES_DIR = str(tmp_path)
    plain = os.urandom(import_files.FRAME * 2 + 777)
    import_id = uuid.uuid4()
    size, _digest = import_files.keep(import_id, io.BytesIO(plain))
    with import_files.opened(import_id, size) as file:
        for place in (0, import_files.FRAME - 5, size - 20, 3):
            file.seek(place)
            assert file.read(100) == plain[place : place + 100]
        file.seek(-7, io.SEEK_END)
        assert file.read() == plain[-7:]


def test_an_import_that_was_stopped_goes_no_further(
    app: AppRevision, staff: Mapping[str, Staff], monkeypatch: pytest.MonkeyPatch
):
    row = start(app, staff["sato"], a_table([a_row(n) for n in range(9)]))
    write = import_run.Work._write_batch

    def stop_then_write(self: Any, rows: Any, done: int) -> bool:
        if done == 3:
            imports.cancel_import(import_id=row.id, staff=staff["sato"])
        return write(self, rows, done)

    monkeypatch.setattr(import_run.Work, "_write_batch", stop_then_write)
    assert counts(run(row)) == ("cancelled", 3, 0, 0, 0)
    assert len(records(app)) == 3
    assert counts(run(row)) == ("cancelled", 3, 0, 0, 0)


def test_somebody_else_cannot_stop_it_unless_they_manage(app: AppRevision, staff: Mapping[str, Staff]):
    row = start(app, staff["sato"], a_table([a_row(1)]))
    with pytest.raises(PermissionDenied):
        imports.cancel_import(import_id=row.id, staff=staff["outsider"])
    assert imports.cancel_import(import_id=row.id, staff=staff["suzuki"]).state == "cancelled"


def test_a_failure_in_any_place_leaves_whole_batches(
    app: AppRevision, staff: Mapping[str, Staff], monkeypatch: pytest.MonkeyPatch
):
    row = start(app, staff["sato"], a_table([a_row(n, **({"数": "x"} if n == 4 else {})) for n in range(10)]))
    for name in ("log_access", "keep_errors"):
        calls = iter(range(100))

        def fail(*args: Any, calls: Iterator[int] = calls, name: str = name, **options: Any) -> None:
            if next(calls) == 1:
                raise ConnectionError(name)

        with monkeypatch.context() as patched:
            patched.setattr(import_run, name, fail)
            with pytest.raises(ConnectionError):
                run(row, batch_rows=2)
        row.refresh_from_db()
        assert row.done == len(records(app)) + row.failed
    assert counts(run(row)) == ("done", 9, 0, 0, 1)
    assert [values["番号"] for values in records(app)] == [str(n) for n in range(10) if n != 4]


def test_a_duplicate_is_noticed_across_a_crash(app: AppRevision, staff: Mapping[str, Staff], monkeypatch: Any):
    row = start(app, staff["sato"], a_table([a_row(1), a_row(2), a_row(1)]), key=("番号", 0))
    write = import_run.Work._write_batch
    with monkeypatch.context() as patched:
        patched.setattr(import_run.Work, "_write_batch", lambda self, rows, done: done == 0 and write(self, rows, done))
        assert run(row, batch_rows=2).done == 2
    assert counts(run(row)) == ("done", 2, 0, 0, 1)
    assert "2行目と同じ" in errors(row)[0][1]


def test_a_file_that_cannot_be_read_to_its_end_says_so(app: AppRevision, staff: Mapping[str, Staff]):
    file = a_table([a_row(n) for n in range(1200)])
    file.seek(0, io.SEEK_END)
    file.write(b'1500,"' + b"x" * 200_000)
    row = run(start(app, staff["sato"], file), batch_rows=500)
    assert row.state == "failed"
    assert "閉じ忘れ" in row.message
    assert row.added == row.done == len(records(app))


def test_excel_is_imported_too(app: AppRevision, staff: Mapping[str, Staff]):
    from datetime import date

    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["職員台帳"])
    book.active.append(HEADER)
    book.active.append([1, "市川 花子", "イチカワ ハナコ", date(1985, 4, 1), "机", 2, 1200, True, "あ"])
    file = io.BytesIO()
    book.save(file)
    row = run(start(app, staff["sato"], file))
    assert counts(row) == ("done", 1, 0, 0, 0)
    assert records(app)[0].items() >= {"番号": "1", "生年月日": "1985-04-01", "計": 2400, "済": True}.items()


WORKER = """
import sys, uuid, django
django.setup()
from django.db import connection
from madoguchi.records import import_run
import_run.run(uuid.UUID(sys.argv[1]), batch_rows=20)
"""


@pytest.mark.django_db(transaction=True)
def test_killing_the_worker_loses_and_doubles_nothing(staff: Mapping[str, Staff]):
    app = publish(ledger())
    rows = [a_row(n, **({"数": "x"} if n % 50 == 7 else {})) for n in range(2000)]
    row = start(app, staff["sato"], a_table(rows))
    settings = connection.settings_dict
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "madoguchi.site.settings", "DATABASE_URL": _url(settings)}
    killed = 0
    while True:
        row.refresh_from_db()
        if row.state == "done":
            break
        worker = subprocess.Popen([sys.executable, "-c", WORKER, str(row.id)], env=environment)
        before = row.done
        while worker.poll() is None and row.done < before + 400:
            time.sleep(0.01)
            row.refresh_from_db()
        if worker.poll() is None and killed < 3:
            worker.send_signal(signal.SIGKILL)
            killed += 1
        assert worker.wait(60) in (0, -signal.SIGKILL)
    assert killed >= 2
    assert counts(row) == ("done", 1960, 0, 0, 40)
    assert len(errors(row)) == 40
    numbers = [int(values["番号"]) for values in records(app)]
    assert numbers == [n for n in range(2000) if n % 50 != 7]
    made = Event.objects.filter(app_id=app.app_id, kind="created").values_list("data", flat=True)
    assert sorted(data["row"] for data in made) == _numbered(rows)


def _numbered(rows: Sequence[Sequence[str]]) -> list[int]:
    return [n for n, cells in enumerate(rows, 2) if cells[5] != "x"]


def _url(settings: Mapping[str, Any]) -> str:
    from psycopg.conninfo import make_conninfo

    return make_conninfo(
        dbname=settings["NAME"], user=settings["USER"], password=settings["PASSWORD"], host=settings["HOST"],
        port=settings["PORT"],
    )


def test_what_was_imported_is_changed_by_hand_as_any_record(app: AppRevision, staff: Mapping[str, Staff]):
    run(start(app, staff["sato"], a_table([a_row(1)])))
    record_id = Event.objects.get(kind="created").record_id
    update_record(
        app=app, record_id=record_id, changes={"数": "3"}, expected_revision=1, actor=staff_actor(staff["sato"])
    )
    assert json.dumps(get_record(app, record_id).values["計"]) == "3600"
