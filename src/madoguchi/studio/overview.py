"""The first page of the studio: what waits for me, and the apps I may build."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from madoguchi.accounts.language import in_words
from madoguchi.accounts.models import Department, Staff
from madoguchi.catalog import reviews, rights
from madoguchi.catalog.models import HeldSave, Revision
from madoguchi.catalog.schema import estimated_rows
from madoguchi.catalog.tables import table_name
from madoguchi.definition.app import AppDefinition
from madoguchi.desk.chips import Chip
from madoguchi.studio import shell
from madoguchi.studio.shell import Place


@dataclass(frozen=True, slots=True)
class AppLine:
    """One app in the list."""

    name: str
    url: str
    code: str
    state: Chip
    department: str
    owner: str
    changed_by: str
    changed_at: datetime
    records: int


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One draft that waits for a review."""

    name: str
    url: str
    number: int
    asked_by: str
    asked_at: datetime
    note: str


def of(staff: Staff) -> dict[str, Any]:
    """What the page shows."""
    places = shell.buildable(staff)
    departments = dict(Department.objects.values_list("code", "name"))
    names = {person.username: str(person) for person in Staff.objects.filter(username__in=_owners(places))}
    lines = sorted((_line(p, departments, names) for p in places), key=lambda line: line.changed_at, reverse=True)
    return {
        "apps": lines, "may_create": rights.may_create(staff), "reviews": waiting_reviews(staff),
        "held": HeldSave.objects.filter(by=staff, settled_at=None).select_related("revision__app"),
    }


def _owners(places: list[Place]) -> set[str]:
    return {place.definition.owner for place in places if place.definition.owner}


def _line(place: Place, departments: Mapping[str, str], names: Mapping[str, str]) -> AppLine:
    defn, head = place.definition, place.head
    return AppLine(
        name=in_words(defn.name), url=reverse("studio:app", args=[place.code]), code=place.code,
        state=state_chip(place), department=departments.get(defn.owner_department, defn.owner_department),
        owner=names.get(defn.owner or "", defn.owner or ""), changed_by=str(head.saved_by or ""),
        changed_at=head.saved_at, records=estimated_rows(table_name(place.app.pk)) if place.published else 0,
    )


def state_chip(place: Place) -> Chip:
    """Where the app stands, in a word."""
    if place.working is None:
        return Chip("ok", "done", _("公開中"))
    words = {
        Revision.State.DRAFT: ("plain", "open", _("下書き") if place.published is None else _("公開中・下書きあり")),
        Revision.State.REVIEW: ("warn", "person", _("確認中")),
        Revision.State.APPROVED: ("warn", "expired", _("公開待ち")),
    }
    return Chip(*words[Revision.State(place.working.state)])


def waiting_reviews(staff: Staff) -> list[ReviewLine]:
    """The reviews that ``staff`` may decide, oldest first."""
    return [
        ReviewLine(
            in_words(AppDefinition.model_validate(review.revision.definition).name),
            reverse("studio:review", args=[review.revision.app.code]), review.revision.number,
            str(review.asked_by), review.asked_at, review.note,
        )
        for review in reviews.waiting_for(staff)
    ]


def about(place: Place) -> dict[str, Any]:
    """What the page of one app shows beside its steps."""
    return {"state": state_chip(place), "records": estimated_rows(table_name(place.app.pk)) if place.published else 0}
