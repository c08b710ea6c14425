"""The city hall in which intake is tested."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.intake.models import Application
from madoguchi.records import read, write
from madoguchi.records.actor import SYSTEM
from madoguchi.records.models import Event
from tests.publishing import publish
from tests.samples import certificate

Move = Callable[..., Event]


@pytest.fixture
def city(db: None) -> City:
    """The municipality of the tests."""
    return City.objects.create(
        code="12203", name="窓口市", name_en="Madoguchi City", phone="047-000-0000", hours="平日 8:45〜17:15",
        postal_code="2728501", address="千葉県窓口市八幡1丁目1番1号",
    )


@pytest.fixture
def app(city: City) -> AppRevision:
    """``samples.certificate()``: ID photos, a fee to be paid on application."""
    return publish(certificate())


def publish_with_actions(changes: dict[str, dict[str, Any]], **procedure: Any) -> AppRevision:
    """``samples.certificate(**procedure)`` with other or additional actions, by code, published."""
    data = certificate(**procedure).model_dump(mode="json", by_alias=True)
    known = {action["code"]: action for action in data["process"]["actions"]}
    for code, change in changes.items():
        known[code] = {**known.get(code, {"code": code, "name": code}), **change}
    data["process"]["actions"] = list(known.values())
    return publish(AppDefinition.model_validate(data))


@pytest.fixture
def move(app: AppRevision) -> Move:
    """Moves an application's record by an action of its process, as staff would at the desk."""

    def move_by(application: Application, code: str, **data: Any) -> Event:
        record = read.get_record(app, application.record_id)
        process = record.app.definition.process
        assert process
        action = next(action for action in process.actions if action.code == code)
        return write.move_record(
            app=record.app, record_id=record.id, action=action, expected_revision=None, actor=SYSTEM, data=data
        )

    return move_by
