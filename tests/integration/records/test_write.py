"""The one write path: row and event together, no lost update, nothing twice."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg import sql

from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import Action
from madoguchi.records import events, receipts, write
from madoguchi.records.actor import RESIDENT, SYSTEM, staff_actor
from madoguchi.records.models import Event, ReceiptCounter
from madoguchi.records.read import RecordNotFound, find_by_key, get_record, history
from madoguchi.records.world import DatabaseWorld
from tests.publishing import publish
from tests.samples import FixedWorld, certificate, certificate_answers, everything, everything_answers

pytestmark = pytest.mark.django_db


def new_record(app: AppRevision, **options: Any) -> write.RecordRef:
    values = options.pop("values", None) or certificate_answers()
    return write.create_record(app=app, values=values, actor=options.pop("actor", SYSTEM), **options)


def action(app: AppRevision, code: str) -> Action:
    assert app.definition.process
    return next(a for a in app.definition.process.actions if a.code == code)


@pytest.fixture
def met(monkeypatch: pytest.MonkeyPatch) -> None:
    """Identity and payment are as they should be."""
    from madoguchi.records import requirements

    yes: dict[str, Callable[[int, int], bool]] = {"identity": lambda a, r: True, "payment": lambda a, r: True}
    monkeypatch.setattr(requirements, "_requirements", yes)


def in_threads(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Runs ``work`` in that many threads that begin at the same moment, each with its own connection."""
    barrier = Barrier(count)

    def run(n: int) -> Any:
        try:
            barrier.wait()
            return work(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


# --- creating ----------------------------------------------------------------------------------------------------


def test_every_answer_comes_back_as_it_was_given() -> None:
    for defn, answers in ((certificate(), certificate_answers()), (everything(), everything_answers())):
        app = publish(defn)
        record = get_record(app, new_record(app, values=answers, channel="web").record_id)
        asked = {code: value for code, value in answers.items() if code in record.values and code != "品目"}
        assert {code: record.values[code] for code in asked} == asked
        assert len(asked) > 10


def test_formulas_are_computed_when_written() -> None:
    app = publish(everything())
    record = get_record(app, new_record(app, values=everything_answers()).record_id)
    formulas = [field.code for field in app.definition.fields if field.type == "formula"]
    assert formulas
    assert all(code in record.values for code in formulas)


def test_a_new_record_has_a_receipt_number_a_status_and_one_event(published_app: AppRevision) -> None:
    ref = new_record(published_app, channel="line", actor=RESIDENT)
    record = get_record(published_app, ref.record_id)
    assert record.receipt_number == ref.receipt_number
    assert ref.receipt_number is not None
    assert ref.receipt_number.endswith("-000001")
    assert record.status == published_app.definition.process.initial  # type: ignore[union-attr]
    assert record.submitted_at is not None
    (event,) = history(published_app, ref.record_id)
    name_id = published_app.definition.by_code["氏名"].id
    assert (event.pk, event.kind, event.actor_kind) == (ref.event_id, "created", "resident")
    assert event.before == {}
    assert event.after[str(name_id)] == certificate_answers()["氏名"]
    assert event.after["channel"] == "line"


def test_an_interview_becomes_one_record(published_app: AppRevision) -> None:
    interview_id = uuid.uuid4()
    ref = new_record(published_app, interview_id=interview_id)
    with pytest.raises(write.AlreadyCreated) as refusal:
        new_record(published_app, interview_id=interview_id)
    assert refusal.value.ref == ref
    assert ReceiptCounter.objects.get().last == 1
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_tap_in_eight_threads_makes_one_record(published_app: AppRevision) -> None:
    interview_id = uuid.uuid4()

    def tap(_: int) -> write.RecordRef:
        try:
            return new_record(published_app, interview_id=interview_id)
        except write.AlreadyCreated as already:
            return already.ref

    assert len(set(in_threads(8, tap))) == 1
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_receipt_numbers_never_repeat(published_app: AppRevision) -> None:
    refs = in_threads(8, lambda n: [new_record(published_app).receipt_number for _ in range(5)])
    numbers = [number for part in refs for number in part]
    assert len(set(numbers)) == 40
    assert max(numbers).endswith("-000040")


@pytest.mark.django_db(transaction=True)
def test_without_the_counter_lock_receipt_numbers_do_repeat() -> None:
    """Proves the race that the test above would otherwise only believe in."""
    ReceiptCounter.objects.create(prefix="XX", era_year="R08", last=0)
    read_by_all = Barrier(8)

    def careless(_: int) -> int:
        last = ReceiptCounter.objects.get(prefix="XX").last
        read_by_all.wait()
        ReceiptCounter.objects.filter(prefix="XX").update(last=last + 1)
        return last + 1

    assert len(set(in_threads(8, careless))) == 1


def test_a_receipt_number_that_was_rolled_back_was_never_given(published_app: AppRevision) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        new_record(published_app)
        raise RuntimeError
    assert (new_record(published_app).receipt_number or "").endswith("-000001")


def test_receipt_numbers_begin_anew_with_the_fiscal_year() -> None:
    from datetime import date

    assert receipts.next_receipt_number("JM", date(2027, 3, 31)) == "JM-R08-000001"
    assert receipts.next_receipt_number("JM", date(2027, 4, 1)) == "JM-R09-000001"
    assert receipts.next_receipt_number("JM", date(2027, 3, 31)) == "JM-R08-000002"


def test_staff_cannot_store_what_a_resident_could_not(published_app: AppRevision, staff: Mapping[str, Staff]) -> None:
    with pytest.raises(write.InvalidValues) as refusal:
        new_record(published_app, values=certificate_answers(電話番号="12"), actor=staff_actor(staff["sato"]))
    assert set(refusal.value.problems) == {"電話番号"}
    assert Event.objects.count() == 0


def test_staff_cannot_leave_out_what_is_required_but_what_is_hidden_does_not_matter(
    published_app: AppRevision, staff: Mapping[str, Staff]
) -> None:
    without_name = certificate_answers()
    del without_name["氏名"]
    with pytest.raises(write.InvalidValues, match="氏名"):
        new_record(published_app, values=without_name, actor=staff_actor(staff["sato"]))
    assert new_record(published_app, actor=staff_actor(staff["sato"])).record_id


def test_choosing_another_row_of_a_lookup_copies_its_values(
    published_app: AppRevision, staff: Mapping[str, Staff], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DatabaseWorld, "lookup", FixedWorld.lookup)
    app = publish(everything())
    lookup = next(field for field in app.definition.fields if field.type == "lookup")
    ref = new_record(app, values=everything_answers())
    write.update_record(
        app=app, record_id=ref.record_id, changes={lookup.code: "12"}, expected_revision=1,
        actor=staff_actor(staff["sato"]),
    )
    record = get_record(app, ref.record_id)
    assert [record.values[here] for here in lookup.copies] == ["窓口通り"]


def test_a_number_too_large_for_the_database_is_refused_in_words() -> None:
    app = publish(everything())
    with pytest.raises(write.InvalidValues, match="数が大きすぎる"):
        new_record(app, values=everything_answers(費用=10**30))
    assert new_record(app, values=everything_answers()).record_id


def test_the_database_refuses_the_same_value_twice_in_a_unique_field() -> None:
    data = certificate().model_dump(mode="json", by_alias=True)
    data["fields"].append({"type": "text", "id": 900, "code": "整理番号", "label": "整理番号", "unique": True})
    app = publish(type(certificate()).model_validate(data))
    new_record(app, values=certificate_answers(整理番号="A1"))
    other = new_record(app, values=certificate_answers(整理番号="A2"))
    new_record(app), new_record(app)  # blanks may repeat
    with pytest.raises(write.InvalidValues, match="「整理番号」に同じ値"):
        write.update_record(
            app=app, record_id=other.record_id, changes={"整理番号": "A1"}, expected_revision=None, actor=SYSTEM
        )
    assert find_by_key(app, "整理番号", "A2") is not None
    assert find_by_key(app, "整理番号", "A3") is None


# --- changing ----------------------------------------------------------------------------------------------------


def test_an_event_holds_only_what_changed(published_app: AppRevision, staff: Mapping[str, Staff]) -> None:
    ref = new_record(published_app)
    event = write.update_record(
        app=published_app, record_id=ref.record_id, changes={"電話番号": "(047)334-1111"}, expected_revision=1,
        actor=staff_actor(staff["sato"]), data={"why": "電話で確認"},
    )
    phone = str(published_app.definition.by_code["電話番号"].id)
    assert (event.before, event.after) == ({phone: certificate_answers()["電話番号"]}, {phone: "047-334-1111"})
    assert (event.record_revision, event.actor_staff_id) == (2, staff["sato"].pk)
    assert get_record(published_app, ref.record_id).values["電話番号"] == "047-334-1111"


def test_a_cleared_value_is_gone_and_the_event_remembers_it(published_app: AppRevision) -> None:
    ref = new_record(published_app)
    event = write.update_record(
        app=published_app, record_id=ref.record_id, changes={"使いみち": None}, expected_revision=1, actor=SYSTEM
    )
    assert list(event.after.values()) == [None]
    assert "使いみち" not in get_record(published_app, ref.record_id).values


def test_a_stale_revision_is_refused_and_says_what_to_do(published_app: AppRevision) -> None:
    ref = new_record(published_app)
    change: dict[str, Any] = {"app": published_app, "record_id": ref.record_id, "actor": SYSTEM}
    write.update_record(**change, changes={"通数": "1"}, expected_revision=1)
    with pytest.raises(write.StaleRecord, match="ほかの人が") as refusal:
        write.update_record(**change, changes={"通数": "3"}, expected_revision=1)
    assert refusal.value.current_revision == 2
    assert get_record(published_app, ref.record_id).values["通数"] == "1"


@pytest.mark.django_db(transaction=True)
def test_of_eight_clerks_who_save_at_once_one_succeeds(published_app: AppRevision) -> None:
    ref = new_record(published_app)

    def save(n: int) -> bool:
        try:
            write.update_record(
                app=published_app, record_id=ref.record_id, changes={"使いみち": f"用途{n}"}, expected_revision=1,
                actor=SYSTEM,
            )
        except write.StaleRecord:
            return False
        return True

    assert sum(in_threads(8, save)) == 1
    assert get_record(published_app, ref.record_id).revision == 2


def test_a_record_that_is_not_there_is_not_found(published_app: AppRevision) -> None:
    with pytest.raises(RecordNotFound):
        write.update_record(app=published_app, record_id=99, changes={}, expected_revision=None, actor=SYSTEM)
    with pytest.raises(RecordNotFound):
        write.add_event(app=published_app, record_id=99, kind="commented", actor=SYSTEM)


def test_assigning_is_an_event_with_before_and_after(published_app: AppRevision, staff: Mapping[str, Staff]) -> None:
    ref = new_record(published_app)
    event = write.assign_record(
        app=published_app, record_id=ref.record_id, staff_id=staff["suzuki"].pk, expected_revision=1, actor=SYSTEM
    )
    assert (event.kind, event.before, event.after) == (
        "assigned", {"assignee_id": None}, {"assignee_id": staff["suzuki"].pk},
    )


def test_a_comment_does_not_make_others_stale(published_app: AppRevision) -> None:
    ref = new_record(published_app)
    write.add_event(
        app=published_app, record_id=ref.record_id, kind="commented", actor=SYSTEM, data={"text": "電話しました"}
    )
    assert get_record(published_app, ref.record_id).revision == 1


def test_a_record_stays_on_the_revision_it_was_filed_under(published_app: AppRevision) -> None:
    ref = new_record(published_app)
    renamed = certificate().model_dump_json(by_alias=True).replace("使いみち", "用途")
    newer = publish(type(certificate()).model_validate_json(renamed))
    record = get_record(newer, ref.record_id)
    assert record.app == published_app
    assert record.values["使いみち"] == "勤務先"
    assert "用途" in get_record(newer, new_record(newer, values=certificate_answers(用途="私用")).record_id).values


# --- moving ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("met")
def test_a_move_tells_from_where_to_where_and_which_notice(published_app: AppRevision) -> None:
    ref = new_record(published_app)
    event = write.move_record(
        app=published_app, record_id=ref.record_id, action=action(published_app, "accept"), expected_revision=1,
        actor=SYSTEM, data={"note": "確認しました"},
    )
    assert event.data == {
        "note": "確認しました", "action": "accept", "from": "submitted", "to": "accepted", "notice": "accepted",
    }
    assert (event.before, event.after) == ({"status": "submitted"}, {"status": "accepted"})


@pytest.mark.usefixtures("met")
def test_a_second_press_of_the_same_button_is_refused(published_app: AppRevision) -> None:
    ref = new_record(published_app)
    press: dict[str, Any] = {"app": published_app, "record_id": ref.record_id, "actor": SYSTEM}
    write.move_record(**press, action=action(published_app, "accept"), expected_revision=None)
    with pytest.raises(write.NotAllowedNow, match="いまの状態では"):
        write.move_record(**press, action=action(published_app, "accept"), expected_revision=None)


@pytest.mark.parametrize(
    ("holding", "words"), [((), "本人確認が済んでいません"), (("identity",), "納付されていません")]
)
def test_what_an_action_requires_must_hold(
    published_app: AppRevision, monkeypatch: pytest.MonkeyPatch, holding: tuple[str, ...], words: str
) -> None:
    from madoguchi.records import requirements

    known = {name: lambda a, r, name=name: name in holding for name in ("identity", "payment")}
    monkeypatch.setattr(requirements, "_requirements", known)
    ref = new_record(published_app)
    with pytest.raises(write.NotAllowedNow, match=words):
        write.move_record(
            app=published_app, record_id=ref.record_id, action=action(published_app, "accept"),
            expected_revision=None, actor=SYSTEM,
        )
    assert get_record(published_app, ref.record_id).status == "submitted"


def test_a_payment_that_arrived_moves_a_record_once(published_app: AppRevision) -> None:
    ref = new_record(published_app, status="awaiting_payment")
    fire: dict[str, Any] = {"app_id": published_app.app_id, "record_id": ref.record_id, "actor": SYSTEM}
    first = write.fire_trigger(**fire, trigger="payment", data={"payment": "x"})
    assert first is not None
    assert first.data["to"] == "submitted"
    assert write.fire_trigger(**fire, trigger="payment") is None


def test_history_is_never_changed_or_removed(published_app: AppRevision) -> None:
    ref = new_record(published_app)
    event = Event.objects.filter(pk=ref.event_id)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        event.update(kind="moved")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        event.delete()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL madoguchi.rewriting_history = 'on'")
    assert event.update(kind="moved") == 1
    assert event.delete()[0] == 1


# --- telling others ----------------------------------------------------------------------------------------------


def test_subscribers_hear_of_an_event_in_its_transaction(
    published_app: AppRevision, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(events, "_subscribers", [])

    @events.subscribe
    def hear(event: Event) -> None:
        assert connection.in_atomic_block
        heard.append(event.kind)

    events.subscribe(hear)
    new_record(published_app)
    assert heard == ["created"]


def test_a_subscriber_that_fails_undoes_the_change(
    published_app: AppRevision, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(event: Event) -> None:
        raise RuntimeError("no queue")

    monkeypatch.setattr(events, "_subscribers", [fail])
    with pytest.raises(RuntimeError):
        new_record(published_app)
    table = sql.Identifier(f"app_{published_app.app_id}")
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(table))
        assert cursor.fetchone() == (0,)


def test_an_unknown_kind_of_event_is_a_mistake(published_app: AppRevision) -> None:
    ref = new_record(published_app)
    with pytest.raises(ValueError, match="unknown kind"):
        write.add_event(app=published_app, record_id=ref.record_id, kind="exploded", actor=SYSTEM)
