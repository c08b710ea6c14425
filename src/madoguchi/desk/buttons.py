"""Which actions a clerk sees on a record, and in words why one cannot be pressed yet."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from madoguchi.accounts.language import in_words
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import Action, Procedure
from madoguchi.identity.models import IdentityCheck
from madoguchi.payments.models import Payment
from madoguchi.records import permissions
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record
from madoguchi.records.requirements import condition_holds

NEEDS_PAGE = frozenset({"return", "reject", "fix_fee", "post"})
"""Kinds of action that ask for something first, on a page of their own."""


@dataclass(frozen=True, slots=True)
class Button:
    """One action. ``why`` says why it cannot be pressed now; empty if it can."""

    code: str
    name: str
    url: str
    primary: bool
    opens_page: bool
    why: str


def buttons(
    access: Access, record: Record, check: IdentityCheck | None, payment: Payment | None
) -> list[Button]:
    """The actions this person may take from the record's status, in the order written; at most one is primary."""
    found: list[Button] = []
    for action in actions_of(access, record):
        why = obstacle(record, action, check, payment)
        primary = action.primary and not why and not any(button.primary for button in found)
        found.append(_button(access.app, record, action, primary, why))
    return found


def actions_of(access: Access, record: Record) -> list[Action]:
    """Actions of the record's own process, for those whom the app as published now lets take them."""
    process, staff = record.app.definition.process, access.viewer.staff
    if process is None or record.status is None or staff is None:
        return []
    return [a for a in process.actions_from(record.status) if permissions.may_act(staff, access.app.definition, a)]


def _button(app: AppRevision, record: Record, action: Action, primary: bool, why: str) -> Button:
    url = reverse("desk:action", args=[app.code, record.id, action.code])
    return Button(action.code, in_words(action.name), url, primary, action.kind in NEEDS_PAGE, why)


def obstacle(record: Record, action: Action, check: IdentityCheck | None, payment: Payment | None) -> str:
    """Why ``action`` cannot be taken now, in one sentence; empty if it can."""
    procedure = record.app.definition.procedure
    if "identity" in action.requires and not identity_holds(check):
        return _identity_words(check)
    if "payment" in action.requires and not payment_holds(procedure, payment):
        return _payment_words(payment)
    if not condition_holds(record, action):
        return _("この操作ができる条件に、申請の内容が当てはまっていません。")
    return ""


def identity_holds(check: IdentityCheck | None) -> bool:
    """Whether who applied is certain enough; without a check nothing was asked for."""
    return check is None or check.state == IdentityCheck.State.PASSED


def payment_holds(procedure: Procedure | None, payment: Payment | None) -> bool:
    """Whether nothing is owed. Without a payment that is so, unless the fee is still to be fixed."""
    if payment is not None:
        return payment.state == Payment.State.PAID
    return procedure is None or procedure.fee is None or procedure.fee.when == "at_application"


def _identity_words(check: IdentityCheck | None) -> str:
    if check is not None and check.state == IdentityCheck.State.FAILED:
        return _("本人確認ができていないため、押せません。補正を求めるか、確認をやり直してください。")
    return _("本人確認が済むと押せます。")


def _payment_words(payment: Payment | None) -> str:
    if payment is None:
        return _("手数料が決まり、納付されると押せます。")
    return _("手数料が納付されると押せます（今は「%(state)s」）。") % {"state": payment.get_state_display()}
