"""A record of a definition that nobody has published, as the desk shows it, with made-up answers."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.access import StaffRequest
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.compute import visible_values
from madoguchi.desk import answers, chips
from madoguchi.desk.timeline import CHANNELS
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record
from madoguchi.records.viewer import viewer_of
from madoguchi.studio.preview_state import Sent, rehearsal
from madoguchi.studio.samples import MadeUpWorld, sample_values


def show(request: StaffRequest, defn: AppDefinition, sent: Sent) -> dict[str, Any]:
    """The record page. What was answered in the other previews stands in it, the rest is made up."""
    record = _record(defn, sent)
    everything = Access(record.app, viewer_of(request.user), frozenset({"view", "identity"}))
    context = {
        "app": record.app, "record": record, "name": answers.applicant_name(record),
        "status": chips.status_chip(defn, record.status), "channel": CHANNELS.get(record.channel, record.channel),
        "groups": answers.groups(record, everything),
    }
    return {"html": render_to_string("studio/preview_desk.html", context, request), "state": {}}


def _record(defn: AppDefinition, sent: Sent) -> Record:
    world, now, played = MadeUpWorld("web"), timezone.now(), rehearsal(defn, sent, "web")
    defn = played.definition
    values = visible_values(defn, {**sample_values(defn, world), **played.state.answers}, world)
    return Record(
        app=AppRevision(0, 0, 0, defn), id=0, revision=1, receipt_number=_("見本"),
        status=defn.process.initial if defn.process else None, assignee_id=None, created_by_id=None,
        updated_by_id=None, channel="web", interview_id=None, created_at=now, updated_at=now, submitted_at=None,
        values=dict(values),
    )
