"""A changed formula reaches the records that are there, by a job that goes on where it stopped."""

from __future__ import annotations

from typing import Any

import pytest

from madoguchi.catalog import queries
from madoguchi.catalog.queries import AppRevision
from madoguchi.records import recalculate
from madoguchi.records.actor import SYSTEM
from madoguchi.records.models import Event
from madoguchi.records.read import get_record
from madoguchi.records.recalculation_models import Recalculation
from madoguchi.records.write import create_record, update_record
from tests.integration.catalog.test_publish import with_field
from tests.publishing import publish
from tests.samples import certificate, certificate_answers

pytestmark = pytest.mark.django_db


def app(formula: str | None, **more: Any) -> AppRevision:
    if formula is None:
        return publish(certificate())
    field = {"type": "formula", "id": 900, "code": "見込み", "label": "見込み", "formula": formula, **more}
    return publish(with_field(certificate(), **field))


def filed(under: AppRevision, copies: str = "2") -> int:
    return create_record(app=under, values=certificate_answers(通数=copies), actor=SYSTEM).record_id


def expected(under: AppRevision, record_id: int) -> Any:
    return get_record(under, record_id).values.get("見込み")


def test_a_changed_formula_is_calculated_anew() -> None:
    first = app("通数 * 10")
    record = filed(first)
    assert expected(first, record) == "20"
    second = app("通数 * 100")
    recalculate.run(second.app_id)
    assert expected(second, record) == "200"
    event = Event.objects.filter(record_id=record).latest("id")
    assert (event.kind, event.before, event.after) == ("updated", {"900": "20"}, {"900": "200"})
    state = Recalculation.objects.get()
    assert (state.done, state.changed) == (1, 1)
    assert state.finished_at


def test_an_edit_afterwards_keeps_to_the_new_formula() -> None:
    record = filed(app("通数 * 10"))
    second = app("通数 * 100")
    recalculate.run(second.app_id)
    update_record(app=second, record_id=record, changes={"通数": "3"}, expected_revision=None, actor=SYSTEM)
    assert expected(second, record) == "300"


def test_a_new_formula_is_calculated_for_records_that_were_there() -> None:
    record = filed(app(None))
    second = app("通数 * 10")
    recalculate.run(second.app_id)
    assert expected(second, record) == "20"


def test_a_formula_about_what_a_record_never_had_leaves_it_alone() -> None:
    record = filed(app("通数 * 10"))
    extra = with_field(certificate(), type="number", id=901, code="係数", label="係数")
    field = {"type": "formula", "id": 900, "code": "見込み", "label": "見込み", "formula": "通数 * 係数"}
    second = publish(with_field(extra, **field))
    recalculate.run(second.app_id)
    assert expected(second, record) == "20"


def test_what_does_not_change_a_formula_starts_nothing() -> None:
    filed(app("通数 * 10"))
    app("通数 * 10", help="説明")
    assert not Recalculation.objects.filter(finished_at=None).exists()


def test_an_interrupted_run_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalculate, "ROWS_AT_ONCE", 2)
    first = app("通数 * 10")
    records = [filed(first, str(n)) for n in range(1, 6)]
    second = app("通数 * 100")
    assert recalculate._next_rows(second.app_id)
    found = recalculate.progress_of(second.app_id)
    assert found and found.done == 2 and found.total == 5
    recalculate.run(second.app_id)
    assert [expected(second, one) for one in records] == ["100", "200", "300", "400", "500"]
    assert queries.published(second.code) == second
