"""市民課 with one procedure, an application of Hanako's, and everybody signed in at their own desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from madoguchi.accounts.models import Staff
from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.identity import actions as identity
from madoguchi.identity import queries as identity_queries
from madoguchi.intake.models import Application
from madoguchi.payments import actions as payments
from madoguchi.payments import queries as payment_queries
from madoguchi.records import read
from madoguchi.records.actor import staff_actor
from madoguchi.records.read import Record
from tests import walks
from tests.publishing import publish
from tests.samples import certificate

At = Callable[[str], Client]


@pytest.fixture(autouse=True)
def nothing_remembered(settings: Settings, tmp_path: Path) -> None:
    """Numbers on the rail are counted anew, and files have their own folder."""
    cache.clear()
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def city(db: None) -> City:
    """The municipality of the tests."""
    return City.objects.create(
        code="12203", name="窓口市", phone="047-000-0000", postal_code="2728501", address="千葉県窓口市八幡1丁目1番1号"
    )


@pytest.fixture
def app(city: City) -> AppRevision:
    """``samples.certificate()``: ID photos, and a fee to be paid on application."""
    return publish(certificate())


@pytest.fixture
def at(staff: Mapping[str, Staff]) -> At:
    """A browser in which somebody of the cast is signed in: ``at("sato")``."""

    def signed_in(username: str) -> Client:
        client = Client()
        client.force_login(staff[username], backend="madoguchi.accounts.backends.StaffBackend")
        return client

    return signed_in


@dataclass(frozen=True)
class Case:
    """One application and shortcuts to its pages."""

    app: AppRevision
    application: Application
    staff: Mapping[str, Staff]

    @property
    def url(self) -> str:
        return f"/desk/{self.app.code}/{self.application.record_id}/"

    def action(self, code: str) -> str:
        return f"{self.url}actions/{code}/"

    @property
    def record(self) -> Record:
        return read.get_record(self.app, self.application.record_id)

    def post(self, client: Client, code: str, data: Mapping[str, Any] | None = None, **more: Any) -> HttpResponse:
        """Takes an action as somebody who has just opened the record."""
        return client.post(self.action(code), {"revision": self.record.revision, **(data or {}), **more})

    def pay(self) -> None:
        """田中 receives the fee at the counter."""
        payment = payment_queries.live_payment(self.app.app_id, self.record.id)
        assert payment
        payments.receive_at_counter(payment, actor=staff_actor(self.staff["tanaka"]))

    def identify(self, decision: str = "passed") -> None:
        """佐藤 looks at the ID photos."""
        check = identity_queries.of_record(self.app.app_id, self.record.id)
        assert check
        ticks = {str(n): True for n in range(1, 5)}
        identity.save_checklist(
            check=check, ticks=ticks, decision=decision, actor=staff_actor(self.staff["sato"]), reason="別人に見える"
        )


@pytest.fixture
def case(app: AppRevision, staff: Mapping[str, Staff]) -> Case:
    """Hanako's application just as it came in: not paid, not identified."""
    return Case(app, walks.apply(channel="web"), staff)


@pytest.fixture
def paid(case: Case) -> Case:
    """The same, paid: status 申請済."""
    case.pay()
    return case


@pytest.fixture
def ready(paid: Case) -> Case:
    """The same, paid and identified: it can be accepted."""
    paid.identify()
    return paid


def after_review() -> AppDefinition:
    """The certificate whose fee staff fix after looking at it."""
    data = certificate().model_dump(mode="json", by_alias=True)
    data["procedure"]["fee"]["when"] = "after_review"
    fix = {
        "code": "fix", "name": "手数料を決める", "from": ["submitted"], "to": "awaiting_payment", "kind": "fix_fee",
        "roles": ["reception"],
    }
    data["process"]["actions"] = [fix, *data["process"]["actions"]]
    return AppDefinition.model_validate(data)


@pytest.fixture
def unpriced(city: City, staff: Mapping[str, Staff]) -> Case:
    """An application whose fee is still to be fixed."""
    app = publish(after_review())
    return Case(app, walks.apply(channel="web"), staff)
