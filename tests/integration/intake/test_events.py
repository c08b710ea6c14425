"""The office's moves reach the resident's side in the same transaction."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone

from madoguchi.intake import actions, corrections
from madoguchi.intake.models import CorrectionRequest
from madoguchi.intake.subscriptions import address_of
from madoguchi.payments.models import Payment
from madoguchi.records import write
from madoguchi.records.actor import SYSTEM
from tests import walks
from tests.integration.intake.conftest import Move

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("app")]


def test_a_return_that_is_rolled_back_asks_for_nothing(move: Move) -> None:
    application = walks.apply()
    write.fire_trigger(app_id=application.app_id, record_id=application.record_id, trigger="payment", actor=SYSTEM)
    with pytest.raises(RuntimeError), transaction.atomic():
        move(application, "return", note="理由", fields=["通数"])
        raise RuntimeError("power cut")
    assert not CorrectionRequest.objects.exists()


def test_the_day_that_staff_choose_is_the_residents_last_day(move: Move) -> None:
    application = walks.apply()
    write.fire_trigger(app_id=application.app_id, record_id=application.record_id, trigger="payment", actor=SYSTEM)
    move(application, "return", note="理由", fields=["通数"], due_on="2026-12-25")
    due_at = CorrectionRequest.objects.get().due_at
    assert due_at and f"{timezone.localtime(due_at):%Y-%m-%d %H:%M}" == "2026-12-25 23:59"


def test_when_the_office_goes_on_without_it_the_correction_is_closed(move: Move) -> None:
    application = walks.apply()
    write.fire_trigger(app_id=application.app_id, record_id=application.record_id, trigger="payment", actor=SYSTEM)
    corrections.request_correction(application=application, event_id=1, fields=["通数"], message="理由")
    move(application, "reject", note="却下の理由")
    assert corrections.open_request(application) is None


def test_notices_learn_the_address_and_the_day_to_pay_by() -> None:
    application = walks.apply()
    address = address_of(application.app_id, application.record_id)
    assert address
    assert address.status_url.endswith(actions.status_path(application))
    assert address.due_at == Payment.objects.get().due_at


def test_nobody_is_told_about_a_record_that_staff_added_by_hand() -> None:
    assert address_of(walks.apply().app_id, 999_999) is None
