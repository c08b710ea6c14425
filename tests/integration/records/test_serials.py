"""Serial numbers, what a new record begins with, values that may occur once, and records that are deleted."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.fields import SerialField
from madoguchi.definition.findings import DefinitionError
from madoguchi.definition.text import japanese
from madoguchi.records import files, guards, serials, tasks, write
from madoguchi.records.actor import RESIDENT, SYSTEM, Actor, staff_actor, token_actor
from madoguchi.records.models import Event, SerialCounter, StoredFile
from madoguchi.records.read import RecordNotFound, get_record
from tests.integration.records.samples import FIELDS, access, program, published_cases
from tests.threads import at_once

NUMBER = {"id": 20, "code": "整理番号", "label": "整理番号", "type": "serial"}


def with_fields(*fields: Mapping[str, Any], **parts: Any) -> AppRevision:
    return published_cases(fields=[*FIELDS, *fields], **parts)


def add(app: AppRevision, actor: Actor = SYSTEM, **values: Any) -> Mapping[str, Any]:
    ref = write.create_record(app=app, values=values, actor=actor)
    return get_record(app, ref.record_id).values


# --- numbers -------------------------------------------------------------------------------------------------------


def serial(written: str, reset: Any = "never") -> SerialField:
    return SerialField(id=20, code="番号", label=japanese("番号"), format=written, reset=reset)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{0000}", "0012"), ("{0}", "12"), ("修繕-{ERA}-{000}", "修繕-R08-012"),
        ("{FY}/{MM}/{DD}-{00}", "2026/03/31-12"), ("{YYYY}{0000000000}号", "20270000000012号"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_the_format_says(written: str, expected: str) -> None:
    assert serials.written(serial(written), 12, date(2027, 3, 31)) == expected


@given(number=st.integers(1, 10**9), day=st.dates(date(2019, 5, 1), date(2100, 1, 1)))
def test_different_numbers_are_never_written_alike(number: int, day: date) -> None:
    field = serial("{YYYY}-{000}")
    assert serials.written(field, number, day) != serials.written(field, number + 1, day)


@pytest.mark.django_db
def test_each_record_gets_the_next_number_and_keeps_it() -> None:
    app = with_fields({**NUMBER, "format": "A-{000}"})
    assert [add(app)["整理番号"] for _ in range(3)] == ["A-001", "A-002", "A-003"]
    record_id = Event.objects.filter(app_id=app.app_id, kind="created").latest("id").record_id
    write.update_record(
        app=app, record_id=record_id, changes={"件名": "y"}, expected_revision=None, actor=SYSTEM
    )
    assert get_record(app, record_id).values["整理番号"] == "A-003"


@pytest.mark.django_db
def test_nobody_chooses_a_number(staff: Mapping[str, Staff]) -> None:
    app = with_fields(NUMBER)
    with pytest.raises(write.InvalidValues):
        add(app, staff_actor(staff["sato"]), 整理番号="9999")
    assert not program(app, "add").changes("整理番号")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reset", "days", "expected"),
    [
        ("never", ("2026-03-31", "2026-04-01", "2027-01-01"), [1, 2, 3]),
        ("year", ("2026-12-31", "2027-01-01", "2027-04-01"), [1, 1, 2]),
        ("fiscal_year", ("2026-03-31", "2026-04-01", "2027-03-31"), [1, 1, 2]),
        ("month", ("2026-03-30", "2026-03-31", "2026-04-01"), [1, 2, 1]),
    ],
)
def test_numbers_begin_again_as_the_field_says(reset: str, days: tuple[str, ...], expected: list[int]) -> None:
    app = with_fields(NUMBER)
    field = serial("{0}", reset)
    found = [serials.take(app.app_id, field, date.fromisoformat(day))[0] for day in days]
    assert [int(number) for number in found] == expected


@pytest.mark.django_db
def test_a_table_that_is_imported_takes_its_numbers_at_once() -> None:
    app = with_fields(NUMBER)
    assert serials.take(app.app_id, serial("{00}"), date(2026, 11, 23), count=3) == ["01", "02", "03"]
    assert add(app)["整理番号"] == "0004"


@pytest.mark.django_db(transaction=True)
def test_reading_a_counter_and_then_writing_it_gives_a_number_twice() -> None:
    """The race is there. If this fails, the test below proves nothing."""
    app = with_fields(NUMBER)
    counter = SerialCounter.objects.create(app_id=app.app_id, field_id=20, period="")

    def careless() -> int:
        last = SerialCounter.objects.get(pk=counter.pk).last
        time.sleep(0.05)
        SerialCounter.objects.filter(pk=counter.pk).update(last=last + 1)
        return last + 1

    assert len(set(at_once(careless, times=6))) < 6


@pytest.mark.django_db(transaction=True)
def test_no_number_is_given_twice_however_many_add_at_once() -> None:
    app = with_fields(NUMBER)
    found = at_once(lambda: [add(app)["整理番号"] for _ in range(5)], times=6)
    numbers = [number for part in found for number in part]
    assert len(set(numbers)) == 30
    assert max(numbers) == "0030"


# --- defaults ------------------------------------------------------------------------------------------------------

DEFAULTS: list[dict[str, Any]] = [
    {"id": 31, "code": "文", "label": "文", "type": "text", "default": "はじめの文"},
    {"id": 32, "code": "数", "label": "数", "type": "number", "decimals": 1, "default": "1.5"},
    {"id": 33, "code": "円", "label": "円", "type": "money", "default": 0},
    {"id": 34, "code": "選", "label": "選", "type": "choice", "options": ["a", "b"], "default": "b"},
    {"id": 35, "code": "複", "label": "複", "type": "choices", "options": ["a", "b"], "default": ["a"]},
    {"id": 36, "code": "日", "label": "日", "type": "date", "default": "now"},
    {"id": 37, "code": "時", "label": "時", "type": "time", "default": "now"},
    {"id": 38, "code": "日時", "label": "日時", "type": "datetime", "default": "now"},
    {"id": 39, "code": "者", "label": "者", "type": "staff", "default": ["LOGINUSER()", "ito"]},
    {"id": 40, "code": "課名", "label": "課名", "type": "department", "default": ["PRIMARY_ORGANIZATION()"]},
    {"id": 41, "code": "決まった日", "label": "決まった日", "type": "date", "default": "2026-04-01"},
]
MORNING = datetime(2026, 11, 22, 23, 5, 31, tzinfo=UTC)


@pytest.fixture
def in_the_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MORNING)


@pytest.mark.django_db
@pytest.mark.usefixtures("in_the_morning")
def test_a_record_that_staff_add_begins_with_the_defaults(staff: Mapping[str, Staff]) -> None:
    found = add(with_fields(*DEFAULTS), staff_actor(staff["sato"]), 文="自分の文", 選=None)
    assert found == {
        "文": "自分の文", "数": "1.5", "円": 0, "複": ["a"], "日": "2026-11-23", "時": "08:05",
        "日時": "2026-11-23T08:05:00+09:00", "者": ["sato", "ito"], "課名": ["shimin"], "決まった日": "2026-04-01",
    }


@pytest.mark.django_db
def test_a_program_is_nobodys_login_and_residents_get_no_defaults(staff: Mapping[str, Staff]) -> None:
    app = with_fields(*DEFAULTS)
    by_program = add(app, token_actor(5))
    assert (by_program["者"], by_program.get("課名"), by_program["選"]) == (["ito"], None, "b")
    assert Event.objects.latest("id").data == {"token": 5}
    ref = write.create_record(app=app, values={"件名": "x"}, actor=RESIDENT, interview_id=uuid4())
    assert get_record(app, ref.record_id).values == {"件名": "x"}


# --- once only -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field_type", "value", "other"),
    [
        ("number", "12", "13"), ("money", 100, 101), ("date", "2026-11-23", "2026-11-24"),
        ("datetime", "2026-11-23T09:30:00+09:00", "2026-11-23T09:31:00+09:00"),
        ("link", "https://example.jp/a", "https://example.jp/b"), ("text", "甲", "乙"),
    ],
)  # fmt: skip
def test_a_unique_field_takes_each_value_once(
    staff: Mapping[str, Staff], field_type: str, value: Any, other: Any
) -> None:
    app = with_fields({"id": 20, "code": "一つ", "label": "一つ", "type": field_type, "unique": True})
    sato = staff_actor(staff["sato"])
    add(app, sato, 一つ=value)
    with pytest.raises(write.InvalidValues, match="同じ値のレコード"):
        add(app, sato, 一つ=value)
    add(app, sato, 一つ=other)
    assert add(app, sato) == add(app, sato) == {}  # blanks do not count


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("written", "reset"), [("{0000}", "year"), ("{YYYY}-{0}", "month"), ("{MM}-{0}", "fiscal_year")]
)
def test_a_number_that_would_come_again_is_not_published(written: str, reset: str) -> None:
    with pytest.raises(DefinitionError, match="同じ番号"):
        with_fields({**NUMBER, "format": written, "reset": reset})


# --- deletion ------------------------------------------------------------------------------------------------------


def delete(app: AppRevision, record_id: int, revision: int | None = None) -> Event:
    return write.delete_record(app=app, record_id=record_id, expected_revision=revision, actor=SYSTEM)


@pytest.mark.django_db
def test_a_deleted_record_is_gone_and_its_last_values_are_kept() -> None:
    app = with_fields(NUMBER)
    ref = write.create_record(app=app, values={"件名": "x"}, actor=SYSTEM)
    event = delete(app, ref.record_id, 1)
    assert (event.kind, event.before, event.after) == ("deleted", {"1": "x", "20": "0001"}, {})
    with pytest.raises(RecordNotFound):
        get_record(app, ref.record_id)
    with pytest.raises(RecordNotFound):
        delete(app, ref.record_id)


@pytest.mark.django_db
def test_who_deletes_what_another_has_changed_is_told() -> None:
    app = published_cases()
    ref = write.create_record(app=app, values={"件名": "x"}, actor=SYSTEM)
    write.update_record(app=app, record_id=ref.record_id, changes={"件名": "y"}, expected_revision=1, actor=SYSTEM)
    with pytest.raises(write.StaleRecord):
        delete(app, ref.record_id, 1)


@pytest.mark.django_db
def test_what_a_resident_filed_is_not_deleted() -> None:
    app = published_cases()
    ref = write.create_record(app=app, values={"件名": "x"}, actor=RESIDENT, interview_id=uuid4())
    with pytest.raises(write.NotDeletable, match="取下げ"):
        delete(app, ref.record_id)


@pytest.mark.django_db
def test_what_a_room_above_keeps_is_not_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "_guards", [lambda app_id, record_id: "会計の書類です。"])
    app = published_cases()
    ref = write.create_record(app=app, values={"件名": "x"}, actor=SYSTEM)
    with pytest.raises(write.NotDeletable, match="会計の書類"):
        delete(app, ref.record_id)


@pytest.mark.django_db
def test_files_of_a_deleted_record_are_deleted_by_the_daily_job(settings: Any, tmp_path: Any) -> None:
    settings.FILES_DIR = tmp_path
    app = with_fields({"id": 20, "code": "添付", "label": "添付", "type": "file"})
    ref = write.create_record(app=app, values={}, actor=SYSTEM)
    kept = files.store_upload(
        app=app, field=app.definition.by_code["添付"], record_id=ref.record_id, data=b"%PDF-1.4 x",
        content_type="application/pdf", name="a.pdf",
    )
    delete(app, ref.record_id)
    tasks.delete_due_files(0)
    assert StoredFile.objects.get(pk=kept.pk).deleted_at is not None
    assert not Event.objects.filter(kind="file_deleted").exists()


# --- who may, asked at the right moment ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_record_that_is_hidden_while_one_waits_for_it_is_not_changed(staff: Mapping[str, Staff]) -> None:
    """A check before the lock would have let the change through: it said yes a moment before."""
    app = published_cases(record_rules=[{"filter": '種別 in ("甲")', "allow": [{"staff": "ito", "rights": ["view"]}]}])
    ref = write.create_record(app=app, values={"件名": "x"}, actor=SYSTEM)
    held = access(app, staff["sato"])
    said: list[Any] = []

    def sato() -> None:
        try:
            said.append(held.allows(ref.record_id, "edit"))
            write.update_record(
                app=app, record_id=ref.record_id, changes={"件名": "y"}, expected_revision=None,
                actor=held.viewer.actor, access=held,
            )
        except (RecordNotFound, PermissionDenied) as refusal:
            said.append(type(refusal))
        finally:
            connections.close_all()

    waiting = Thread(target=sato)
    with transaction.atomic():
        write.update_record(
            app=app, record_id=ref.record_id, changes={"種別": "甲"}, expected_revision=None, actor=SYSTEM
        )
        waiting.start()
        _until_somebody_waits()
    waiting.join()
    assert said == [True, RecordNotFound]
    assert get_record(app, ref.record_id).values["件名"] == "x"


def _until_somebody_waits() -> None:
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            found = cursor.fetchone()
        if found and found[0]:
            return
        time.sleep(0.02)
    raise AssertionError("nobody waits for the record")
