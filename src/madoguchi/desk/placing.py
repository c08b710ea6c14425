"""Putting a record somewhere else in a view: one field gets another value, with a check of the revision."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from madoguchi.accounts.access import StaffRequest
from madoguchi.definition.values import Value
from madoguchi.desk import cards, listing
from madoguchi.records import write
from madoguchi.records.errors import InvalidValues, StaleRecord
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record


def seen_revision(request: StaffRequest) -> int:
    """The revision the person saw; a form without one is never current."""
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def place_value(request: StaffRequest, access: Access, record: Record, code: str, value: Value) -> None:
    """Writes the one value and says how it went. Raises PermissionDenied where a rule forbids the change."""
    key, label = record.receipt_number or f"#{record.id}", cards.label_of(access.app.definition, code)
    try:
        write.update_record(
            app=access.app, record_id=record.id, changes={code: value}, expected_revision=seen_revision(request),
            actor=access.viewer.actor, access=access,
        )
    except (StaleRecord, InvalidValues) as problem:
        messages.error(request, _("%(key)s は動かせませんでした。%(why)s") % {"key": key, "why": problem})
    else:
        messages.success(request, _("%(key)s の「%(label)s」を変えました。") % {"key": key, "label": label})


def back_to_list(app_code: str, asked: listing.Request, **more: str) -> HttpResponseRedirect:
    """To the list as its address describes it."""
    return HttpResponseRedirect(reverse("desk:list", args=[app_code]) + asked.query(**more))
