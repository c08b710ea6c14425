"""A record that owes a fee, and the two wallets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from madoguchi.accounts.models import Department, Membership, Staff
from madoguchi.catalog.actions import publish, save_draft
from madoguchi.catalog.queries import AppRevision
from madoguchi.payments import actions
from madoguchi.payments.models import Payment
from madoguchi.records.actor import RESIDENT, SYSTEM, Actor, staff_actor
from madoguchi.records.write import create_record
from tests.cast import SATO, TANAKA, Employee
from tests.payment_simulators import Wallet, linepay_simulator, paypay_simulator
from tests.samples import certificate, certificate_answers

FEE = ({"label": "住民票の写し 2通", "amount": 600}, {"label": "郵送料", "amount": 110})


@pytest.fixture(scope="session")
def paypay_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wallet]:
    with paypay_simulator(tmp_path_factory.mktemp("paypay")) as wallet:
        yield wallet


@pytest.fixture(scope="session")
def linepay_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wallet]:
    with linepay_simulator(tmp_path_factory.mktemp("linepay")) as wallet:
        yield wallet


@pytest.fixture
def paypay(paypay_process: Wallet, settings: Settings) -> Iterator[Wallet]:
    settings.PAYPAY = paypay_process.service
    yield paypay_process
    paypay_process.reliable()


@pytest.fixture
def linepay(linepay_process: Wallet, settings: Settings) -> Iterator[Wallet]:
    settings.LINEPAY = linepay_process.service
    yield linepay_process
    linepay_process.reliable()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("madoguchi.payments.providers.http.PAUSES_S", (0.0, 0.0))
    monkeypatch.setattr("madoguchi.payments.providers.http.CREATE_TIMEOUT_S", 2.0)


def _procedure_with_every_way_to_pay():
    fee = certificate().procedure.fee.model_dump(mode="json")
    return certificate(
        pilot_only=True, banner="支払いの試験です。", fee={**fee, "providers": ["paypay", "linepay", "counter"]}
    )


@pytest.fixture
def certificate_app(db: None) -> AppRevision:
    draft = save_draft(defn=_procedure_with_every_way_to_pay(), actor=SYSTEM)
    return publish(revision=draft, actor=SYSTEM)


@pytest.fixture
def owed(certificate_app: AppRevision) -> Payment:
    """710 yen for a certificate, due in a week."""
    return owe(certificate_app)


def owe(app: AppRevision) -> Payment:
    """A record that waits for its fee, and that fee."""
    process = app.definition.process
    ref = create_record(
        app=app, values=certificate_answers(), actor=RESIDENT, channel="web", status=process.initial_unpaid
    )
    return actions.make_due(
        app=app,
        record_id=ref.record_id,
        receipt_number=ref.receipt_number,
        lines=FEE,
        due_at=timezone.now() + timedelta(days=7),
        actor=RESIDENT,
    )


def hire(employee: Employee, department: str) -> Actor:
    """A member of staff with that role in ``department``."""
    staff = Staff.objects.create(username=employee.username, display_name=employee.display_name)
    place, _made = Department.objects.get_or_create(code=department, defaults={"name": department})
    Membership.objects.create(staff=staff, department=place, role=employee.role)
    return staff_actor(staff)


@pytest.fixture
def cashier(certificate_app: AppRevision) -> Actor:
    rule = next(p for p in certificate_app.definition.permissions if "payment" in p.rights)
    return hire(TANAKA, rule.department or TANAKA.department)


@pytest.fixture
def receptionist(certificate_app: AppRevision) -> Actor:
    return hire(SATO, SATO.department)
